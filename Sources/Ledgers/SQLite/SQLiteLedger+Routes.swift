import Dates
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
                UPDATE delivery INDEXED BY delivery_waited
                SET not_before = max(?2, (SELECT due FROM reminder WHERE reminder.n = delivery.reminder))
                WHERE state = 'pending' AND attempts > 0 AND channel = ?1 AND not_before > ?2 AND not_before < ?3
                AND EXISTS (
                    SELECT 1 FROM attempt WHERE delivery = n AND number = attempts AND at < ?4 AND outcome <> 'unknown'
                    AND (about = ?5 OR about = ?6 OR about = ?7 OR about = '' AND outcome = 'not sent'))
                """
            ).run(
                channel, now.milliseconds, SQLiteLedger.never_ms, before.milliseconds, Scope.server.rawValue,
                Scope.us.rawValue, Scope.comparison.rawValue)
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
            let update = try Query(
                db, "UPDATE delivery SET state = 'cancelled', why = 'channel gone', not_before = NULL WHERE n = ?")
            for row in rows { try update.run(row.n) }
            var reminders = try RemindersRead(db)
            return try rows.map { try $0.claim(&reminders) }
        }
    }

    public func withdrawStrangers(
        channel: String, from place: WaitingPlace?, limit: Int, isTheirs: (UnsafeBufferPointer<UInt8>) -> Bool
    ) throws(LedgerFailure) -> (withdrawn: Int, next: WaitingPlace?) {
        var strangers: [Int64] = []
        let next = try waiting(channel, from: place, limit: limit) { row in
            if !isTheirs(row.bytes(2)) { strangers.append(row.int64(1)) }
        }
        guard !strangers.isEmpty else { return (0, next) }
        try writing { db in
            let cancel = try Query(
                db, "UPDATE delivery SET state = 'cancelled', why = 'via changed', not_before = NULL WHERE n = ?")
            for n in strangers { try cancel.run(n) }
        }
        return (strangers.count, next)
    }

    public func bringRetriesForward(
        by step: Span, now: Instant, from place: WaitingPlace?, limit: Int
    ) throws(LedgerFailure) -> WaitingPlace? {
        let channels = try waitingChannels()
        guard let channel = place?.channel ?? channels.first else { return nil }
        var rows: [Int64] = []
        var next = try waiting(channel, from: place, limit: limit, retriesAfter: now) { rows.append($0.int64(1)) }
        if !rows.isEmpty {
            try writing { db in
                let bring = try Query(
                    db,
                    """
                    UPDATE delivery SET not_before = max(not_before - ?, ?,
                    (SELECT due FROM reminder WHERE reminder.n = delivery.reminder)) WHERE n = ?
                    """)
                for n in rows { try bring.run(step.milliseconds, now.milliseconds, n) }
            }
        }
        if next == nil, let other = channels.first(where: { $0 > channel }) {
            next = WaitingPlace(channel: other, notBefore: now, delivery: 0)
        }
        return next
    }

    /// Calls `body` with `not_before`, row and recipient of each delivery that waits for a channel, in the order of the queue.
    /// Returns where to continue.
    ///
    /// - Parameter retriesAfter: if given, only deliveries that have been tried and wait until
    ///   after this instant.
    private func waiting(
        _ channel: String, from place: WaitingPlace?, limit: Int, retriesAfter: Instant? = nil, _ body: (Cells) -> Void
    ) throws(LedgerFailure) -> WaitingPlace? {
        try reading { db in
            let select = try Query(
                db,
                """
                SELECT not_before, n, recipient FROM delivery INDEXED BY delivery_queue
                WHERE state = 'pending' AND channel = ?1 AND (not_before, n) > (?2, ?3)
                AND (?5 IS NULL OR attempts > 0 AND not_before > ?5 AND not_before < ?6)
                ORDER BY not_before, n LIMIT ?4
                """)
            var (count, last) = (0, place)
            try select.rows(
                channel, place?.notBefore.milliseconds ?? Int64.min, place?.delivery ?? Int64.min, limit,
                retriesAfter?.milliseconds, SQLiteLedger.never_ms
            ) { row in
                body(row)
                count += 1
                last = WaitingPlace(
                    channel: channel, notBefore: Instant(milliseconds: row.int64(0)), delivery: row.int64(1))
            }
            return count < limit ? nil : last
        }
    }

    public func unreached(
        now: Instant, from place: UnreachedPlace?, parked: Set<String>, limit: Int
    ) throws(LedgerFailure) -> (readers: [Unreached], next: UnreachedPlace?) {
        try reading { db in
            var search = try UnreachedSearch(db, now: now, from: place, parked: parked, limit: limit)
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
                UPDATE delivery INDEXED BY delivery_key SET state = 'cancelled', why = 'failed over', not_before = NULL
                WHERE reminder = ? AND recipient = ? AND state = 'pending'
                """)
            let insert = try Query(
                db,
                """
                INSERT INTO delivery (id, reminder, recipient, channel, state, not_before, deadline)
                VALUES (?, ?, ?, ?, 'pending', ?, ?) ON CONFLICT (reminder, recipient, channel) DO UPDATE
                SET state = 'pending', why = NULL, not_before = excluded.not_before, deadline = excluded.deadline
                WHERE delivery.state = 'cancelled' AND \(SQLiteLedger.isRevivable("delivery.why"))
                """)
            let inUse = try Query(
                db,
                """
                SELECT 1 FROM delivery INDEXED BY delivery_key
                WHERE reminder = ? AND recipient = ? AND channel = ? AND state <> 'cancelled' AND state <> 'superseded'
                """)
            for reroute in readers {
                let reminder = reroute.reader.stored.reminder
                let key = reminder.key
                let found = try find.first(key.plan, key.campaign, key.lead, key.anchor.description) { $0.int64(0) }
                guard let n = found else { continue }
                try cancel.run(n, reroute.reader.recipient)
                for delivery in reroute.deliveries {
                    let isThere = try delivery.formerly.contains { slot in
                        try inUse.first(n, slot.recipient, slot.channel) { _ in true } ?? false
                    }
                    if isThere { continue }
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
    /// Whether the reminders read so far belong to the selection.
    private var isMeant: [Int64: Bool] = [:]

    /// In the order of `delivery_settled`.
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
        update = try Query(db, "UPDATE delivery SET state = 'pending', why = NULL, not_before = ? WHERE n = ?")
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

    /// Checks dead deliveries first, then unknown ones, each by reminder and in the order in which they were written.
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
        if let channels = selection.channels, !channels.contains(row.channel) { return false }
        if let known = isMeant[row.reminder] { return known }
        let found = try ofReminder.first(row.reminder) { cells in
            let (plan, campaign, due) = (cells.text(0), cells.text(1), cells.int64(2))
            let name = HistoryFilter.CampaignName(plan: plan, campaign: campaign)
            return selection.campaigns?.contains(name) ?? true && (selection.since?.milliseconds ?? due) <= due
        }
        isMeant[row.reminder] = found ?? false
        return found ?? false
    }
}
