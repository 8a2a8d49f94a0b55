import Dates
import GRDB
import Scheduler

// Claims and crashes
//
// A claim makes the intent to send durable before the first byte is sent: the delivery becomes `in
// flight` and its number of attempts grows by one. After a crash, the delivery is still in flight.
// At the next start, `adopt` returns the delivery, the scheduler records the crash (`crashed`), and
// the delivery is claimed again.
//
// `QuarantinePolicy` decides which deliveries are sent alone and which group is next. The
// statements here only count crashes, and find the deliveries that are pending or in flight.

extension SQLiteLedger {
    /// Claims deliveries in the order of the instants from which they may be tried.
    ///
    /// That instant is the due time for a first try, and `notBefore` for a later try. Deliveries
    /// with the same instant are claimed in the order in which they were written.
    public func claim(
        _ requests: [ClaimRequest], recording records: [DeliveryRecord], now: Instant
    ) throws(LedgerFailure) -> (claims: [Claim], late: [DeliveryRecord]) {
        let requests = requests.filter { $0.limit > 0 }
        guard !requests.isEmpty || !records.isEmpty else { return ([], []) }
        return try writing { db in
            let late = try write(records, db)
            for group in quarantine.turns(in: try QuarantinePolicy.Situation(db)) {
                let claims = try take(requests, group, now: now, db)
                guard !claims.isEmpty else { continue }
                quarantine.took(group)
                return (claims, late)
            }
            return ([], late)
        }
    }

    /// Claims requested deliveries of one group, up to the limit on deliveries in flight.
    private func take(_ requests: [ClaimRequest], _ group: QuarantinePolicy.Group, now: Instant, _ db: Database) throws -> [Claim]
    {
        // One statement for all rows of a request: a statement for each row opens the table and
        // all its indexes again.
        let update = try Query(
            db,
            """
            UPDATE delivery SET state = 'in flight', attempts = attempts + 1, not_before = NULL, edition = NULL
            WHERE n IN (SELECT value FROM json_each(?))
            """)
        var reminders = try RemindersRead(db)
        var claims: [Claim] = []
        for request in requests {
            let room = (group.mostAtOneTime ?? .max) - claims.count
            if room == 0 { break }
            let rows = try due(request, group, room: room, now: now, db)
            guard !rows.isEmpty else { continue }
            try update.run(jsonList(rows.map(\.n)))
            for var row in rows {
                row.attempts += 1
                row.channel = request.channel
                let claim = try row.claim(&reminders)
                claimed[claim.id] = ClaimedRow(n: row.n, attempt: row.attempts)
                claims.append(claim)
            }
        }
        return claims
    }

    private func due(
        _ request: ClaimRequest, _ group: QuarantinePolicy.Group, room: Int, now: Instant, _ db: Database
    ) throws -> [DeliveryRow] {
        let limit = min(request.limit, room)
        var rows: [DeliveryRow] = []
        switch request.choice {
        case .these(let places):
            let select = try Query(
                db,
                """
                SELECT \(DeliveryRow.columns) FROM delivery WHERE n = ?1 AND state = 'pending' AND \(group.condition)
                AND not_before <= ?2 AND deadline > ?2
                """)
            for place in places.compactMap(\.delivery) where rows.count < limit {
                let row = try select.first(place, now.milliseconds) { DeliveryRow($0) }
                if let row, request.names.contains(row.channel) { rows.append(row) }
            }
        case .queue, .waited:
            let select = try Query(
                db,
                """
                SELECT \(DeliveryRow.columns) FROM delivery \(group.source(request.choice))
                AND channel = ?1 AND not_before <= ?2 AND deadline > ?2 ORDER BY not_before, n LIMIT ?3
                """)
            for name in request.names where rows.count < limit {
                try select.rows(name, now.milliseconds, limit - rows.count) { rows.append(DeliveryRow($0)) }
            }
            guard rows.isEmpty, request.choice == .waited else { break }
            let queue = ClaimRequest(channel: request.channel, limit: request.limit, names: request.names)
            return try due(queue, group, room: room, now: now, db)
        }
        return rows
    }

    public func waiting(
        names: [String], after place: WaitingDelivery?, now: Instant, limit: Int
    ) throws(LedgerFailure) -> [WaitingDelivery] {
        try reading { db in
            let select = try Query(
                db,
                """
                SELECT n, recipient, not_before FROM delivery INDEXED BY delivery_queue
                WHERE state = 'pending' AND channel = ?1 AND not_before <= ?2 AND (not_before, n) > (?3, ?4)
                AND deadline > ?2 AND \(QuarantinePolicy.Group.others.condition) ORDER BY not_before, n LIMIT ?5
                """)
            var found: [(n: Int64, recipient: String, notBefore: Int64)] = []
            for name in names {
                try select.rows(
                    name, now.milliseconds, place?.notBefore.milliseconds ?? Int64.min, place?.place.delivery ?? 0, limit
                ) { found.append(($0.int64(0), $0.text(1), $0.int64(2))) }
            }
            if names.count > 1 { found.sort { ($0.notBefore, $0.n) < ($1.notBefore, $1.n) } }
            return found.prefix(limit).map {
                WaitingDelivery(
                    place: LedgerCursor(delivery: $0.n), recipient: $0.recipient, notBefore: Instant(milliseconds: $0.notBefore))
            }
        }
    }

    /// Applies each record whose delivery is in flight and has the record's attempt number.
    ///
    /// A record without a receipt can also end a pending delivery, as `dead` or `cancelled`.
    /// Returns the records that were not applied.
    ///
    /// If a delivery in flight has a reason in `why` (see `markInFlight`), the delivery becomes
    /// cancelled instead of pending.
    public func record(_ records: [DeliveryRecord]) throws(LedgerFailure) -> [DeliveryRecord] {
        guard !records.isEmpty else { return [] }
        return try writing { db in try write(records, db) }
    }

    private func write(_ records: [DeliveryRecord], _ db: Database) throws -> [DeliveryRecord] {
        guard !records.isEmpty else { return [] }
        let find = try Query(
            db,
            """
            SELECT n FROM delivery INDEXED BY delivery_in_flight
            WHERE state = 'in flight' AND id = ? AND attempts = ?
            """)
        let update = try Query(
            db,
            """
            UPDATE delivery SET
            state = CASE WHEN ?1 = 'pending' AND why IS NOT NULL THEN 'cancelled' ELSE ?1 END,
            not_before = CASE WHEN why IS NULL THEN ?2 END,
            why = coalesce(?3, why), unknowns = unknowns + ?4, crashes = crashes + ?5, uncounted = uncounted + ?6,
            refusals = refusals + ?7 WHERE n = ?8 AND (?9 IS NULL OR state = 'in flight' AND attempts = ?9)
            """)
        let journal = try Query(
            db,
            """
            INSERT INTO attempt (delivery, number, at, outcome, code, reply, about, edition)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """)
        let edition = try Query(db, "SELECT edition FROM meta").first { $0.int64(0) } ?? 1
        let earlier = try claimedInEarlierEdition(db)
        let accepted = try markAccepted(records, db)
        func settle(_ record: DeliveryRecord, at n: Int64, attempt: Int?) throws -> Bool {
            if accepted.contains(n), record.isAccepted, claimed[record.id]?.attempt == attempt { return true }
            return try update.run(
                record.next.state.rawValue, record.next.notBefore, record.next.why?.rawValue,
                record.receipt?.outcome == .unknown ? 1 : 0, record.crashed ? 1 : 0,
                record.receipt?.isUncounted == true ? 1 : 0, record.receipt?.countsTwice == true ? 1 : 0, n, attempt) == 1
        }
        var late: [DeliveryRecord] = []
        for record in records {
            let row = try claimed[record.id]?.n ?? find.first(record.id.text, record.attempt) { $0.int64(0) }
            if let row, try settle(record, at: row, attempt: record.attempt) {
                claimed[record.id] = nil
                guard let receipt = record.receipt else { continue }
                try journal.run(
                    row, record.attempt, record.at.milliseconds, receipt.outcome.rawValue, receipt.code,
                    receipt.reply.cut(toBytes: 512), receipt.about.rawValue, earlier[row] ?? edition)
            } else if record.endsWaiting, let row = try pending(record.id, db) {
                _ = try settle(record, at: row, attempt: nil)
            } else {
                late.append(record)
            }
        }
        return late
    }

    /// Marks the accepted deliveries among these records as delivered, and returns their rows.
    ///
    /// Most records are of this kind. One statement changes the state of all of them. A record
    /// whose attempt this process has not claimed is left to the caller.
    private func markAccepted(_ records: [DeliveryRecord], _ db: Database) throws -> Set<Int64> {
        var rows: Set<Int64> = []
        for record in records where record.isAccepted {
            if let row = claimed[record.id], row.attempt == record.attempt { rows.insert(row.n) }
        }
        guard !rows.isEmpty else { return [] }
        let list = jsonList(rows)
        let deliver = try Query(
            db,
            """
            UPDATE delivery SET state = 'delivered' WHERE n IN (SELECT value FROM json_each(?)) AND state = 'in flight'
            """)
        if try deliver.run(list) < rows.count {
            // Some of the deliveries are no longer in flight, or no longer in the ledger.
            let others = try Query(
                db, "SELECT n FROM delivery WHERE n IN (SELECT value FROM json_each(?)) AND state = 'delivered'")
            rows = []
            try others.rows(list) { rows.insert($0.int64(0)) }
        }
        return rows
    }

    /// Returns the edition in which each delivery in flight was claimed, keyed by row.
    ///
    /// The result contains only deliveries that were in flight when days changed
    /// (`delivery.edition`).
    private func claimedInEarlierEdition(_ db: Database) throws -> [Int64: Int64] {
        guard daysChangedInFlight else { return [:] }
        var editions: [Int64: Int64] = [:]
        try Query(
            db,
            """
            SELECT n, edition FROM delivery INDEXED BY delivery_in_flight WHERE state = 'in flight' AND edition IS NOT NULL
            """
        ).rows { editions[$0.int64(0)] = $0.int64(1) }
        daysChangedInFlight = !editions.isEmpty
        return editions
    }

    /// Finds a pending delivery by its id, by scanning the pending deliveries.
    private func pending(_ id: DeliveryID, _ db: Database) throws -> Int64? {
        // Searches the deliveries with an attempt first, because most deliveries that are given up
        // while they wait have had an attempt.
        let tried = try Query(
            db, "SELECT n FROM delivery INDEXED BY delivery_waited WHERE state = 'pending' AND attempts > 0 AND id = ?")
        if let n = try tried.first(id.text, read: { $0.int64(0) }) { return n }
        return try Query(
            db, "SELECT n FROM delivery INDEXED BY delivery_queue WHERE state = 'pending' AND id = ?"
        ).first(id.text) { $0.int64(0) }
    }

    /// Returns the deliveries in flight that have not been claimed since the ledger was opened.
    public func adopt(limit: Int) throws(LedgerFailure) -> [Claim] {
        try reading { db in
            var rows: [DeliveryRow] = []
            try Query(
                db,
                """
                SELECT \(DeliveryRow.columns) FROM delivery INDEXED BY delivery_in_flight
                WHERE state = 'in flight' ORDER BY n
                """
            ).rowsWhile { cells in
                let row = DeliveryRow(cells)
                if claimed[DeliveryID(stored: row.id)] == nil { rows.append(row) }
                return rows.count < limit
            }
            var reminders = try RemindersRead(db)
            let claims = try rows.map { try $0.claim(&reminders) }
            for (claim, row) in zip(claims, rows) { claimed[claim.id] = ClaimedRow(n: row.n, attempt: row.attempts) }
            return claims
        }
    }

    /// Marks expired deliveries as dead and returns them.
    ///
    /// Writes nothing if no delivery has expired, which is the case in almost every step.
    public func expire(now: Instant, limit: Int) throws(LedgerFailure) -> [StoredDelivery] {
        let rows = try reading { db in
            var rows: [DeliveryRow] = []
            let select = try Query(
                db,
                """
                SELECT \(DeliveryRow.columns) FROM delivery INDEXED BY delivery_deadline
                WHERE state = 'pending' AND channel = ? AND deadline <= ? ORDER BY deadline LIMIT ?
                """)
            for channel in try channelsThatWait(db) where rows.count < limit {
                try select.rows(channel, now.milliseconds, limit - rows.count) { rows.append(DeliveryRow($0)) }
            }
            return rows
        }
        guard !rows.isEmpty else { return [] }
        return try writing { db in try end(rows, as: .dead, why: nil, db) }
    }

    /// Marks pending deliveries as dead or cancelled, and returns them.
    func end(
        _ rows: [DeliveryRow], as state: DeliveryState, why: WithdrawalReason?, _ db: Database
    ) throws -> [StoredDelivery] {
        let update = try Query(db, "UPDATE delivery SET state = ?, why = ?, not_before = NULL WHERE n = ?")
        for row in rows { try update.run(state.rawValue, why?.rawValue, row.n) }
        var reminders = try RemindersRead(db)
        return try rows.map { try $0.delivery(&reminders) }
    }

    /// Returns the earliest instant at which a delivery may be tried or expires.
    ///
    /// Quarantined deliveries are sent alone (`QuarantinePolicy`). Tries that have to wait for this
    /// reason are left out, because the loop wakes when the deliveries in flight have ended.
    /// Deadlines always count.
    public func nextWake(channels: [String]) throws(LedgerFailure) -> Instant? {
        try reading { db in
            let situation = try QuarantinePolicy.Situation(db)
            let tries = try Query(
                db,
                """
                SELECT not_before FROM delivery INDEXED BY delivery_queue
                WHERE state = 'pending' AND channel = ? ORDER BY not_before LIMIT 1
                """)
            let triesOfOthers = try Query(
                db,
                """
                SELECT not_before FROM delivery INDEXED BY delivery_queue
                WHERE state = 'pending' AND channel = ? AND \(QuarantinePolicy.Group.others.condition) ORDER BY not_before LIMIT 1
                """)
            let deadlines = try Query(
                db,
                """
                SELECT deadline FROM delivery INDEXED BY delivery_deadline
                WHERE state = 'pending' AND channel = ? ORDER BY deadline LIMIT 1
                """)
            var earliest: Int64?
            for channel in channels {
                var wakes = [try deadlines.first(channel) { $0.int64(0) }]
                if !situation.isInFlight {
                    let query = situation.waitsForOthers ? triesOfOthers : tries
                    wakes.append(try query.first(channel) { $0.int64(0) })
                }
                earliest = (wakes + [earliest]).compactMap { $0 }.min()
            }
            return earliest.map(Instant.init(milliseconds:))
        }
    }

    /// Returns the channels that have a pending delivery, each found with one index lookup.
    func channelsThatWait(_ db: Database) throws -> [String] {
        let next = try Query(
            db,
            """
            SELECT channel FROM delivery INDEXED BY delivery_deadline
            WHERE state = 'pending' AND channel > ? ORDER BY channel LIMIT 1
            """)
        var channels: [String] = []
        while let channel = try next.first(channels.last ?? "", read: { $0.text(0) }) { channels.append(channel) }
        return channels
    }
}

/// A row of `delivery` with the columns that `Claim` needs.
struct DeliveryRow {
    static let columns = "n, id, reminder, recipient, channel, attempts, unknowns, crashes, uncounted, refusals, joined"

    let n: Int64
    let id: String
    let reminder: Int64
    let recipient: String
    var channel: String
    var attempts: Int
    let unknowns: Int
    let crashes: Int
    let uncounted: Int
    let refusals: Int
    let joined: Bool

    init(_ row: Cells) {
        n = row.int64(0)
        id = row.text(1)
        reminder = row.int64(2)
        recipient = row.text(3)
        channel = row.text(4)
        attempts = row.int(5)
        unknowns = row.int(6)
        crashes = row.int(7)
        uncounted = row.int(8)
        refusals = row.int(9)
        joined = row.int(10) == 1
    }

    func delivery(_ reminders: inout RemindersRead) throws -> StoredDelivery {
        StoredDelivery(
            id: DeliveryID(stored: id), stored: try reminders.reminder(reminder), recipient: recipient, channel: channel,
            attempts: attempts)
    }

    func claim(_ reminders: inout RemindersRead) throws -> Claim {
        Claim(
            id: DeliveryID(stored: id), stored: try reminders.reminder(reminder), recipient: recipient, channel: channel,
            attempt: attempts, unknowns: unknowns, crashes: crashes, uncounted: uncounted, refusals: refusals, joined: joined)
    }
}

/// A row of `delivery` in flight, and the number of its attempt.
struct ClaimedRow {
    let n: Int64
    let attempt: Int
}

/// Returns row numbers as the JSON array that `json_each` reads.
private func jsonList(_ rows: some Collection<Int64>) -> String {
    "[" + rows.map { String($0) }.joined(separator: ",") + "]"
}

extension DeliveryRecord {
    /// Whether the server has accepted the message in this attempt.
    fileprivate var isAccepted: Bool { next == .delivered && receipt?.outcome == .delivered && !crashed }

    /// Whether the record may end a delivery that is not in flight.
    fileprivate var endsWaiting: Bool { receipt == nil && (next == .dead || next.state == .cancelled) }
}

extension DeliveryRecord.Next {
    fileprivate var state: DeliveryState {
        switch self {
        case .pending, .held: .pending
        case .delivered: .delivered
        case .unknown: .unknown
        case .dead: .dead
        case .cancelled: .cancelled
        }
    }

    fileprivate var notBefore: Int64? {
        switch self {
        case .pending(let instant): instant.milliseconds
        case .held: SQLiteLedger.never_ms
        default: nil
        }
    }

    fileprivate var why: WithdrawalReason? {
        if case .cancelled(let why) = self { why } else { nil }
    }
}

extension String {
    /// Returns the longest prefix of whole Unicode scalars with at most `limit` bytes of UTF-8.
    func cut(toBytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(startIndex, offsetBy: limit)
        while end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}
