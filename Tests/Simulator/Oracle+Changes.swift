import Dates
import Scheduler

// Occurrences that move, go, come back or have another name (contract, "Identity"). Which of several occurrences of the plan a
// known one has become is the program's to say, within what the contract allows: one to one, the same dates are the same
// occurrence, and what overlaps or keeps its name is not gone.

extension Oracle {
    /// An occurrence of which someone may have been notified.
    struct Known {
        let key: OccurrenceKey
        /// In the order they fired.
        let fired: [Book.Row]

        /// What its last reminder said.
        var said: Book.Row { fired[fired.count - 1] }
        /// Its cancellation is the last that was announced, and lately.
        let isCancelled: Bool

        /// Two campaigns that are gone and had one title: the cancellation of the one may have been followed by the other's reminder.
        var mayBeTwo: Bool { Set(fired.map(\.key.campaign)).count > 1 }
    }

    /// Those that the program still remembers, by the names that the plans have.
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

    /// Recipients in the configuration who have, or may have, a message about an occurrence.
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

    /// A row once for each days that its deliveries were sent with, those that it has now last.
    private func byDays(_ row: Book.Row) -> [Book.Row] {
        let deliveries = book.deliveries(of: row.key)
        var days: [ClosedRange<Day>] = []
        for said in deliveries.compactMap(\.said) where !days.contains(said) { days.append(said) }
        guard !days.isEmpty else { return [row] }
        var rows = days.map { days in
            var copy = row
            (copy.start, copy.end) = (days.lowerBound, days.upperBound)
            copy.deliveries = deliveries.filter { $0.said == days }.map(\.id)
            return copy
        }
        var current = row
        current.deliveries = deliveries.filter { $0.said == nil }.map(\.id)
        rows.append(current)
        return rows
    }

    /// Those whose last word is not what holds now: they hear of a change.
    func misinformed(_ one: Known) -> Set<String> {
        let dates = dates[one.key]
        var (misinformed, judged): (Set<String>, Set<String>) = ([], [])
        let isTwo = dates == nil && one.mayBeTwo
        for row in one.fired.flatMap(byDays).reversed() {
            let reached = notified([row]).subtracting(judged)
            let alreadyJudged = judged
            let holds = dates.map { row.change != .gone && row.start == $0.start && row.end == $0.end } ?? (row.change == .gone)
            if !holds { misinformed.formUnion(reached) }
            // A message that was withdrawn, and may or may not have arrived, does not count as heard.
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

    /// Those to whom a reminder was sent after this announcement fired, though it had fired before.
    private func toldSince(_ announced: Book.Row, _ one: Known) -> Set<String> {
        var told: Set<String> = []
        for row in one.fired.prefix(while: { $0.key != announced.key }) {
            for delivery in book.deliveries(of: row.key)
            where delivery.isNotified && (delivery.why == nil || delivery.state == .cancelled) {
                // A claim that was cancelled before it was tried sent nothing: the answer to the try before it counts.
                let answered = delivery.answered.map { !$0.isMarked && $0.at > announced.fired } ?? false
                let isOnItsWay = delivery.state == .inFlight && delivery.mark == nil
                guard answered || isOnItsWay, let person = person(delivery.recipient) else { continue }
                told.insert(person.id)
            }
        }
        return told
    }

    // MARK: Names

    /// A name is carried over to an occurrence with the same or overlapping dates, or out of the way of another that has it now.
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
                accuse(.disorder, "renames what nobody was notified of: \(rename)")
                continue
            }
            if let other = takers.updateValue(from, forKey: to), other != from {
                accuse(.disorder, "two occurrences become one: \(rename)")
            }
            guard let now = dates[to] else { continue }
            // Or those that it had before a change which was taken back.
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

    // MARK: Announcements

    /// Who hears the announcements of this evaluation; they need no lead.
    func judgeChanges(_ look: LookResult, now: Instant) -> [OccurrenceKey: Set<String>] {
        var heard: [OccurrenceKey: Set<String>] = [:]
        let announced = look.firings.filter { $0.change != nil }
        guard looksAtEverything || !announced.isEmpty else { return [:] }
        let known = known()
        for firing in announced {
            let occurrence = occurrence(firing.reminder.key, firing.reminder.occurrence, title: firing.title)
            guard let one = known[occurrence], heard[occurrence] == nil else {
                accuse(.oldDates, "announces what nobody was notified of, or twice: \(firing.reminder)")
                continue
            }
            let hearing = misinformed(one)
            heard[occurrence] = hearing
            judge(firing, one, known, now: now)
            compare(firing, slots(recipients.filter { hearing.contains($0.id) }))
        }
        guard looksAtEverything, book.held == nil else { return heard }
        for (occurrence, one) in known where heard[occurrence] == nil {
            guard let dates = dates[occurrence] else { continue }
            let said = one.said
            let isSaid = !one.isCancelled && said.start == dates.start && said.end == dates.end
            let isOver = zone(occurrence).endOfDay(max(said.end, dates.end)) <= now
            if !isSaid, !isOver, !misinformed(one).isEmpty {
                accuse(.lost, "\(said.reminder) is \(dates.start) to \(dates.end) now, and nobody hears of it")
            }
        }
        return heard
    }

    private func judge(_ firing: LookResult.Firing, _ one: Known, _ known: [OccurrenceKey: Known], now: Instant) {
        let (reminder, said, dates) = (firing.reminder, one.said, dates[one.key])
        if book.held != nil { accuse(.disorder, "announces while a hold stands: \(reminder)") }
        let end = max(said.end, dates?.end ?? said.end)
        let wanted = Reminder(
            key: ReminderKey(
                plan: reminder.key.plan, campaign: reminder.key.campaign, lead: "moved \(nextChange(one.key, reminder.key))",
                anchor: dates?.start ?? said.start),
            occurrence: one.key.occurrence, start: dates?.start ?? said.start, end: dates?.end ?? said.end, due: now,
            // Later where somebody may have heard of a later end before a change.
            deadline: max(reminder.deadline, zone(one.key).endOfDay(end)))
        if reminder != wanted { accuse(.disorder, "announces \(reminder), the rule says \(wanted)") }
        if firing.change != (dates == nil ? .gone : .moved) {
            accuse(.oldDates, "announces \(firing.change!), the plan says \(String(describing: dates)): \(reminder)")
        }
        let isSaid =
            dates == nil ? said.change == .gone : !one.isCancelled && said.start == dates?.start && said.end == dates?.end
        if isSaid, misinformed(one).isEmpty { accuse(.oldDates, "announces what did not change: \(reminder)") }
        guard dates == nil else { return }
        if let like = likenesses(of: said, one.key).first(where: { known[$0] == nil }) {
            accuse(.oldDates, "cancels \(reminder), which is planned as \(like.occurrence)")
        }
        if clock.truth - (one.fired.compactMap { goneSince[$0.key] }.min() ?? takenAt) < .minutes(1) {
            accuse(.oldDates, "cancels at once: \(reminder)")
        }
    }

    /// One more than the highest N of the campaign; of one that is gone, of those that bear the name it had last.
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

    /// Announcements of the campaign that were judged before in this evaluation.
    private func changesOfThisLook(_ occurrence: OccurrenceKey) -> Int {
        judged[[occurrence.plan, occurrence.campaign], default: 0] += 1
        return judged[[occurrence.plan, occurrence.campaign]]! - 1
    }

    /// Occurrences of the campaign that share a day with these dates, or their end.
    private func likenesses(of said: Book.Row, _ key: OccurrenceKey) -> [OccurrenceKey] {
        dates.filter { name, dates in
            name.plan == key.plan && name.campaign == key.campaign && dates.start <= said.end && said.start <= dates.end
        }
        .map(\.key).sorted { $0.occurrence < $1.occurrence }
    }

    /// Records since when each notified occurrence is in no plan. An occurrence that is too far from the present date to be looked at
    /// keeps its instant.
    func seeWhatIsGone() {
        let before = goneSince
        for (key, one) in known() {
            let since = dates[key] == nil ? one.fired.compactMap { before[$0.key] }.min() ?? clock.truth : nil
            for row in one.fired { goneSince[row.key] = since }
        }
    }
}
