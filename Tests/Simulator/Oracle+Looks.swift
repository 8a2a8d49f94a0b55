import Scheduler

extension Oracle {
    /// A look is on the disk: it must be what the rule says, no more and no less.
    func looked(_ look: LookResult) {
        let now = clock.now()
        totals.looks += 1
        if look.lookedUntil != now { accuse(.disorder, "a look at another time than now: \(Zone.utc.rfc3339(look.lookedUntil))") }
        let changes = looksAtEverything ? changes(now: now) : []
        let candidates = candidates(now: now)
        let verdict = verdict(on: candidates, after: changes, now: now)
        compare(look, changes + verdict.firings, superseded: verdict.superseded, missed: verdict.missed)
        let waited = changes.flatMap { told[$0.reminder.occurrenceKey] ?? [] }.flatMap(\.deliveries).filter {
            $0.state == .pending
        }
        for firing in changes + verdict.firings { write(firing, now: now) }
        for reminder in verdict.superseded { recorded[reminder.key] = .superseded }
        for reminder in verdict.missed {
            recorded[reminder.key] = .missed
            totals.missed += 1
            note("missed \(reminder.key.campaign) \(reminder.key.lead) \(reminder.key.anchor)")
        }
        for delivery in waited { checkHeard(delivery, now: now) }
        lookedUntil = max(lookedUntil, now)
        lastLook = now
        looksAtEverything = false
    }

    /// What a look must write.
    struct Firing {
        let reminder: Reminder
        let change: Change?
        let late: Bool
        /// Who hears a change: they need no lead.
        var heard: Set<String> = []
        /// Recipient and channel.
        let slots: [[String]]
    }

    private struct Verdict {
        var firings: [Firing] = []
        var superseded: [Reminder] = []
        var missed: [Reminder] = []
    }

    /// Due, and not in the ledger.
    private func candidates(now: Instant) -> [Expected] {
        var found: [Expected] = []
        while next < calendar.count, calendar[next].reminder.due <= now {
            if recorded[calendar[next].reminder.key] == nil { found.append(calendar[next]) }
            next += 1
        }
        return found
    }

    /// Rule (a), (b), (c) of the contract.
    private func verdict(on candidates: [Expected], after changes: [Firing], now: Instant) -> Verdict {
        var verdict = Verdict()
        var open: [OccurrenceKey: [Expected]] = [:]
        for candidate in candidates {
            let reminder = candidate.reminder
            if reminder.deadline <= now {
                if reminder.due > lookedUntil { verdict.missed.append(reminder) }
            } else if accepted.catchUp == .none, now - reminder.due > .minutes(15) {
                verdict.missed.append(reminder)
            } else {
                open[reminder.occurrenceKey, default: []].append(candidate)
            }
        }
        for (occurrence, leads) in open {
            let given = given(occurrence, after: changes)
            for lead in leads {
                let all = readers(lead.notify)
                let getters = all.filter { reader in
                    let mine = leads.filter { readers($0.notify).contains(reader) }
                    // Of one due the first in the plan is the latest.
                    let latest = mine.min { ($1.reminder.due, $0.place) < ($0.reminder.due, $1.place) }
                    guard latest?.reminder.key == lead.reminder.key else { return false }
                    return given[reader.id].map { $0 < lead.reminder.due } ?? true
                }
                if getters.isEmpty, !all.isEmpty {
                    verdict.superseded.append(lead.reminder)
                } else {
                    verdict.firings.append(
                        Firing(
                            reminder: lead.reminder, change: nil, late: now - lead.reminder.due > .minutes(15),
                            slots: slots(getters)))
                }
            }
        }
        return verdict
    }

    /// By recipient: the latest due of what was given for an occurrence. A change counts for those who hear it, and makes
    /// what others were given under the old dates worth nothing.
    private func given(_ occurrence: OccurrenceKey, after changes: [Firing]) -> [String: Instant] {
        if let change = changes.first(where: { $0.reminder.occurrenceKey == occurrence }) {
            let told = change.heard.map { ($0, change.reminder.due) }
            return Dictionary(told, uniquingKeysWith: { first, _ in first })
        }
        var given: [String: Instant] = [:]
        for fired in told[occurrence] ?? [] {
            for delivery in fired.deliveries where delivery.state != .cancelled {
                given[delivery.recipient] = max(given[delivery.recipient] ?? .distantPast, fired.reminder.due)
            }
        }
        return given
    }

    private func whoWasTold(_ occurrence: OccurrenceKey) -> Set<String> {
        Set(
            (told[occurrence] ?? []).flatMap(\.deliveries)
                .filter { [.delivered, .unknown, .inFlight].contains($0.state) }.map(\.recipient))
    }

    /// The announcements to those told of an occurrence that has other dates now, or none.
    private func changes(now: Instant) -> [Firing] {
        var firings: [Firing] = []
        for (occurrence, fired) in told {
            guard let last = fired.last?.reminder else { continue }
            // The program forgets what lies more than 400 days back.
            guard last.end >= Zone.utc.civil(at: now).day - 400 else { continue }
            let dates = dates[occurrence]
            let wasGone = fired.last?.change == .gone
            if let dates, dates.start == last.start, dates.end == last.end, !wasGone { continue }
            if dates == nil, wasGone { continue }
            let plan = accepted.plans.plans.first { $0.id == occurrence.plan }
            let zone = plan?.zone ?? .utc
            let end = max(last.end, dates?.end ?? last.end)
            guard zone.endOfDay(end) > now else { continue }
            let count = fired.count { $0.change != nil } + 1
            let key = ReminderKey(
                plan: occurrence.plan, campaign: occurrence.campaign, lead: "moved \(count)", anchor: dates?.start ?? last.start)
            if recorded[key] != nil {
                accuse(.disorder, "two changes under one name: \(key)")
                continue
            }
            let reminder = Reminder(
                key: key, occurrence: occurrence.occurrence, start: dates?.start ?? last.start, end: dates?.end ?? last.end,
                due: now, deadline: zone.endOfDay(end))
            let told = whoWasTold(occurrence).union(dates == nil ? [] : stranded(occurrence, now: now))
            firings.append(
                Firing(
                    reminder: reminder, change: dates == nil ? .gone : .moved, late: false, heard: told,
                    slots: slots(accepted.directory.recipients.filter { told.contains($0.id) })))
        }
        return firings
    }

    /// Readers who only waited under the old dates, and whose latest lead has its identity still: it does not fire again.
    private func stranded(_ occurrence: OccurrenceKey, now: Instant) -> Set<String> {
        let given = given(occurrence, after: [])
        let due = calendar.prefix { $0.reminder.due <= now }.filter {
            $0.reminder.occurrenceKey == occurrence && $0.reminder.deadline > now
        }
        return Set(
            given.keys.filter { reader in
                let mine = due.filter { readers($0.notify).contains { $0.id == reader } }
                let latest = mine.min { ($1.reminder.due, $0.place) < ($0.reminder.due, $1.place) }
                return latest.map { recorded[$0.reminder.key] != nil } ?? false
            })
    }

    private func compare(_ look: LookResult, _ firings: [Firing], superseded: [Reminder], missed: [Reminder]) {
        var expected = Dictionary(firings.map { ($0.reminder.key, $0) }, uniquingKeysWith: { first, _ in first })
        for firing in look.firings {
            guard let wanted = expected.removeValue(forKey: firing.reminder.key) else {
                accuse(.wrongRecipient, "fires what the rule does not: \(firing.reminder)")
                continue
            }
            if wanted.reminder != firing.reminder || wanted.change != firing.change || wanted.late != firing.late {
                accuse(
                    .disorder,
                    "fires \(firing.reminder), \(String(describing: firing.change)), late \(firing.late); the rule says: \(wanted)"
                )
            }
            let slots = Set(firing.deliveries.map { [$0.recipient, $0.channel] })
            if slots != Set(wanted.slots) || slots.count != firing.deliveries.count {
                let isLost = !Set(wanted.slots).isSubset(of: slots)
                accuse(isLost ? .lost : .wrongRecipient, "\(firing.reminder) goes to \(slots), the rule says \(wanted.slots)")
            }
            for delivery in firing.deliveries where deliveries[delivery.id] != nil {
                accuse(.disorder, "one id for two deliveries: \(delivery)")
            }
        }
        for firing in expected.values { accuse(.lost, "\(firing.reminder) does not fire for \(firing.slots)") }
        for (name, found, wanted) in [("superseded", look.superseded, superseded), ("missed", look.missed, missed)]
        where Set(found) != Set(wanted) || found.count != wanted.count {
            accuse(.silent, "\(name): \(found), the rule says \(wanted)")
        }
    }

    /// What waited under old dates is cancelled: its reader hears the new ones, by the change or by a lead.
    private func checkHeard(_ delivery: Delivery, now: Instant) {
        let occurrence = delivery.fired.reminder.occurrenceKey
        let heard = (told[occurrence] ?? []).contains {
            $0.deliveries.contains { $0.recipient == delivery.recipient && $0.state != .cancelled && $0.state != .dead }
        }
        // Or another hears it at the same address, by the change or by a lead of this very look.
        let others = Set(hearing(occurrence, now: now))
        let recipients = accepted.directory.recipients
        let hasSlot = slots(
            recipients.filter { others.contains($0.id) && $0.id != delivery.recipient }
                + recipients.filter { $0.id == delivery.recipient }
        ).contains { $0[0] == delivery.recipient }
        guard !heard, hasSlot else { return }
        let due = calendar.prefix { $0.reminder.due <= now }.filter { expected in
            expected.reminder.occurrenceKey == occurrence && expected.reminder.deadline > now
                && readers(expected.notify).contains { $0.id == delivery.recipient }
        }
        let latest = due.min { ($1.reminder.due, $0.place) < ($0.reminder.due, $1.place) }
        // What is missed is reported: `catch_up: none` asked for it.
        guard let latest, recorded[latest.reminder.key] != .missed else { return }
        accuse(.lost, "cancelled for a change, and nothing takes its place: \(delivery.words)")
    }

    private func hearing(_ occurrence: OccurrenceKey, now: Instant) -> [String] {
        let told = told[occurrence] ?? []
        let change = told.last { $0.change != nil }?.deliveries.map(\.recipient) ?? []
        return change + told.filter { $0.firedAt == now }.flatMap(\.deliveries).map(\.recipient)
    }

    /// Remembers a firing, and what it does to what waits.
    private func write(_ firing: Firing, now: Instant) {
        let reminder = firing.reminder
        let occurrence = reminder.occurrenceKey
        recorded[reminder.key] = .fired
        totals.reminders += 1
        note(
            "fires \(reminder.key.campaign) \(reminder.occurrence) '\(reminder.key.lead)' \(reminder.key.anchor) to \(firing.slots)"
        )
        if firing.change != nil {
            totals.changes += 1
            for delivery in (told[occurrence] ?? []).flatMap(\.deliveries) where delivery.state == .pending {
                settle(delivery, .cancelled)
            }
        }
        let fired = Fired(reminder, change: firing.change, firedAt: now)
        for slot in firing.slots {
            let id = DeliveryID(reminder: reminder.key, recipient: slot[0], channel: slot[1], rehearsal: false)
            let delivery = Delivery(
                NewDelivery(id: id, recipient: slot[0], channel: slot[1]), of: fired, began: clock.truth)
            fired.deliveries.append(delivery)
            deliveries[id] = delivery
            open[id] = delivery
            for older in told[occurrence] ?? [] where older.reminder.due <= reminder.due {
                for waiting in older.deliveries
                where waiting.state == .pending && waiting.recipient == slot[0] && waiting.channel == slot[1] {
                    settle(waiting, .superseded)
                }
            }
        }
        told[occurrence, default: []].append(fired)
    }

    func settle(_ delivery: Delivery, _ state: DeliveryState) {
        delivery.state = state
        open[delivery.id] = nil
        note("\(state.rawValue): \(delivery.words)")
    }
}

extension Reminder: CustomStringConvertible {
    /// As a person would name it.
    public var description: String {
        "\(key.plan)/\(key.campaign) \(occurrence) '\(key.lead)' \(key.anchor) (\(start) to \(end), due \(Zone.utc.rfc3339(due)), until \(Zone.utc.rfc3339(deadline)))"
    }
}
