import Dates
import Plans
import Scheduler

// The oracle of promises
//
// It knows nothing of the rule's way: neither when an evaluation comes nor what it writes. It asks what an office would ask
// (contract, "What is due"): does everyone who is named now have the latest reminder, once; and is the last thing that each of
// them was told still true?
//
// The first is asked whenever the loops sleep, the second at the end of every quiet time, when whatever could arrive has.

extension Oracle {
    // MARK: Everyone has it, once

    /// Every recipient whom a due lead of an open occurrence names has a standing delivery of the latest lead that names them, or of
    /// a later one, or the announcement of a change; and no two of them wait at a time.
    func askPromises(now: Instant) {
        for (occurrence, leads) in openLeads(now: now) {
            let standing = standing(of: occurrence, leads, now: now)
            let everyone = recipients(leads.flatMap(\.notify))
            for recipient in everyone {
                let mine = leads.filter { recipients($0.notify).contains { $0.id == recipient.id } }
                guard let latest = latest(mine), !recipient.via.isEmpty, !isExempt(recipient, latest, occurrence) else {
                    continue
                }
                let has = standing.contains { $0.person == recipient.id && $0.due >= latest.reminder.due }
                if !has { accuse(.lost, "\(recipient.id) has no standing delivery of \(latest.reminder)") }
            }
        }
        askForOne(now: now)
    }

    /// Why somebody may lack what a lead names them for.
    private func isExempt(_ recipient: Recipient, _ lead: Expected, _ occurrence: OccurrenceKey) -> Bool {
        if let row = row(lead.reminder.key) {
            // It was missed, or a person dropped it.
            if row.isClosed { return true }
            // Its identity was that of another occurrence's lead, on the same day: never twice.
            if row.occurrence != occurrence.occurrence { return true }
        }
        // Of several at one address the first gets it.
        if sharesAddress(recipient) { return true }
        // Named only after the lead was due, where such are not to get it; unless they had a delivery that was taken from them.
        let joiners = plans.first { $0.id == occurrence.plan }?.joiners
        guard joiners == Joiners.none || catchUp == .none else { return false }
        let dates = dates[occurrence]
        return !rows(of: occurrence).contains { row in
            row.start == dates?.start && row.end == dates?.end
                && book.deliveries(of: row.key).contains { person($0.recipient)?.id == recipient.id && $0.isRevivable }
        }
    }

    /// No two reminders of one occurrence wait for one recipient on one channel: of those that say the dates that hold, for others
    /// are withdrawn at the latest before they are sent. What is over is left as it was.
    private func askForOne(now: Instant) {
        var waiting: [[String]: Book.Delivery] = [:]
        for delivery in book.waiting where !delivery.isOtherwise && !delivery.isOvertaken {
            guard let row = book.rows[delivery.row], let person = person(delivery.recipient)?.id else { continue }
            let occurrence = occurrence(of: row)
            guard let dates = dates[occurrence], row.change != .gone, row.start == dates.start, row.end == dates.end,
                zone(occurrence).endOfDay(dates.end) > now
            else { continue }
            let slot = [
                occurrence.plan, occurrence.campaign, occurrence.occurrence, person, line(delivery.channel) ?? delivery.channel,
            ]
            if let other = waiting.updateValue(delivery, forKey: slot) {
                accuse(.doubled, "two wait for one recipient: \(words(other)); \(words(delivery))")
            }
        }
    }

    // MARK: The last word is true

    /// The last message that each recipient got about an occurrence says the dates that hold now.
    func askLastWords(now: Instant) {
        var last: [[String]: Attempt] = [:]
        var forgotten: Set<[String]> = []
        for attempt in attempts.values.joined() {
            // Of several at one address the first hears of a change.
            guard attempt.copies > 0, let person = person(attempt.recipient), !sharesAddress(person) else { continue }
            let name = book.rows[attempt.reminder.key]?.occurrence ?? attempt.reminder.occurrence
            let occurrence = occurrence(attempt.reminder.key, name, title: attempt.title)
            let topic = [person.id, occurrence.plan, occurrence.campaign, occurrence.occurrence]
            if attempt.isForgotten { forgotten.insert(topic) }
            // In the order in which they were sent: what a slow server takes longer for arrives later.
            if let other = last[topic], (other.began, other.number) > (attempt.began, attempt.number) { continue }
            last[topic] = attempt
        }
        for (topic, attempt) in last where !forgotten.contains(topic) {
            let occurrence = OccurrenceKey(plan: topic[1], campaign: topic[2], occurrence: topic[3])
            judge(attempt, topic[0], occurrence, now: now)
        }
    }

    private func judge(_ attempt: Attempt, _ person: String, _ occurrence: OccurrenceKey, now: Instant) {
        let (said, dates) = (attempt.reminder, dates[occurrence])
        let isCancellation = attempt.kind == .gone
        let holds = isCancellation ? dates == nil : dates?.start == said.start && dates?.end == said.end
        let isOver = zone(occurrence).endOfDay(max(said.end, dates?.end ?? said.end)) <= now
        guard !holds, !isOver, !attempt.isLie, !isOnItsWay(person, occurrence, dates) else { return }
        let word = isCancellation ? "that it is cancelled" : "\(said.start) to \(said.end)"
        let truth = dates.map { "\($0.start) to \($0.end)" } ?? "nothing"
        accuse(.oldDates, "the last word of \(person) is \(word), and the plan says \(truth): \(attempt.words)")
    }

    /// What says the dates that hold waits, was given up, or was dropped by a person.
    private func isOnItsWay(_ person: String, _ occurrence: OccurrenceKey, _ dates: OccurrenceDates?) -> Bool {
        rows(of: occurrence).contains { row in
            let says = row.change == .gone ? dates == nil : row.start == dates?.start && row.end == dates?.end
            return book.deliveries(of: row.key).contains { delivery in
                guard self.person(delivery.recipient)?.id == person else { return false }
                if delivery.why == .dropped { return true }
                return says && [.pending, .inFlight, .dead, .unknown].contains(delivery.state)
            }
        }
    }
}
