import Dates
import GRDB
import Scheduler

extension StoredReminder {
    /// The columns of the table `reminder` that `init(row:from:)` reads, in this order.
    static let columns =
        "plan, campaign, lead, anchor, occurrence, start_day, end_day, due, deadline, fired_at, late, "
        + "change, title, looked_before, old_start, old_end, time, old_time"
    static let columnCount: Int32 = 18

    /// Creates a stored reminder from `columns`, which begin at column `from` of the row.
    init(row: Cells, from: Int32) throws {
        let formerDates = row.isNull(from + 14) ? nil : try row.days(from + 14)
        self.init(
            reminder: Reminder(
                key: ReminderKey(
                    plan: row.text(from), campaign: row.text(from + 1), lead: row.text(from + 2),
                    anchor: try row.day(from + 3)),
                occurrence: row.text(from + 4),
                start: try row.day(from + 5),
                end: try row.day(from + 6),
                time: try row.time(from + 16),
                due: Instant(milliseconds: row.int64(from + 7)),
                deadline: Instant(milliseconds: row.int64(from + 8))),
            firedAt: Instant(milliseconds: row.int64(from + 9)),
            late: row.int(from + 10) == 1,
            change: row.isNull(from + 11) ? nil : Change(rawValue: row.text(from + 11)),
            title: row.text(from + 12),
            lookedBefore: row.isNull(from + 13) ? nil : Instant(milliseconds: row.int64(from + 13)),
            formerDates: formerDates,
            formerTime: try row.time(from + 17))
    }
}

/// Caches the reminders that one call needs, so that each reminder is read only once.
struct RemindersRead {
    private var stored: [Int64: StoredReminder] = [:]
    private let query: Query

    init(_ db: Database) throws {
        query = try Query(db, "SELECT \(StoredReminder.columns) FROM reminder WHERE n = ?")
    }

    mutating func reminder(_ n: Int64) throws -> StoredReminder {
        if let known = stored[n] { return known }
        guard let read = try query.first(n, read: { try StoredReminder(row: $0, from: 0) }) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a delivery has no reminder")
        }
        stored[n] = read
        return read
    }
}

extension Cells {
    func day(_ column: Int32) throws -> Day {
        guard let day = Day(iso: bytes(column)) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a day of a reminder is no day")
        }
        return day
    }

    /// Returns the time of day of an occurrence; nil if it has none, or if the cell is NULL.
    func time(_ column: Int32) throws -> EventTime? {
        let text = text(column)
        guard !text.isEmpty else { return nil }
        guard let time = EventTime(stored: text) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the time of a reminder is no time")
        }
        return time
    }

    /// Returns the range of days that this column and the next column contain.
    func days(_ column: Int32) throws -> ClosedRange<Day> {
        let (first, last) = (try day(column), try day(column + 1))
        guard first <= last else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "an occurrence ends before it starts")
        }
        return first...last
    }
}
