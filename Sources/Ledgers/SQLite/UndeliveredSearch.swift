import Dates
import GRDB
import Scheduler

/// One part of the search for recipients without a successful delivery.
///
/// The search first reads deliveries that were given up. Then, channel by channel, it reads pending
/// deliveries of reminders whose time for `via` is over, and those on parked channels. It skips all
/// other deliveries, which are the great majority. Both steps follow an index, and only the
/// position is stored between two parts.
struct UndeliveredSearch {
    private let now: Instant
    private let db: Database
    /// Channels that deliver nothing before the next reload.
    ///
    /// Their pending deliveries count as given up.
    private let parked: Set<String>
    private var reminders: RemindersRead
    private let siblings: Query
    private var channel: String?
    private var deadline: Int64
    private var reminder: Int64
    private var delivery: Int64
    /// The number of deliveries that may still be checked.
    private var room: Int
    private var found: [Undelivered] = []
    /// The recipients who have been checked, so that each recipient is checked only once.
    ///
    /// The set is needed because a recipient may have a delivery on each of several channels.
    private var seen: Set<Reader> = []
    private(set) var next: UndeliveredPosition?

    init(_ db: Database, now: Instant, from place: UndeliveredPosition?, parked: Set<String>, limit: Int) throws {
        self.db = db
        self.parked = parked
        self.now = now
        room = limit
        reminders = try RemindersRead(db)
        siblings = try Query(
            db,
            """
            SELECT channel, state, why, unknowns
            FROM delivery INDEXED BY delivery_key WHERE reminder = ? AND recipient = ? ORDER BY channel
            """)
        channel = place?.channel
        deadline = place?.deadline ?? 0
        reminder = place?.reminder ?? 0
        delivery = place?.delivery ?? 0
        // Skips the reminders before the first one whose deadline is in the future, because there
        // may be years of them.
        if place == nil {
            let live = try Query(db, "SELECT min(n) FROM reminder WHERE state = 'fired' AND deadline > ?")
            reminder = try live.first(now.milliseconds) { $0.isNull(0) ? .max : $0.int64(0) } ?? .max
        }
    }

    /// - Parameter channels: the names of the channels that have pending deliveries, sorted.
    mutating func run(channels: [String]) throws -> [Undelivered] {
        if channel == nil { try walkDead() }
        if next == nil {
            for name in channels where name >= channel ?? "" && next == nil {
                if name != channel { (channel, deadline, reminder, delivery) = (name, now.milliseconds, .max, .max) }
                try walkWaiting(name)
            }
        }
        return found
    }

    // MARK: Deliveries that were given up

    private mutating func walkDead() throws {
        let isDead = "state <> 'pending' AND state <> 'in flight' AND state <> 'delivered' AND state = 'dead'"
        let nextReminder = try Query(
            db,
            """
            SELECT reminder FROM delivery INDEXED BY delivery_settled
            WHERE \(isDead) AND reminder >= ? ORDER BY reminder LIMIT 1
            """)
        let rows = try Query(
            db,
            """
            SELECT n, recipient FROM delivery INDEXED BY delivery_settled
            WHERE \(isDead) AND reminder = ? AND n > ? ORDER BY n LIMIT ?
            """)
        while let at = try nextReminder.first(reminder, read: { $0.int64(0) }) {
            if at != reminder { delivery = 0 }
            reminder = at
            if try reminders.reminder(at).reminder.deadline > now {
                var readers: [(n: Int64, recipient: String)] = []
                try rows.rows(at, delivery, room) { readers.append(($0.int64(0), $0.text(1))) }
                try look(at: readers)
                if room == 0 { return }
            }
            (reminder, delivery) = (at + 1, 0)
        }
    }

    // MARK: Pending deliveries

    private mutating func walkWaiting(_ name: String) throws {
        let waits = "state = 'pending' AND channel = ?1"
        let nextReminder = try Query(
            db,
            """
            SELECT deadline, reminder FROM delivery INDEXED BY delivery_deadline
            WHERE \(waits) AND (deadline, reminder) > (?2, ?3) ORDER BY deadline, reminder LIMIT 1
            """)
        let rows = try Query(
            db,
            """
            SELECT n, recipient FROM delivery INDEXED BY delivery_deadline
            WHERE \(waits) AND deadline = ?2 AND reminder = ?3 AND n > ?4 ORDER BY n LIMIT ?5
            """)
        repeat {
            let stored = delivery == .max ? nil : try reminders.reminder(reminder)
            if let stored, stored.reminder.deadline > now, parked.contains(name) || stored.isOutOfPatience(now: now) {
                var readers: [(n: Int64, recipient: String)] = []
                try rows.rows(name, deadline, reminder, delivery, room) { readers.append(($0.int64(0), $0.text(1))) }
                try look(at: readers)
                if room == 0 { return }
            }
            let further = try nextReminder.first(name, deadline, reminder) { ($0.int64(0), $0.int64(1)) }
            guard let further else { return }
            (deadline, reminder, delivery) = (further.0, further.1, 0)
        } while true
    }

    // MARK: Each recipient

    private mutating func look(at readers: [(n: Int64, recipient: String)]) throws {
        for reader in readers { try look(at: reader.recipient) }
        room -= readers.count
        guard room == 0, let last = readers.last else { return }
        next = UndeliveredPosition(channel: channel, deadline: deadline, reminder: reminder, delivery: last.n)
    }

    private struct Reader: Hashable {
        let reminder: Int64
        let recipient: String
    }

    private mutating func look(at recipient: String) throws {
        guard seen.insert(Reader(reminder: reminder, recipient: recipient)).inserted else { return }
        var channels: [String] = []
        var (isCovered, isExhausted) = (false, true)
        try siblings.rows(reminder, recipient) { row in
            let channel = row.text(0)
            let why = row.isNull(2) ? nil : WithdrawalReason(rawValue: row.text(2))
            guard var state = DeliveryState(rawValue: row.text(1)) else { return channels.append(channel) }
            func counts(as meaning: DeliveryMeaning) -> Bool {
                state.countsAs(meaning, mayHaveArrived: row.int(3) > 0, why: why)
            }
            // Lists the channels that were tried. A delivery that was withdrawn for a temporary
            // reason does not count as tried, unless it failed over.
            if why == .failedOver || !counts(as: .withdrawn) { channels.append(channel) }
            if state == .pending, parked.contains(channel) { state = .dead }
            if counts(as: .covered) { isCovered = true }
            if counts(as: .pending) { isExhausted = false }
        }
        guard !isCovered else { return }
        let stored = try reminders.reminder(reminder)
        guard isExhausted || stored.isOutOfPatience(now: now) else { return }
        found.append(Undelivered(stored: stored, recipient: recipient, channels: channels, isExhausted: isExhausted))
    }
}

extension StoredReminder {
    fileprivate func isOutOfPatience(now: Instant) -> Bool {
        now >= firedAt + Undelivered.patience(firedAt: firedAt, deadline: reminder.deadline)
    }
}
