// Forecasts whether a channel's rate lets all reminders be sent in time.
//
// A channel with a rate is one queue. The ledger claims by due, so deliveries leave in the order of
// their due, a limited number a minute. A delivery that has not left by its deadline is never sent.
// Reminders that fall due close together therefore wait for one another. Each may be well below the
// rate while their sum is not.
//
// The forecast runs the queue from due to due. It ignores the burst after a quiet time, which is a
// tenth of the rate's count. It also ignores retries and `otherwise`.

/// The queue of one channel with a rate.
public struct RateForecast {
    /// A reminder that has deliveries that would not be sent before its deadline.
    public struct Shortfall: Hashable, Sendable {
        /// The position of the reminder among the added reminders, from 0.
        public let arrival: Int
        /// Number of deliveries of this reminder by this channel.
        public let deliveries: Int
        /// Number of those deliveries that would not be sent.
        public let unsent: Int
        /// Number of deliveries of other reminders that still waited at the due of this one.
        public let ahead: Int
    }

    private struct Waiting {
        let arrival: Int
        let deliveries: Int
        let ahead: Int
        let deadline: Double
        let occurrence: OccurrenceKey
        let recipients: RecipientSet
        var left: Double
    }

    private let perMillisecond: Double
    /// The instant up to which the queue has run, in milliseconds.
    private var clock = -Double.infinity
    /// Valid from index `head` on. Entries that a later lead has overtaken have nothing left.
    private var queue: [Waiting] = []
    private var head = 0
    /// The indices in the queue of each occurrence's reminders.
    private var places: [OccurrenceKey: [Int]] = [:]
    /// Total number of waiting deliveries.
    private var waiting = 0.0
    private var arrivals = 0
    private var shortfalls: [Shortfall] = []

    public init(rate: Rate) {
        perMillisecond = rate.perSecond / 1_000
    }

    /// Adds the next reminder. Reminders are added in the order of their due.
    ///
    /// - Parameter deliveries: The number of its deliveries by this channel.
    public mutating func add(_ reminder: Reminder, to recipients: RecipientSet, deliveries: Int) {
        let due = Double(reminder.due.milliseconds)
        run(until: due)
        let key = reminder.occurrenceKey
        // A later lead replaces waiting deliveries of its occurrence.
        for place in places[key] ?? [] where queue[place].recipients.subtracting(recipients).isEmpty {
            waiting -= queue[place].left
            queue[place].left = 0
        }
        places[key, default: []].append(queue.count)
        queue.append(
            Waiting(
                arrival: arrivals, deliveries: deliveries, ahead: RateForecast.whole(waiting),
                deadline: Double(reminder.deadline.milliseconds), occurrence: key, recipients: recipients,
                left: Double(deliveries)))
        waiting += Double(deliveries)
        arrivals += 1
    }

    /// The part of a delivery that rounding may leave.
    private static let nothing = 1e-6

    /// Rounds up, because a part of a delivery counts as one.
    private static func whole(_ deliveries: Double) -> Int { max(0, Int((deliveries - nothing).rounded(.up))) }

    /// Returns all shortfalls, in the order of `add`, and ends the forecast.
    public mutating func finish() -> [Shortfall] {
        run(until: .infinity)
        return shortfalls.sorted { $0.arrival < $1.arrival }
    }

    private mutating func run(until end: Double) {
        while head < queue.count {
            let first = queue[head]
            let last = min(end, first.deadline)
            let possible = max(0, last - clock) * perMillisecond
            let isShort = first.left > possible + RateForecast.nothing
            if isShort, first.deadline > end {
                queue[head].left -= possible
                waiting -= possible
                clock = max(clock, end)
                return
            }
            if isShort {
                let unsent = RateForecast.whole(first.left - possible)
                shortfalls.append(
                    Shortfall(arrival: first.arrival, deliveries: first.deliveries, unsent: unsent, ahead: first.ahead))
                clock = max(clock, last)
            } else {
                clock += first.left / perMillisecond
            }
            waiting -= first.left
            leave()
        }
        clock = max(clock, end)
    }

    private mutating func leave() {
        let key = queue[head].occurrence
        let left = places[key]?.filter { $0 != head } ?? []
        places[key] = left.isEmpty ? nil : left
        head += 1
        guard head == queue.count else { return }
        queue.removeAll(keepingCapacity: true)
        head = 0
    }
}
