import Dates
import GRDB
import Scheduler

extension SQLiteLedger {
    /// Checks up to `limit` deliveries and deletes those that are old.
    ///
    /// Deliveries are checked in the order in which they were written.
    ///
    /// The ledger object stores the position of the pass, so a newly opened ledger starts from the
    /// beginning. The pass is complete at the first delivery of a reminder that fired at or after
    /// `instant`, because all deliveries after it are younger.
    public func prune(endedBefore instant: Instant, limit: Int) throws(LedgerFailure) -> Pruned {
        let look = try reading { db in try PruningLook(db, after: prunedThrough, endedBefore: instant, limit: limit) }
        if !look.rows.isEmpty {
            try writing { db in
                let attempts = try Query(db, "DELETE FROM attempt WHERE delivery = ?")
                let delivery = try Query(db, "DELETE FROM delivery WHERE n = ? AND NOT \(DeliveryCondition.sql(.unsettled))")
                for n in look.rows {
                    try attempts.run(n)
                    try delivery.run(n)
                }
            }
        }
        prunedThrough = look.isComplete ? 0 : look.through
        return Pruned(deliveries: look.rows.count, isComplete: look.isComplete)
    }
}

/// The deliveries that one call of `prune` deletes. They are found without writing.
private struct PruningLook {
    /// The rows of the deliveries to delete, in the table `delivery`.
    private(set) var rows: [Int64] = []
    private(set) var through: Int64
    private(set) var isComplete = true

    private struct Owner {
        let occurrence: OccurrenceKey
        let firedAt: Int64
    }

    init(_ db: Database, after last: Int64, endedBefore instant: Instant, limit: Int) throws {
        through = last
        var found: [(n: Int64, reminder: Int64, isSettled: Bool)] = []
        try Query(db, "SELECT n, reminder, \(DeliveryCondition.sql(.unsettled)) FROM delivery WHERE n > ? ORDER BY n LIMIT ?")
            .rows(last, limit) { row in
                found.append((row.int64(0), row.int64(1), row.int(2) == 0))
            }
        let owners = try Query(db, "SELECT plan, campaign, occurrence, fired_at FROM reminder WHERE n = ?")
        let ends = try Query(
            db, "SELECT max(deadline), count(cursor) FROM reminder WHERE plan = ? AND campaign = ? AND occurrence = ?")
        var known: [Int64: Owner] = [:]
        var isOver: [OccurrenceKey: Bool] = [:]
        for row in found {
            let owner =
                try known[row.reminder]
                ?? owners.first(row.reminder) {
                    Owner(
                        occurrence: OccurrenceKey(plan: $0.text(0), campaign: $0.text(1), occurrence: $0.text(2)),
                        firedAt: $0.int64(3))
                }
            guard let owner, owner.firedAt < instant.milliseconds else { return }
            known[row.reminder] = owner
            let key = owner.occurrence
            if isOver[key] == nil {
                isOver[key] = try ends.first(key.plan, key.campaign, key.occurrence) {
                    $0.int64(0) < instant.milliseconds && $0.int(1) == 0
                }
            }
            through = row.n
            if row.isSettled, isOver[key] == true { rows.append(row.n) }
        }
        isComplete = found.count < limit
    }
}
