import Dates
import Scheduler

// A second implementation of the rule that decides which reminders are due. The rule is at the head
// of `Sources/Scheduler/Evaluation/DueEvaluation.swift`.
//
// Each evaluation must write exactly what the rule requires: the reminders that fire, their
// recipients, and the reminders that are superseded or missed. Later transactions are checked when
// they happen (`Oracle+Parts`). `Oracle+Promises` makes sure that they happen.

extension Oracle {
    /// Checks an evaluation and records its result. Called when its writes are on the disk.
    func looked(_ look: EvaluationResult, wrote: Set<ReminderKey>) {
        let now = clock.now()
        totals.looks += 1
        expandInTime()
        if look.lookedUntil != now {
            accuse(.disorder, "an evaluation at another time than now: \(Zone.utc.rfc3339(look.lookedUntil))")
        }
        judged = [:]
        redated = [:]
        judge(look.renames)
        book.rename(look.renames)
        if !look.renames.isEmpty { seeWhatIsGone() }
        let heard = judgeChanges(look, now: now)
        let verdict = verdict(heard: heard, now: now)
        compare(look, verdict)
        write(look, wrote, now: now)
        book.lookedUntil = max(book.lookedUntil, now)
        lastEvaluation = now
        evaluatesEverything = false
        isUnasked = true
    }

    /// A reminder that must fire.
    struct Firing {
        let reminder: Reminder
        let late: Bool
        /// The recipients and channels of the reminder's deliveries, as pairs.
        let slots: [[String]]
    }

    struct Verdict {
        var firings: [Firing] = []
        var superseded: [Reminder] = []
        var missed: [Reminder] = []
    }

    /// Returns the reminders that are due and not past their deadline, keyed by occurrence.
    func openLeads(now: Instant) -> [OccurrenceKey: [Expected]] {
        var open: [OccurrenceKey: [Expected]] = [:]
        for expected in calendar.prefix(while: { $0.reminder.due <= now }) where expected.reminder.deadline > now {
            open[expected.reminder.occurrenceKey, default: []].append(expected)
        }
        return open
    }

    /// Returns the reminders that fire, are superseded or are missed.
    ///
    /// Applies the rules (a), (b) and (c) of `Sources/Scheduler/Evaluation/DueEvaluation.swift`.
    func verdict(heard: [OccurrenceKey: Set<String>], now: Instant) -> Verdict {
        var verdict = Verdict()
        var open: [OccurrenceKey: [Expected]] = [:]
        for candidate in calendar.prefix(while: { $0.reminder.due <= now }) {
            let reminder = candidate.reminder
            guard reminder.deadline > now || reminder.due > book.lookedUntil,
                row(reminder.key) == nil
            else { continue }
            if let held = book.held, reminder.due <= held.upperBound { continue }
            if reminder.deadline <= now {
                verdict.missed.append(reminder)
            } else if catchUp == .none, now - reminder.due > .minutes(15) {
                verdict.missed.append(reminder)
            } else {
                open[reminder.occurrenceKey, default: []].append(candidate)
            }
        }
        guard !open.isEmpty else { return verdict }
        // During a hold, reminders that are already recorded do not change.
        let all = book.held == nil ? openLeads(now: now) : open
        for (occurrence, candidates) in open {
            let missed = Set(verdict.missed.map(\.key))
            let leads = (all[occurrence] ?? candidates).filter { !missed.contains($0.reminder.key) }
            share(candidates, leads, occurrence, heard[occurrence] ?? [], now: now, into: &verdict)
        }
        return verdict
    }

    private func share(
        _ candidates: [Expected], _ leads: [Expected], _ occurrence: OccurrenceKey, _ heard: Set<String>, now: Instant,
        into verdict: inout Verdict
    ) {
        let standing = standing(of: occurrence, leads, now: now) + hearing(of: occurrence, now: now)
        let heard = heard.union(recipients.filter { isReached($0, by: heard.compactMap(person)) }.map(\.id))
        for lead in candidates {
            let all = recipients(lead.notify)
            let getters = all.filter { recipient in
                let mine = leads.filter { reaches($0, recipient) }
                guard latest(mine)?.reminder.key == lead.reminder.key, !heard.contains(recipient.id) else { return false }
                return !standing.contains { $0.person == recipient.id && $0.due >= lead.reminder.due }
            }
            if getters.isEmpty, !all.isEmpty {
                verdict.superseded.append(lead.reminder)
            } else {
                verdict.firings.append(
                    Firing(reminder: lead.reminder, late: now - lead.reminder.due > .minutes(15), slots: slots(getters)))
            }
        }
    }

    /// Returns the latest lead. If two leads are due at the same time, returns the first in the
    /// plan.
    func latest(_ leads: [Expected]) -> Expected? {
        leads.min { ($1.reminder.due, $0.place) < ($0.reminder.due, $1.place) }
    }

    /// A delivery that makes earlier leads unnecessary for its recipient.
    struct Standing {
        let person: String
        /// The due time of the delivery's lead in the current plans.
        ///
        /// If no plan contains the lead, this is the stored due time.
        let due: Instant
        let delivery: Book.Delivery
    }

    /// Returns the deliveries that make earlier leads unnecessary for configured recipients.
    ///
    /// If the dates have changed and the occurrence is not over, a delivery counts only if it is in
    /// flight or may have arrived.
    func standing(of occurrence: OccurrenceKey, _ leads: [Expected], now: Instant) -> [Standing] {
        let dues = Dictionary(leads.map { ($0.reminder.key, $0.reminder.due) }, uniquingKeysWith: { first, _ in first })
        let dates = dates[occurrence]
        var standing: [Standing] = []
        for row in rows(of: occurrence) where row.state == .fired {
            let isOver = zone(occurrence).endOfDay(max(row.end, dates?.end ?? row.end)) <= now
            let holds = row.change != .gone && row.told == dates?.told
            let due = dues[present(row.key)] ?? row.due
            let counting = book.deliveries(of: row.key).filter { $0.stands && ($0.isNotified || holds || isOver) }
            for delivery in counting {
                guard let person = person(delivery.recipient)?.id else { continue }
                standing.append(Standing(person: person, due: due, delivery: delivery))
            }
            standing += sharers(counting.compactMap { person($0.recipient)?.id }, due: due, counting.first)
        }
        return standing
    }

    /// Returns entries for recipients without a delivery whose addresses a message to others
    /// reaches.
    private func sharers(_ others: [String], due: Instant, _ delivery: Book.Delivery?) -> [Standing] {
        guard !sharing.isEmpty, let delivery else { return [] }
        let having = others.compactMap(person)
        return recipients.filter { sharing.contains($0.id) && isReached($0, by: having) }
            .map { Standing(person: $0.id, due: due, delivery: delivery) }
    }

    /// Returns whether the lead names the recipient, or others at each of the recipient's
    /// addresses.
    func reaches(_ lead: Expected, _ recipient: Recipient) -> Bool {
        let named = recipients(lead.notify)
        return named.contains { $0.id == recipient.id } || sharing.contains(recipient.id) && isReached(recipient, by: named)
    }

    /// Returns whether others get the message at the recipient's address on each of the channels.
    private func isReached(_ recipient: Recipient, by others: [Recipient]) -> Bool {
        !recipient.via.isEmpty
            && recipient.via.allSatisfy { channel in
                guard let policy = channels[channel], policy.onUnknown != .retry, let email = recipient.email else {
                    return false
                }
                return others.contains { $0.email == email && $0.via.contains(channel) }
            }
    }

    /// Returns the change notices about the current dates that recipients do not have yet.
    ///
    /// These notices count as if they had been received.
    private func hearing(of occurrence: OccurrenceKey, now: Instant) -> [Standing] {
        let dates = dates[occurrence]
        var hearing: [Standing] = []
        // The change notice is sent to recipients whose last message contains other dates. If a
        // recipient's channel is gone, the notice is sent through another channel, unless another
        // recipient has the same address there.
        if let row = rows(of: occurrence).last(where: { $0.state == .fired && $0.change != nil }), row.deadline > now,
            row.change == .moved, row.told == dates?.told
        {
            let misinformed = known()[occurrence].map { self.misinformed($0) } ?? []
            if let any = book.deliveries(of: row.key).first {
                let recipients = Set(book.deliveries(of: row.key).compactMap { person($0.recipient)?.id })
                hearing += misinformed.filter { recipients.contains($0) || !(row.isComplete && sharing.contains($0)) }
                    .map { Standing(person: $0, due: row.due, delivery: any) }
            }
            for delivery in book.deliveries(of: row.key) where [.channelGone, .viaChanged].contains(delivery.why) {
                guard delivery.isRevivable, let person = person(delivery.recipient)?.id else { continue }
                hearing.append(Standing(person: person, due: row.due, delivery: delivery))
            }
            hearing += sharers(hearing.map(\.person), due: row.due, book.deliveries(of: row.key).first)
        }
        return hearing
    }

    private func compare(_ look: EvaluationResult, _ verdict: Verdict) {
        var expected = Dictionary(verdict.firings.map { ($0.reminder.key, $0) }, uniquingKeysWith: { first, _ in first })
        for firing in look.firings where firing.change == nil {
            guard let wanted = expected.removeValue(forKey: firing.reminder.key) else {
                accuse(
                    .wrongRecipient,
                    "fires a reminder that the rule does not: \(firing.reminder) to \(firing.deliveries.map(\.recipient))")
                continue
            }
            if wanted.reminder != firing.reminder || wanted.late != firing.late {
                accuse(.disorder, "fires \(firing.reminder), late \(firing.late); the rule says: \(wanted)")
            }
            compare(firing, wanted.slots)
        }
        for firing in expected.values { accuse(.lost, "\(firing.reminder) does not fire for \(firing.slots)") }
        for (name, found, wanted) in [
            ("superseded", look.superseded, verdict.superseded), ("missed", look.missed, verdict.missed),
        ] where Set(found) != Set(wanted) || found.count != wanted.count {
            accuse(.silent, "\(name): \(found), the rule says \(wanted)")
        }
    }

    /// Compares the recipients and channels of a firing with those that the rule requires.
    ///
    /// If the firing is large, only the deliveries of its first transaction are written so far.
    func compare(_ firing: EvaluationResult.Firing, _ wanted: [[String]]) {
        let slots = Set(firing.deliveries.map { [$0.recipient, $0.channel] })
        let isWhole = firing.cursor == nil
        if isWhole ? slots != Set(wanted) : !slots.isSubset(of: Set(wanted)) || slots.count != firing.deliveries.count {
            let isLost = !Set(wanted).isSubset(of: slots)
            accuse(
                isLost && isWhole ? .lost : .wrongRecipient,
                "\(firing.reminder) goes to \(slots.sorted { $0.lexicographicallyPrecedes($1) }), the rule says \(wanted)")
        }
        for delivery in firing.deliveries where book.deliveries[delivery.id] != nil {
            accuse(.disorder, "one id for two deliveries: \(delivery)")
        }
    }

    // MARK: Writes

    private func write(_ look: EvaluationResult, _ wrote: Set<ReminderKey>, now: Instant) {
        for firing in look.firings {
            guard wrote.contains(firing.reminder.key) else {
                accuse(.disorder, "fires a recorded reminder: \(firing.reminder)")
                continue
            }
            write(firing, now: now)
        }
        for (reminders, state) in [(look.superseded, ReminderState.superseded), (look.missed, .missed)] {
            for reminder in reminders where book.rows[reminder.key] == nil {
                record(reminder, state, isClosed: state == .missed || look.isFinal, now: now)
            }
        }
        for key in look.named.keys { book.change(key) { $0.isComplete = true } }
    }

    func record(_ reminder: Reminder, _ state: ReminderState, isClosed: Bool, now: Instant) {
        book.add(
            Book.Row(
                key: reminder.key, occurrence: reminder.occurrence, start: reminder.start, end: reminder.end,
                time: reminder.time, due: reminder.due,
                deadline: reminder.deadline, firedAt: now, fired: clock.truth, state: state, isClosed: isClosed, change: nil,
                title: "", serial: book.nextSerial()))
        if state == .missed { totals.missed += 1 }
        note("\(state.rawValue) \(reminder)")
    }

    private func write(_ firing: EvaluationResult.Firing, now: Instant) {
        let reminder = firing.reminder
        totals.reminders += 1
        note("fires \(reminder) to \(firing.deliveries.map { "\($0.recipient) by \($0.channel)" }), \(firing.cursor ?? "all")")
        book.add(
            Book.Row(
                key: reminder.key, occurrence: reminder.occurrence, start: reminder.start, end: reminder.end,
                time: reminder.time, due: reminder.due,
                deadline: reminder.deadline, firedAt: now, fired: clock.truth, state: .fired, change: firing.change,
                formerDates: firing.formerDates, title: firing.title, serial: book.nextSerial(), isComplete: firing.cursor == nil)
        )
        if let change = firing.change {
            totals.changes += 1
            mark(reminder, change)
        }
        for new in firing.deliveries { _ = write(new, of: reminder.key) }
    }

    /// Marks the deliveries in flight of an occurrence that changes. They are not tried again.
    func mark(_ announcement: Reminder, _ change: Change, to people: Set<String>? = nil) {
        let own = book.rows[announcement.key].map(occurrence)
        for id in book.open {
            guard let delivery = book.deliveries[id], delivery.state == .inFlight, delivery.row != announcement.key,
                let row = book.rows[delivery.row], occurrence(of: row) == own, people?.contains(delivery.recipient) ?? true
            else { continue }
            book.change(id) { $0.mark = change == .gone ? .gone : .changed }
        }
    }

    /// Records a delivery that is new or becomes pending again.
    ///
    /// Returns false if the reminder is not recorded, or if the delivery exists and may not become
    /// pending again.
    func write(_ new: NewDelivery, of key: ReminderKey) -> Bool {
        guard let row = book.rows[key] else { return false }
        defer { supersede(row, new) }
        let known = same(new, key)
        guard !known.isEmpty else {
            book.add(
                Book.Delivery(
                    id: new.id, row: key, recipient: new.recipient, channel: new.channel, serial: book.nextSerial(),
                    began: clock.truth, deadline: row.deadline, isOtherwise: false))
            return true
        }
        guard !isThere(new, key), mayBeWritten(new, key), let back = known.first(where: { $0.id == new.id }) ?? known.first else {
            return false
        }
        book.change(back.id) {
            ($0.state, $0.why, $0.mark, $0.began, $0.deadline) = (.pending, nil, nil, clock.truth, row.deadline)
        }
        return true
    }

    /// Returns whether the delivery is new or may become pending again.
    func mayBeWritten(_ new: NewDelivery, _ key: ReminderKey) -> Bool {
        let known = same(new, key)
        return (known.first { $0.id == new.id } ?? known.first).map(book.mayReturn) ?? true
    }

    /// Returns whether an equal delivery exists and is neither cancelled nor superseded.
    func isThere(_ new: NewDelivery, _ key: ReminderKey) -> Bool {
        same(new, key).contains { ![.cancelled, .superseded].contains($0.state) }
    }

    /// Returns a reminder's deliveries to one recipient through one channel.
    ///
    /// They include deliveries under former names. Those with the newest names come first.
    func same(_ new: NewDelivery, _ key: ReminderKey) -> [Book.Delivery] {
        let names = new.formerly.map { [$0.recipient, $0.channel] }
        let all = book.deliveries(of: key).filter {
            person($0.recipient)?.id == new.recipient && line($0.channel) == new.channel
        }
        for delivery in all where delivery.id != new.id && !names.contains([delivery.recipient, delivery.channel]) {
            accuse(.doubled, "\(words(delivery)) is \(new.recipient) by \(new.channel) under an unknown name")
        }
        return all.sorted {
            names.firstIndex(of: [$0.recipient, $0.channel]) ?? -1 < names.firstIndex(of: [$1.recipient, $1.channel]) ?? -1
        }
    }

    /// Supersedes older pending deliveries of the same occurrence, recipient and channel.
    ///
    /// Deliveries with other dates stay, because they are withdrawn. A cancellation notice
    /// supersedes only other cancellation notices, and only they supersede it.
    private func supersede(_ row: Book.Row, _ new: NewDelivery) {
        let occurrence = occurrence(of: row)
        // Returns the current due time. Changed hours or working days may have moved it.
        func due(_ row: Book.Row) -> Instant {
            guard row.change == nil else { return row.due }
            let key = present(row.key)
            return calendar.first { $0.reminder.key == key }?.reminder.due ?? row.due
        }
        let (person, line) = (person(new.recipient)?.id ?? new.recipient, line(new.channel) ?? new.channel)
        for waiting in book.open.compactMap({ book.deliveries[$0] }) where waiting.row != row.key {
            guard let older = book.rows[waiting.row], older.due <= row.due || due(older) <= due(row),
                self.occurrence(of: older) == occurrence,
                (self.person(waiting.recipient)?.id ?? waiting.recipient) == person,
                (self.line(waiting.channel) ?? waiting.channel) == line, older.told == row.told,
                (older.change == .gone) == (row.change == .gone)
            else { continue }
            if waiting.state == .pending {
                settle(waiting.id, .superseded, .laterLead)
            } else {
                book.change(waiting.id) { $0.isOvertaken = true }
            }
        }
    }

    func settle(_ id: DeliveryID, _ state: DeliveryState, _ why: WithdrawalReason? = nil) {
        book.change(id) {
            ($0.state, $0.why, $0.isHeld) = (state, why, false)
        }
        note("\(state.rawValue) \(why?.rawValue ?? ""): \(book.deliveries[id].map(words) ?? id.text)")
        isUnasked = true
    }
}

extension Reminder: CustomStringConvertible {
    /// A description of the reminder for traces and violations.
    public var description: String {
        "\(key.plan)/\(key.campaign) \(occurrence) '\(key.lead)' \(key.anchor) (\(start) to \(end) \(time?.description ?? ""), due \(Zone.utc.rfc3339(due)), until \(Zone.utc.rfc3339(deadline)))"
    }
}
