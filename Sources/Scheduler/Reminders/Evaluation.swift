import Dates

/// One evaluation: what the plans say now against what the ledger has. Reads and decides; writes nothing.
///
/// 1. Which occurrences of the ledger have other dates now, another name, or are gone (only where everything is looked at).
/// 2. Who hears of those changes.
/// 3. The rule for what is due, for each recipient (`DueEvaluation`).
/// 4. What an earlier evaluation began and did not complete.
///
/// While a hold stands nothing is announced, completed or withdrawn: only reminders that fell due after it fire.
struct Evaluation {
    let accepted: Accepted
    let reads: any EvaluationReads
    let now: Instant

    /// A change to announce, and to whom.
    struct Announced {
        let announcement: Accepted.Announcement
        /// The occurrence's days as they were notified last.
        let before: ClosedRange<Day>
        let recipients: Positions
        /// Names of the occurrence's rows but its own.
        let formerOccurrences: [OccurrenceKey]
    }

    /// Pending deliveries that must not be sent any more, by their reminder as it is stored.
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
        /// Occurrences that are gone, of which somebody was notified, and whose cancellation is not to be announced yet.
        var awaitingCancellation: [OccurrenceKey] = []
    }

    private var outcome: Outcome
    private var resolved = Accepted.Resolved()
    private let held: ClosedRange<Instant>?
    /// The candidates are all leads that are due, and nothing is held.
    private var looksAtEverything = false
    /// By an occurrence's name in the plans: the names of its rows that `names(plan:campaign:)` does not give.
    private var earlierNames: [OccurrenceKey: [OccurrenceKey]] = [:]
    /// Of stored occurrences that go under another name from this evaluation on: that name.
    private var newNames: [OccurrenceKey: String] = [:]
    /// Occurrences with deliveries that were cancelled for a reason that may end: who lacks one now may have had a later lead's.
    private var withdrawn: Set<OccurrenceKey> = []
    /// Reminders of which this evaluation withdraws what is pending.
    private var withdrawnReminders: Set<ReminderKey> = []
    /// By an occurrence's name in the plans: the announcement that this evaluation writes or completes, and to whom.
    private var hearing: [OccurrenceKey: (reminder: ReminderKey, due: Instant, recipients: Positions)] = [:]

    init(accepted: Accepted, reads: any EvaluationReads, now: Instant) throws(LedgerFailure) {
        self.accepted = accepted
        self.reads = reads
        self.now = now
        held = try reads.held()
        outcome = Outcome(lookedUntil: try reads.lookedUntil())
    }

    /// A person has to answer first: only reminders that fell due since fire.
    var isHeld: Bool { held != nil }

    /// - Parameters:
    ///   - due: what the agenda found due; nil: everything is looked at, nothing that is remembered is trusted.
    ///   - mayCancel: whether the cancellation of an occurrence may be announced now.
    mutating func run(
        due: [Scheduled]?, mayCancel: (OccurrenceKey) -> Bool
    ) throws(LedgerFailure) -> Outcome {
        let all = due ?? accepted.plans.candidatesByCampaign(lookedUntil: outcome.lookedUntil, now: now)
        // Also what fell due before the copy was made: a plan changed since may have brought it, and it was sent then.
        let candidates = held.map { held in all.filter { $0.reminder.due > held.upperBound } } ?? all
        looksAtEverything = due == nil && held == nil
        if looksAtEverything { try findChanges(mayCancel) }
        let rows = try rows(of: candidates)
        if held != nil {
            // What is there already is kept as it is.
            let new = candidates.indices.filter { rows[$0] == nil }.map { candidates[$0] }
            try decide(new, new.map { _ in nil })
            return outcome
        }
        try decide(candidates, rows)
        if looksAtEverything { try completeUnfinished(besides: rows) }
        return outcome
    }

    /// - Parameter rows: those that the ledger has of the candidates, in their order.
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
        // Two occurrences of one campaign may share an identity: where one is decided, so are all.
        var relevant: [Scheduled] = []
        for (candidate, row) in zip(candidates, rows)
        where candidate.reminder.deadline <= now
            || !undecided.isEmpty && undecided.contains(OccurrencePlace(candidate).campaign)
        {
            relevant.append(candidate)
            history.recorded[candidate.reminder.key] = row
        }
        var decision = rule.decide(relevant, history, &resolved)
        // A recipient who lacks none of these leads in their present order may lack one in the order in which they fired. So the
        // next evaluation looks at them again.
        for (key, row) in reordered where decision.named[key] != nil { decision.named[key] = row.named == 0 ? nil : 0 }
        for index in decision.topUps.indices where reordered[decision.topUps[index].recorded.key] != nil {
            decision.topUps[index].named = 0
        }
        for topUp in decision.topUps where topUp.dates != nil {
            // What waits under the old dates is cancelled first; those whom the lead names get it back with the new ones.
            withdraw(topUp.recorded.key, why: .changed)
        }
        spareAnnouncements(decision, history)
        outcome.decision.firings += decision.firings
        outcome.decision.topUps += decision.topUps
        outcome.decision.superseded += decision.superseded
        outcome.decision.missed += decision.missed
        outcome.decision.named.merge(decision.named) { $1 }
    }

    /// Whether two leads of the occurrence are due in another order than when they fired, because hours or working days have changed.
    /// The lead that is later now may be the latest one for recipients who got the other.
    private func isReordered(_ leads: [Int], _ candidates: [Scheduled], _ rows: [RecordedReminder?]) -> Bool {
        // The other leads are no candidates where it has just become due again.
        guard looksAtEverything else {
            return leads.contains { index in rows[index].map { $0.due < candidates[index].reminder.due } ?? false }
        }
        guard leads.count > 1 else { return false }
        let dues = leads.compactMap { index in rows[index].map { (then: $0.due, now: candidates[index].reminder.due) } }
        return dues.contains { later in dues.contains { later.now > $0.now && later.then <= $0.then } }
    }

    /// Takes recipients out of an announcement's completion who have, or get now, a later lead with the dates that hold: the lead tells them
    /// the same.
    private mutating func spareAnnouncements(_ decision: Decision, _ history: NotificationHistory) {
        guard !outcome.decision.topUps.isEmpty else { return }
        var getters: [OccurrenceKey: [(due: Instant, recipients: Positions)]] = [:]
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
            let had = history.standing[topUp.occurrence]?.hasLater(than: hearing.reminder, due: hearing.due) ?? Positions()
            outcome.decision.topUps[index].recipients = topUp.recipients.subtracting(Positions.union(later + [had]))
        }
    }

    /// The positions of each occurrence's leads whose deadline is ahead, in the order of the candidates.
    private func openOccurrences(_ candidates: [Scheduled]) -> [[Int]] {
        var open: [[Int]] = []
        var indices: [OccurrencePlace: Int] = [:]
        var last: (place: OccurrencePlace, index: Int)?
        for (position, candidate) in candidates.enumerated() where candidate.reminder.deadline > now {
            let place = OccurrencePlace(candidate)
            // Those of one occurrence mostly stand side by side.
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

    /// An occurrence by its campaign's position: of tens of thousands quicker than by names.
    private struct OccurrencePlace: Hashable {
        let plan: Int
        let position: Int
        let occurrence: String

        init(_ scheduled: Scheduled) {
            (plan, position, occurrence) = (scheduled.plan, scheduled.campaign, scheduled.reminder.occurrence)
        }

        private init(plan: Int, position: Int) { (self.plan, self.position, occurrence) = (plan, position, "") }

        /// Of all occurrences of the campaign.
        var campaign: OccurrencePlace { OccurrencePlace(plan: plan, position: position) }
    }

    private mutating func withdraw(_ reminder: ReminderKey, why: WithdrawalReason) {
        withdrawnReminders.insert(reminder)
        let withdrawal = Withdrawal(reminder: reminder, why: why)
        if !outcome.withdrawals.contains(withdrawal) { outcome.withdrawals.append(withdrawal) }
    }

    // MARK: What the ledger has

    /// The row of each, under its present names or former ones.
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

    /// The names under which rows of an occurrence stand.
    private func storedNames(_ occurrence: OccurrenceKey) -> [OccurrenceKey] {
        let names = accepted.plans.position(plan: occurrence.plan, campaign: occurrence.campaign).map {
            accepted.plans.names(plan: $0.plan, campaign: $0.campaign)
        }
        let usual = (names ?? [(occurrence.plan, occurrence.campaign)]).map {
            OccurrenceKey(plan: $0.plan, campaign: $0.campaign, occurrence: occurrence.occurrence)
        }
        // Another occurrence had this name until now, and its rows go by another.
        .filter { newNames[$0].map { $0 == occurrence.occurrence } ?? true }
        guard let earlier = earlierNames[occurrence] else { return usual }
        return earlier + usual.filter { !earlier.contains($0) }
    }

    /// Names of an occurrence's rows but its own, once this evaluation's renames are written.
    func formerOccurrences(of occurrence: OccurrenceKey) -> [OccurrenceKey] {
        occurrences(of: occurrence).filter { $0 != occurrence }
    }

    /// The names of an occurrence's rows, once this evaluation's renames are written.
    func occurrences(of occurrence: OccurrenceKey) -> [OccurrenceKey] {
        var names: [OccurrenceKey] = []
        for name in storedNames(occurrence) {
            let now = newNames[name].map { OccurrenceKey(plan: name.plan, campaign: name.campaign, occurrence: $0) } ?? name
            if !names.contains(now) { names.append(now) }
        }
        return names
    }

    private func shares(of occurrence: OccurrenceKey) throws(LedgerFailure) -> [DeliveryShare] {
        var shares: [DeliveryShare] = []
        for name in storedNames(occurrence) { shares += try reads.shares(of: name, in: accepted.directory) }
        return shares.sorted { $0.serial < $1.serial }
    }

    /// Who has a standing delivery of the occurrence of these leads.
    ///
    /// Deliveries under other dates than those that hold stand only for those who were notified: what waits under them is not
    /// sent, and what ended under them says nothing about the dates that hold.
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
        if let hearing = hearing[occurrence] {
            standing.add(hearing.recipients, of: hearing.reminder, due: hearing.due)
        }
        let strays = try strayShares(leads, recorded, of: occurrence)
        for share in try shares(of: occurrence) + strays {
            let stored = share.stored.reminder
            // A lead whose hour was changed counts with the hour that it has now.
            let (key, due) = dues[stored.key] ?? (stored.key, stored.due)
            let holds =
                share.stored.change != .gone && stored.start == first.reminder.start && stored.end == first.reminder.end
                || max(stored.end, first.reminder.end) < today && !withdrawnReminders.contains(stored.key)
            let informed = holds ? share.notified.union(share.waiting) : Positions()
            standing.add(
                holds ? informed.union(share.ended) : share.notified, of: key, due: due, informed: informed)
            // What waits under other dates is withdrawn by this evaluation.
            standing.addWithdrawn(
                holds ? share.withdrawn : share.withdrawn.union(share.waiting),
                rerouted: share.rerouted.subtracting(share.notified), of: key)
        }
        return standing
    }

    /// Of leads whose rows bear another occurrence's name: an edit has given it to other dates, and the identity is theirs.
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
        let usual = storedNames(occurrence)
        for (name, keys) in strays where !usual.contains(name) {
            shares += try reads.shares(of: name, in: accepted.directory).filter { keys.contains($0.stored.reminder.key) }
        }
        return shares
    }

    // MARK: Changes

    private mutating func findChanges(_ mayCancel: (OccurrenceKey) -> Bool) throws(LedgerFailure) {
        let since = Zone.utc.civil(at: now).day - Accepted.memory_days
        let known = accepted.known(try reads.notifiedOccurrences(endingOnOrAfter: since))
        outcome.renames = accepted.renames(of: known)
        for rename in outcome.renames { newNames[rename.from] = rename.to }
        var numbers: [[String]: Int] = [:]
        for one in known {
            if one.newName != one.name || one.stored != [one.name] { earlierNames[one.newName] = one.stored }
            if one.hasWithdrawn { withdrawn.insert(one.newName) }
            if accepted.announcement(about: one, number: 0, now: now) != nil {
                // If nobody has to hear of it, an earlier cancellation is completed below.
                if try changed(one, among: known, mayCancel, &numbers) || !one.isJoined { continue }
            }
            if hearing[one.newName] == nil { try completeAnnouncement(of: one) }
        }
    }

    /// An occurrence that has other dates now, or none.
    /// - Returns: whether somebody hears of it, now or when the cancellation may be announced.
    private mutating func changed(
        _ one: KnownOccurrence, among known: [KnownOccurrence], _ mayCancel: (OccurrenceKey) -> Bool,
        _ numbers: inout [[String]: Int]
    ) throws(LedgerFailure) -> Bool {
        let why: WithdrawalReason = one.current == nil ? .gone : .changed
        var (recipients, heard) = (Positions(), Positions())
        /// The dates that the recipients know, where the last reminder already says the dates that hold.
        var toldDays: ClosedRange<Day>?
        /// The recipients to whom a reminder was sent after the cancellation, where the cancellation fired last.
        var since: Positions?
        let all = try shares(of: one.newName)
        // Of each recipient the last word counts: who was notified of the dates that hold hears nothing.
        for share in all.reversed() {
            let reached = share.notified.union(share.perhapsNotified)
            if !share.says(one.current) {
                let misinformed = reached.subtracting(heard)
                recipients = recipients.union(misinformed)
                if one.isUnannounced, toldDays == nil, share.stored.change != .gone, !misinformed.isEmpty {
                    toldDays = share.stored.reminder.start...share.stored.reminder.end
                }
            }
            if !share.waiting.isEmpty, !one.holds(share.stored) {
                withdraw(share.stored.reminder.key, why: why)
                // It may have superseded a lead that holds again.
                withdrawn.insert(one.newName)
            }
            // A message that was withdrawn, and may or may not have arrived, does not count as heard.
            var word = share.says(one.current) ? share.notified : reached
            if one.current == nil, share.stored.change == .gone {
                // A reminder that fired before this cancellation may have been sent later: by `otherwise` while the campaign
                // was back, or as the other campaign's.
                let later = try reads.notified(
                    after: share.stored.reminder.key, of: storedNames(one.newName), in: accepted.directory)
                word = word.subtracting(later)
                if one.isJoined, share.serial == one.latest.serial {
                    word = word.union(share.waiting)
                    since = later
                }
            }
            heard = heard.union(word)
        }
        // All others get that cancellation itself.
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
                announcement: announcement, before: toldDays ?? one.latest.start...one.latest.end, recipients: recipients,
                formerOccurrences: formerOccurrences(of: own)))
        hearing[own] = (announcement.reminder.key, announcement.reminder.due, recipients)
        return true
    }

    /// One more than the highest of the campaign, in the ledger or in this evaluation.
    private func nextNumber(
        of one: KnownOccurrence, among known: [KnownOccurrence], _ numbers: inout [[String]: Int]
    ) throws(LedgerFailure) -> Int {
        let campaign = [one.name.plan, one.name.campaign]
        var highest = numbers[campaign] ?? 0
        if highest == 0 {
            // The ids of a campaign that is gone are known by its occurrences only, and each may stand under others.
            let siblings = known.filter { [$0.name.plan, $0.name.campaign] == campaign }.flatMap(\.stored)
            for name in Set((storedNames(one.name) + siblings).map { [$0.plan, $0.campaign] }) {
                highest = max(highest, try reads.highestChange(plan: name[0], campaign: name[1]))
            }
        }
        numbers[campaign] = highest + 1
        return highest + 1
    }

    /// The last announcement of an occurrence reaches everyone who was notified before it: the rest of a large one, recipients
    /// who were not in the configuration when it fired, and those whose channel is another now.
    private mutating func completeAnnouncement(of one: KnownOccurrence) throws(LedgerFailure) {
        guard let announced = one.change else { return }
        let row = announced.reminder
        let directory = accepted.directory
        let isKnown = row.isComplete && row.named == directory.fingerprint
        // Of what is gone somebody may have been notified since by a lead that fired before: an edit had brought it back.
        guard !row.isClosed, row.deadline > now || !row.isComplete,
            !isKnown || row.hasWithdrawn || announced.change == .gone, !row.isComplete || one.isSaid(by: announced)
        else { return }
        var (has, later, rerouted, isAfter) = (Positions(), Positions(), Positions(), true)
        // Who has it by one channel is not sent it by another. Of each recipient the last word counts.
        var (misinformed, heard) = (Positions(), Positions())
        for share in try shares(of: one.newName).reversed() {
            if share.stored.reminder.key == row.key {
                has = share.notified.union(share.waiting).union(share.ended)
                rerouted = share.rerouted.subtracting(share.notified)
                isAfter = false
            } else if isAfter {
                later = later.union(share.notified).union(share.waiting)
            } else if !share.says(one.current) {
                misinformed = misinformed.union(share.notified.union(share.perhapsNotified).subtracting(heard))
            }
            heard = heard.union(share.notified)
        }
        // Rows of version 0.1.0 count as complete.
        if row.named == nil && row.isComplete { misinformed = Positions() }
        let lacking = misinformed.subtracting(has).union(rerouted).subtracting(later)
        if lacking.isEmpty {
            if !isKnown { outcome.decision.named[row.key] = directory.fingerprint }
        } else {
            outcome.decision.topUps.append(
                TopUp(
                    recorded: row, recipients: lacking, everyone: misinformed.union(has), joined: Positions(),
                    named: directory.fingerprint, dates: nil, occurrence: one.newName))
            hearing[one.newName] = (row.key, row.due, lacking)
        }
    }

    // MARK: What was begun

    /// Reminders whose deliveries were not all written and that are no candidates: those past their deadline are completed all
    /// the same, so that each recipient who got nothing is named; those that no lead names any more are closed.
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
                // What an edit took away may come back while there is time.
                if stored.change != nil || row.deadline <= now { outcome.decision.named[key] = 0 }
                continue
            }
            let names = accepted.named(lead.notify, position.plan, &resolved)
            let occurrence = OccurrenceKey(
                plan: accepted.plans.plans[position.plan].id, campaign: campaign.id, occurrence: stored.reminder.occurrence)
            var has = Positions()
            for share in try shares(of: occurrence)
            where share.stored.reminder.key == key || share.stored.reminder.due >= stored.reminder.due {
                has = has.union(share.notified).union(share.waiting).union(share.ended)
            }
            outcome.decision.topUps.append(
                TopUp(
                    recorded: row, recipients: names.positions.subtracting(has), everyone: names.positions,
                    joined: Positions(), named: names.fingerprint, dates: nil, occurrence: occurrence))
        }
    }
}
