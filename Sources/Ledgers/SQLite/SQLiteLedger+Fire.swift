import GRDB
import Scheduler

extension SQLiteLedger {
    public func told(about occurrences: [OccurrenceKey]) throws(LedgerFailure) -> Told {
        try reading { db in
            var told = Told()
            for occurrence in occurrences {
                var fired: [(n: Int64, due: Instant)] = []
                try Query(
                    db,
                    """
                    SELECT n, due, lead, anchor, state FROM reminder
                    WHERE plan = ? AND campaign = ? AND occurrence = ? ORDER BY due
                    """
                ).rows(occurrence.plan, occurrence.campaign, occurrence.occurrence) { row in
                    told.recorded.insert(
                        ReminderKey(
                            plan: occurrence.plan, campaign: occurrence.campaign, lead: row.text(2),
                            anchor: try row.day(3)))
                    if row.text(4) == ReminderState.fired.rawValue {
                        fired.append((row.int64(0), Instant(milliseconds: row.int64(1))))
                    }
                }
                guard !fired.isEmpty else { continue }
                var given: [String: Instant] = [:]
                let recipients = try Query(
                    db,
                    """
                    SELECT recipient FROM delivery INDEXED BY delivery_key
                    WHERE reminder = ? AND state <> 'cancelled'
                    """)
                // Ascending by due: the latest stays.
                for reminder in fired {
                    try recipients.rows(reminder.n) { given[$0.text(0)] = reminder.due }
                }
                if !given.isEmpty { told.given[occurrence] = given }
            }
            return told
        }
    }

    public func fire(_ look: LookResult) throws(LedgerFailure) {
        try writing { db in
            let insert = try ReminderInsert(db)
            for firing in look.firings {
                guard try insert.run(firing.stored, .fired, cursor: firing.cursor) else { continue }
                let n = db.lastInsertedRowID
                if firing.change != nil { try cancelPending(of: firing.reminder.occurrenceKey, db) }
                try add(firing.deliveries, of: firing.reminder, n: n, db)
            }
            for (reminders, state) in [(look.superseded, ReminderState.superseded), (look.missed, .missed)] {
                for reminder in reminders {
                    let stored = StoredReminder(reminder: reminder, firedAt: look.lookedUntil, late: false)
                    _ = try insert.run(stored, state, cursor: nil)
                }
            }
            try Query(db, "UPDATE meta SET looked_until = max(looked_until, ?)").run(look.lookedUntil.milliseconds)
        }
    }

    public func extend(
        _ reminder: ReminderKey, _ deliveries: [NewDelivery], cursor: String?
    ) throws(LedgerFailure) {
        try writing { db in
            let found = try Query(
                db,
                """
                SELECT n, \(StoredReminder.columns) FROM reminder
                WHERE plan = ? AND campaign = ? AND lead = ? AND anchor = ? AND state = 'fired'
                """
            ).first(reminder.plan, reminder.campaign, reminder.lead, reminder.anchor.description) {
                (n: $0.int64(0), stored: try StoredReminder(row: $0, from: 1))
            }
            guard let found else { return }
            try add(deliveries, of: found.stored.reminder, n: found.n, db)
            try Query(db, "UPDATE reminder SET cursor = ? WHERE n = ?").run(cursor, found.n)
        }
    }

    public func unfinished() throws(LedgerFailure) -> [(reminder: StoredReminder, cursor: String)] {
        try reading { db in
            var unfinished: [(reminder: StoredReminder, cursor: String)] = []
            try Query(
                db,
                """
                SELECT cursor, \(StoredReminder.columns) FROM reminder INDEXED BY reminder_unfinished
                WHERE cursor IS NOT NULL ORDER BY due, n
                """
            ).rows { unfinished.append((try StoredReminder(row: $0, from: 1), $0.text(0))) }
            return unfinished
        }
    }

    /// Writes deliveries of a fired reminder and takes the place of what still waits under its older ones.
    private func add(_ deliveries: [NewDelivery], of reminder: Reminder, n: Int64, _ db: Database) throws {
        guard !deliveries.isEmpty else { return }
        // A first try wants to begin at the due: with `not_before`, that makes the queue oldest reminder first.
        let insert = try Query(
            db,
            """
            INSERT INTO delivery (id, reminder, recipient, channel, state, not_before, deadline)
            VALUES (?, ?, ?, ?, 'pending', ?, ?) ON CONFLICT (reminder, recipient, channel) DO NOTHING
            """)
        for delivery in deliveries {
            try insert.run(
                delivery.id.text, n, delivery.recipient, delivery.channel, reminder.due.milliseconds,
                reminder.deadline.milliseconds)
        }

        let supersede = try Query(
            db,
            """
            UPDATE delivery INDEXED BY delivery_key SET state = 'superseded', not_before = NULL
            WHERE reminder = ? AND recipient = ? AND channel = ? AND state = 'pending'
            """)
        for older in try remindersBefore(reminder, n: n, db) {
            // Usually an older reminder has nothing pending: then its deliveries are not looked at one by one.
            let channels = try Set(deliveries.map(\.channel)).filter { try waits(older, on: $0, db) }
            for delivery in deliveries where channels.contains(delivery.channel) {
                try supersede.run(older.n, delivery.recipient, delivery.channel)
            }
        }
    }

    /// What waits under the old dates of an occurrence is not sent any more.
    private func cancelPending(of occurrence: OccurrenceKey, _ db: Database) throws {
        try Query(
            db,
            """
            UPDATE delivery INDEXED BY delivery_key SET state = 'cancelled', not_before = NULL
            WHERE state = 'pending' AND reminder IN
            (SELECT n FROM reminder WHERE plan = ? AND campaign = ? AND occurrence = ? AND state = 'fired')
            """
        ).run(occurrence.plan, occurrence.campaign, occurrence.occurrence)
    }

    public func toldOccurrences(endingOnOrAfter day: Day) throws(LedgerFailure) -> [ToldOccurrence] {
        try reading { db in
            var order: [OccurrenceKey] = []
            var found: [OccurrenceKey: ToldOccurrence] = [:]
            try Query(
                db,
                """
                SELECT plan, campaign, occurrence, title, start_day, end_day, change FROM reminder
                WHERE state = 'fired' ORDER BY n
                """
            ).rows { row in
                let key = OccurrenceKey(plan: row.text(0), campaign: row.text(1), occurrence: row.text(2))
                if found[key] == nil { order.append(key) }
                let change = row.isNull(6) ? nil : Change(rawValue: row.text(6))
                found[key] = ToldOccurrence(
                    key: key, title: row.text(3), start: try row.day(4), end: try row.day(5), change: change,
                    changes: (found[key]?.changes ?? 0) + (change == nil ? 0 : 1))
            }
            return order.compactMap { found[$0] }.filter { $0.end >= day }
        }
    }

    public func recipientsTold(of occurrence: OccurrenceKey) throws(LedgerFailure) -> [String] {
        try reading { db in
            var recipients: Set<String> = []
            let told = try Query(
                db,
                """
                SELECT recipient FROM delivery INDEXED BY delivery_key
                WHERE reminder = ? AND (state = 'delivered' OR state = 'unknown' OR state = 'in flight')
                """)
            var reminders: [Int64] = []
            try Query(
                db, "SELECT n FROM reminder WHERE plan = ? AND campaign = ? AND occurrence = ? AND state = 'fired'"
            ).rows(occurrence.plan, occurrence.campaign, occurrence.occurrence) { reminders.append($0.int64(0)) }
            for n in reminders { try told.rows(n) { recipients.insert($0.text(0)) } }
            return recipients.sorted()
        }
    }

    private struct Older {
        let n: Int64
        let deadline: Int64
    }

    /// The fired reminders of the same occurrence with an earlier or equal due.
    private func remindersBefore(_ reminder: Reminder, n: Int64, _ db: Database) throws -> [Older] {
        var older: [Older] = []
        try Query(
            db,
            """
            SELECT n, deadline FROM reminder
            WHERE plan = ? AND campaign = ? AND occurrence = ? AND state = 'fired' AND due <= ? AND n <> ?
            """
        ).rows(
            reminder.key.plan, reminder.key.campaign, reminder.occurrence, reminder.due.milliseconds, n
        ) { older.append(Older(n: $0.int64(0), deadline: $0.int64(1))) }
        return older
    }

    private func waits(_ older: Older, on channel: String, _ db: Database) throws -> Bool {
        try Query(
            db,
            """
            SELECT 1 FROM delivery INDEXED BY delivery_deadline
            WHERE state = 'pending' AND channel = ? AND deadline = ? AND reminder = ? LIMIT 1
            """
        ).first(channel, older.deadline, older.n) { _ in true } ?? false
    }
}

/// Writes a reminder's row unless it is there.
private struct ReminderInsert {
    private let query: Query

    init(_ db: Database) throws {
        query = try Query(
            db,
            """
            INSERT INTO reminder (\(StoredReminder.columns), state, cursor)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (plan, campaign, lead, anchor) DO NOTHING
            """)
    }

    /// False when it was there already.
    func run(_ stored: StoredReminder, _ state: ReminderState, cursor: String?) throws -> Bool {
        let reminder = stored.reminder
        return try query.run(
            reminder.key.plan, reminder.key.campaign, reminder.key.lead, reminder.key.anchor.description,
            reminder.occurrence, reminder.start.description, reminder.end.description,
            reminder.due.milliseconds, reminder.deadline.milliseconds,
            stored.firedAt.milliseconds, stored.late ? 1 : 0, stored.change?.rawValue, stored.title, state.rawValue, cursor) == 1
    }
}
