import Dates
import GRDB
import Scheduler

extension SQLiteLedger {
    public func takeBack(recordedAfter now: Instant) throws(LedgerFailure) -> Int {
        try writing { db in
            try takeBack(recordedAfter: now, db)
        }
    }

    /// Undoes what was recorded while the clock was ahead of `now`.
    ///
    /// Deletes reminders that were recorded as missed or superseded after `now`, so that they can
    /// still fire. Returns their number. Two kinds of them are kept:
    ///
    /// - reminders whose deadline is past at `now`
    /// - superseded reminders due by `now` that are closed, because an operator dropped them or a
    ///   new ledger left them out
    ///
    /// Firing times and retries after `now` are moved back (`PlanningLedger.takeBack`).
    @discardableResult
    func takeBack(recordedAfter now: Instant, _ db: Database) throws -> Int {
        try Query(
            db,
            """
            UPDATE delivery SET not_before = ?1 WHERE state = 'pending' AND not_before > ?1 AND not_before < ?2
            AND reminder IN (SELECT n FROM reminder WHERE fired_at > ?1 AND change IS NOT NULL)
            """
        ).run(now.milliseconds, SQLiteLedger.never_ms)
        try Query(db, "UPDATE reminder SET due = ?1, fired_at = ?1 WHERE fired_at > ?1 AND change IS NOT NULL")
            .run(now.milliseconds)
        // Moves the firing time of fired reminders back. The schema requires a deadline after the
        // firing, so an edit could not set an earlier deadline if the wrong firing time stayed.
        try Query(db, "UPDATE reminder SET fired_at = max(?1, due) WHERE fired_at > ?1 AND state = 'fired'").run(now.milliseconds)
        let bring = try Query(
            db,
            """
            UPDATE delivery INDEXED BY delivery_queue
            SET not_before = max(?1, (SELECT due FROM reminder WHERE reminder.n = delivery.reminder))
            WHERE state = 'pending' AND channel = ?2 AND not_before > ?1 AND not_before < ?4
            AND (attempts = 0 OR not_before > ?3)
            """)
        for channel in try channelsThatWait(db) {
            try bring.run(now.milliseconds, channel, (now + SQLiteLedger.longestWait).milliseconds, SQLiteLedger.never_ms)
        }
        return try Query(
            db,
            """
            DELETE FROM reminder WHERE fired_at > ?1 AND deadline > ?1
            AND (state = 'missed' OR state = 'superseded' AND (closed = 0 OR due > ?1))
            """
        ).run(now.milliseconds)
    }

    /// The longest wait between two attempts that a server may request or the policy may choose.
    private static let longestWait = TimeSpan.hours(24)

    public func fillTimes(_ time: (HistoryFilter.CampaignName) -> EventTime?) throws(LedgerFailure) {
        let campaigns = try reading { db in
            var found: [HistoryFilter.CampaignName] = []
            try Query(db, "SELECT DISTINCT plan, campaign FROM reminder WHERE time IS NULL").rows {
                found.append(HistoryFilter.CampaignName(plan: $0.text(0), campaign: $0.text(1)))
            }
            return found
        }
        guard !campaigns.isEmpty else { return }
        try writing { db in
            let fill = try Query(db, "UPDATE reminder SET time = ? WHERE time IS NULL AND plan = ? AND campaign = ?")
            for name in campaigns { try fill.run(time(name)?.stored ?? "", name.plan, name.campaign) }
        }
    }

    public func fire(_ look: EvaluationResult) throws(LedgerFailure) -> Set<ReminderKey> {
        let taken = try writing { db in try fire(look, db) }
        if !taken.isEmpty, let marked {
            HighWaterMark(generation: generation, lookedUntil: look.lookedUntil).write(ofLedger: marked)
        }
        return taken
    }

    func fire(_ look: EvaluationResult, _ db: Database) throws -> Set<ReminderKey> {
        try rename(look.renames, db)
        let insert = try ReminderInsert(db)
        var written: Set<ReminderKey> = []
        var there: Set<ReminderKey> = []
        let number = try Query(db, "UPDATE reminder SET edition = (SELECT edition FROM meta) WHERE n = ?")
        for firing in look.firings {
            let key = firing.reminder.key
            guard try insert.run(firing.stored, .fired, cursor: firing.cursor, isClosed: false) else {
                there.insert(key)
                continue
            }
            written.insert(key)
            let n = db.lastInsertedRowID
            let occurrences = [firing.reminder.occurrenceKey] + firing.formerOccurrences
            if let change = firing.change {
                try markInFlight(of: occurrences, change, besides: n, db)
                try number.run(n)
            }
            try add(firing.deliveries, of: firing.reminder, n: n, among: occurrences, overtaking: firing.overtaken, db)
        }
        if look.firings.contains(where: { $0.change != nil && written.contains($0.reminder.key) }) {
            try beginEdition(db)
        }
        for (reminders, state) in [(look.superseded, ReminderState.superseded), (look.missed, .missed)] {
            for reminder in reminders {
                let stored = StoredReminder(reminder: reminder, firedAt: look.lookedUntil, late: false)
                let isClosed = state == .missed || look.isFinal
                if try insert.run(stored, state, cursor: nil, isClosed: isClosed) { written.insert(reminder.key) }
            }
        }
        let name = try Query(
            db,
            """
            UPDATE reminder SET named = ?, cursor = NULL WHERE plan = ? AND campaign = ? AND lead = ? AND anchor = ?
            """)
        for (key, named) in look.named where !there.contains(key) {
            try name.run(Int64(bitPattern: named), key.plan, key.campaign, key.lead, key.anchor.description)
        }
        try Query(db, "UPDATE meta SET looked_until = max(looked_until, ?)").run(look.lookedUntil.milliseconds)
        return written
    }

    /// Renames occurrences in two steps, so that one can get the former name of another.
    private func rename(_ renames: [OccurrenceRename], _ db: Database) throws {
        guard !renames.isEmpty else { return }
        let aside = try Query(
            db, "UPDATE reminder SET occurrence = '→' || ? WHERE plan = ? AND campaign = ? AND occurrence = ?")
        for rename in renames {
            try aside.run(rename.to, rename.from.plan, rename.from.campaign, rename.from.occurrence)
        }
        let back = try Query(
            db, "UPDATE reminder SET occurrence = ? WHERE plan = ? AND campaign = ? AND occurrence = '→' || ?")
        for rename in renames { try back.run(rename.to, rename.from.plan, rename.from.campaign, rename.to) }
    }

    /// Begins a new edition after days have changed. Attempts that begin later use the new days.
    private func beginEdition(_ db: Database) throws {
        try Query(db, "UPDATE meta SET edition = edition + 1").run()
        daysChangedInFlight = true
    }

    /// Marks the deliveries in flight that have the old dates.
    ///
    /// The marked deliveries are not tried again, because their recipients get the change notice.
    ///
    /// - Parameter recipients: the recipients to mark, by their stored names; nil for all.
    private func markInFlight(
        of occurrences: [OccurrenceKey], _ change: Change, besides n: Int64, to recipients: Set<String>? = nil, _ db: Database
    ) throws {
        let why: WithdrawalReason = change == .gone ? .gone : .changed
        let find = try Query(
            db,
            """
            SELECT delivery.n, recipient FROM delivery INDEXED BY delivery_in_flight
            JOIN reminder ON reminder.n = delivery.reminder
            WHERE delivery.state = 'in flight' AND plan = ? AND campaign = ? AND occurrence = ? AND reminder.n <> ?
            """)
        var found: [Int64] = []
        for occurrence in occurrences {
            try find.rows(occurrence.plan, occurrence.campaign, occurrence.occurrence, n) { row in
                if recipients?.contains(row.text(1)) ?? true { found.append(row.int64(0)) }
            }
        }
        let mark = try Query(
            db, "UPDATE delivery SET why = ?, edition = coalesce(edition, (SELECT edition FROM meta)) WHERE n = ?")
        for delivery in found { try mark.run(why.rawValue, delivery) }
    }

    public func extend(_ parts: [FiringPart]) throws(LedgerFailure) -> [Int] {
        try writing { db in
            let find = try Query(
                db,
                """
                SELECT n, \(StoredReminder.columns) FROM reminder
                WHERE plan = ? AND campaign = ? AND lead = ? AND anchor = ? AND closed = 0
                """)
            let dating = try ReminderDating(db)
            let fired = try Query(db, "UPDATE reminder SET state = 'fired', title = ? WHERE n = ? AND state = 'superseded'")
            let move = try Query(db, "UPDATE reminder SET cursor = ? WHERE n = ?")
            let complete = try Query(db, "UPDATE reminder SET cursor = NULL, named = ? WHERE n = ?")
            return try parts.map { part in
                let key = part.reminder
                let found = try find.first(key.plan, key.campaign, key.lead, key.anchor.description) {
                    (n: $0.int64(0), stored: try StoredReminder(row: $0, from: 1))
                }
                guard let found else { return 0 }
                var reminder = found.stored.reminder
                if let dates = part.dates {
                    if try dating.run(found.n, dates) {
                        try dating.reopenAnnouncements(of: [dates, reminder].map(\.occurrenceKey) + part.formerOccurrences)
                        try beginEdition(db)
                    }
                    reminder = Reminder(
                        key: key, occurrence: dates.occurrence, start: dates.start, end: dates.end, time: dates.time,
                        due: reminder.due, deadline: dates.deadline)
                }
                if !part.deliveries.isEmpty { try fired.run(part.title, found.n) }
                let own = reminder.occurrenceKey
                let occurrences = [own] + part.formerOccurrences.filter { $0 != own }
                if let change = found.stored.change, !part.deliveries.isEmpty {
                    try markInFlight(of: occurrences, change, besides: found.n, to: part.storedRecipients, db)
                }
                let written = try add(
                    part.deliveries, of: reminder, n: found.n, among: occurrences, overtaking: part.overtaken, db)
                if let named = part.named {
                    try complete.run(Int64(bitPattern: named), found.n)
                } else if let cursor = part.cursor {
                    try move.run(cursor, found.n)
                }
                return written
            }
        }
    }

    public func withdraw(_ reminder: ReminderKey, why: WithdrawalReason, limit: Int) throws(LedgerFailure) -> Int {
        try writing { db in
            let n = try Query(db, "SELECT n FROM reminder WHERE plan = ? AND campaign = ? AND lead = ? AND anchor = ?")
                .first(reminder.plan, reminder.campaign, reminder.lead, reminder.anchor.description) { $0.int64(0) }
            guard let n else { return 0 }
            let deadline = try Query(db, "SELECT deadline FROM reminder WHERE n = ?").first(n) { $0.int64(0) } ?? 0
            let cancel = try Query(
                db,
                """
                UPDATE delivery SET state = 'cancelled', why = ?, not_before = NULL WHERE n IN
                (SELECT n FROM delivery INDEXED BY delivery_deadline
                WHERE state = 'pending' AND channel = ? AND deadline = ? AND reminder = ? LIMIT ?)
                """)
            var withdrawn = 0
            for channel in try channelsThatWait(db) where withdrawn < limit {
                withdrawn += try cancel.run(why.rawValue, channel, deadline, n, limit - withdrawn)
            }
            return withdrawn
        }
    }

    /// Writes deliveries of a reminder, and supersedes pending deliveries of older reminders.
    ///
    /// Returns how many deliveries were written, including those that became pending again.
    @discardableResult
    private func add(
        _ deliveries: [NewDelivery], of reminder: Reminder, n: Int64, among occurrences: [OccurrenceKey],
        overtaking overtaken: [ReminderKey], _ db: Database
    ) throws -> Int {
        guard !deliveries.isEmpty else { return 0 }
        let insert = try DeliveryInsert(db)
        let select = try Query(db, "SELECT n FROM delivery WHERE reminder = ? AND recipient = ? AND channel = ?")
        let revive = try Query(
            db,
            """
            UPDATE delivery SET state = 'pending', why = NULL, not_before = ?, deadline = ?
            WHERE n = ? AND \(DeliveryCondition.mayReturn)
            """)
        func revived(_ row: Int64?) throws -> Int {
            try row.map { try revive.run(reminder.due.milliseconds, reminder.deadline.milliseconds, $0) } ?? 0
        }
        func own(_ delivery: NewDelivery) throws -> Int64? {
            try select.first(n, delivery.recipient, delivery.channel) { $0.int64(0) }
        }
        var written = 0
        var left = deliveries[...]
        while let first = left.first {
            let part = left.prefix(DeliveryInsert.atOnce).prefix { $0.formerly.isEmpty }
            guard part.isEmpty else {
                let inserted = try insert.run(part, of: reminder, n: n)
                written += inserted
                // A row that was inserted now is pending, so `revive` does not change it.
                if inserted < part.count { for delivery in part { written += try revived(own(delivery)) } }
                left = left.dropFirst(part.count)
                continue
            }
            left = left.dropFirst()
            if let there = try former(first, of: n, db) {
                written += try revived(there)
            } else {
                let inserted = try insert.run([first], of: reminder, n: n)
                written += try inserted == 1 ? 1 : revived(own(first))
            }
        }
        let before = try remindersBefore(reminder, n: n, among: occurrences, overtaking: overtaken, db)
        try supersede(deliveries, in: before, db)
        return written
    }

    /// Returns the row of a delivery under a former name of its recipient or channel.
    ///
    /// Returns nil if there is no such row, or if the row under the current names is preferred. A
    /// row that is neither cancelled nor superseded is preferred to other rows. Among equal rows,
    /// the row under the current names is preferred.
    private func former(_ delivery: NewDelivery, of reminder: Int64, _ db: Database) throws -> Int64? {
        let select = try Query(
            db,
            """
            SELECT n, \(DeliveryCondition.sql(.standing)) FROM delivery
            WHERE reminder = ? AND recipient = ? AND channel = ?
            """)
        let own = try select.first(reminder, delivery.recipient, delivery.channel) { $0.int(1) == 1 }
        if own == true { return nil }
        var cancelled: Int64?
        for slot in delivery.formerly {
            let found = try select.first(reminder, slot.recipient, slot.channel) { (n: $0.int64(0), isInUse: $0.int(1) == 1) }
            guard let found else { continue }
            if found.isInUse { return found.n }
            cancelled = cancelled ?? found.n
        }
        return own == nil ? cancelled : nil
    }

    private func supersede(_ deliveries: [NewDelivery], in reminders: [Older], _ db: Database) throws {
        let supersede = try Query(
            db,
            """
            UPDATE delivery INDEXED BY delivery_key SET state = 'superseded', why = 'later lead', not_before = NULL
            WHERE reminder = ? AND recipient = ? AND channel = ? AND state = 'pending'
            """)
        let names = Set(deliveries.map(\.channel)).union(deliveries.flatMap(\.formerly).map(\.channel))
        for older in reminders {
            // Checks the deliveries one by one only if the older reminder has pending deliveries,
            // which is rare.
            let channels = try names.filter { try waits(older, on: $0, db) }
            guard !channels.isEmpty else { continue }
            for delivery in deliveries {
                let own = NewDelivery.Slot(recipient: delivery.recipient, channel: delivery.channel)
                for slot in [own] + delivery.formerly where channels.contains(slot.channel) {
                    try supersede.run(older.n, slot.recipient, slot.channel)
                }
            }
        }
    }

    private struct Older {
        let n: Int64
        let deadline: Int64
    }

    /// Returns the fired reminders whose pending deliveries `reminder` supersedes.
    ///
    /// These are reminders of the same occurrence that are not due later, and the reminders in
    /// `overtaken`. All of them have the dates of `reminder`, because pending deliveries with other
    /// dates are withdrawn instead.
    ///
    /// A cancellation notice supersedes only cancellation notices. Any other reminder supersedes
    /// only reminders that are not cancellation notices.
    private func remindersBefore(
        _ reminder: Reminder, n: Int64, among occurrences: [OccurrenceKey], overtaking overtaken: [ReminderKey], _ db: Database
    ) throws -> [Older] {
        var older: [Older] = []
        let isAlike = "(change IS 'gone') = (SELECT own.change IS 'gone' FROM reminder AS own WHERE own.n = ?5)"
        let select = try Query(
            db,
            """
            SELECT n, deadline FROM reminder
            WHERE plan = ?1 AND campaign = ?2 AND occurrence = ?3 AND state = 'fired' AND due <= ?4 AND n <> ?5
            AND start_day = ?6 AND end_day = ?7 AND coalesce(time, '') = ?8 AND \(isAlike)
            """)
        for occurrence in occurrences {
            try select.rows(
                occurrence.plan, occurrence.campaign, occurrence.occurrence, reminder.due.milliseconds, n,
                reminder.start.description, reminder.end.description, reminder.storedTime
            ) { older.append(Older(n: $0.int64(0), deadline: $0.int64(1))) }
        }
        let overtake = try Query(
            db,
            """
            SELECT n, deadline FROM reminder
            WHERE plan = ?1 AND campaign = ?2 AND lead = ?3 AND anchor = ?4 AND state = 'fired'
            AND start_day = ?6 AND end_day = ?7 AND coalesce(time, '') = ?8 AND \(isAlike)
            """)
        for key in overtaken {
            try overtake.rows(
                key.plan, key.campaign, key.lead, key.anchor.description, n, reminder.start.description,
                reminder.end.description, reminder.storedTime
            ) { older.append(Older(n: $0.int64(0), deadline: $0.int64(1))) }
        }
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

/// Changes the dates of fired reminders.
private struct ReminderDating {
    private let redate: Query
    private let keepDays: Query
    private let reopen: Query
    private let redateInFlight: Query

    init(_ db: Database) throws {
        // The `max` keeps the deadline after the firing, because the new deadline may be before the
        // firing if the clock was set back.
        redate = try Query(
            db,
            """
            UPDATE reminder SET occurrence = ?, start_day = ?, end_day = ?, time = ?, deadline = max(?, fired_at + 1, due)
            WHERE n = ?
            """)
        keepDays = try Query(
            db,
            """
            UPDATE reminder
            SET said = coalesce(said || ',', '') || (SELECT edition FROM meta) || ' ' || start_day || ' ' || end_day
            || coalesce(' ' || nullif(time, ''), '')
            WHERE n = ?1 AND (start_day <> ?2 OR end_day <> ?3 OR coalesce(time, '') <> ?4)
            """)
        reopen = try Query(
            db,
            """
            UPDATE reminder SET named = 0 WHERE plan = ? AND campaign = ? AND occurrence = ? AND change IS NOT NULL
            AND named IS NOT NULL AND cursor IS NULL
            """)
        redateInFlight = try Query(
            db,
            """
            UPDATE delivery INDEXED BY delivery_in_flight
            SET deadline = (SELECT deadline FROM reminder WHERE reminder.n = delivery.reminder),
            edition = CASE WHEN ?1 THEN coalesce(edition, (SELECT edition FROM meta)) ELSE edition END
            WHERE state = 'in flight' AND reminder = ?2
            """)
    }

    /// Writes the new dates of a reminder. Returns whether its days or its time have changed.
    func run(_ n: Int64, _ dates: Reminder) throws -> Bool {
        let hasOtherDays = try keepDays.run(n, dates.start.description, dates.end.description, dates.storedTime) > 0
        try redate.run(
            dates.occurrence, dates.start.description, dates.end.description, dates.storedTime, dates.deadline.milliseconds, n)
        try redateInFlight.run(hasOtherDays ? 1 : 0, n)
        return hasOtherDays
    }

    /// Makes the next evaluation find recipients who lack a change notice of these occurrences.
    ///
    /// If the days change back, a change notice that was complete is correct again. However,
    /// recipients who are added to the reminder in this call do not have the notice.
    func reopenAnnouncements(of occurrences: [OccurrenceKey]) throws {
        for name in Set(occurrences) { try reopen.run(name.plan, name.campaign, name.occurrence) }
    }
}

extension Reminder {
    /// The time of day as the column `time` has it; empty if the occurrence has none.
    var storedTime: String { time?.stored ?? "" }
}

extension FiringPart {
    /// The recipients of the part's deliveries under all of their names.
    fileprivate var storedRecipients: Set<String> {
        Set(deliveries.map(\.recipient)).union(deliveries.flatMap(\.formerly).map(\.recipient))
    }
}
