import Dates
import GRDB
import Scheduler

// Claims and crashes
//
// A claim makes the intent to send durable before a byte leaves: the delivery is `in flight` and
// has one more attempt. A crash leaves it in flight. At the next start `inFlight` returns it, the
// scheduler records the crash (`crashed`), and it is claimed again.
//
// A delivery that was in flight at two crashes is quarantined (a suspect), because it may be what
// kills the process. From then on it goes alone: nothing else is in flight when it starts or beside
// it. So every further crash is its own, and other deliveries do not collect crashes because of it.
// Of `crashes`, those after the second were therefore alone.
//
// A quarantined delivery waits until nothing is in flight, and everything else waits while it is in
// flight. After it, other deliveries that are ready go first, so that many quarantined ones in a
// row do not keep the rest waiting.

extension SQLiteLedger {
    /// Claims in the order of the instant from which each delivery may be tried: its due time for a first try, `notBefore` for a later one.
    /// Among equals, the first written comes first.
    public func claim(
        _ requests: [ClaimRequest], recording records: [DeliveryRecord], now: Instant
    ) throws(LedgerFailure) -> [Claim] {
        let requests = requests.filter { $0.limit > 0 }
        guard !requests.isEmpty || !records.isEmpty else { return [] }
        return try writing { db in
            try write(records, db)
            let suspects = try Suspects(db)
            if suspects.inFlight { return [] }

            let mayGoAlone = suspects.waiting && !suspects.othersInFlight
            if mayGoAlone, !suspectHadItsTurn, let claim = try take(requests, .suspects, now: now, db).first {
                suspectHadItsTurn = true
                return [claim]
            }
            let others = try take(requests, .others, now: now, db)
            if others.isEmpty, mayGoAlone { return try take(requests, .suspects, now: now, db) }
            if !others.isEmpty { suspectHadItsTurn = false }
            return others
        }
    }

    private enum Which {
        case suspects, others

        /// The part of the SQL that selects these rows among the pending ones of a channel, with the index that finds them.
        func source(_ choice: ClaimRequest.Choice) -> String {
            switch (self, choice) {
            case (.suspects, .queue), (.suspects, .these):
                """
                INDEXED BY delivery_suspect
                WHERE crashes >= 2 AND (state = 'pending' OR state = 'in flight') AND state = 'pending'
                """
            case (.suspects, .waited):
                "INDEXED BY delivery_waited WHERE state = 'pending' AND attempts > 0 AND crashes >= 2"
            case (.others, .queue), (.others, .these):
                "INDEXED BY delivery_queue WHERE crashes < 2 AND state = 'pending'"
            case (.others, .waited):
                "INDEXED BY delivery_waited WHERE state = 'pending' AND attempts > 0 AND crashes < 2"
            }
        }
    }

    /// Claims the chosen deliveries, but at most one if they are quarantined.
    private func take(_ requests: [ClaimRequest], _ which: Which, now: Instant, _ db: Database) throws -> [Claim] {
        let update = try Query(
            db, "UPDATE delivery SET state = 'in flight', attempts = attempts + 1, not_before = NULL, edition = NULL WHERE n = ?")
        var reminders = try RemindersRead(db)
        var claims: [Claim] = []
        for request in requests {
            if which == .suspects, !claims.isEmpty { break }
            for var row in try due(request, which, now: now, db) {
                try update.run(row.n)
                row.attempts += 1
                row.channel = request.channel
                let claim = try row.claim(&reminders)
                claimed[claim.id] = row.n
                claims.append(claim)
            }
        }
        return claims
    }

    private func due(_ request: ClaimRequest, _ which: Which, now: Instant, _ db: Database) throws -> [DeliveryRow] {
        let limit = which == .suspects ? 1 : request.limit
        var rows: [DeliveryRow] = []
        switch request.choice {
        case .these(let places):
            let select = try Query(
                db,
                """
                SELECT \(DeliveryRow.columns) FROM delivery WHERE n = ?1 AND state = 'pending' AND crashes \(which == .others ? "<" : ">=") 2
                AND not_before <= ?2 AND deadline > ?2
                """)
            for place in places where rows.count < limit {
                let row = try select.first(place, now.milliseconds) { DeliveryRow($0) }
                if let row, request.names.contains(row.channel) { rows.append(row) }
            }
        case .queue, .waited:
            let select = try Query(
                db,
                """
                SELECT \(DeliveryRow.columns) FROM delivery \(which.source(request.choice))
                AND channel = ?1 AND not_before <= ?2 AND deadline > ?2 ORDER BY not_before, n LIMIT ?3
                """)
            for name in request.names where rows.count < limit {
                try select.rows(name, now.milliseconds, limit - rows.count) { rows.append(DeliveryRow($0)) }
            }
            guard rows.isEmpty, request.choice == .waited else { break }
            let queue = ClaimRequest(channel: request.channel, limit: request.limit, names: request.names)
            return try due(queue, which, now: now, db)
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
                AND deadline > ?2 AND crashes < 2 ORDER BY not_before, n LIMIT ?5
                """)
            var found: [WaitingDelivery] = []
            for name in names {
                try select.rows(
                    name, now.milliseconds, place?.notBefore.milliseconds ?? Int64.min, place?.place ?? 0, limit
                ) {
                    found.append(
                        WaitingDelivery(
                            place: $0.int64(0), recipient: $0.text(1), notBefore: Instant(milliseconds: $0.int64(2))))
                }
            }
            guard names.count > 1 else { return found }
            return Array(found.sorted { ($0.notBefore, $0.place) < ($1.notBefore, $1.place) }.prefix(limit))
        }
    }

    /// Applies a record if its delivery is in flight with that attempt. Without a receipt, a record
    /// also applies to a pending delivery that becomes `dead` (expired) or `cancelled`. Any other
    /// record comes too late and changes nothing.
    ///
    /// `why` on a delivery in flight is the mark of a change (`markInFlight`).
    public func record(_ records: [DeliveryRecord]) throws(LedgerFailure) {
        guard !records.isEmpty else { return }
        try writing { db in try write(records, db) }
    }

    private func write(_ records: [DeliveryRecord], _ db: Database) throws {
        guard !records.isEmpty else { return }
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
        // Most records: one column changes instead of seven.
        let deliver = try Query(
            db, "UPDATE delivery SET state = 'delivered' WHERE n = ? AND state = 'in flight' AND attempts = ?")
        let journal = try Query(
            db,
            """
            INSERT INTO attempt (delivery, number, at, outcome, code, reply, about, edition)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """)
        let edition = try Query(db, "SELECT edition FROM meta").first { $0.int64(0) } ?? 1
        let earlier = try claimedInEarlierEdition(db)
        func settle(_ record: DeliveryRecord, at n: Int64, attempt: Int?) throws -> Bool {
            if let attempt, record.next == .delivered, record.receipt?.outcome == .delivered, !record.crashed {
                return try deliver.run(n, attempt) == 1
            }
            return try update.run(
                record.next.state.rawValue, record.next.notBefore, record.next.why?.rawValue,
                record.receipt?.outcome == .unknown ? 1 : 0, record.crashed ? 1 : 0,
                record.receipt?.isUncounted == true ? 1 : 0, record.receipt?.countsTwice == true ? 1 : 0, n, attempt) == 1
        }
        for record in records {
            let row = try claimed.removeValue(forKey: record.id) ?? find.first(record.id.text, record.attempt) { $0.int64(0) }
            if let row, try settle(record, at: row, attempt: record.attempt) {
                guard let receipt = record.receipt else { continue }
                try journal.run(
                    row, record.attempt, record.at.milliseconds, receipt.outcome.rawValue, receipt.code,
                    receipt.reply.cut(toBytes: 512), receipt.about.rawValue, earlier[row] ?? edition)
            } else if record.endsWaiting, let row = try pending(record.id, db) {
                _ = try settle(record, at: row, attempt: nil)
            }
        }
    }

    /// By row, the edition in which a delivery was claimed, of those that were in flight when days changed.
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

    /// Finds a pending delivery by its id: directly if `expired` has just returned it, otherwise by a scan of all pending ones.
    private func pending(_ id: DeliveryID, _ db: Database) throws -> Int64? {
        if let n = lastExpired[id] {
            let there = try Query(db, "SELECT n FROM delivery WHERE n = ? AND id = ? AND state = 'pending'")
            if let n = try there.first(n, id.text, read: { $0.int64(0) }) { return n }
        }
        // Most of the deliveries that are given up while they wait have been tried.
        let tried = try Query(
            db, "SELECT n FROM delivery INDEXED BY delivery_waited WHERE state = 'pending' AND attempts > 0 AND id = ?")
        if let n = try tried.first(id.text, read: { $0.int64(0) }) { return n }
        return try Query(
            db, "SELECT n FROM delivery INDEXED BY delivery_queue WHERE state = 'pending' AND id = ?"
        ).first(id.text) { $0.int64(0) }
    }

    public func inFlight() throws(LedgerFailure) -> [Claim] {
        try reading { db in
            var rows: [DeliveryRow] = []
            try Query(
                db,
                """
                SELECT \(DeliveryRow.columns) FROM delivery INDEXED BY delivery_in_flight
                WHERE state = 'in flight' ORDER BY n
                """
            ).rows { rows.append(DeliveryRow($0)) }
            var reminders = try RemindersRead(db)
            return try rows.map { try $0.claim(&reminders) }
        }
    }

    public func expired(now: Instant, limit: Int) throws(LedgerFailure) -> [Claim] {
        try reading { db in
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
            lastExpired = Dictionary(uniqueKeysWithValues: rows.map { (DeliveryID(stored: $0.id), $0.n) })
            var reminders = try RemindersRead(db)
            return try rows.map { try $0.claim(&reminders) }
        }
    }

    /// Ignores the next try of deliveries that a quarantined one keeps waiting, and of a quarantined one that waits for others.
    /// In both cases the loop wakes when what is in flight has ended.
    public func nextWake(channels: [String]) throws(LedgerFailure) -> Instant? {
        try reading { db in
            let suspects = try Suspects(db)
            let tries = try Query(
                db,
                """
                SELECT not_before FROM delivery INDEXED BY delivery_queue
                WHERE state = 'pending' AND channel = ? ORDER BY not_before LIMIT 1
                """)
            let triesWithoutSuspects = try Query(
                db,
                """
                SELECT not_before FROM delivery INDEXED BY delivery_queue
                WHERE state = 'pending' AND channel = ? AND crashes < 2 ORDER BY not_before LIMIT 1
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
                if !suspects.inFlight {
                    let query = suspects.waiting && suspects.othersInFlight ? triesWithoutSuspects : tries
                    wakes.append(try query.first(channel) { $0.int64(0) })
                }
                earliest = (wakes + [earliest]).compactMap { $0 }.min()
            }
            return earliest.map(Instant.init(milliseconds:))
        }
    }

    /// The channels that have a pending delivery. Each is found by one step in an index.
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

/// Whether quarantined deliveries, which must go alone, are pending or in flight.
private struct Suspects {
    var waiting = false
    var inFlight = false
    /// Another delivery is in flight. Read only if a quarantined one is pending.
    var othersInFlight = false

    init(_ db: Database) throws {
        let exists = """
            SELECT 1 FROM delivery INDEXED BY delivery_suspect
            WHERE crashes >= 2 AND (state = 'pending' OR state = 'in flight') AND state = ? LIMIT 1
            """
        waiting = try Query(db, exists).first(DeliveryState.pending.rawValue) { _ in true } ?? false
        inFlight = try Query(db, exists).first(DeliveryState.inFlight.rawValue) { _ in true } ?? false
        if waiting {
            othersInFlight =
                try Query(db, "SELECT 1 FROM delivery INDEXED BY delivery_in_flight WHERE state = 'in flight' LIMIT 1")
                .first { _ in true } ?? false
        }
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

    func claim(_ reminders: inout RemindersRead) throws -> Claim {
        Claim(
            id: DeliveryID(stored: id), stored: try reminders.reminder(reminder), recipient: recipient, channel: channel,
            attempt: attempts, unknowns: unknowns, crashes: crashes, uncounted: uncounted, refusals: refusals, joined: joined)
    }
}

extension DeliveryRecord {
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
    /// The longest prefix of whole Unicode scalars that has at most `limit` bytes of UTF-8.
    func cut(toBytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(startIndex, offsetBy: limit)
        while end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}
