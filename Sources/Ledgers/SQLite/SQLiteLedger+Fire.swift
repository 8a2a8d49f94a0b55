import GRDB
import Scheduler

extension SQLiteLedger {
    public func recorded(of occurrences: [OccurrenceKey]) throws(LedgerFailure) -> Set<ReminderKey> {
        try reading { db in
            var recorded: Set<ReminderKey> = []
            let reminders = try Query(
                db, "SELECT lead, anchor FROM reminder WHERE plan = ? AND campaign = ? AND occurrence = ?")
            for occurrence in occurrences {
                try reminders.rows(occurrence.plan, occurrence.campaign, occurrence.occurrence) { row in
                    recorded.insert(
                        ReminderKey(
                            plan: occurrence.plan, campaign: occurrence.campaign, lead: row.text(0), anchor: try row.day(1)))
                }
            }
            return recorded
        }
    }

    public func given(of occurrence: OccurrenceKey, to directory: Directory) throws(LedgerFailure) -> Given {
        try reading { db in
            var given = Given()
            for fired in try fired(occurrence, db) {
                let having = "state <> 'cancelled'"
                given.add(try recipients(of: fired.n, having: having, directory, db), due: fired.due)
            }
            return given
        }
    }

    private func fired(_ occurrence: OccurrenceKey, _ db: Database) throws -> [(n: Int64, due: Instant)] {
        var fired: [(n: Int64, due: Instant)] = []
        try Query(
            db,
            "SELECT n, due FROM reminder WHERE plan = ? AND campaign = ? AND occurrence = ? AND state = 'fired' ORDER BY due"
        ).rows(occurrence.plan, occurrence.campaign, occurrence.occurrence) {
            fired.append((n: $0.int64(0), due: Instant(milliseconds: $0.int64(1))))
        }
        return fired
    }

    /// Of those to whom a reminder has deliveries of some kind, whoever is in the directory.
    ///
    /// - Parameter having: a condition in SQL.
    private func recipients(of reminder: Int64, having: String, _ directory: Directory, _ db: Database) throws -> Positions {
        var found: [Int] = []
        try Query(db, "SELECT recipient FROM delivery INDEXED BY delivery_key WHERE reminder = ? AND (\(having))").rows(reminder)
        {
            // Of a recipient's channels one after the other.
            if let position = directory.recipients.position(of: $0.bytes(0)), position != found.last { found.append(position) }
        }
        return Positions(found)
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

    public func extend(_ parts: [FiringPart]) throws(LedgerFailure) {
        try writing { db in
            let find = try Query(
                db,
                """
                SELECT n, \(StoredReminder.columns) FROM reminder
                WHERE plan = ? AND campaign = ? AND lead = ? AND anchor = ? AND state = 'fired'
                """)
            let move = try Query(db, "UPDATE reminder SET cursor = ? WHERE n = ?")
            for part in parts {
                let key = part.reminder
                let found = try find.first(key.plan, key.campaign, key.lead, key.anchor.description) {
                    (n: $0.int64(0), stored: try StoredReminder(row: $0, from: 1))
                }
                guard let found else { continue }
                try add(part.deliveries, of: found.stored.reminder, n: found.n, db)
                try move.run(part.cursor, found.n)
            }
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
                // Reminders of many years are there: those long over are passed over by SQLite, not read.
                """
                SELECT plan, campaign, occurrence, title, start_day, end_day, change FROM reminder
                WHERE state = 'fired' AND (plan, campaign, occurrence) IN
                (SELECT plan, campaign, occurrence FROM reminder WHERE state = 'fired' AND end_day >= ?) ORDER BY n
                """
            ).rows(day.description) { row in
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

    public func recipientsTold(
        of occurrence: OccurrenceKey, among directory: Directory
    ) throws(LedgerFailure) -> Positions {
        try reading { db in
            let having = "state = 'delivered' OR state = 'unknown' OR state = 'in flight'"
            return try fired(occurrence, db).reduce(Positions()) {
                $0.union(try recipients(of: $1.n, having: having, directory, db))
            }
        }
    }

    public func waited(
        for occurrence: OccurrenceKey, besides change: ReminderKey, among directory: Directory
    ) throws(LedgerFailure) -> (everyone: Positions, perhapsTold: Positions) {
        try reading { db in
            let own = try Query(db, "SELECT n FROM reminder WHERE plan = ? AND campaign = ? AND lead = ? AND anchor = ?")
                .first(change.plan, change.campaign, change.lead, change.anchor.description) { $0.int64(0) }
            var (everyone, perhapsTold) = (Positions(), Positions())
            for fired in try fired(occurrence, db) where fired.n != own {
                let having = "state = 'cancelled' OR state = 'pending'"
                everyone = everyone.union(try recipients(of: fired.n, having: having, directory, db))
                let tried = "(\(having)) AND unknowns > 0"
                perhapsTold = perhapsTold.union(try recipients(of: fired.n, having: tried, directory, db))
            }
            return (everyone, perhapsTold)
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
