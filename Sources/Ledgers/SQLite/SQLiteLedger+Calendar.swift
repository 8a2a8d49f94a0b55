import Dates
import GRDB
import Scheduler

// The versions of events in calendars (table `calendar_event`).

extension SQLiteLedger {
    private static let eventColumns = "uid, sequence, changed_at, start_day, end_day, time, place, title, texts, gone"

    public func record(_ changes: [CalendarChange], now: Instant) throws(LedgerFailure) {
        guard !changes.isEmpty else { return }
        try writing { db in
            let isEmpty = try Query(db, "SELECT 1 FROM calendar_event LIMIT 1").first { _ in true } == nil
            for change in changes where !isEmpty || change.kind == .changed { try SQLiteLedger.record(change, now: now, in: db) }
        }
    }

    private static func record(_ change: CalendarChange, now: Instant, in db: Database) throws {
        let event = change.event
        var found = try SQLiteLedger.event(of: change.key, in: db).map { (key: change.key, known: $0) }
        if found == nil, change.formerKey != change.key {
            found = try SQLiteLedger.event(of: change.formerKey, in: db).map { (key: change.formerKey, known: $0) }
        }
        if let (key, known) = found {
            let hasChanged = known.event != event
            guard hasChanged || key != change.key else { return }
            try Query(
                db,
                """
                UPDATE calendar_event SET plan = ?, campaign = ?, occurrence = ?, sequence = ?, changed_at = ?, start_day = ?,
                end_day = ?, time = ?, place = ?, title = ?, texts = ?, gone = ? WHERE plan = ? AND campaign = ? AND occurrence = ?
                """
            ).run(
                change.key.plan, change.key.campaign, change.key.occurrence, known.mark.sequence + (hasChanged ? 1 : 0),
                (hasChanged ? now : known.mark.changedAt).milliseconds, event.start.description, event.end.description,
                event.time, event.place, event.title, event.texts, event.isGone ? 1 : 0, key.plan, key.campaign, key.occurrence)
        } else if change.kind == .changed {
            try Query(
                db,
                """
                INSERT INTO calendar_event (plan, campaign, occurrence, \(eventColumns))
                VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?)
                """
            ).run(
                change.key.plan, change.key.campaign, change.key.occurrence, change.uid, now.milliseconds,
                event.start.description, event.end.description, event.time, event.place, event.title, event.texts,
                event.isGone ? 1 : 0)
        }
    }

    public func calendarMark(of key: OccurrenceKey) throws(LedgerFailure) -> CalendarMark? {
        try reading { db in try SQLiteLedger.event(of: key, in: db)?.mark }
    }

    private static func event(of key: OccurrenceKey, in db: Database) throws -> (mark: CalendarMark, event: CalendarChange.Event)?
    {
        try Query(
            db, "SELECT \(eventColumns) FROM calendar_event WHERE plan = ? AND campaign = ? AND occurrence = ?"
        ).first(key.plan, key.campaign, key.occurrence) { row in
            let mark = CalendarMark(
                uid: row.text(0), sequence: row.int(1), changedAt: Instant(milliseconds: row.int64(2)))
            let event = CalendarChange.Event(
                start: try row.day(3), end: try row.day(4), time: row.text(5), place: row.text(6), title: row.text(7),
                texts: row.text(8), isGone: row.int(9) == 1)
            return (mark, event)
        }
    }
}
