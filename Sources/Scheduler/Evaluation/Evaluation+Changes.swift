import Dates

// Finds occurrences that were moved, renamed or removed, and the recipients who have to be notified
// of the change.

extension Evaluation {
    mutating func findChanges(_ mayCancel: (OccurrenceKey) -> Bool) throws(LedgerFailure) {
        let since = Zone.utc.civil(at: now).day - ActiveConfiguration.memory_days
        let known = accepted.known(try reads.notifiedOccurrences(endingOnOrAfter: since))
        outcome.renames = accepted.renames(of: known)
        for rename in outcome.renames { names.rename(rename) }
        var numbers: [[String]: Int] = [:]
        for one in known {
            if one.newName != one.name || one.stored != [one.name] { names.setStored(one.stored, of: one.newName) }
            if one.hasWithdrawn { withdrawn.insert(one.newName) }
            if accepted.announcement(about: one, number: 0, now: now) != nil {
                // If the occurrence `isJoined`, `changed` may find nobody to notify. An earlier
                // announcement may then have to be completed.
                if try changed(one, among: known, mayCancel, &numbers) || !one.isJoined { continue }
            }
            if hearing[one.newName] == nil { try completeAnnouncement(of: one) }
        }
    }

    /// Decides which recipients are notified that an occurrence was moved or removed.
    ///
    /// Also withdraws pending deliveries with other dates.
    ///
    /// - Returns: Whether a recipient is notified of the change, now or when the cancellation may
    ///   be announced.
    private mutating func changed(
        _ one: KnownOccurrence, among known: [KnownOccurrence], _ mayCancel: (OccurrenceKey) -> Bool,
        _ numbers: inout [[String]: Int]
    ) throws(LedgerFailure) -> Bool {
        let why: WithdrawalReason = one.current == nil ? .gone : .changed
        var (recipients, heard) = (RecipientSet(), RecipientSet())
        /// The former dates that the change notice shows; nil for the last announced dates.
        ///
        /// They are the latest outdated dates that a recipient was notified of. Set only if the
        /// occurrence `isUnannounced`.
        var toldDates: OccurrenceDates?
        /// The recipients to whom an older reminder was sent after the cancellation notice.
        ///
        /// nil unless the occurrence `isJoined` and its latest reminder is the cancellation notice.
        var since: RecipientSet?
        let all = try shares(of: one.newName)
        // For each recipient, only the last message counts. If it has the current dates, the
        // recipient gets no notice.
        for share in all.reversed() {
            let reached = share.notified.union(share.perhapsNotified)
            if !share.says(one.current) {
                let misinformed = reached.subtracting(heard)
                recipients = recipients.union(misinformed)
                if one.isUnannounced, toldDates == nil, share.stored.change != .gone, !misinformed.isEmpty {
                    toldDates = share.stored.reminder.dates
                }
            }
            if !share.waiting.isEmpty, !one.holds(share.stored) {
                withdraw(share.stored.reminder.key, why: why)
                // The withdrawn reminder may have superseded a lead that is valid again.
                withdrawn.insert(one.newName)
            }
            // A withdrawn delivery with the current dates does not count, because its message may
            // not have arrived.
            var word = share.says(one.current) ? share.notified : reached
            if one.current == nil, share.stored.change == .gone {
                // An older reminder may have been sent after this cancellation notice. For example,
                // it was sent through `otherwise` while the campaign was restored, or belongs to
                // another campaign with the same title.
                let later = try reads.notified(
                    after: share.stored.reminder.key, of: names.stored(one.newName), in: accepted.directory)
                word = word.subtracting(later)
                if one.isJoined, share.serial == one.latest.serial {
                    word = word.union(share.waiting)
                    since = later
                }
            }
            heard = heard.union(word)
        }
        // Only recipients in `since` need another cancellation notice. The earlier notice is enough
        // for all other recipients.
        if let since { recipients = recipients.intersection(since) }
        guard !recipients.isEmpty else { return false }
        if one.current == nil, !mayCancel(one.name) {
            outcome.awaitingCancellation.append(one.name)
            return true
        }
        let number = try nextNumber(of: one, among: known, &numbers)
        guard let announcement = accepted.announcement(about: one, number: number, now: now) else { return false }
        let own = announcement.reminder.occurrenceKey
        outcome.announced.append(
            Announced(
                announcement: announcement, before: toldDates ?? one.latest.dates, recipients: recipients,
                formerOccurrences: names.former(of: own)))
        hearing[own] = (announcement.reminder.key, announcement.reminder.due, recipients)
        return true
    }

    /// Returns the number of the campaign's next change notice, for its name `moved N`.
    ///
    /// The number is one more than the highest number in the ledger or in this evaluation.
    private func nextNumber(
        of one: KnownOccurrence, among known: [KnownOccurrence], _ numbers: inout [[String]: Int]
    ) throws(LedgerFailure) -> Int {
        let campaign = [one.name.plan, one.name.campaign]
        var highest = numbers[campaign] ?? 0
        if highest == 0 {
            // The ids of a removed campaign are known only from its stored occurrences, which may
            // have different campaign ids.
            let siblings = known.filter { [$0.name.plan, $0.name.campaign] == campaign }.flatMap(\.stored)
            for name in Set((names.stored(one.name) + siblings).map { [$0.plan, $0.campaign] }) {
                highest = max(highest, try reads.highestChange(plan: name[0], campaign: name[1]))
            }
        }
        numbers[campaign] = highest + 1
        return highest + 1
    }

    /// Adds missing deliveries of the last change notice of an occurrence.
    ///
    /// The recipients were notified of the occurrence before the notice fired. They lack the notice
    /// for one of these reasons:
    /// - Not all deliveries of the notice are written yet.
    /// - They were not in the configuration when the notice fired.
    /// - Their channel has changed.
    private mutating func completeAnnouncement(of one: KnownOccurrence) throws(LedgerFailure) {
        guard let announced = one.change else { return }
        let row = announced.reminder
        let directory = accepted.directory
        let isKnown = row.isComplete && row.named == directory.fingerprint
        // Checks cancellation notices again even if they are complete. While an edit had restored
        // the occurrence, older reminders may have been sent to more recipients.
        guard !row.isClosed, row.deadline > now || !row.isComplete,
            !isKnown || row.hasWithdrawn || announced.change == .gone, !row.isComplete || one.isSaid(by: announced)
        else { return }
        var (has, later, failedOver, isAfter) = (RecipientSet(), RecipientSet(), RecipientSet(), true)
        // Recipients who have the announcement through one channel do not get it through another
        // channel. For each recipient, only the last message counts.
        var (misinformed, heard) = (RecipientSet(), RecipientSet())
        for share in try shares(of: one.newName).reversed() {
            if share.stored.reminder.key == row.key {
                has = share.notified.union(share.waiting).union(share.ended)
                failedOver = share.failedOver.subtracting(share.notified)
                isAfter = false
            } else if isAfter {
                later = later.union(share.notified).union(share.waiting)
            } else if !share.says(one.current) {
                misinformed = misinformed.union(share.notified.union(share.perhapsNotified).subtracting(heard))
            }
            heard = heard.union(share.notified)
        }
        // A row without a fingerprint (`named`) was written by version 0.1.0. If it is complete,
        // only recipients whose channel has changed get further deliveries.
        if row.named == nil && row.isComplete { misinformed = RecipientSet() }
        let lacking = misinformed.subtracting(directory.withSharedAddresses(has)).union(failedOver)
            .subtracting(directory.withSharedAddresses(later))
        if lacking.isEmpty {
            if !isKnown { outcome.decision.named[row.key] = directory.fingerprint }
        } else {
            outcome.decision.topUps.append(
                TopUp(
                    recorded: row, recipients: lacking, everyone: misinformed.union(has), joined: RecipientSet(),
                    named: directory.fingerprint, dates: nil, occurrence: one.newName))
            hearing[one.newName] = (row.key, row.due, lacking)
        }
    }
}
