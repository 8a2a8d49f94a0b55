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
}
