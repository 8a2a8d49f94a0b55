import Dates
import Scheduler

extension SQLiteLedger {
    /// Counts reminders missed, and deliveries of reminders fired, at or after `since`.
    public func tally(since: Instant) throws(LedgerFailure) -> FiringTally {
        try reading { db in
            var tally = FiringTally()
            tally.missed =
                try Query(db, "SELECT count(*) FROM reminder INDEXED BY reminder_fired WHERE state = 'missed' AND fired_at >= ?")
                .first(since.milliseconds) { $0.int(0) } ?? 0
            let query = try Query(
                db,
                """
                SELECT delivery.state, count(*) FROM reminder INDEXED BY reminder_fired
                CROSS JOIN delivery INDEXED BY delivery_key ON delivery.reminder = reminder.n
                WHERE reminder.state = 'fired' AND reminder.fired_at >= ? GROUP BY delivery.state
                """
            )
            try query.rows(since.milliseconds) { cells in
                let count = cells.int(1)
                switch DeliveryState(rawValue: cells.text(0)) {
                case .delivered: tally.delivered += count
                case .pending, .inFlight: tally.waiting += count
                case .dead: tally.dead += count
                case .unknown: tally.unknown += count
                case .cancelled: tally.cancelled += count
                case .superseded, nil: break
                }
            }
            return tally
        }
    }

    /// Returns the number of failed deliveries, and how many of them can still be sent at `now`.
    ///
    /// The index `delivery_settled` has all of them. Their cost is therefore proportional to the
    /// number of failed and cancelled deliveries, not to the size of the ledger.
    public func failedDeliveries(now: Instant) throws(LedgerFailure) -> FailedDeliveries {
        try reading { db in
            func counts(_ state: DeliveryState) throws -> (all: Int, withTimeLeft: Int) {
                try Query(
                    db,
                    """
                    SELECT count(*), count(*) FILTER (WHERE deadline > ?2 AND NOT EXISTS (
                        SELECT 1 FROM delivery AS other INDEXED BY delivery_key
                        WHERE other.reminder = failed.reminder AND other.recipient = failed.recipient
                        AND (other.state = 'delivered' OR other.state = 'pending' OR other.state = 'in flight')))
                    FROM delivery AS failed INDEXED BY delivery_settled
                    WHERE state <> 'pending' AND state <> 'in flight' AND state <> 'delivered' AND state = ?1
                    """
                ).first(state.rawValue, now.milliseconds) { ($0.int(0), $0.int(1)) } ?? (0, 0)
            }
            let (dead, unknown) = (try counts(.dead), try counts(.unknown))
            return FailedDeliveries(
                dead: dead.all, unknown: unknown.all, deadWithTimeLeft: dead.withTimeLeft,
                unknownWithTimeLeft: unknown.withTimeLeft)
        }
    }

    /// Returns what failed of the reminders fired or missed at or after `since`, oldest first.
    ///
    /// These are the dead deliveries, the deliveries with an unknown outcome and the missed
    /// reminders, at most `limit`.
    public func failures(since: Instant, limit: Int) throws(LedgerFailure) -> [FailedDelivery] {
        try reading { db in
            var found: [FailedDelivery] = []
            let deliveries = try Query(
                db,
                """
                SELECT id, recipient, channel FROM delivery INDEXED BY delivery_settled
                WHERE state <> 'pending' AND state <> 'in flight' AND state <> 'delivered' AND state = ?1 AND reminder = ?2
                ORDER BY recipient, channel LIMIT ?3
                """)
            let reminders = try Query(
                db,
                """
                SELECT n, state, \(StoredReminder.columns) FROM reminder INDEXED BY reminder_fired
                WHERE fired_at >= ? AND state <> 'superseded' ORDER BY fired_at, n
                """)
            try reminders.rowsWhile(since.milliseconds) { row in
                let stored = try StoredReminder(row: row, from: 2)
                guard row.text(1) == ReminderState.fired.rawValue else {
                    found.append(
                        FailedDelivery(stored: stored, delivery: nil, recipient: nil, channel: nil, state: row.text(1)))
                    return found.count < limit
                }
                for state in [DeliveryState.dead, .unknown] {
                    try deliveries.rows(state.rawValue, row.int64(0), limit - found.count) { cells in
                        found.append(
                            FailedDelivery(
                                stored: stored, delivery: DeliveryID(stored: cells.text(0)), recipient: cells.text(1),
                                channel: cells.text(2), state: state.rawValue))
                    }
                }
                return found.count < limit
            }
            return found
        }
    }
}
