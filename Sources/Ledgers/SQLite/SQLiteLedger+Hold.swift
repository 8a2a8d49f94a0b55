import GRDB
import Scheduler

extension SQLiteLedger {
    /// When a held delivery wants its next try: never, in the last second that a calendar of four-digit years can name.
    static let never_ms: Int64 = 253_402_300_799_000

    public func hold(until: Instant) throws(LedgerFailure) {
        try writing { db in
            try Query(
                db,
                """
                UPDATE meta SET held_from = min(looked_until, coalesce(held_from, looked_until)),
                held_until = max(?1, looked_until, coalesce(held_until, ?1))
                """
            ).run(until.milliseconds)
            try Query(
                db,
                """
                UPDATE delivery SET state = 'pending', not_before = ?
                WHERE state = 'pending' OR state = 'in flight'
                """
            ).run(SQLiteLedger.never_ms)
        }
    }

    public func held() throws(LedgerFailure) -> ClosedRange<Instant>? {
        try reading { db in
            let held = try Query(db, "SELECT held_from, held_until FROM meta WHERE held_from IS NOT NULL").first {
                Instant(milliseconds: $0.int64(0))...Instant(milliseconds: $0.int64(1))
            }
            return held
        }
    }

    public func release(_ look: LookResult, sendsPending: Bool) throws(LedgerFailure) {
        try fire(look)
        try writing { db in
            try Query(db, "UPDATE meta SET looked_until = ?, held_from = NULL, held_until = NULL")
                .run(look.lookedUntil.milliseconds)
            if sendsPending {
                try Query(db, "UPDATE delivery SET not_before = ? WHERE state = 'pending' AND not_before = ?")
                    .run(look.lookedUntil.milliseconds, SQLiteLedger.never_ms)
            } else {
                try Query(
                    db, "UPDATE delivery SET state = 'cancelled', not_before = NULL WHERE state = 'pending' AND not_before = ?"
                ).run(SQLiteLedger.never_ms)
            }
        }
    }
}
