import GRDB
import Scheduler

extension SQLiteLedger {
    public func waitingChannels() throws(LedgerFailure) -> [String] {
        try reading { db in try channelsThatWait(db) }
    }

    public func advance(channel: String, to now: Instant) throws(LedgerFailure) {
        _ = try writing { db in
            try Query(
                db,
                """
                UPDATE delivery INDEXED BY delivery_queue SET not_before = ?2
                WHERE state = 'pending' AND channel = ?1 AND not_before > ?2 AND not_before < ?3
                """
            ).run(channel, now.milliseconds, SQLiteLedger.never_ms)
        }
    }

    public func cancelWaiting(channel: String, limit: Int) throws(LedgerFailure) -> [Claim] {
        try writing { db in
            var rows: [DeliveryRow] = []
            try Query(
                db,
                """
                SELECT \(DeliveryRow.columns) FROM delivery INDEXED BY delivery_queue
                WHERE state = 'pending' AND channel = ? ORDER BY not_before, n LIMIT ?
                """
            ).rows(channel, limit) { rows.append(DeliveryRow($0)) }
            let update = try Query(db, "UPDATE delivery SET state = 'cancelled', not_before = NULL WHERE n = ?")
            for row in rows { try update.run(row.n) }
            var reminders = try RemindersRead(db)
            return try rows.map { try $0.claim(&reminders) }
        }
    }

    /// Looked for among what waits or was given up: what was accepted, the great mass, is not gone through.
    public func unreached(now: Instant, limit: Int) throws(LedgerFailure) -> [Unreached] {
        try reading { db in
            var suspects: Set<Reader> = []
            let waiting = try Query(
                db,
                """
                SELECT reminder, recipient FROM delivery INDEXED BY delivery_deadline
                WHERE state = 'pending' AND channel = ?1 AND deadline > ?2
                """)
            for channel in try channelsThatWait(db) {
                try waiting.rows(channel, now.milliseconds) {
                    suspects.insert(Reader(reminder: $0.int64(0), recipient: $0.text(1)))
                }
            }
            try Query(
                db,
                """
                SELECT reminder, recipient FROM delivery INDEXED BY delivery_settled
                WHERE state <> 'pending' AND state <> 'in flight' AND state <> 'delivered' AND state = 'dead' AND deadline > ?
                """
            ).rows(now.milliseconds) { suspects.insert(Reader(reminder: $0.int64(0), recipient: $0.text(1))) }
            var reminders = try RemindersRead(db)
            let siblings = try Query(
                db,
                """
                SELECT channel, state FROM delivery INDEXED BY delivery_key
                WHERE reminder = ? AND recipient = ? ORDER BY channel
                """)
            var found: [Unreached] = []
            for reader in suspects.sorted(by: { ($0.reminder, $0.recipient) < ($1.reminder, $1.recipient) }) {
                var channels: [String] = []
                var states: Set<DeliveryState> = []
                try siblings.rows(reader.reminder, reader.recipient) {
                    channels.append($0.text(0))
                    if let state = DeliveryState(rawValue: $0.text(1)) { states.insert(state) }
                }
                guard states.isDisjoint(with: [.delivered, .unknown, .superseded, .inFlight]) else { continue }
                let stored = try reminders.reminder(reader.reminder)
                let patience = Unreached.patience(firedAt: stored.firedAt, deadline: stored.reminder.deadline)
                let isExhausted = !states.contains(.pending)
                guard isExhausted || now >= stored.firedAt + patience else { continue }
                found.append(
                    Unreached(stored: stored, recipient: reader.recipient, channels: channels, isExhausted: isExhausted))
                if found.count == limit { break }
            }
            return found
        }
    }

    private struct Reader: Hashable {
        let reminder: Int64
        let recipient: String
    }

    public func reroute(_ reader: Unreached, to deliveries: [NewDelivery]) throws(LedgerFailure) {
        try writing { db in
            let key = reader.stored.reminder.key
            let n = try Query(
                db, "SELECT n FROM reminder WHERE plan = ? AND campaign = ? AND lead = ? AND anchor = ? AND state = 'fired'"
            ).first(key.plan, key.campaign, key.lead, key.anchor.description) { $0.int64(0) }
            guard let n else { return }
            try Query(
                db,
                """
                UPDATE delivery INDEXED BY delivery_key SET state = 'cancelled', not_before = NULL
                WHERE reminder = ? AND recipient = ? AND state = 'pending'
                """
            ).run(n, reader.recipient)
            let insert = try Query(
                db,
                """
                INSERT INTO delivery (id, reminder, recipient, channel, state, not_before, deadline)
                VALUES (?, ?, ?, ?, 'pending', ?, ?) ON CONFLICT (reminder, recipient, channel) DO NOTHING
                """)
            let reminder = reader.stored.reminder
            for delivery in deliveries {
                try insert.run(
                    delivery.id.text, n, delivery.recipient, delivery.channel, reminder.due.milliseconds,
                    reminder.deadline.milliseconds)
            }
        }
    }

    public func retry(_ ids: [DeliveryID], now: Instant) throws(LedgerFailure) -> [DeliveryID] {
        try writing { db in
            let update = try Query(
                db,
                """
                UPDATE delivery INDEXED BY delivery_settled SET state = 'pending', not_before = ?2
                WHERE state <> 'pending' AND state <> 'in flight' AND state <> 'delivered'
                AND (state = 'dead' OR state = 'unknown') AND id = ?1 AND deadline > ?2
                """)
            return try ids.filter { try update.run($0.text, now.milliseconds) > 0 }
        }
    }
}
