import GRDB
import Scheduler

extension SQLiteLedger {
    public func waitingChannels() throws(LedgerFailure) -> [String] {
        try reading { db in try channelsThatWait(db) }
    }

    public func advance(channel: String, triedBefore before: Instant, to now: Instant) throws(LedgerFailure) {
        _ = try writing { db in
            try Query(
                db,
                """
                UPDATE delivery INDEXED BY delivery_queue SET not_before = ?2
                WHERE state = 'pending' AND channel = ?1 AND not_before > ?2 AND not_before < ?3
                AND coalesce((SELECT at FROM attempt WHERE delivery = n AND number = attempts) < ?4, true)
                """
            ).run(channel, now.milliseconds, SQLiteLedger.never_ms, before.milliseconds)
        }
    }

    public func cancelWaiting(channel: String, limit: Int) throws(LedgerFailure) -> [Claim] {
        try writing { db in
            var rows: [DeliveryRow] = []
            try Query(
                db,
                """
                SELECT \(DeliveryRow.columns) FROM delivery INDEXED BY delivery_queue
                WHERE state = 'pending' AND channel = ? ORDER BY not_before, n LIMIT ?
                """
            ).rows(channel, limit) { rows.append(DeliveryRow($0)) }
            let update = try Query(db, "UPDATE delivery SET state = 'cancelled', not_before = NULL WHERE n = ?")
            for row in rows { try update.run(row.n) }
            var reminders = try RemindersRead(db)
            return try rows.map { try $0.claim(&reminders) }
        }
    }

    public func unreached(
        now: Instant, from place: UnreachedPlace?, limit: Int
    ) throws(LedgerFailure) -> (readers: [Unreached], next: UnreachedPlace?) {
        try reading { db in
            var search = try UnreachedSearch(db, now: now, from: place, limit: limit)
            return (try search.run(channels: try channelsThatWait(db)), search.next)
        }
    }

    public func reroute(_ readers: [Reroute]) throws(LedgerFailure) {
        guard !readers.isEmpty else { return }
        try writing { db in
            let find = try Query(
                db, "SELECT n FROM reminder WHERE plan = ? AND campaign = ? AND lead = ? AND anchor = ? AND state = 'fired'")
            let cancel = try Query(
                db,
                """
                UPDATE delivery INDEXED BY delivery_key SET state = 'cancelled', not_before = NULL
                WHERE reminder = ? AND recipient = ? AND state = 'pending'
                """)
            let insert = try Query(
                db,
                """
                INSERT INTO delivery (id, reminder, recipient, channel, state, not_before, deadline)
                VALUES (?, ?, ?, ?, 'pending', ?, ?) ON CONFLICT (reminder, recipient, channel) DO NOTHING
                """)
            for reroute in readers {
                let reminder = reroute.reader.stored.reminder
                let key = reminder.key
                let found = try find.first(key.plan, key.campaign, key.lead, key.anchor.description) { $0.int64(0) }
                guard let n = found else { continue }
                try cancel.run(n, reroute.reader.recipient)
                for delivery in reroute.deliveries {
                    try insert.run(
                        delivery.id.text, n, delivery.recipient, delivery.channel, reminder.due.milliseconds,
                        reminder.deadline.milliseconds)
                }
            }
        }
    }

    public func retry(
        _ selection: FailedSelection, from place: FailedPlace?, limit: Int, now: Instant
    ) throws(LedgerFailure) -> RetriedPart {
        try writing { db in
            var retry = try Retry(db, selection, now: now)
            if let ids = selection.ids { try retry.take(ids) } else { try retry.walk(from: place, limit: limit) }
            return retry.part
        }
    }
}

/// One part of an operator's retry.
private struct Retry {
    private(set) var part = RetriedPart()
    private let db: Database
    private let selection: FailedSelection
    private let now: Instant
    private let update: Query
    private let find: Query
    private let ofReminder: Query
    /// Whether reminders met so far belong to the selection.
    private var isMeant: [Int64: Bool] = [:]

    /// As `delivery_settled` orders them.
    private static let states = [DeliveryState.dead.rawValue, DeliveryState.unknown.rawValue]

    private struct Row {
        let n: Int64
        let id: DeliveryID
        let reminder: Int64
        let channel: String
        let deadline: Instant

        init(_ cells: Cells) {
            n = cells.int64(0)
            id = DeliveryID(stored: cells.text(1))
            reminder = cells.int64(2)
            channel = cells.text(3)
            deadline = Instant(milliseconds: cells.int64(4))
        }

        static let columns = "n, id, reminder, channel, deadline"
    }

    init(_ db: Database, _ selection: FailedSelection, now: Instant) throws {
        self.db = db
        self.selection = selection
        self.now = now
        update = try Query(db, "UPDATE delivery SET state = 'pending', not_before = ? WHERE n = ?")
        find = try Query(
            db,
            """
            SELECT \(Row.columns) FROM delivery INDEXED BY delivery_failed
            WHERE (state = 'dead' OR state = 'unknown') AND id = ?
            """)
        ofReminder = try Query(db, "SELECT plan, campaign, due FROM reminder WHERE n = ?")
    }

    mutating func take(_ ids: [DeliveryID]) throws {
        for id in ids {
            guard let row = try find.first(id.text, read: Row.init) else { continue }
            try take(row)
        }
    }

    /// Dead ones first, then unknown ones, each by reminder and in the order they were written.
    mutating func walk(from place: FailedPlace?, limit: Int) throws {
        let rows = try Query(
            db,
            """
            SELECT \(Row.columns) FROM delivery INDEXED BY delivery_settled
            WHERE state <> 'pending' AND state <> 'in flight' AND state <> 'delivered'
            AND state = ?1 AND (reminder, n) > (?2, ?3) ORDER BY reminder, n LIMIT ?4
            """)
        var left = limit
        var place = place ?? FailedPlace(state: Retry.states[0], reminder: .min, delivery: .min)
        while true {
            var found: [Row] = []
            try rows.rows(place.state, place.reminder, place.delivery, left) { found.append(Row($0)) }
            for row in found { try take(row) }
            left -= found.count
            if left == 0, let last = found.last {
                part.next = FailedPlace(state: place.state, reminder: last.reminder, delivery: last.n)
                return
            }
            guard place.state == Retry.states[0] else { return }
            place = FailedPlace(state: Retry.states[1], reminder: .min, delivery: .min)
        }
    }

    private mutating func take(_ row: Row) throws {
        guard try means(row) else { return }
        guard row.deadline > now else { return part.expired.append(row.id) }
        try update.run(now.milliseconds, row.n)
        part.retried.append(row.id)
    }

    private mutating func means(_ row: Row) throws -> Bool {
        if let channel = selection.channel, channel != row.channel { return false }
        if let known = isMeant[row.reminder] { return known }
        let found = try ofReminder.first(row.reminder) { cells in
            let (plan, campaign, due) = (cells.text(0), cells.text(1), cells.int64(2))
            return (selection.plan ?? plan) == plan && (selection.campaign ?? campaign) == campaign
                && (selection.since?.milliseconds ?? due) <= due
        }
        isMeant[row.reminder] = found ?? false
        return found ?? false
    }
}
