import Dates
import Scheduler

/// The ledger as it must be after the calls that were made: kept by the oracle, call by call, from the contract's words.
///
/// A value: a copy of the ledger's file has a copy of it, and putting the one back puts back the other.
struct Book {
    /// A reminder's row.
    struct Row {
        /// As stored.
        let key: ReminderKey
        var occurrence: String
        var start: Day
        var end: Day
        var due: Instant
        var deadline: Instant
        var firedAt: Instant
        /// When it fired, in real time.
        var fired: Instant
        var state: ReminderState
        /// Nobody gets it any more who has no delivery of it.
        var isClosed = false
        let change: Change?
        /// The occurrence's days before the change.
        var formerDates: ClosedRange<Day>?
        /// The campaign's when it fired.
        var title: String
        /// Grows with each row.
        let serial: Int
        /// All its deliveries are written.
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
        /// Grows with each row.
        let serial: Int
        /// True time since when it waits.
        var began: Instant
        var state = DeliveryState.pending
        /// Of a cancelled or superseded one.
        var why: WithdrawalReason?
        /// Its occurrence changed while it was in flight.
        var mark: WithdrawalReason?
        /// Claims that are on the disk.
        var claims = 0
        /// When its last try was answered, in real time, and whether its occurrence had changed meanwhile.
        var answered: (at: Instant, isMarked: Bool)?
        var unknowns = 0
        var crashes = 0
        /// The days that it was sent with, where its row has got others since.
        var said: ClosedRange<Day>?
        /// The same before its last claim, which may be cancelled before it is tried.
        var saidBefore: ClosedRange<Day>?
        /// When it wants its next try, as it was last written down.
        var notBefore: Instant?
        /// A hold keeps it back.
        var isHeld = false
        /// It was in flight when a later lead was written: it could not be superseded.
        var isOvertaken = false
        var deadline: Instant
        /// It is there because other channels failed.
        let isOtherwise: Bool

        /// The recipient has it, or may have it.
        var isNotified: Bool { [.delivered, .unknown, .inFlight].contains(state) || unknowns > 0 }

        /// The recipient needs no other: it is there, under way, or was given up or dropped for good. What was superseded or
        /// failed over stands by what took its place.
        var stands: Bool {
            switch state {
            case .pending, .inFlight, .delivered, .unknown, .dead: true
            case .cancelled: !isRevivable
            case .superseded: unknowns > 0
            }
        }

        /// It was cancelled for a reason that may end: contract, "What is due".
        var isRevivable: Bool {
            guard state == .cancelled, let why else { return false }
            return [.changed, .gone, .recipientGone, .channelGone, .viaChanged, .failedOver].contains(why)
        }
    }

    private(set) var rows: [ReminderKey: Row] = [:]
    /// Grows with each change of which rows there are and of what they are called.
    private(set) var version = 0
    private(set) var deliveries: [DeliveryID: Delivery] = [:]
    /// Those that wait or are under way.
    private(set) var open: Set<DeliveryID> = []
    var lookedUntil: Instant
    var held: ClosedRange<Instant>?
    /// A person's answer that is being carried out.
    var releasing: Bool?
    private var serial = 0

    init(lookedUntil: Instant) {
        self.lookedUntil = lookedUntil
    }

    // MARK: Reading

    var inOrder: [Row] { rows.values.sorted { $0.serial < $1.serial } }

    /// A delivery becomes pending again where its recipient lacks one; one that failed over only where nothing took over.
    func mayReturn(_ delivery: Delivery) -> Bool {
        guard delivery.isRevivable, delivery.why == .failedOver else {
            return delivery.isRevivable || delivery.state == .superseded
        }
        return !deliveries(of: delivery.row).contains {
            $0.recipient == delivery.recipient && ![.cancelled, .superseded].contains($0.state)
        }
    }

    func deliveries(of key: ReminderKey) -> [Delivery] { rows[key]?.deliveries.compactMap { deliveries[$0] } ?? [] }

    /// In the order in which they were written.
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

    /// Every row of the one name gets the other, all renames at once.
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
