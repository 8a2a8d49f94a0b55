// Forecasts whether all reminders can be sent in time within a channel's rate.
//
// A channel with a rate is a queue. Deliveries are sent in the order of their due times, a limited
// number a minute. A delivery that was not sent by its deadline is never sent. Reminders that fall
// due close together share the rate. The rate may therefore be enough for each of them alone, but
// not for all of them together.
//
// The forecast simulates the queue from one due time to the next. It ignores the burst after a
// quiet time, which is a tenth of the rate's count. It also ignores retries and `otherwise`.

/// A simulation of the queue of one channel with a rate.
public struct RateForecast {
    /// A reminder with deliveries that would not be sent before its deadline.
    public struct Shortfall: Hashable, Sendable {
        /// The position of the reminder among the added reminders, from 0.
        public let arrival: Int
        /// The number of deliveries of this reminder through this channel.
        public let deliveries: Int
        /// The number of those deliveries that would not be sent.
        public let unsent: Int
        /// The number of deliveries of other reminders in the queue when this reminder fell due.
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
    /// The instant up to which the queue has been simulated, in milliseconds.
    private var clock = -Double.infinity
    /// The queue, valid from index `head` on. Entries that a later lead replaced have `left` 0.
    private var queue: [Waiting] = []
    private var head = 0
    /// For each occurrence, the indices of its reminders in the queue.
    private var places: [OccurrenceKey: [Int]] = [:]
    /// The total number of deliveries in the queue.
    private var waiting = 0.0
    private var arrivals = 0
    private var shortfalls: [Shortfall] = []

    public init(rate: Rate) {
        perMillisecond = rate.perSecond / 1_000
    }

    /// Adds the next reminder. Reminders must be added in the order of their due times.
    ///
    /// - Parameter deliveries: The number of deliveries of the reminder through this channel.
    public mutating func add(_ reminder: Reminder, to recipients: RecipientSet, deliveries: Int) {
        let due = Double(reminder.due.milliseconds)
        run(until: due)
        let key = reminder.occurrenceKey
        // A later lead replaces the queued deliveries of an earlier lead if it has all recipients
        // of the earlier one.
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

    /// The fraction of a delivery below which a value counts as a rounding error.
    private static let nothing = 1e-6

    /// Returns `deliveries` rounded up to a whole number, ignoring rounding errors.
    private static func whole(_ deliveries: Double) -> Int { max(0, Int((deliveries - nothing).rounded(.up))) }

    /// Empties the queue and returns all shortfalls, in the order of `add`.
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
