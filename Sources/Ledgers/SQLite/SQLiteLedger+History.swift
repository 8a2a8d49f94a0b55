import Dates
import GRDB
import Scheduler

extension SQLiteLedger {
    /// Returns the most recent rows by due time, in ascending order.
    ///
    /// The rows of a reminder are ordered by recipient and channel. If the filter names a
    /// recipient, reminders that were sent to nobody are left out.
    public func history(_ filter: HistoryFilter) throws(LedgerFailure) -> [HistoryRow] {
        try reading { db in
            var rows: [HistoryRow] = []
            let deliveries = try DeliveriesOfReminder(db, filter)
            let isRenamed = !filter.formerCampaigns.isEmpty
            try Query(
                db,
                """
                SELECT n, state, \(StoredReminder.columns) FROM reminder INDEXED BY reminder_due
                WHERE due >= ?1 AND (?2 IS NULL OR plan = ?2) AND (?3 IS NULL OR campaign = ?3)
                ORDER BY due DESC, n DESC
                """
            ).rowsWhile(
                filter.since?.milliseconds ?? Int64.min, isRenamed ? nil : filter.plan, isRenamed ? nil : filter.campaign
            ) { row in
                guard rows.count < filter.limit else { return false }
                if isRenamed, !filter.names(plan: row.text(2), campaign: row.text(3)) { return true }
                let state = row.text(1)
                if state == ReminderState.fired.rawValue {
                    let stored = try StoredReminder(row: row, from: 2)
                    try deliveries.read(of: row.int64(0), stored, into: &rows)
                } else if filter.recipient == nil, filter.states?.contains(state) ?? true {
                    rows.append(
                        HistoryRow(
                            stored: try StoredReminder(row: row, from: 2), delivery: nil, recipient: nil, channel: nil,
                            state: state, attempts: []))
                }
                return rows.count < filter.limit
            }
            rows.reverse()
            return rows
        }
    }

    /// Returns the numbers of pending deliveries and of deliveries in flight.
    ///
    /// Counting them is fast even if many deliveries are settled, because settled deliveries are
    /// not read.
    public func waiting() throws(LedgerFailure) -> (pending: Int, inFlight: Int) {
        try reading { db in (try SQLiteLedger.count(pending: db), try SQLiteLedger.count(inFlight: db)) }
    }

    private static func count(pending db: Database) throws -> Int {
        try Query(db, "SELECT count(*) FROM delivery INDEXED BY delivery_deadline WHERE state = 'pending'").first { $0.int(0) }
            ?? 0
    }

    private static func count(inFlight db: Database) throws -> Int {
        try Query(db, "SELECT count(*) FROM delivery INDEXED BY delivery_in_flight WHERE state = 'in flight'").first { $0.int(0) }
            ?? 0
    }

    /// Returns the number of deliveries in each state.
    ///
    /// Each state except `delivered` is counted through one of three partial indexes, which do not
    /// contain delivered deliveries. The number of delivered deliveries is the total minus these
    /// counts.
    public func counts() throws(LedgerFailure) -> [DeliveryState: Int] {
        try reading { db in
            var counts: [DeliveryState: Int] = [:]
            counts[.pending] = try SQLiteLedger.count(pending: db)
            counts[.inFlight] = try SQLiteLedger.count(inFlight: db)
            for state in SQLiteLedger.settled {
                counts[state] = try Query(
                    db,
                    """
                    SELECT count(*) FROM delivery INDEXED BY delivery_settled
                    WHERE state <> 'pending' AND state <> 'in flight' AND state <> 'delivered' AND state = ?
                    """
                ).first(state.rawValue) { $0.int(0) }
            }
            let all = try Query(db, "SELECT count(*) FROM delivery").first { $0.int(0) } ?? 0
            counts[.delivered] = all - counts.values.reduce(0, +)
            return counts
        }
    }

    /// The states that the index `delivery_settled` contains. Few deliveries have these states.
    fileprivate static let settled: Set<DeliveryState> = [.unknown, .dead, .cancelled, .superseded]
}

/// Reads the deliveries of a reminder that match a filter, the last recipient first.
private struct DeliveriesOfReminder {
    private let filter: HistoryFilter
    private let query: Query
    /// The recipients or states to bind to `?2`; a single nil if the query is not narrowed.
    private let narrowedTo: [String?]
    private let attempts: Query

    init(_ db: Database, _ filter: HistoryFilter) throws {
        self.filter = filter
        let narrowing: String
        let states = filter.states.map { $0.intersection(DeliveryState.allCases.map(\.rawValue)) }
        if let recipient = filter.recipient {
            narrowing = "INDEXED BY delivery_key WHERE recipient = ?2"
            narrowedTo = [recipient] + filter.formerRecipients.filter { $0 != recipient }
        } else if let states, states.isSubset(of: SQLiteLedger.settled.map(\.rawValue)) {
            narrowing = """
                INDEXED BY delivery_settled WHERE state <> 'pending' AND state <> 'in flight' AND state <> 'delivered' AND state = ?2
                """
            narrowedTo = states.sorted()
        } else {
            narrowing = "INDEXED BY delivery_key WHERE ?2 IS NULL"
            narrowedTo = [nil]
        }
        query = try Query(
            db,
            """
            SELECT n, id, recipient, channel, state, why FROM delivery \(narrowing) AND reminder = ?1
            ORDER BY recipient DESC, channel DESC
            """)
        attempts = try Query(db, "SELECT at, outcome, code, reply FROM attempt WHERE delivery = ? ORDER BY number")
    }

    func read(of reminder: Int64, _ stored: StoredReminder, into rows: inout [HistoryRow]) throws {
        var found: [HistoryRow] = []
        let room = filter.limit - rows.count
        for narrowed in narrowedTo {
            var taken = 0
            try query.rowsWhile(reminder, narrowed) { row in
                let state = row.text(4)
                guard filter.states?.contains(state) ?? true else { return true }
                found.append(
                    HistoryRow(
                        stored: stored, delivery: DeliveryID(stored: row.text(1)), recipient: row.text(2),
                        channel: row.text(3), state: state, why: why(row, state), attempts: try attempts(of: row.int64(0))))
                taken += 1
                return taken < room
            }
        }
        if narrowedTo.count > 1 { found.sort { $0.place > $1.place } }
        rows.append(contentsOf: found.prefix(room))
    }

    /// Returns the reason why a delivery was cancelled or superseded; nil in other states.
    ///
    /// In other states `why` is an internal mark of the ledger.
    private func why(_ row: Cells, _ state: String) -> WithdrawalReason? {
        let isWithdrawn = state == DeliveryState.cancelled.rawValue || state == DeliveryState.superseded.rawValue
        return isWithdrawn && !row.isNull(5) ? WithdrawalReason(rawValue: row.text(5)) : nil
    }

    private func attempts(of delivery: Int64) throws -> [HistoryRow.Attempt] {
        var read: [HistoryRow.Attempt] = []
        try attempts.rows(delivery) { row in
            guard let outcome = Outcome(rawValue: row.text(1)) else {
                throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "an attempt has no such outcome")
            }
            read.append(
                HistoryRow.Attempt(
                    at: Instant(milliseconds: row.int64(0)), outcome: outcome,
                    code: row.isNull(2) ? nil : row.int(2), reply: row.text(3)))
        }
        return read
    }
}

extension HistoryFilter {
    fileprivate func names(plan: String, campaign: String) -> Bool {
        (self.plan == nil || plan == self.plan) && (self.campaign == nil || campaign == self.campaign)
            || formerCampaigns.contains(CampaignName(plan: plan, campaign: campaign))
    }
}

extension HistoryRow {
    fileprivate var place: (String, String) { (recipient ?? "", channel ?? "") }
}
