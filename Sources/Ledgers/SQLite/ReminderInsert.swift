import Dates
import GRDB
import Scheduler

/// Writes the row of a reminder unless the row exists.
struct ReminderInsert {
    private let query: Query

    init(_ db: Database) throws {
        query = try Query(
            db,
            """
            INSERT INTO reminder (\(StoredReminder.columns), state, cursor, closed)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (plan, campaign, lead, anchor) DO NOTHING
            """)
    }

    /// Writes the row. Returns false if the row already exists.
    func run(_ stored: StoredReminder, _ state: ReminderState, cursor: String?, isClosed: Bool) throws -> Bool {
        let reminder = stored.reminder
        return try query.run(
            reminder.key.plan, reminder.key.campaign, reminder.key.lead, reminder.key.anchor.description,
            reminder.occurrence, reminder.start.description, reminder.end.description,
            reminder.due.milliseconds, reminder.deadline.milliseconds,
            stored.firedAt.milliseconds, stored.late ? 1 : 0, stored.change?.rawValue, stored.title,
            stored.lookedBefore?.milliseconds, stored.formerDates?.lowerBound.description,
            stored.formerDates?.upperBound.description, reminder.storedTime,
            stored.change == nil ? nil : stored.formerTime?.stored ?? "",
            state.rawValue, cursor, isClosed ? 1 : 0) == 1
    }
}
