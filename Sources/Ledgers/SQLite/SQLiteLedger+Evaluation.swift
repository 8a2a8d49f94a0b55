import Dates
import GRDB
import Scheduler

// The reads of an evaluation (`EvaluationReads`).

extension SQLiteLedger {
    private static let recordedColumns = """
        occurrence, start_day, end_day, due, deadline, state, closed, cursor IS NULL, named, EXISTS
        (SELECT 1 FROM delivery INDEXED BY delivery_withdrawn
        WHERE delivery.reminder = reminder.n AND \(DeliveryCondition.sql(.withdrawn))), time
        """

    /// Creates a recorded reminder from `recordedColumns`, which begin at column `from` of the row.
    private static func recorded(_ key: ReminderKey, _ row: Cells, from: Int32) throws -> RecordedReminder {
        guard let state = ReminderState(rawValue: row.text(from + 5)) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a reminder has no such state")
        }
        return RecordedReminder(
            key: key, occurrence: row.text(from), start: try row.day(from + 1), end: try row.day(from + 2),
            time: try row.time(from + 10), due: Instant(milliseconds: row.int64(from + 3)),
            deadline: Instant(milliseconds: row.int64(from + 4)), state: state,
            isClosed: row.int(from + 6) == 1, isComplete: row.int(from + 7) == 1,
            named: row.isNull(from + 8) ? nil : UInt64(bitPattern: row.int64(from + 8)), hasWithdrawn: row.int(from + 9) == 1)
    }

    public func rows(of keys: [ReminderKey]) throws(LedgerFailure) -> [RecordedReminder?] {
        guard !keys.isEmpty else { return [] }
        return try reading { db in
            let select = try Query(
                db,
                """
                SELECT \(SQLiteLedger.recordedColumns) FROM reminder
                WHERE plan = ? AND campaign = ? AND lead = ? AND anchor = ?
                """)
            return try keys.map { key in
                try select.first(key.plan, key.campaign, key.lead, key.anchor.description) {
                    try SQLiteLedger.recorded(key, $0, from: 0)
                }
            }
        }
    }

    public func shares(of occurrence: OccurrenceKey, in directory: RecipientDirectory) throws(LedgerFailure) -> [DeliveryShare] {
        try reading { db in
            var fired: [(n: Int64, said: [SaidDays], stored: StoredReminder)] = []
            try Query(
                db,
                """
                SELECT n, said, \(StoredReminder.columns) FROM reminder
                WHERE plan = ? AND campaign = ? AND occurrence = ? AND state = 'fired' ORDER BY n
                """
            ).rows(occurrence.plan, occurrence.campaign, occurrence.occurrence) {
                let said = $0.isNull(1) ? [] : try SaidDays.all($0.text(1))
                fired.append(($0.int64(0), said, try StoredReminder(row: $0, from: 2)))
            }
            let deliveries = try Query(
                db,
                """
                SELECT recipient, state, why, unknowns FROM delivery INDEXED BY delivery_key WHERE reminder = ?
                """)
            let datedDeliveries = try Query(
                db,
                """
                SELECT recipient, state, why, unknowns, CASE WHEN state = 'in flight' THEN edition ELSE \(SQLiteLedger.lastEdition) END
                FROM delivery INDEXED BY delivery_key WHERE reminder = ?
                """)
            return try fired.flatMap { reminder in
                var sorting = ShareSorting()
                // `former` has one element for each earlier range of days. The element collects the
                // recipients to whom the reminder was sent with those days.
                var former = reminder.said.map { _ in ShareSorting() }
                try (former.isEmpty ? deliveries : datedDeliveries).rows(reminder.n) { row in
                    guard let position = directory.position(stored: row.bytes(0)) else { return }
                    if !former.isEmpty, !row.isNull(4),
                        let days = reminder.said.firstIndex(where: { row.int64(4) <= $0.edition })
                    {
                        try former[days].add(position, row, .notified)
                        try sorting.add(position, row, .others)
                    } else {
                        try sorting.add(position, row, .all)
                    }
                }
                return zip(reminder.said, former).map { days, sorting in
                    sorting.share(of: reminder.stored.saying(days), serial: reminder.n)
                } + [sorting.share(of: reminder.stored, serial: reminder.n)]
            }
        }
    }

    public func notifiedOccurrences(endingOnOrAfter day: Day) throws(LedgerFailure) -> [NotifiedOccurrence] {
        try reading { db in
            var found: [NotifiedOccurrence] = []
            let changed = try Query(
                db,
                """
                SELECT n, lead, anchor, change, \(SQLiteLedger.recordedColumns) FROM reminder
                WHERE plan = ? AND campaign = ? AND occurrence = ? AND change IS NOT NULL AND end_day >= ?
                ORDER BY n DESC LIMIT 1
                """)
            try Query(
                db,
                // Begins at the first reminder that ends on or after `day`, because the table has
                // reminders of many years. Change notices before it do not matter, because they
                // announced dates that are over.
                """
                SELECT plan, campaign, occurrence, title, start_day, end_day, count(change), max(n), sum(EXISTS
                (SELECT 1 FROM delivery INDEXED BY delivery_withdrawn WHERE delivery.reminder = reminder.n
                AND \(DeliveryCondition.sql(.withdrawn)))),
                group_concat(old_start || ' ' || old_end), CASE WHEN count(said) > 0 THEN 1 WHEN count(change) > 0 THEN EXISTS
                (SELECT 1 FROM reminder AS other INDEXED BY reminder_occurrence WHERE other.plan = reminder.plan
                AND other.campaign = reminder.campaign AND other.occurrence = reminder.occurrence AND other.state = 'fired'
                AND (other.start_day <> reminder.start_day OR other.end_day <> reminder.end_day
                OR coalesce(other.time, '') <> coalesce(reminder.time, ''))) END, time FROM reminder
                WHERE state = 'fired' AND n >= (SELECT n FROM reminder WHERE state = 'fired' AND end_day >= ? ORDER BY n LIMIT 1)
                GROUP BY plan, campaign, occurrence
                """
            ).rows(day.description) { row in
                let key = OccurrenceKey(plan: row.text(0), campaign: row.text(1), occurrence: row.text(2))
                let (n, end) = (row.int64(7), try row.day(5))
                guard end >= day else { return }
                var announced: NotifiedOccurrence.Announced?
                if row.int(6) > 0 {
                    announced = try changed.first(key.plan, key.campaign, key.occurrence, day.description) { row in
                        guard let anchor = Day(row.text(2)), let change = Change(rawValue: row.text(3)) else {
                            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a change has no such kind")
                        }
                        let reminder = ReminderKey(
                            plan: key.plan, campaign: key.campaign, lead: row.text(1), anchor: anchor)
                        return NotifiedOccurrence.Announced(
                            change, try SQLiteLedger.recorded(reminder, row, from: 4), serial: row.int64(0))
                    }
                }
                found.append(
                    NotifiedOccurrence(
                        key: key, title: row.text(3), start: try row.day(4), end: end, time: try row.time(11),
                        change: announced, hasWithdrawn: row.int(8) > 0, serial: n,
                        formerDates: row.isNull(9) ? [] : try SQLiteLedger.formerDates(row.text(9)),
                        hasSeveralDates: row.int(10) == 1))
            }
            return found.sorted { $0.serial < $1.serial }
        }
    }

    /// Parses text such as `2027-06-01 2027-06-30,2027-06-05 2027-07-05`.
    private static func formerDates(_ text: String) throws -> [ClosedRange<Day>] {
        try text.split(separator: ",").map { range in
            let days = range.split(separator: " ").compactMap { Day(String($0)) }
            guard days.count == 2, days[0] <= days[1] else {
                throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the days before a change are no days")
            }
            return days[0]...days[1]
        }
    }

    public func notified(
        after change: ReminderKey, of occurrences: [OccurrenceKey], in directory: RecipientDirectory
    ) throws(LedgerFailure) -> RecipientSet {
        try reading { db in
            let own = try Query(
                db,
                """
                SELECT n, coalesce(edition, fired_at), edition IS NULL FROM reminder
                WHERE plan = ? AND campaign = ? AND lead = ? AND anchor = ?
                """
            ).first(change.plan, change.campaign, change.lead, change.anchor.description) {
                (n: $0.int64(0), place: $0.int64(1), hasNoEdition: $0.int(2) == 1)
            }
            guard let own else { return RecipientSet() }
            // Selects deliveries that were sent after the change, and so with the new dates.
            // Version 0.1.0 stored no edition with a change. For its changes, times are compared
            // instead, and a delivery in flight with a reason in `why` was claimed before the
            // change.
            let isAfter =
                own.hasNoEdition
                ? "why IS NULL AND (delivery.state = 'in flight' OR \(SQLiteLedger.lastAttempt) > ?5)"
                : """
                CASE WHEN delivery.state = 'in flight' THEN delivery.edition IS NULL OR delivery.edition > ?5
                ELSE \(SQLiteLedger.lastEdition) > ?5 END
                """
            let select = try Query(
                db,
                """
                SELECT recipient FROM reminder JOIN delivery INDEXED BY delivery_key ON delivery.reminder = reminder.n
                WHERE plan = ?1 AND campaign = ?2 AND occurrence = ?3 AND reminder.state = 'fired' AND reminder.n < ?4
                AND (change IS NULL OR change <> 'gone') AND \(DeliveryCondition.sql(.notified, .perhapsNotified))
                AND (\(isAfter))
                """)
            var found: [Int] = []
            for occurrence in occurrences {
                try select.rows(occurrence.plan, occurrence.campaign, occurrence.occurrence, own.n, own.place) { row in
                    if let position = directory.position(stored: row.bytes(0)) { found.append(position) }
                }
            }
            return RecipientSet(found)
        }
    }

    public func highestChange(plan: String, campaign: String) throws(LedgerFailure) -> Int {
        try reading { db in
            try Query(
                db,
                """
                SELECT max(CAST(substr(lead, 7) AS INTEGER)) FROM reminder
                WHERE plan = ? AND campaign = ? AND lead >= 'moved ' AND lead < 'moved!' AND change IS NOT NULL
                """
            ).first(plan, campaign) { $0.int(0) } ?? 0
        }
    }

    public func unfinished() throws(LedgerFailure) -> [StoredReminder] {
        try reading { db in
            var unfinished: [StoredReminder] = []
            try Query(
                db,
                """
                SELECT \(StoredReminder.columns) FROM reminder INDEXED BY reminder_unfinished
                WHERE cursor IS NOT NULL ORDER BY due, n
                """
            ).rows { unfinished.append(try StoredReminder(row: $0, from: 0)) }
            return unfinished
        }
    }

    /// SQL for the time of a delivery's last attempt.
    ///
    /// The last attempt is the attempt with the highest number. `delivery.attempts` may be higher
    /// than this number, because a claim that was cancelled before its attempt has no row in
    /// `attempt`.
    private static let lastAttempt = "(SELECT at FROM attempt WHERE delivery = delivery.n ORDER BY number DESC LIMIT 1)"

    /// SQL for the edition in which a delivery's last attempt was claimed.
    private static let lastEdition =
        "(SELECT edition FROM attempt WHERE delivery = delivery.n ORDER BY number DESC LIMIT 1)"
}

/// Days and a time that a reminder had before an edit changed them (`reminder.said`).
private struct SaidDays {
    /// The last edition in which the reminder was sent with these days.
    let edition: Int64
    let days: ClosedRange<Day>
    let time: EventTime?

    static func all(_ text: String) throws -> [SaidDays] {
        try text.split(separator: ",").map { entry in
            let parts = entry.split(separator: " ")
            let time = parts.count == 4 ? EventTime(stored: String(parts[3])) : nil
            guard parts.count == 3 || time != nil, let edition = Int64(parts[0]), let first = Day(String(parts[1])),
                let last = Day(String(parts[2])), first <= last
            else { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the days that a reminder said are no days") }
            return SaidDays(edition: edition, days: first...last, time: time)
        }
    }
}

extension StoredReminder {
    /// Returns a copy with the days and the time of an earlier message.
    fileprivate func saying(_ said: SaidDays) -> StoredReminder {
        StoredReminder(
            reminder: Reminder(
                key: reminder.key, occurrence: reminder.occurrence, start: said.days.lowerBound, end: said.days.upperBound,
                time: said.time, due: reminder.due, deadline: reminder.deadline),
            firedAt: firedAt, late: late, change: change, title: title, lookedBefore: lookedBefore, formerDates: formerDates,
            formerTime: formerTime)
    }
}

/// Groups the recipients of one reminder by the meaning of their deliveries.
private struct ShareSorting {
    private var notified: [Int] = []
    private var perhapsNotified: [Int] = []
    private var waiting: [Int] = []
    private var ended: [Int] = []
    private var withdrawn: [Int] = []
    private var failedOver: [Int] = []

    /// The sets that `add` fills.
    ///
    /// `notified` fills the sets of recipients who were or may have been notified, `others` fills
    /// the remaining sets, and `all` fills every set.
    enum Part {
        case notified
        case others
        case all
    }

    mutating func add(_ position: Int, _ row: Cells, _ part: Part) throws {
        guard let state = DeliveryState(rawValue: row.text(1)) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a delivery has no such state")
        }
        let why = row.isNull(2) ? nil : WithdrawalReason(rawValue: row.text(2))
        let kind = Kind(state: state, mayHaveArrived: row.int(3) > 0, why: why)
        if kind != last?.kind { last = (kind, Meanings(kind)) }
        guard let meanings = last?.meanings else { return }
        if part != .others {
            if meanings.notified { notified.append(position) }
            if meanings.perhapsNotified { perhapsNotified.append(position) }
        }
        guard part != .notified else { return }
        if meanings.pending { waiting.append(position) }
        if meanings.ended { ended.append(position) }
        guard meanings.withdrawn else { return }
        withdrawn.append(position)
        if why == .channelGone || why == .viaChanged { failedOver.append(position) }
    }

    /// The values of a row that decide its meanings.
    private struct Kind: Equatable {
        let state: DeliveryState
        let mayHaveArrived: Bool
        let why: WithdrawalReason?
    }

    private struct Meanings {
        let notified, perhapsNotified, pending, ended, withdrawn: Bool

        init(_ kind: Kind) {
            func counts(as meaning: DeliveryMeaning) -> Bool {
                kind.state.countsAs(meaning, mayHaveArrived: kind.mayHaveArrived, why: kind.why)
            }
            (notified, perhapsNotified) = (counts(as: .notified), counts(as: .perhapsNotified))
            (pending, ended, withdrawn) = (counts(as: .pending), counts(as: .ended), counts(as: .withdrawn))
        }
    }

    /// The kind of the last row and its meanings, cached because consecutive rows are mostly alike.
    private var last: (kind: Kind, meanings: Meanings)?

    func share(of stored: StoredReminder, serial: Int64) -> DeliveryShare {
        var share = DeliveryShare(stored: stored, serial: serial)
        share.notified = RecipientSet(notified)
        share.perhapsNotified = RecipientSet(perhapsNotified)
        share.waiting = RecipientSet(waiting)
        share.ended = RecipientSet(ended)
        share.withdrawn = RecipientSet(withdrawn)
        share.failedOver = RecipientSet(failedOver)
        return share
    }
}
