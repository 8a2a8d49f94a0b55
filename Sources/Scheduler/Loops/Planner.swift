/// The first loop: plan → ledger. Finds what is due and writes it down; sends nothing.
///
/// `step` is one bounded pass. It is called at the next due instant, after a clock step or a reload, and at least hourly.
public final class Planner {
    private let ledger: any Ledger
    private let journal: any Journal
    private var accepted: Accepted
    private var agenda: Agenda
    /// The next look trusts nothing it remembers: after a start, a reload or a clock step.
    private var looksAtEverything = true
    private var lastLook = Instant.distantPast
    /// A look too large for one transaction, until all of it is written.
    private var unfinishedLook: UnfinishedLook?
    /// Firings too large for one transaction: what is still to be written of each.
    private var unwritten: [ReminderKey: ArraySlice<NewDelivery>] = [:]
    /// A crash may have left firings half written: looked for once, at the first step.
    private var looksForUnfinished = true

    /// One transaction holds about this many deliveries, of one firing or of many: half a million in one took seconds, in steps
    /// the longest wait is 0.16 s (architecture page).
    static let deliveriesPerTransaction = 5_000
    /// A look comes at least this often, so that `looked_until` never lags by more.
    private let longestRest: Span

    public init(
        ledger: any Ledger, journal: any Journal, accepted: Accepted, now: Instant, longestRest: Span = .hours(1)
    ) {
        self.longestRest = longestRest
        self.ledger = ledger
        self.journal = journal
        self.accepted = accepted
        agenda = Agenda(plans: accepted.plans, after: now)
    }

    /// Takes another accepted state; the next step looks at everything.
    public func accept(_ accepted: Accepted, now: Instant) {
        self.accepted = accepted
        clockStepped(now: now)
    }

    /// The wall clock was set: what was remembered of the time is worth nothing. What a look had still to write has no row yet, so
    /// the next one finds it.
    public func clockStepped(now: Instant) {
        agenda = Agenda(plans: accepted.plans, after: now)
        looksAtEverything = true
        unfinishedLook = nil
    }

    /// One look. Returns when the next is needed.
    public func step(now: Instant) throws(LedgerFailure) -> Instant {
        if now < lastLook { clockStepped(now: now) }
        let hasMore = try extendOneFiring()
        let isDue = agenda.nextDue.map { $0 <= now } ?? false
        if let left = unfinishedLook {
            try write(left)
        } else if looksAtEverything || isDue || now - lastLook >= longestRest {
            try look(now: now)
        }
        if hasMore || !unwritten.isEmpty || unfinishedLook != nil { return now }
        return min(agenda.nextDue ?? .distantFuture, lastLook + longestRest)
    }

    /// `--new-ledger` and new rehearsals: what is due with its deadline ahead counts as told. Writes `now` as looked until.
    public func startOver(now: Instant) throws(LedgerFailure) {
        let overdue = accepted.plans.candidates(lookedUntil: now, now: now).map(\.reminder)
            // What falls due at this very instant is on time, not overdue: the first look sends it.
            .filter { $0.due < now }
        try ledger.fire(LookResult(lookedUntil: now, superseded: overdue))
        for reminder in overdue { journal.write(.superseded(reminder)) }
    }

    /// What a look comes to, before anything is written.
    private struct Weighed {
        let changes: [LookResult.Firing]
        let decision: Decision
    }

    /// What the first look at this accepted state would send at once, in whole; writes nothing.
    public func preview(now: Instant) throws(LedgerFailure) -> (due: [Accepted.SimulatedReminder], changes: [LookResult.Firing]) {
        let weighed = try weigh(now: now, due: nil)
        let due = weighed.decision.firings.map {
            Accepted.SimulatedReminder(scheduled: $0.scheduled, recipients: $0.recipients)
        }
        return (due, weighed.changes)
    }

    /// - Parameter due: what the agenda found due; nil: nothing that is remembered is trusted.
    private func weigh(now: Instant, due: [Scheduled]?) throws(LedgerFailure) -> Weighed {
        let lookedUntil = try ledger.lookedUntil()
        let all = due ?? accepted.plans.candidates(lookedUntil: lookedUntil, now: now)
        let held = try ledger.held()
        // Also what fell due before the copy was made: a plan changed since may have brought it, and it was told then.
        let candidates = held.map { held in all.filter { $0.reminder.due > held.upperBound } } ?? all
        let occurrences = Set(candidates.map(\.reminder.occurrenceKey))
        var told = occurrences.isEmpty ? Told() : try ledger.told(about: Array(occurrences))
        let changes = due == nil && held == nil ? try changes(now: now, candidates: candidates, into: &told) : []
        return Weighed(
            changes: changes, decision: accepted.decide(candidates, told: told, lookedUntil: lookedUntil, now: now))
    }

    private func look(now: Instant) throws(LedgerFailure) {
        var ahead = agenda
        let taken = ahead.take(through: now)
        let weighed = try weigh(now: now, due: looksAtEverything ? nil : taken)
        let decision = weighed.decision
        try write(
            UnfinishedLook(
                now: now, agenda: ahead, left: (weighed.changes.map(Found.change) + decision.firings.map(Found.due))[...],
                superseded: decision.superseded, missed: decision.missed))
    }

    /// What a look found to fire. Its deliveries are made when it is written: a look may find thousands.
    private enum Found {
        case change(LookResult.Firing)
        case due(Decision.Firing)

        /// About as many rows as it becomes.
        var size: Int {
            switch self {
            case .change(let firing): firing.deliveries.count + 1
            case .due(let decided): decided.recipients.count + 1
            }
        }
    }

    /// A look on its way into the ledger. Attempts begin between its parts: what fell due first does not wait for all that did.
    private struct UnfinishedLook {
        let now: Instant
        /// Takes the planner's place once all is durable: a failed write must find the same reminders again.
        let agenda: Agenda
        var left: ArraySlice<Found>
        let superseded: [Reminder]
        let missed: [Reminder]
    }

    /// Writes as much of a look as one transaction takes. What has no row after a crash is found by the next look, because
    /// `looked_until` moves with the last part alone.
    private func write(_ look: UnfinishedLook) throws(LedgerFailure) {
        var rest = look
        var room = Planner.deliveriesPerTransaction
        var shares: [Share] = []
        while let next = rest.left.first, shares.isEmpty || next.size <= room {
            shares.append(Planner.share(firing(next, now: look.now)))
            room -= next.size
            rest.left.removeFirst()
        }
        let isLast = rest.left.isEmpty
        let result = LookResult(
            lookedUntil: isLast ? look.now : .distantPast, firings: shares.map(\.firing),
            superseded: isLast ? look.superseded : [],
            missed: isLast ? look.missed : [])
        try ledger.fire(result)
        for share in shares where !share.later.isEmpty { unwritten[share.firing.reminder.key] = share.later }
        unfinishedLook = isLast ? nil : rest
        if isLast {
            agenda = look.agenda
            looksAtEverything = false
            lastLook = look.now
        }
        announce(shares, result)
    }

    /// A firing with those of its deliveries that go with the look, and the deliveries that follow.
    private struct Share {
        let firing: LookResult.Firing
        let later: ArraySlice<NewDelivery>

        var count: Int { firing.deliveries.count + later.count }
    }

    private static func share(_ whole: LookResult.Firing) -> Share {
        let first = firstPart(of: whole.deliveries[...])
        let later = whole.deliveries[first.endIndex...]
        guard !later.isEmpty else { return Share(firing: whole, later: later) }
        let firing = LookResult.Firing(
            reminder: whole.reminder, firedAt: whole.firedAt, late: whole.late, deliveries: Array(first),
            cursor: first.last?.recipient, change: whole.change, title: whole.title)
        return Share(firing: firing, later: later)
    }

    private func firing(_ found: Found, now: Instant) -> LookResult.Firing {
        switch found {
        case .change(let firing): return firing
        case .due(let decided):
            let scheduled = decided.scheduled
            return LookResult.Firing(
                reminder: scheduled.reminder, firedAt: now, late: decided.late,
                deliveries: accepted.directory.deliveries(
                    of: scheduled.reminder.key, to: decided.recipients, rehearsal: ledger.isRehearsal),
                title: accepted.plans.plans[scheduled.plan].campaigns[scheduled.campaign].title)
        }
    }

    /// The announcements to those told of occurrences that have moved or gone; they take the place of overtaken leads.
    private func changes(
        now: Instant, candidates: [Scheduled], into told: inout Told
    ) throws(LedgerFailure) -> [LookResult.Firing] {
        let since = Zone.utc.civil(at: now).day - Accepted.memory_days
        var firings: [LookResult.Firing] = []
        for occurrence in try ledger.toldOccurrences(endingOnOrAfter: since) {
            guard let announcement = accepted.announcement(about: occurrence, now: now) else { continue }
            var hearers = Set(try ledger.recipientsTold(of: occurrence.key))
            if announcement.change == .moved {
                let leads = candidates.filter { $0.reminder.occurrenceKey == occurrence.key }
                hearers.formUnion(accepted.stranded(among: leads, told: told, now: now))
            }
            let recipients = hearers.compactMap(accepted.directory.position).sorted()
            let deliveries = accepted.directory.deliveries(
                of: announcement.reminder.key, to: recipients, rehearsal: ledger.isRehearsal)
            for position in recipients {
                told.given[occurrence.key, default: [:]][accepted.directory.recipients[position].id] = now
            }
            // What only waited under the old dates was never given: it is cancelled by the announcement.
            for (id, due) in told.given[occurrence.key] ?? [:] where due != now { told.given[occurrence.key]?[id] = nil }
            firings.append(
                LookResult.Firing(
                    reminder: announcement.reminder, firedAt: now, late: false, deliveries: deliveries,
                    change: announcement.change, title: announcement.title))
        }
        return firings
    }

    /// As many deliveries as one transaction takes, never splitting a recipient's channels.
    private static func firstPart(of deliveries: ArraySlice<NewDelivery>) -> ArraySlice<NewDelivery> {
        guard deliveries.count > deliveriesPerTransaction else { return deliveries }
        var end = deliveries.startIndex + deliveriesPerTransaction
        while end < deliveries.endIndex, deliveries[end].recipient == deliveries[end - 1].recipient { end += 1 }
        return deliveries[..<end]
    }

    /// Writes the next part of a firing that was too large for one transaction; false when none is left to write.
    private func extendOneFiring() throws(LedgerFailure) -> Bool {
        if looksForUnfinished {
            for (stored, cursor) in try ledger.unfinished() where unwritten[stored.reminder.key] == nil {
                unwritten[stored.reminder.key] = try leftByCrash(stored, cursor: cursor)[...]
            }
            looksForUnfinished = false
        }
        guard let (key, rest) = unwritten.first else { return false }
        let part = Planner.firstPart(of: rest)
        let complete = part.endIndex == rest.endIndex
        try ledger.extend(key, Array(part), cursor: complete ? nil : part.last?.recipient)
        unwritten[key] = complete ? nil : rest[part.endIndex...]
        return !unwritten.isEmpty
    }

    /// The deliveries that a crash kept from being written: everyone the lead names today to whom nothing as late was given.
    private func leftByCrash(_ stored: StoredReminder, cursor: String) throws(LedgerFailure) -> [NewDelivery] {
        if stored.change != nil { return try leftOfChange(stored) }
        let reminder = stored.reminder
        let lead = accepted.plans.find(plan: reminder.key.plan, campaign: reminder.key.campaign)?
            .campaign.leads.first { $0.id == reminder.key.lead }
        let given = try ledger.told(about: [reminder.occurrenceKey]).given[reminder.occurrenceKey] ?? [:]
        let left = accepted.directory.resolve(lead?.notify ?? []).filter { position in
            given[accepted.directory.recipients[position].id].map { $0 < reminder.due } ?? true
        }
        return accepted.directory.deliveries(of: reminder.key, to: left, rehearsal: ledger.isRehearsal)
    }

    /// The same of a change: those told before, and those to whom something was on its way, less those who have it already.
    ///
    /// Its first part cancelled what waited, and the start took what was in flight for waiting, so the ledger no longer says at once who
    /// they were; what was cancelled, and what waits with an attempt that may have arrived, does.
    private func leftOfChange(_ stored: StoredReminder) throws(LedgerFailure) -> [NewDelivery] {
        let reminder = stored.reminder
        let occurrence = reminder.occurrenceKey
        var told = try ledger.told(about: [occurrence])
        let given = told.given[occurrence] ?? [:]
        var hearers = Set(try ledger.recipientsTold(of: occurrence))
        let filter = HistoryFilter(
            plan: occurrence.plan, campaign: occurrence.campaign, limit: Planner.everyRow,
            states: [DeliveryState.cancelled.rawValue, DeliveryState.pending.rawValue])
        for row in try ledger.history(filter) where row.stored.reminder.occurrenceKey == occurrence {
            guard let recipient = row.recipient, row.stored.reminder.key != reminder.key else { continue }
            if row.attempts.contains(where: { $0.outcome == .unknown }) { hearers.insert(recipient) }
            if given[recipient] == nil { told.given[occurrence, default: [:]][recipient] = .distantPast }
        }
        if stored.change == .moved {
            let leads = accepted.plans.candidates(lookedUntil: stored.firedAt, now: stored.firedAt)
                .filter { $0.reminder.occurrenceKey == occurrence }
            hearers.formUnion(accepted.stranded(among: leads, told: told, now: stored.firedAt))
        }
        let left = hearers.filter { given[$0].map { $0 < reminder.due } ?? true }.compactMap(accepted.directory.position)
        return accepted.directory.deliveries(of: reminder.key, to: left.sorted(), rehearsal: ledger.isRehearsal)
    }

    /// More than a ledger holds of one occurrence.
    private static let everyRow = 100_000_000

    private func announce(_ shares: [Share], _ result: LookResult) {
        for share in shares {
            let firing = share.firing
            if let change = firing.change {
                journal.write(.changed(firing.reminder, change, deliveries: share.count))
            } else if firing.deliveries.isEmpty {
                journal.write(.firedToNobody(firing.reminder))
            } else {
                journal.write(.fired(firing.reminder, deliveries: share.count, late: firing.late))
            }
        }
        for reminder in result.superseded { journal.write(.superseded(reminder)) }
        for reminder in result.missed { journal.write(.missed(reminder)) }
    }
}
