import Dates

/// Compares the current plans with the ledger, and decides what to fire, announce and withdraw.
///
/// The evaluation writes nothing. It covers everything, or only the reminders that the agenda found
/// due. The steps are:
///
/// 1. If everything is evaluated, find the occurrences in the ledger that were moved, renamed or
///    removed.
/// 2. Find the recipients of notices about those changes.
/// 3. Apply the rule for what is due to each recipient (`DueEvaluation`).
/// 4. If everything is evaluated, complete reminders that an earlier evaluation began.
///
/// During a hold, nothing is announced, completed or withdrawn. Only reminders that fell due after
/// the held time fire.
struct Evaluation {
    let accepted: ActiveConfiguration
    let reads: any EvaluationReads
    let now: Instant

    /// A change to announce, and its recipients.
    struct Announced {
        let announcement: ActiveConfiguration.Announcement
        /// The occurrence's former days and time, which the change notice shows.
        let before: OccurrenceDates
        let recipients: RecipientSet
        /// Former names under which rows of the occurrence are stored.
        let formerOccurrences: [OccurrenceKey]
    }

    /// A stored reminder whose pending deliveries must no longer be sent.
    struct Withdrawal: Hashable {
        let reminder: ReminderKey
        let why: WithdrawalReason
    }

    struct Outcome {
        var lookedUntil: Instant
        var decision = Decision()
        var renames: [OccurrenceRename] = []
        var announced: [Announced] = []
        var withdrawals: [Withdrawal] = []
        /// Removed occurrences whose cancellation is to be announced later.
        var awaitingCancellation: [OccurrenceKey] = []
    }

    var outcome: Outcome
    private var resolved = ActiveConfiguration.Resolved()
    private let held: ClosedRange<Instant>?
    /// Whether all due leads are candidates and the ledger is not held.
    private var evaluatesEverything = false
    var names: OccurrenceNames
    /// Occurrences with deliveries that were cancelled for a temporary reason.
    ///
    /// Their leads are checked, because a recipient may need an earlier lead after the delivery of
    /// a later one was cancelled.
    var withdrawn: Set<OccurrenceKey> = []
    /// Reminders whose pending deliveries this evaluation withdraws.
    private var withdrawnReminders: Set<ReminderKey> = []
    /// The announcements that this evaluation writes or completes, with their recipients.
    ///
    /// The key is the occurrence's name in the plans.
    var hearing: [OccurrenceKey: (reminder: ReminderKey, due: Instant, recipients: RecipientSet)] = [:]

    init(accepted: ActiveConfiguration, reads: any EvaluationReads, now: Instant) throws(LedgerFailure) {
        self.accepted = accepted
        self.reads = reads
        self.now = now
        held = try reads.held()
        names = OccurrenceNames(plans: accepted.plans)
        outcome = Outcome(lookedUntil: try reads.lookedUntil())
    }

    /// Whether the ledger is held until an operator decides.
    var isHeld: Bool { held != nil }

    /// Runs the evaluation and returns the decisions to write.
    ///
    /// - Parameters:
    ///   - due: The reminders that the agenda found due; nil to evaluate everything.
    ///   - mayCancel: Returns whether the cancellation of an occurrence may be announced now.
    mutating func run(
        due: [Scheduled]?, mayCancel: (OccurrenceKey) -> Bool
    ) throws(LedgerFailure) -> Outcome {
        let all = due ?? accepted.plans.candidatesByCampaign(lookedUntil: outcome.lookedUntil, now: now)
        // Reminders due up to the end of the held range are left out, even those due before the
        // restored copy of the ledger was made. A later edit may have added them, and they may have
        // been sent before the restore.
        let candidates = held.map { held in all.filter { $0.reminder.due > held.upperBound } } ?? all
        evaluatesEverything = due == nil && held == nil
        if evaluatesEverything { try findChanges(mayCancel) }
        let rows = try rows(of: candidates)
        if held != nil {
            // Reminders that have a row are not changed during a hold.
            let new = candidates.indices.filter { rows[$0] == nil }.map { candidates[$0] }
            try decide(new, new.map { _ in nil })
            return outcome
        }
        try decide(candidates, rows)
        if evaluatesEverything { try completeUnfinished(besides: rows) }
        return outcome
    }

    /// Decides which of the candidates are due, and adds the decisions to `outcome`.
    ///
    /// - Parameter rows: The ledger's rows of the candidates, in the same order; nil for a
    ///   candidate without a row.
    private mutating func decide(_ candidates: [Scheduled], _ rows: [RecordedReminder?]) throws(LedgerFailure) {
        var history = NotificationHistory()
        let rule = DueEvaluation(accepted: accepted, now: now, lookedUntil: outcome.lookedUntil)
        var undecided: Set<OccurrencePlace> = []
        var reordered: [ReminderKey: RecordedReminder] = [:]
        for leads in openOccurrences(candidates) {
            let first = candidates[leads[0]]
            let isReordered = isReordered(leads, candidates, rows)
            if isReordered { for row in leads.compactMap({ rows[$0] }) { reordered[row.key] = row } }
            let mayLack =
                !withdrawn.isEmpty && withdrawn.contains(first.reminder.occurrenceKey)
                || leads.contains { rule.needsRecipients(candidates[$0], rows[$0], &resolved) }
                || isReordered
            guard mayLack else { continue }
            for index in leads { history.recorded[candidates[index].reminder.key] = rows[index] }
            history.standing[first.reminder.occurrenceKey] = try standing(
                first, leads.map { candidates[$0] }, history.recorded)
            undecided.insert(OccurrencePlace(first).campaign)
        }
        // Reminders of two occurrences of one campaign may have the same identity. Therefore, if
        // one occurrence of a campaign is decided, all are.
        var relevant: [Scheduled] = []
        for (candidate, row) in zip(candidates, rows)
        where candidate.reminder.deadline <= now
            || !undecided.isEmpty && undecided.contains(OccurrencePlace(candidate).campaign)
        {
            relevant.append(candidate)
            history.recorded[candidate.reminder.key] = row
        }
        var decision = rule.decide(relevant, history, &resolved)
        // If the leads get their old order back, a recipient may lack one of them. The fingerprint
        // 0 makes the next evaluation check these leads again.
        for (key, row) in reordered where decision.named[key] != nil { decision.named[key] = row.named == 0 ? nil : 0 }
        for index in decision.topUps.indices where reordered[decision.topUps[index].recorded.key] != nil {
            decision.topUps[index].named = 0
        }
        for topUp in decision.topUps where topUp.dates != nil {
            // Pending deliveries with the old dates are cancelled first. The recipients of the lead
            // then get new deliveries with the new dates.
            withdraw(topUp.recorded.key, why: .changed)
        }
        spareAnnouncements(decision, history)
        outcome.decision.firings += decision.firings
        outcome.decision.topUps += decision.topUps
        outcome.decision.superseded += decision.superseded
        outcome.decision.missed += decision.missed
        outcome.decision.named.merge(decision.named) { $1 }
    }

    /// Returns whether two leads of the occurrence are due in another order than when they fired.
    ///
    /// This happens when hours or working days have changed. Recipients who got one of the two as
    /// the latest lead may now lack the other lead.
    private func isReordered(_ leads: [Int], _ candidates: [Scheduled], _ rows: [RecordedReminder?]) -> Bool {
        // If only due leads are evaluated, the other leads of the occurrence are not candidates. In
        // that case, a lead counts as reordered if it is due later than its row says.
        guard evaluatesEverything else {
            return leads.contains { index in rows[index].map { $0.due < candidates[index].reminder.due } ?? false }
        }
        guard leads.count > 1 else { return false }
        let dues = leads.compactMap { index in rows[index].map { (then: $0.due, now: candidates[index].reminder.due) } }
        return dues.contains { later in dues.contains { later.now > $0.now && later.then <= $0.then } }
    }

    /// Drops added deliveries of a change notice if the recipient has or gets a later lead.
    ///
    /// The later lead already shows them the current dates.
    private mutating func spareAnnouncements(_ decision: Decision, _ history: NotificationHistory) {
        guard !outcome.decision.topUps.isEmpty else { return }
        var getters: [OccurrenceKey: [(due: Instant, recipients: RecipientSet)]] = [:]
        for firing in decision.firings {
            let reminder = firing.scheduled.reminder
            getters[reminder.occurrenceKey, default: []].append((reminder.due, firing.recipients))
        }
        for topUp in decision.topUps {
            guard let due = topUp.scheduled?.reminder.due else { continue }
            getters[topUp.occurrence, default: []].append((due, topUp.recipients))
        }
        for index in outcome.decision.topUps.indices {
            let topUp = outcome.decision.topUps[index]
            guard let hearing = hearing[topUp.occurrence], hearing.reminder == topUp.recorded.key else { continue }
            let later = getters[topUp.occurrence, default: []].filter { $0.due > hearing.due }.map(\.recipients)
            let had = history.standing[topUp.occurrence]?.hasLater(than: hearing.reminder, due: hearing.due) ?? RecipientSet()
            outcome.decision.topUps[index].recipients = topUp.recipients.subtracting(RecipientSet.union(later + [had]))
        }
    }

    /// Returns the indices of candidates before their deadline, grouped by occurrence.
    ///
    /// The groups, and the indices in each group, are in the order of the candidates.
    private func openOccurrences(_ candidates: [Scheduled]) -> [[Int]] {
        var open: [[Int]] = []
        var indices: [OccurrencePlace: Int] = [:]
        var last: (place: OccurrencePlace, index: Int)?
        for (position, candidate) in candidates.enumerated() where candidate.reminder.deadline > now {
            let place = OccurrencePlace(candidate)
            // Compares with the occurrence of the previous candidate first, because the leads of
            // one occurrence are mostly adjacent.
            if let last, last.place == place {
                open[last.index].append(position)
            } else if let index = indices[place] {
                open[index].append(position)
                last = (place, index)
            } else {
                indices[place] = open.count
                last = (place, open.count)
                open.append([position])
            }
        }
        return open
    }

    /// An occurrence, identified by its name and the positions of its plan and campaign.
    ///
    /// With tens of thousands of occurrences, comparing positions is faster than comparing ids.
    private struct OccurrencePlace: Hashable {
        let plan: Int
        let position: Int
        let occurrence: String

        init(_ scheduled: Scheduled) {
            (plan, position, occurrence) = (scheduled.plan, scheduled.campaign, scheduled.reminder.occurrence)
        }

        private init(plan: Int, position: Int) { (self.plan, self.position, occurrence) = (plan, position, "") }

        /// The key that stands for all occurrences of the campaign.
        var campaign: OccurrencePlace { OccurrencePlace(plan: plan, position: position) }
    }

    mutating func withdraw(_ reminder: ReminderKey, why: WithdrawalReason) {
        withdrawnReminders.insert(reminder)
        let withdrawal = Withdrawal(reminder: reminder, why: why)
        if !outcome.withdrawals.contains(withdrawal) { outcome.withdrawals.append(withdrawal) }
    }

    // MARK: Reading the ledger

    /// Returns the row of each candidate, under its current or former names; nil if there is none.
    private func rows(of candidates: [Scheduled]) throws(LedgerFailure) -> [RecordedReminder?] {
        var found = try reads.rows(of: candidates.map(\.reminder.key))
        var former: [(key: ReminderKey, position: Int)] = []
        for (position, candidate) in candidates.enumerated()
        where found[position] == nil && accepted.plans.hasFormerNames(plan: candidate.plan, campaign: candidate.campaign) {
            let key = candidate.reminder.key
            for name in accepted.plans.names(plan: candidate.plan, campaign: candidate.campaign).dropFirst() {
                let stored = ReminderKey(plan: name.plan, campaign: name.campaign, lead: key.lead, anchor: key.anchor)
                former.append((stored, position))
            }
        }
        for (row, position) in zip(try reads.rows(of: former.map(\.key)), former.map(\.position)) where found[position] == nil {
            found[position] = row
        }
        return found
    }

    /// Returns the names in `occurrences(of:)` except `occurrence` itself.
    func formerOccurrences(of occurrence: OccurrenceKey) -> [OccurrenceKey] { names.former(of: occurrence) }

    /// Returns the names that an occurrence's rows have after this evaluation's renames.
    func occurrences(of occurrence: OccurrenceKey) -> [OccurrenceKey] { names.all(of: occurrence) }

    func shares(of occurrence: OccurrenceKey) throws(LedgerFailure) -> [DeliveryShare] {
        var shares: [DeliveryShare] = []
        for name in names.stored(occurrence) { shares += try reads.shares(of: name, in: accepted.directory) }
        return shares.sorted { $0.serial < $1.serial }
    }

    /// Returns the deliveries of an occurrence that still count, as sets of recipients.
    ///
    /// A delivery with outdated dates counts only if its recipient was notified.
    private func standing(
        _ first: Scheduled, _ leads: [Scheduled], _ recorded: [ReminderKey: RecordedReminder]
    ) throws(LedgerFailure) -> StandingDeliveries {
        let occurrence = first.reminder.occurrenceKey
        let today = accepted.plans.plans[first.plan].zone.civil(at: now).day
        var dues: [ReminderKey: (key: ReminderKey, due: Instant)] = [:]
        for lead in leads {
            let key = lead.reminder.key
            dues[recorded[key]?.key ?? key] = (key, lead.reminder.due)
        }
        var standing = StandingDeliveries()
        let directory = accepted.directory
        if let hearing = hearing[occurrence] {
            standing.add(directory.withSharedAddresses(hearing.recipients), of: hearing.reminder, due: hearing.due)
        }
        let strays = try strayShares(leads, recorded, of: occurrence)
        for share in try shares(of: occurrence) + strays {
            let stored = share.stored.reminder
            // If the hour of a lead was changed, its current due time is used.
            let (key, due) = dues[stored.key] ?? (stored.key, stored.due)
            let holds =
                share.stored.change != .gone && stored.dates.isSame(as: first.reminder.dates)
                || max(stored.end, first.reminder.end) < today && !withdrawnReminders.contains(stored.key)
            let informed = holds ? directory.withSharedAddresses(share.notified.union(share.waiting)) : RecipientSet()
            standing.add(
                holds
                    ? directory.withSharedAddresses(informed.union(share.ended)) : directory.withSharedAddresses(share.notified),
                of: key, due: due, informed: informed)
            // Pending deliveries with outdated dates count as withdrawn, because this evaluation
            // withdraws them.
            standing.addWithdrawn(
                holds ? share.withdrawn : share.withdrawn.union(share.waiting),
                failedOver: share.failedOver.subtracting(share.notified), of: key)
        }
        return standing
    }

    /// Returns the deliveries of these leads that are stored under another occurrence.
    ///
    /// This happens if an edit has given the lead's anchor day to another occurrence.
    private func strayShares(
        _ leads: [Scheduled], _ recorded: [ReminderKey: RecordedReminder], of occurrence: OccurrenceKey
    ) throws(LedgerFailure) -> [DeliveryShare] {
        var strays: [OccurrenceKey: Set<ReminderKey>] = [:]
        for lead in leads {
            guard let row = recorded[lead.reminder.key], !row.occurrence.isEmpty else { continue }
            let name = OccurrenceKey(plan: row.key.plan, campaign: row.key.campaign, occurrence: row.occurrence)
            strays[name, default: []].insert(row.key)
        }
        var shares: [DeliveryShare] = []
        let usual = names.stored(occurrence)
        for (name, keys) in strays where !usual.contains(name) {
            shares += try reads.shares(of: name, in: accepted.directory).filter { keys.contains($0.stored.reminder.key) }
        }
        return shares
    }

    // MARK: Completing reminders

    /// Completes reminders that are not candidates and whose deliveries were not all written.
    ///
    /// This includes reminders past their deadline, so that the ledger shows each recipient who got
    /// nothing. A lead that is no longer valid is marked as complete after its deadline. A change
    /// notice is marked immediately, because `completeAnnouncement` has already checked it.
    private mutating func completeUnfinished(
        besides candidates: [RecordedReminder?]
    ) throws(LedgerFailure) {
        let unfinished = try reads.unfinished()
        guard !unfinished.isEmpty else { return }
        let others = Set(candidates.compactMap { $0?.key })
        let done = Set(outcome.decision.topUps.map(\.recorded.key)).union(outcome.decision.named.keys)
        let rows = try reads.rows(of: unfinished.map(\.reminder.key))
        for (stored, row) in zip(unfinished, rows)
        where !others.contains(stored.reminder.key) && !done.contains(stored.reminder.key) {
            guard let row else { continue }
            let key = stored.reminder.key
            let position = accepted.plans.position(plan: key.plan, campaign: key.campaign)
            let campaign = position.map { accepted.plans.plans[$0.plan].campaigns[$0.campaign] }
            let lead = campaign?.leads.first { $0.id == key.lead }
            guard stored.change == nil, let position, let campaign, let lead, accepted.holds(stored, now: now) else {
                // Before its deadline, a lead stays unfinished, because a later edit may restore
                // its occurrence or campaign.
                if stored.change != nil || row.deadline <= now { outcome.decision.named[key] = 0 }
                continue
            }
            let notified = accepted.named(lead.notify, position.plan, &resolved)
            let occurrence = OccurrenceKey(
                plan: accepted.plans.plans[position.plan].id, campaign: campaign.id, occurrence: stored.reminder.occurrence)
            var has = RecipientSet()
            for share in try shares(of: occurrence)
            where share.stored.reminder.key == key || share.stored.reminder.due >= stored.reminder.due {
                has = has.union(share.notified).union(share.waiting).union(share.ended)
            }
            outcome.decision.topUps.append(
                TopUp(
                    recorded: row, recipients: notified.positions.subtracting(has), everyone: notified.positions,
                    joined: RecipientSet(), named: notified.fingerprint, dates: nil, occurrence: occurrence))
        }
    }
}
