import Dates
import Plans
import Scheduler

// Checks of what the program promises to an office.
//
// The checks use neither the rule nor the results of evaluations. They check two promises. First,
// every recipient in the current plans has the latest reminder exactly once. Second, the last
// message that a recipient got is still true.
//
// The first promise is checked whenever the main loop sleeps. The second is checked at the end of
// every quiet time, when everything that can arrive has arrived.

extension Oracle {
    // MARK: Everyone has the latest reminder, once

    /// Checks that recipients have a delivery of the latest due lead that names them.
    ///
    /// A delivery of a later lead or a change notice is enough. A recipient may not have two such
    /// deliveries pending at the same time.
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

    /// Returns whether a recipient needs no delivery of a lead that names the recipient.
    private func isExempt(_ recipient: Recipient, _ lead: Expected, _ occurrence: OccurrenceKey) -> Bool {
        if let row = row(lead.reminder.key) {
            // The reminder was missed, or an operator dropped it.
            if row.isClosed { return true }
            // The row belongs to another occurrence. A reminder's identity is never used twice.
            if row.occurrence != occurrence.occurrence { return true }
        }
        // If several recipients have one address, only the first recipient gets the message.
        if sharesAddress(recipient) { return true }
        // If `joiners` or `catchUp` is `none`, recipients who were named only after the lead was
        // due do not get the lead, unless a delivery to them was withdrawn.
        let joiners = plans.first { $0.id == occurrence.plan }?.joiners
        guard joiners == Joiners.none || catchUp == .none else { return false }
        let dates = dates[occurrence]
        return !rows(of: occurrence).contains { row in
            row.told == dates?.told
                && book.deliveries(of: row.key).contains { person($0.recipient)?.id == recipient.id && $0.isRevivable }
        }
    }

    /// Checks that no recipient has two pending reminders of one occurrence on one channel.
    ///
    /// Only reminders with the current dates count, because all others are withdrawn before they
    /// are sent. Occurrences that are over are not checked.
    private func askForOne(now: Instant) {
        var waiting: [[String]: Book.Delivery] = [:]
        for delivery in book.waiting where !delivery.isOtherwise && !delivery.isOvertaken {
            guard let row = book.rows[delivery.row], let person = person(delivery.recipient)?.id else { continue }
            let occurrence = occurrence(of: row)
            guard let dates = dates[occurrence], row.change != .gone, row.told == dates.told,
                dates.told.end(in: zone(occurrence)) > now
            else { continue }
            let slot = [
                occurrence.plan, occurrence.campaign, occurrence.occurrence, person, line(delivery.channel) ?? delivery.channel,
            ]
            if let other = waiting.updateValue(delivery, forKey: slot) {
                accuse(.doubled, "two wait for one recipient: \(words(other)); \(words(delivery))")
            }
        }
    }

    // MARK: The last message is true

    /// Checks that each recipient's last message about an occurrence contains its current dates.
    func askLastWords(now: Instant) {
        var last: [[String]: Attempt] = [:]
        var forgotten: Set<[String]> = []
        for attempt in attempts.values.joined() {
            // If several recipients have one address, only the first recipient gets the change
            // notice.
            guard attempt.copies > 0, let person = person(attempt.recipient), !sharesAddress(person) else { continue }
            let name = book.rows[attempt.reminder.key]?.occurrence ?? attempt.reminder.occurrence
            let occurrence = occurrence(attempt.reminder.key, name, title: attempt.title)
            let topic = [person.id, occurrence.plan, occurrence.campaign, occurrence.occurrence]
            if attempt.isForgotten { forgotten.insert(topic) }
            // Compares the order of sending, because a slow server delivers messages later.
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
        let holds = isCancellation ? dates == nil : dates?.told == said.told
        let isOver = end(occurrence, said.told, dates) <= now
        guard !holds, !isOver, !attempt.isLie, !isOnItsWay(person, occurrence, dates) else { return }
        let word = isCancellation ? "that it is cancelled" : "\(said.told)"
        let truth = dates.map { "\($0.told)" } ?? "nothing"
        accuse(.oldDates, "the last message to \(person) says \(word), and the plan says \(truth): \(attempt.words)")
    }

    /// Returns whether a message with the current dates is pending, in flight, unknown or dead.
    ///
    /// Returns true also if an operator dropped a message to this recipient about the occurrence.
    private func isOnItsWay(_ person: String, _ occurrence: OccurrenceKey, _ dates: OccurrenceDates?) -> Bool {
        rows(of: occurrence).contains { row in
            let says = row.change == .gone ? dates == nil : row.told == dates?.told
            return book.deliveries(of: row.key).contains { delivery in
                guard self.person(delivery.recipient)?.id == person else { return false }
                if delivery.why == .dropped { return true }
                return says && [.pending, .inFlight, .dead, .unknown].contains(delivery.state)
            }
        }
    }
}
