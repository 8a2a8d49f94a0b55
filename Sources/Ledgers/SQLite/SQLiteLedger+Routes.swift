import Dates
import GRDB
import Scheduler

extension SQLiteLedger {
    public func waitingChannels() throws(LedgerFailure) -> [String] {
        try reading { db in try channelsThatWait(db) }
    }

    /// Makes up to `limit` retries of a channel due at `now`.
    ///
    /// Returns whether more retries may have to be changed. Skips retries that already have the new
    /// time, so that a caller that repeats the call terminates.
    public func advance(
        channel: String, triedBefore before: Instant, to now: Instant, limit: Int
    ) throws(LedgerFailure) -> Bool {
        try writing { db in
            let due = "(SELECT due FROM reminder WHERE reminder.n = delivery.reminder)"
            let changed = try Query(
                db,
                """
                UPDATE delivery SET not_before = max(?2, \(due)) WHERE n IN
                (SELECT n FROM delivery INDEXED BY delivery_waited
                WHERE state = 'pending' AND attempts > 0 AND channel = ?1 AND not_before > ?2 AND not_before < ?3
                AND not_before <> max(?2, \(due))
                AND EXISTS (
                    SELECT 1 FROM attempt WHERE delivery = n AND number = attempts AND at < ?4 AND outcome <> 'unknown'
                    AND (about = ?5 OR about = ?6 OR about = ?7 OR about = '' AND outcome = 'not sent'))
                LIMIT ?8)
                """
            ).run(
                channel, now.milliseconds, SQLiteLedger.never_ms, before.milliseconds, Scope.server.rawValue,
                Scope.us.rawValue, Scope.comparison.rawValue, limit)
            return changed == limit
        }
    }

    public func cancelWaiting(channel: String, limit: Int) throws(LedgerFailure) -> [StoredDelivery] {
        try writing { db in
            var rows: [DeliveryRow] = []
            try Query(
                db,
                """
                SELECT \(DeliveryRow.columns) FROM delivery INDEXED BY delivery_queue
                WHERE state = 'pending' AND channel = ? ORDER BY not_before, n LIMIT ?
                """
            ).rows(channel, limit) { rows.append(DeliveryRow($0)) }
            return try end(rows, as: .cancelled, why: .channelGone, db)
        }
    }

    public func withdrawStrangers(
        channel: String, from place: LedgerCursor?, limit: Int, isTheirs: (UnsafeBufferPointer<UInt8>) -> Bool
    ) throws(LedgerFailure) -> (withdrawn: Int, next: LedgerCursor?) {
        var strangers: [Int64] = []
        let next = try waiting(channel, from: QueuePosition(place), limit: limit) { row in
            if !isTheirs(row.bytes(2)) { strangers.append(row.int64(1)) }
        }
        guard !strangers.isEmpty else { return (0, next?.cursor) }
        try writing { db in
            let cancel = try Query(
                db, "UPDATE delivery SET state = 'cancelled', why = 'via changed', not_before = NULL WHERE n = ?")
            for n in strangers { try cancel.run(n) }
        }
        return (strangers.count, next?.cursor)
    }

    public func bringRetriesForward(
        by step: TimeSpan, now: Instant, from place: LedgerCursor?, limit: Int
    ) throws(LedgerFailure) -> LedgerCursor? {
        let channels = try waitingChannels()
        let place = QueuePosition(place)
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
            next = QueuePosition(channel: other, notBefore: now.milliseconds, delivery: 0)
        }
        return next?.cursor
    }

    /// Calls `body` with each pending delivery of a channel, in the order of the queue.
    ///
    /// The cells are `not_before`, row and recipient. Returns the position at which the next call
    /// continues; nil at the end.
    ///
    /// - Parameter retriesAfter: if not nil, `body` gets only deliveries that have been tried and
    ///   whose next try is after this instant.
    private func waiting(
        _ channel: String, from place: QueuePosition?, limit: Int, retriesAfter: Instant? = nil, _ body: (Cells) -> Void
    ) throws(LedgerFailure) -> QueuePosition? {
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
                channel, place?.notBefore ?? Int64.min, place?.delivery ?? Int64.min, limit,
                retriesAfter?.milliseconds, SQLiteLedger.never_ms
            ) { row in
                body(row)
                count += 1
                last = QueuePosition(channel: channel, notBefore: row.int64(0), delivery: row.int64(1))
            }
            return count < limit ? nil : last
        }
    }

    public func undelivered(
        now: Instant, from place: LedgerCursor?, parked: Set<String>, limit: Int
    ) throws(LedgerFailure) -> (readers: [Undelivered], next: LedgerCursor?) {
        try reading { db in
            var search = try UndeliveredSearch(db, now: now, from: UndeliveredPosition(place), parked: parked, limit: limit)
            return (try search.run(channels: try channelsThatWait(db)), search.next?.cursor)
        }
    }

    public func retry(
        _ selection: FailedSelection, from place: LedgerCursor?, limit: Int, now: Instant
    ) throws(LedgerFailure) -> RetriedPart {
        try writing { db in
            var retry = try Retry(db, selection, now: now)
            if let ids = selection.ids { try retry.take(ids) } else { try retry.walk(from: FailedPosition(place), limit: limit) }
            return retry.part
        }
    }
}

/// Makes failed deliveries pending again, for one call of `retry`.
private struct Retry {
    private(set) var part = RetriedPart()
    private let db: Database
    private let selection: FailedSelection
    private let now: Instant
    private let update: Query
    private let find: Query
    private let ofReminder: Query
    /// Caches, by row of the reminder, whether the reminder belongs to the selection.
    private var isMeant: [Int64: Bool] = [:]

    /// The states that are retried, in the order of the index `delivery_settled`.
    private static let states = [DeliveryState.dead, .unknown]

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

    /// Retries the selected dead deliveries first, then those with an unknown outcome.
    ///
    /// The deliveries of each state are checked in the order of their reminders. The deliveries of
    /// one reminder are checked in the order in which they were written.
    mutating func walk(from place: FailedPosition?, limit: Int) throws {
        let rows = try Query(
            db,
            """
            SELECT \(Row.columns) FROM delivery INDEXED BY delivery_settled
            WHERE state <> 'pending' AND state <> 'in flight' AND state <> 'delivered'
            AND state = ?1 AND (reminder, n) > (?2, ?3) ORDER BY reminder, n LIMIT ?4
            """)
        var left = limit
        var place = place ?? FailedPosition(state: Retry.states[0], reminder: .min, delivery: .min)
        while true {
            var found: [Row] = []
            try rows.rows(place.state.rawValue, place.reminder, place.delivery, left) { found.append(Row($0)) }
            for row in found { try take(row) }
            left -= found.count
            if left == 0, let last = found.last {
                part.next = FailedPosition(state: place.state, reminder: last.reminder, delivery: last.n).cursor
                return
            }
            guard place.state == Retry.states[0] else { return }
            place = FailedPosition(state: Retry.states[1], reminder: .min, delivery: .min)
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
