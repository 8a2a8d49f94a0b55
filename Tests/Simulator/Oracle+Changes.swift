import Dates
import Scheduler

// Checks of occurrences that move, disappear, come back or get another name.
//
// The program decides which planned occurrence a known occurrence has become. Two known occurrences
// must not become the same planned occurrence. Occurrences with equal dates are the same. A known
// occurrence is not gone if a planned occurrence overlaps with it or keeps its name.

extension Oracle {
    /// An occurrence about which recipients may have been notified.
    struct Known {
        let key: OccurrenceKey
        /// The fired reminders of the occurrence, in the order in which they fired.
        let fired: [Book.Row]

        /// The last reminder that fired for the occurrence.
        var said: Book.Row { fired[fired.count - 1] }
        /// Whether the latest change notice in the last 400 days is a cancellation.
        let isCancelled: Bool

        /// Whether the fired reminders may belong to occurrences of two campaigns.
        ///
        /// If two campaigns with the same title are gone, their occurrences may be grouped as one.
        /// A reminder of one campaign may then follow the cancellation of the other.
        var mayBeTwo: Bool { Set(fired.map(\.key.campaign)).count > 1 }
    }

    /// Returns the occurrences with a fired reminder, keyed by their current names.
    ///
    /// Occurrences that ended more than 400 days ago are left out.
    func known() -> [OccurrenceKey: Known] {
        let since = Zone.utc.civil(at: clock.now()).day - 400
        var known: [OccurrenceKey: Known] = [:]
        for (key, rows) in rowsByOccurrence {
            guard let last = rows.last(where: { book.rows[$0]?.state == .fired }), book.rows[last]!.end >= since else { continue }
            let fired = rows.compactMap { book.rows[$0] }.filter { $0.state == .fired }
            let change = fired.last { $0.change != nil && $0.end >= since }?.change
            known[key] = Known(key: key, fired: fired, isCancelled: change == .gone)
        }
        return known
    }

    /// Returns the configured recipients who got, or may have got, a message of these rows.
    func notified(_ rows: [Book.Row], withdrawnToo: Bool = true) -> Set<String> {
        var notified: Set<String> = []
        for row in rows {
            for delivery in row.deliveries.compactMap({ book.deliveries[$0] })
            where delivery.isNotified && (withdrawnToo || !delivery.isRevivable) {
                if let person = person(delivery.recipient) { notified.insert(person.id) }
            }
        }
        return notified
    }

    /// Splits a row by the dates in the messages that were sent.
    ///
    /// The last element has the current dates of the row.
    private func byDays(_ row: Book.Row) -> [Book.Row] {
        let deliveries = book.deliveries(of: row.key)
        var days: [Told] = []
        for said in deliveries.compactMap(\.said) where !days.contains(said) { days.append(said) }
        guard !days.isEmpty else { return [row] }
        var rows = days.map { said in
            var copy = row
            (copy.start, copy.end, copy.time) = (said.days.lowerBound, said.days.upperBound, said.time)
            copy.deliveries = deliveries.filter { $0.said == said }.map(\.id)
            return copy
        }
        var current = row
        current.deliveries = deliveries.filter { $0.said == nil }.map(\.id)
        rows.append(current)
        return rows
    }

    /// Returns the recipients whose last message is no longer true. They get a change notice.
    func misinformed(_ one: Known) -> Set<String> {
        let dates = dates[one.key]
        var (misinformed, judged): (Set<String>, Set<String>) = ([], [])
        let isTwo = dates == nil && one.mayBeTwo
        for row in one.fired.flatMap(byDays).reversed() {
            let reached = notified([row]).subtracting(judged)
            let alreadyJudged = judged
            let holds = dates.map { row.change != .gone && row.told == $0.told } ?? (row.change == .gone)
            if !holds { misinformed.formUnion(reached) }
            // A withdrawn message may not have arrived, so its recipient does not count as
            // notified.
            judged.formUnion(holds ? reached.intersection(notified([row], withdrawnToo: false)) : reached)
            if dates == nil, row.change == .gone { judged.subtract(toldSince(row, one).subtracting(alreadyJudged)) }
            if isTwo, row.change == .gone, row.key == one.said.key {
                for delivery in book.deliveries(of: row.key) where delivery.state == .pending {
                    if let person = person(delivery.recipient) { judged.insert(person.id) }
                }
            }
        }
        return isTwo && one.said.change == .gone ? misinformed.intersection(toldSince(one.said, one)) : misinformed
    }

    /// Returns recipients who got an earlier reminder only after this change notice had fired.
    private func toldSince(_ announced: Book.Row, _ one: Known) -> Set<String> {
        var told: Set<String> = []
        for row in one.fired.prefix(while: { $0.key != announced.key }) {
            for delivery in book.deliveries(of: row.key)
            where delivery.isNotified && (delivery.why == nil || delivery.state == .cancelled) {
                // If a claim is cancelled before its attempt begins, nothing is sent. The reply to
                // the previous attempt therefore counts.
                let answered = delivery.answered.map { !$0.isMarked && $0.at > announced.fired } ?? false
                let isOnItsWay = delivery.state == .inFlight && delivery.mark == nil
                guard answered || isOnItsWay, let person = person(delivery.recipient) else { continue }
                told.insert(person.id)
            }
        }
        return told
    }

    // MARK: Names

    /// Checks renames of occurrences.
    ///
    /// An occurrence may take the name of a planned occurrence only if the two overlap or end on
    /// the same day. It may also take a name that is in no plan, so that its old name is free for
    /// another occurrence.
    func judge(_ renames: [OccurrenceRename]) {
        let known = known()
        var takers: [OccurrenceKey: OccurrenceKey] = [:]
        for rename in renames {
            let key = present(
                ReminderKey(plan: rename.from.plan, campaign: rename.from.campaign, lead: "", anchor: Day(number: 0)))
            let from = OccurrenceKey(plan: key.plan, campaign: key.campaign, occurrence: rename.from.occurrence)
            let to = OccurrenceKey(plan: key.plan, campaign: key.campaign, occurrence: rename.to)
            note("renames \(from) to \(rename.to)")
            guard let said = known[from]?.said else {
                accuse(.disorder, "renames an occurrence that nobody was notified of: \(rename)")
                continue
            }
            if let other = takers.updateValue(from, forKey: to), other != from {
                accuse(.disorder, "two occurrences become one: \(rename)")
            }
            guard let now = dates[to] else { continue }
            // If a change of dates was reverted, the dates before the change count too.
            let isFormer =
                known[from]?.fired.contains {
                    $0.start <= now.end && now.start <= $0.end || $0.formerDates?.overlaps(now.start...now.end) ?? false
                } ?? false
            let isLike = said.start <= now.end && now.start <= said.end || isFormer
            if !isLike, said.end != now.end {
                accuse(.disorder, "\(rename) has no day in common: \(said.start) to \(said.end), \(now.start) to \(now.end)")
            }
        }
    }

    // MARK: Change notices

    /// Checks the change notices of this evaluation. Returns their recipients, keyed by occurrence.
    ///
    /// These recipients need no lead of the occurrence.
    func judgeChanges(_ look: EvaluationResult, now: Instant) -> [OccurrenceKey: Set<String>] {
        var heard: [OccurrenceKey: Set<String>] = [:]
        let announced = look.firings.filter { $0.change != nil }
        guard evaluatesEverything || !announced.isEmpty else { return [:] }
        let known = known()
        for firing in announced {
            let occurrence = occurrence(firing.reminder.key, firing.reminder.occurrence, title: firing.title)
            guard let one = known[occurrence], heard[occurrence] == nil else {
                accuse(.oldDates, "announces a change that nobody was notified of, or twice: \(firing.reminder)")
                continue
            }
            let hearing = hearing(firing, one)
            heard[occurrence] = hearing
            judge(firing, one, known, now: now)
            compare(firing, slots(recipients.filter { hearing.contains($0.id) }))
        }
        guard evaluatesEverything, book.held == nil else { return heard }
        for (occurrence, one) in known where heard[occurrence] == nil {
            guard let dates = dates[occurrence] else { continue }
            let said = one.said
            let isSaid = !one.isCancelled && said.told == dates.told
            let isOver = end(occurrence, said.told, dates) <= now
            if !isSaid, !isOver, !misinformed(one).isEmpty {
                accuse(.lost, "\(said.reminder) is \(dates.told) now, and no change notice is sent")
            }
        }
        return heard
    }

    /// Returns the recipients who have to get this change notice.
    ///
    /// If two campaigns with the same title are gone, the ledger knows them apart by their ids,
    /// unless one of them has the former id of the other. Nothing says so after both are gone, so
    /// the rule is applied to the rows of the notice's own id, or to the rows of both.
    private func hearing(_ firing: EvaluationResult.Firing, _ one: Known) -> Set<String> {
        let together = misinformed(one)
        let own = one.fired.filter { $0.key.campaign == firing.reminder.key.campaign }
        guard dates[one.key] == nil, one.mayBeTwo, !own.isEmpty else { return together }
        let alone = misinformed(Known(key: one.key, fired: own, isCancelled: one.isCancelled))
        let wanted = Set(slots(recipients.filter { alone.contains($0.id) }))
        let written = Set(firing.deliveries.map { [$0.recipient, $0.channel] })
        let fits = firing.cursor == nil ? written == wanted : !written.isEmpty && written.isSubset(of: wanted)
        return fits ? alone : together
    }

    private func judge(_ firing: EvaluationResult.Firing, _ one: Known, _ known: [OccurrenceKey: Known], now: Instant) {
        let (reminder, said, dates) = (firing.reminder, one.said, dates[one.key])
        if book.held != nil { accuse(.disorder, "announces a change during a hold: \(reminder)") }
        let wanted = Reminder(
            key: ReminderKey(
                plan: reminder.key.plan, campaign: reminder.key.campaign, lead: "moved \(nextChange(one.key, reminder.key))",
                anchor: dates?.start ?? said.start),
            occurrence: one.key.occurrence, start: dates?.start ?? said.start, end: dates?.end ?? said.end,
            time: dates == nil ? said.time : dates?.time, due: now,
            // The deadline may be later than the new end, because an earlier message may have
            // announced a later end.
            deadline: max(reminder.deadline, end(one.key, said.told, dates)))
        if reminder != wanted { accuse(.disorder, "announces \(reminder), the rule says \(wanted)") }
        if firing.change != (dates == nil ? .gone : .moved) {
            accuse(.oldDates, "announces \(firing.change!), the plan says \(String(describing: dates)): \(reminder)")
        }
        let isSaid =
            dates == nil ? said.change == .gone : !one.isCancelled && said.told == dates?.told
        if isSaid, misinformed(one).isEmpty { accuse(.oldDates, "announces a change although nothing changed: \(reminder)") }
        guard dates == nil else { return }
        if let like = likenesses(of: said, one.key).first(where: { known[$0] == nil }) {
            accuse(.oldDates, "cancels \(reminder), which is planned as \(like.occurrence)")
        }
        if clock.truth - (one.fired.compactMap { goneSince[$0.key] }.min() ?? takenAt) < .minutes(1) {
            accuse(.oldDates, "cancels at once: \(reminder)")
        }
    }

    /// Returns the number that the next change notice of the campaign must have.
    ///
    /// It is one more than the highest number so far. If the campaign is in no plan, the number in
    /// `key` is accepted.
    private func nextChange(_ occurrence: OccurrenceKey, _ key: ReminderKey) -> Int {
        let isGone = occurrence.campaign.hasPrefix("gone: ")
        if isGone { return Int(key.lead.dropFirst(6)) ?? 0 }
        let numbers = book.rows.values.filter {
            let key = present($0.key)
            return $0.change != nil && key.plan == occurrence.plan && key.campaign == occurrence.campaign
        }
        .compactMap { Int($0.key.lead.dropFirst(6)) }
        return (numbers.max() ?? 0) + changesOfThisLook(occurrence) + 1
    }

    /// Counts a change notice of the campaign in this evaluation.
    ///
    /// Returns how many were counted before it.
    private func changesOfThisLook(_ occurrence: OccurrenceKey) -> Int {
        judged[[occurrence.plan, occurrence.campaign], default: 0] += 1
        return judged[[occurrence.plan, occurrence.campaign]]! - 1
    }

    /// Returns the planned occurrences of the campaign that share a day with the dates of `said`.
    private func likenesses(of said: Book.Row, _ key: OccurrenceKey) -> [OccurrenceKey] {
        dates.filter { name, dates in
            name.plan == key.plan && name.campaign == key.campaign && dates.start <= said.end && said.start <= dates.end
        }
        .map(\.key).sorted { $0.occurrence < $1.occurrence }
    }

    /// Records when each notified occurrence disappeared from the plans.
    ///
    /// If an occurrence is too far from the current date to be evaluated, its recorded time is
    /// kept.
    func seeWhatIsGone() {
        let before = goneSince
        for (key, one) in known() {
            let since = dates[key] == nil ? one.fired.compactMap { before[$0.key] }.min() ?? clock.truth : nil
            for row in one.fired { goneSince[row.key] = since }
        }
    }
}
