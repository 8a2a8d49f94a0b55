import Dates
import Scheduler

/// The expected contents of the ledger. The oracle updates them with each call to the ledger.
///
/// The book is a value type: it is copied with the ledger file and restored with it.
struct Book {
    /// A reminder as the ledger should have recorded it.
    struct Row {
        /// The identity of the reminder under the names that were stored when it fired.
        let key: ReminderKey
        var occurrence: String
        var start: Day
        var end: Day
        var due: Instant
        var deadline: Instant
        var firedAt: Instant
        /// When it fired, in true time.
        var fired: Instant
        var state: ReminderState
        /// Whether recipients who have no delivery of the reminder can no longer get one.
        var isClosed = false
        let change: Change?
        /// The days of the occurrence before the change.
        var formerDates: ClosedRange<Day>?
        /// The title of the campaign when it fired.
        var title: String
        /// The position of the row in the order in which rows and deliveries were written.
        let serial: Int
        /// Whether all its deliveries are written.
        var isComplete = true
        var deliveries: [DeliveryID] = []

        var reminder: Reminder {
            Reminder(key: key, occurrence: occurrence, start: start, end: end, due: due, deadline: deadline)
        }
    }

    struct Delivery {
        let id: DeliveryID
        let row: ReminderKey
        let recipient: String
        let channel: String
        /// The position of the delivery in the order in which rows and deliveries were written.
        let serial: Int
        /// When it last became pending, in true time.
        var began: Instant
        var state = DeliveryState.pending
        /// Why it was cancelled or superseded.
        var why: WithdrawalReason?
        /// Why it must not be tried again, if that was decided while it was in flight.
        var mark: WithdrawalReason?
        /// The number of claims that are on the disk.
        var claims = 0
        /// When its last outcome was recorded, in true time, and whether `mark` was set by then.
        var answered: (at: Instant, isMarked: Bool)?
        var unknowns = 0
        var crashes = 0
        /// The dates with which it was sent, if the dates of its row have changed since.
        var said: ClosedRange<Day>?
        /// The value of `said` before the last claim.
        ///
        /// It is needed if the claim is cancelled before its attempt.
        var saidBefore: ClosedRange<Day>?
        /// The earliest time of its next attempt, as last recorded.
        var notBefore: Instant?
        /// Whether a hold blocks it.
        var isHeld = false
        /// Whether it was in flight when a later lead was written, so that it could not be
        /// superseded.
        var isOvertaken = false
        var deadline: Instant
        /// Whether it was written because other channels failed.
        let isOtherwise: Bool

        /// Whether the recipient got the message, or may have got it.
        var isNotified: Bool { [.delivered, .unknown, .inFlight].contains(state) || unknowns > 0 }

        /// Whether the recipient needs no other delivery.
        ///
        /// True if the delivery is pending, in flight, arrived, was given up or was dropped
        /// permanently. A delivery that failed over does not count, because its replacement does. A
        /// superseded delivery counts only if an attempt had an unknown outcome.
        var stands: Bool {
            switch state {
            case .pending, .inFlight, .delivered, .unknown, .dead: true
            case .cancelled: !isRevivable
            case .superseded: unknowns > 0
            }
        }

        /// Whether it was cancelled for a temporary reason (contract, "What is due").
        var isRevivable: Bool {
            guard state == .cancelled, let why else { return false }
            return [.changed, .gone, .recipientGone, .channelGone, .viaChanged, .failedOver].contains(why)
        }
    }

    private(set) var rows: [ReminderKey: Row] = [:]
    /// Increases whenever rows are added or removed, or their occurrence, title or state changes.
    private(set) var version = 0
    private(set) var deliveries: [DeliveryID: Delivery] = [:]
    /// The deliveries that are pending or in flight.
    private(set) var open: Set<DeliveryID> = []
    var lookedUntil: Instant
    var held: ClosedRange<Instant>?
    /// The operator's decision that is being carried out: true to send, false to drop.
    var releasing: Bool?
    private var serial = 0

    init(lookedUntil: Instant) {
        self.lookedUntil = lookedUntil
    }

    // MARK: Reading

    var inOrder: [Row] { rows.values.sorted { $0.serial < $1.serial } }

    /// Whether a delivery may become pending again.
    ///
    /// It must be superseded, or cancelled for a temporary reason. After a failover it may become
    /// pending again only if no other channel took over.
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

    /// Applies all renames at the same time, so that names can be swapped.
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
