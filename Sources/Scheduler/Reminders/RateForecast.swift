// Whether a channel's rate lets everything go in time, worked out ahead
//
// A channel with a rate is one queue: what falls due first goes first (the ledger claims by due), so many in a minute, and what has
// not gone by its deadline never does. Reminders that fall due close together therefore wait for one another, and each may be
// well below the rate while their sum is not. The forecast lets the queue run from due to due; a burst after a quiet time, a tenth of the
// rate's count, is left out, and so are retries and `otherwise`.

/// The queue of one channel with a rate.
public struct RateForecast {
    /// Deliveries of one reminder that would not go before its deadline.
    public struct Shortfall: Hashable, Sendable {
        /// The position of the reminder among those that were added, from 0.
        public let arrival: Int
        /// Deliveries of this reminder by this channel.
        public let deliveries: Int
        /// Of them those that would not go.
        public let unsent: Int
        /// Deliveries of other reminders that still waited when it fell due.
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
    /// Up to here the queue has run, in milliseconds.
    private var clock = -Double.infinity
    /// From `head` on; those overtaken by a later lead have nothing left.
    private var queue: [Waiting] = []
    private var head = 0
    /// Where in the queue the reminders of an occurrence wait.
    private var places: [OccurrenceKey: [Int]] = [:]
    /// Deliveries that wait in all.
    private var waiting = 0.0
    private var arrivals = 0
    private var shortfalls: [Shortfall] = []

    public init(rate: Rate) {
        perMillisecond = rate.perSecond / 1_000
    }

    /// The next reminder, in the order of dues.
    ///
    /// - Parameter deliveries: how many it has by this channel.
    public mutating func add(_ reminder: Reminder, to recipients: RecipientSet, deliveries: Int) {
        let due = Double(reminder.due.milliseconds)
        run(until: due)
        let key = reminder.occurrenceKey
        // A later lead takes the place of what waits of its occurrence.
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

    /// What rounding leaves over of a delivery.
    private static let nothing = 1e-6

    /// A part of a delivery is one.
    private static func whole(_ deliveries: Double) -> Int { max(0, Int((deliveries - nothing).rounded(.up))) }

    /// Everything that would not go, in the order of `add`; the forecast is over then.
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
