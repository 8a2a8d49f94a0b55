import GRDB
import Scheduler

extension SQLiteLedger {
    public func failOver(_ failovers: [Failover]) throws(LedgerFailure) -> [Bool] {
        guard !failovers.isEmpty else { return [] }
        return try writing { db in
            let writing = try FailoverWriting(db)
            return try failovers.map { try writing.write($0) }
        }
    }
}

/// Writes the deliveries of failovers and cancels the deliveries that they replace.
private struct FailoverWriting {
    private let find: Query
    private let waiting: Query
    private let insert: Query
    private let standing: Query
    private let cancel: Query

    init(_ db: Database) throws {
        find = try Query(
            db, "SELECT n FROM reminder WHERE plan = ? AND campaign = ? AND lead = ? AND anchor = ? AND state = 'fired'")
        waiting = try Query(
            db,
            """
            SELECT n FROM delivery INDEXED BY delivery_key WHERE reminder = ? AND recipient = ? AND state = 'pending'
            """)
        insert = try Query(
            db,
            """
            INSERT INTO delivery (id, reminder, recipient, channel, state, not_before, deadline)
            VALUES (?, ?, ?, ?, 'pending', ?, ?) ON CONFLICT (reminder, recipient, channel) DO UPDATE
            SET state = 'pending', why = NULL, not_before = excluded.not_before, deadline = excluded.deadline
            WHERE \(DeliveryCondition.sql(.withdrawn))
            """)
        standing = try Query(
            db,
            """
            SELECT n FROM delivery INDEXED BY delivery_key
            WHERE reminder = ? AND recipient = ? AND channel = ? AND \(DeliveryCondition.sql(.standing))
            """)
        cancel = try Query(
            db, "UPDATE delivery SET state = 'cancelled', why = 'failed over', not_before = NULL WHERE n = ?")
    }

    /// Writes one failover.
    ///
    /// Returns whether the recipient has a delivery that replaces the pending deliveries.
    func write(_ failover: Failover) throws -> Bool {
        let reminder = failover.reader.stored.reminder
        let key = reminder.key
        guard let n = try find.first(key.plan, key.campaign, key.lead, key.anchor.description, read: { $0.int64(0) })
        else { return false }
        var replaced: [Int64] = []
        try waiting.rows(n, failover.reader.recipient) { replaced.append($0.int64(0)) }
        var takesOver = false
        for delivery in failover.deliveries {
            // The delivery may already exist under a former name of the recipient or channel. Then
            // no new delivery is written, unless this call cancels the existing delivery.
            let isThere = try delivery.formerly.contains { slot in
                let found = try standing.first(n, slot.recipient, slot.channel) { $0.int64(0) }
                return found.map { !replaced.contains($0) } ?? false
            }
            if isThere {
                takesOver = true
            } else {
                let written = try insert.run(
                    delivery.id.text, n, delivery.recipient, delivery.channel, reminder.due.milliseconds,
                    reminder.deadline.milliseconds)
                if written == 1 { takesOver = true }
            }
        }
        guard takesOver else { return false }
        for row in replaced { try cancel.run(row) }
        return true
    }
}
