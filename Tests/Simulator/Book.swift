import Dates
import Scheduler

/// The days and the time of an occurrence, as a message contains them.
struct Told: Hashable {
    let days: ClosedRange<Day>
    let time: EventTime?

    init(_ start: Day, _ end: Day, _ time: EventTime?) {
        days = start...end
        self.time = time
    }

    /// When the occurrence is over: at the end of its time on its last day, or at its midnight.
    func end(in zone: Zone) -> Instant {
        guard let time else { return zone.endOfDay(days.upperBound) }
        return time.end.map { zone.instant(days.upperBound, $0) } ?? zone.instant(days.upperBound, time.start) + .hours(1)
    }
}

extension OccurrenceDates { var told: Told { Told(start, end, time) } }
extension Reminder { var told: Told { Told(start, end, time) } }
extension Book.Row { var told: Told { Told(start, end, time) } }

/// The expected contents of the ledger. The oracle updates them with each call to the ledger.
///
/// The book is a value type, so that it can be copied and restored together with the ledger file.
struct Book {
    /// A reminder as the ledger should have recorded it.
    struct Row {
        /// The identity of the reminder under the names that were stored when it fired.
        let key: ReminderKey
        var occurrence: String
        var start: Day
        var end: Day
        var time: EventTime?
        var due: Instant
        var deadline: Instant
        var firedAt: Instant
        /// When the reminder fired, by `SimulatedClock.truth`.
        var fired: Instant
        var state: ReminderState
        /// Whether recipients can no longer be added to the reminder.
        var isClosed = false
        let change: Change?
        /// The dates of the occurrence before the change; nil if this is not a change notice.
        var formerDates: ClosedRange<Day>?
        /// The title of the campaign when the reminder fired.
        var title: String
        /// The position of this row among all rows and deliveries, in the order of writing.
        let serial: Int
        /// Whether all deliveries of the reminder are written.
        var isComplete = true
        var deliveries: [DeliveryID] = []

        var reminder: Reminder {
            Reminder(key: key, occurrence: occurrence, start: start, end: end, time: time, due: due, deadline: deadline)
        }
    }

    struct Delivery {
        let id: DeliveryID
        let row: ReminderKey
        let recipient: String
        let channel: String
        /// The position of this delivery among all rows and deliveries, in the order of writing.
        let serial: Int
        /// When the delivery last became pending, by `SimulatedClock.truth`.
        var began: Instant
        var state = DeliveryState.pending
        /// Why the delivery was cancelled or superseded; nil in all other states.
        var why: WithdrawalReason?
        /// Why the delivery in flight must not be tried again; nil if it may be tried again.
        var mark: WithdrawalReason?
        /// The number of claims of the delivery that are on the disk.
        var claims = 0
        /// When the last outcome was recorded, and whether `mark` was set then.
        ///
        /// The time is by `SimulatedClock.truth`.
        var answered: (at: Instant, isMarked: Bool)?
        var unknowns = 0
        var crashes = 0
        /// The dates in the message that was sent; nil if they are the current dates of the row.
        var said: Told?
        /// The value of `said` before the last claim.
        ///
        /// `said` gets this value again if the claim is cancelled before its attempt.
        var saidBefore: Told?
        /// The earliest time of the next attempt, as last recorded.
        var notBefore: Instant?
        /// Whether a hold blocks the delivery.
        var isHeld = false
        /// Whether a later lead was written while the delivery was in flight.
        ///
        /// The delivery was therefore not superseded.
        var isOvertaken = false
        var deadline: Instant
        /// Whether the delivery was written because other channels failed.
        let isOtherwise: Bool

        /// Whether the recipient got the message or may have got it.
        var isNotified: Bool { [.delivered, .unknown, .inFlight].contains(state) || unknowns > 0 }

        /// Whether this delivery makes another delivery of the reminder unnecessary.
        ///
        /// A cancelled delivery does not count if it may become pending again or was replaced by
        /// another channel. A superseded delivery counts only if an attempt had an unknown outcome.
        var stands: Bool {
            switch state {
            case .pending, .inFlight, .delivered, .unknown, .dead: true
            case .cancelled: !isRevivable
            case .superseded: unknowns > 0
            }
        }

        /// Whether the delivery was cancelled for a temporary reason.
        ///
        /// For example, its channel was removed and may be restored.
        var isRevivable: Bool {
            guard state == .cancelled, let why else { return false }
            return [.changed, .gone, .recipientGone, .channelGone, .viaChanged, .failedOver].contains(why)
        }
    }

    private(set) var rows: [ReminderKey: Row] = [:]
    /// A number that increases when rows are added, removed, renamed or change their state.
    private(set) var version = 0
    private(set) var deliveries: [DeliveryID: Delivery] = [:]
    /// The deliveries that are pending or in flight.
    private(set) var open: Set<DeliveryID> = []
    var lookedUntil: Instant
    var held: ClosedRange<Instant>?
    /// The decision about a hold that is being carried out: true to send, false to drop.
    ///
    /// nil if no decision is being carried out.
    var releasing: Bool?
    private var serial = 0

    init(lookedUntil: Instant) {
        self.lookedUntil = lookedUntil
    }

    // MARK: Reading

    var inOrder: [Row] { rows.values.sorted { $0.serial < $1.serial } }

    /// Returns whether a delivery may become pending again.
    ///
    /// It must be superseded, or cancelled for a reason that may end. If it failed over, no other
    /// channel may have a delivery in its place.
    func mayReturn(_ delivery: Delivery) -> Bool {
        guard delivery.isRevivable, delivery.why == .failedOver else {
            return delivery.isRevivable || delivery.state == .superseded
        }
        return !deliveries(of: delivery.row).contains {
            $0.recipient == delivery.recipient && ![.cancelled, .superseded].contains($0.state)
        }
    }

    func deliveries(of key: ReminderKey) -> [Delivery] { rows[key]?.deliveries.compactMap { deliveries[$0] } ?? [] }

    /// The pending deliveries in the order in which they were written.
    var waiting: [Delivery] {
        open.compactMap { deliveries[$0] }.filter { $0.state == .pending }.sorted { $0.serial < $1.serial }
    }

    // MARK: Writing

    mutating func nextSerial() -> Int {
        serial += 1
        return serial
    }

    mutating func add(_ row: Row) {
        rows[row.key] = row
        version += 1
    }

    mutating func change(_ key: ReminderKey, _ body: (inout Row) -> Void) {
        guard var row = rows[key] else { return }
        let before = (row.occurrence, row.title, row.state)
        body(&row)
        if before != (row.occurrence, row.title, row.state) { version += 1 }
        rows[key] = row
    }

    mutating func change(_ id: DeliveryID, _ body: (inout Delivery) -> Void) {
        guard var delivery = deliveries[id] else { return }
        body(&delivery)
        deliveries[id] = delivery
        if [.pending, .inFlight].contains(delivery.state) { open.insert(id) } else { open.remove(id) }
    }

    mutating func add(_ delivery: Delivery) {
        deliveries[delivery.id] = delivery
        open.insert(delivery.id)
        change(delivery.row) { $0.deliveries.append(delivery.id) }
    }

    mutating func remove(_ key: ReminderKey) {
        rows[key] = nil
        version += 1
    }

    /// Applies all renames at the same time, so that two occurrences can exchange their names.
    mutating func rename(_ renames: [OccurrenceRename]) {
        let names = Dictionary(renames.map { ($0.from, $0.to) }, uniquingKeysWith: { first, _ in first })
        guard !names.isEmpty else { return }
        version += 1
        for (key, row) in rows {
            let name = OccurrenceKey(plan: key.plan, campaign: key.campaign, occurrence: row.occurrence)
            if let new = names[name] { rows[key]?.occurrence = new }
        }
    }
}
