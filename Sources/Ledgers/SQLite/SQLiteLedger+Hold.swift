import Dates
import GRDB
import Scheduler

extension SQLiteLedger {
    /// The `not_before` of a held delivery.
    ///
    /// The last second of the year 9999 stands for never.
    static let never_ms: Int64 = 253_402_300_799_000

    /// Blocks up to `limit` pending deliveries. Returns whether more may have to be blocked.
    ///
    /// After a crash between two calls, the high-water mark is ahead of the ledger. Therefore the
    /// next start begins a hold again and blocks the remaining deliveries.
    public func hold(until: Instant, limit: Int) throws(LedgerFailure) -> Bool {
        try writing { db in
            try Query(
                db,
                """
                UPDATE meta SET held_from = min(looked_until, coalesce(held_from, looked_until)),
                held_until = max(?1, looked_until, coalesce(held_until, ?1)), releasing = NULL
                """
            ).run(until.milliseconds)
            let keep = try Query(
                db,
                """
                UPDATE delivery SET not_before = ?1 WHERE n IN
                (SELECT n FROM delivery INDEXED BY delivery_queue
                WHERE state = 'pending' AND channel = ?2 AND not_before < ?1 LIMIT ?3)
                """)
            var kept = 0
            for channel in try channelsThatWait(db) where kept < limit {
                kept += try keep.run(SQLiteLedger.never_ms, channel, limit - kept)
            }
            return kept == limit
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

    public func release(_ look: EvaluationResult, sendsPending: Bool) throws(LedgerFailure) {
        try writing { db in
            _ = try fire(look, db)
            try takeBack(recordedAfter: look.lookedUntil, db)
            try Query(db, "UPDATE meta SET looked_until = ?, releasing = ?")
                .run(look.lookedUntil.milliseconds, sendsPending ? "send" : "drop")
            // Closes the reminders, so that they get no further deliveries. Dropping also covers
            // deliveries that are not written yet, and recipients who were added or notified after
            // the restored copy was made. A complete change notice stays open, because recipients
            // who join later do not get it anyway.
            if !sendsPending {
                try Query(db, "UPDATE reminder SET cursor = NULL, closed = 1 WHERE cursor IS NOT NULL").run()
                try Query(
                    db,
                    """
                    UPDATE reminder SET closed = 1
                    WHERE closed = 0 AND change IS NULL AND deadline > ? AND due <= (SELECT held_until FROM meta WHERE held_until IS NOT NULL)
                    """
                ).run(look.lookedUntil.milliseconds)
                // Marks deliveries that a restored copy has in flight, so that they are not tried
                // again. A daemon would have held these deliveries at its start, but `release` also
                // runs without a daemon.
                try Query(
                    db,
                    """
                    UPDATE delivery SET why = 'dropped' WHERE state = 'in flight' AND why IS NULL AND n IN
                    (SELECT delivery.n FROM delivery INDEXED BY delivery_in_flight JOIN reminder ON reminder.n = delivery.reminder
                    WHERE delivery.state = 'in flight' AND due <= (SELECT held_until FROM meta WHERE held_until IS NOT NULL))
                    """
                ).run()
            }
        }
    }

    public func continueRelease(limit: Int) throws(LedgerFailure) -> Bool {
        let release = try reading { db in
            try Query(db, "SELECT releasing, looked_until FROM meta WHERE releasing IS NOT NULL").first {
                (sends: $0.text(0) == "send", now: $0.int64(1))
            }
        }
        guard let release else { return false }
        return try writing { db in
            let letGo = try Query(
                db,
                """
                UPDATE delivery SET state = ?1, why = ?2,
                not_before = max(?3, (SELECT due FROM reminder WHERE reminder.n = delivery.reminder)) WHERE n IN
                (SELECT n FROM delivery INDEXED BY delivery_queue
                WHERE state = 'pending' AND channel = ?4 AND not_before = ?5 LIMIT ?6)
                """)
            var done = 0
            for channel in try channelsThatWait(db) where done < limit {
                let (room, never) = (limit - done, SQLiteLedger.never_ms)
                done +=
                    release.sends
                    ? try letGo.run("pending", String?.none, release.now, channel, never, room)
                    : try letGo.run("cancelled", "dropped", Int64?.none, channel, never, room)
            }
            guard done < limit else { return true }
            try Query(db, "UPDATE meta SET held_from = NULL, held_until = NULL, releasing = NULL").run()
            return false
        }
    }
}
