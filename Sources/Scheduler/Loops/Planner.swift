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
    /// Firings too large for one transaction: whom the deliveries still to be written are for.
    private var unwritten: [Unwritten] = []
    /// A crash may have left firings half written: looked for once, at the first step.
    private var looksForUnfinished = true

    /// One transaction holds about this many deliveries: half a million in one took seconds, in steps the longest wait is
    /// 0.16 s (architecture page). No more are made beforehand.
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
        agenda = Agenda(plans: accepted.plans, after: now)
        looksAtEverything = true
    }

    /// The wall clock was set: what was remembered of the time is worth nothing.
    public func clockStepped(now: Instant) {
        agenda = Agenda(plans: accepted.plans, after: now)
        looksAtEverything = true
    }

    /// One look. Returns when the next is needed.
    public func step(now: Instant) throws(LedgerFailure) -> Instant {
        if now < lastLook { clockStepped(now: now) }
        try extendFirings()
        let isDue = agenda.nextDue.map { $0 <= now } ?? false
        if looksAtEverything || isDue || now - lastLook >= longestRest {
            try look(now: now)
        }
        if !unwritten.isEmpty { return now }
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

    private struct Unwritten {
        let reminder: ReminderKey
        var addressees: Addressees
    }

    /// A change to announce, and to whom.
    private struct ChangeFiring {
        let announcement: Accepted.Announcement
        let hearers: Positions
    }

    /// What a look comes to, before anything is written.
    private struct Weighed {
        let changes: [ChangeFiring]
        let decision: Decision
    }

    /// What the first look at this accepted state would send at once, in whole; writes nothing.
    public func preview(
        now: Instant
    ) throws(LedgerFailure) -> (due: [Accepted.SimulatedReminder], changes: [(reminder: Reminder, deliveries: Int)]) {
        let weighed = try weigh(now: now, due: nil)
        let due = weighed.decision.firings.map {
            Accepted.SimulatedReminder(scheduled: $0.scheduled, recipients: $0.recipients)
        }
        let changes = weighed.changes.map {
            (reminder: $0.announcement.reminder, deliveries: accepted.directory.deliveryCount(to: $0.hearers))
        }
        return (due, changes)
    }

    /// - Parameter due: what the agenda found due; nil: nothing that is remembered is trusted.
    private func weigh(now: Instant, due: [Scheduled]?) throws(LedgerFailure) -> Weighed {
        let lookedUntil = try ledger.lookedUntil()
        let all = due ?? accepted.plans.candidates(lookedUntil: lookedUntil, now: now)
        let held = try ledger.held()
        // Also what fell due before the copy was made: a plan changed since may have brought it, and it was told then.
        let candidates = held.map { held in all.filter { $0.reminder.due > held.upperBound } } ?? all
        let occurrences = Set(candidates.map(\.reminder.occurrenceKey))
        var told = Told()
        if !occurrences.isEmpty { told.recorded = try ledger.recorded(of: Array(occurrences)) }
        // Who was given what is asked only where something is still open: of a reminder to half a million that is a long answer.
        for occurrence in Set(candidates.filter { !told.recorded.contains($0.reminder.key) }.map(\.reminder.occurrenceKey)) {
            told.given[occurrence] = try given(of: occurrence)
        }
        let changes = due == nil && held == nil ? try changes(now: now, candidates: candidates, into: &told) : []
        return Weighed(
            changes: changes, decision: accepted.decide(candidates, told: told, lookedUntil: lookedUntil, now: now))
    }

    /// nil where nobody was given anything.
    private func given(of occurrence: OccurrenceKey) throws(LedgerFailure) -> Given? {
        let given = try ledger.given(of: occurrence, to: accepted.directory)
        return given.isEmpty ? nil : given
    }

    private func look(now: Instant) throws(LedgerFailure) {
        // The agenda moves only once the look is durable: a failed write must find the same reminders again.
        var ahead = agenda
        let taken = ahead.take(through: now)
        let weighed = try weigh(now: now, due: looksAtEverything ? nil : taken)
        var cutting = Cutting(directory: accepted.directory, rehearsal: ledger.isRehearsal, now: now)
        for change in weighed.changes {
            let (reminder, kind) = (change.announcement.reminder, change.announcement.change)
            cutting.cut(reminder, to: change.hearers, change: kind, title: change.announcement.title)
        }
        for decided in weighed.decision.firings {
            let scheduled = decided.scheduled
            let title = accepted.plans.plans[scheduled.plan].campaigns[scheduled.campaign].title
            cutting.cut(scheduled.reminder, to: decided.recipients, late: decided.late, title: title)
        }
        let result = LookResult(
            lookedUntil: now, firings: cutting.firings, superseded: weighed.decision.superseded,
            missed: weighed.decision.missed)
        try ledger.fire(result)
        unwritten += cutting.later
        agenda = ahead
        looksAtEverything = false
        lastLook = now
        announce(result, counts: cutting.counts)
    }

    /// The firings of one look, with those of their deliveries that go with it, and those that follow.
    private struct Cutting {
        let directory: Directory
        let rehearsal: Bool
        let now: Instant
        var firings: [LookResult.Firing] = []
        /// The number of deliveries of each, written now or later.
        var counts: [Int] = []
        var later: [Unwritten] = []
        private var room = Planner.deliveriesPerTransaction

        init(directory: Directory, rehearsal: Bool, now: Instant) {
            self.directory = directory
            self.rehearsal = rehearsal
            self.now = now
        }

        mutating func cut(
            _ reminder: Reminder, to recipients: Positions, late: Bool = false, change: Change? = nil, title: String
        ) {
            var addressees = Addressees(directory, of: reminder.key, to: recipients, rehearsal: rehearsal)
            let first = addressees.take(atLeast: room)
            room = max(0, room - first.count)
            let isWhole = addressees.isEmpty
            if !isWhole { later.append(Unwritten(reminder: reminder.key, addressees: addressees)) }
            counts.append(isWhole ? first.count : directory.deliveryCount(to: recipients))
            firings.append(
                LookResult.Firing(
                    reminder: reminder, firedAt: now, late: late, deliveries: first,
                    cursor: isWhole ? nil : first.last?.recipient ?? "", change: change, title: title))
        }
    }

    /// The announcements to those told of occurrences that have moved or gone; they take the place of overtaken leads.
    private func changes(
        now: Instant, candidates: [Scheduled], into told: inout Told
    ) throws(LedgerFailure) -> [ChangeFiring] {
        let since = Zone.utc.civil(at: now).day - Accepted.memory_days
        var found: [ChangeFiring] = []
        for occurrence in try ledger.toldOccurrences(endingOnOrAfter: since) {
            guard let announcement = accepted.announcement(about: occurrence, now: now) else { continue }
            var hearers = try ledger.recipientsTold(of: occurrence.key, among: accepted.directory)
            let leads = candidates.filter { $0.reminder.occurrenceKey == occurrence.key }
            if announcement.change == .moved, !leads.isEmpty {
                told.given[occurrence.key] = try given(of: occurrence.key)
                hearers = hearers.union(accepted.stranded(among: leads, told: told, now: now))
            }
            // What only waited under the old dates was never given: it is cancelled by the announcement.
            var heard = Given()
            heard.add(hearers, due: now)
            told.given[occurrence.key] = heard
            found.append(ChangeFiring(announcement: announcement, hearers: hearers))
        }
        return found
    }

    /// Writes the next part of firings that were too large for one transaction.
    private func extendFirings() throws(LedgerFailure) {
        if looksForUnfinished {
            unwritten += try leftByCrash()
            looksForUnfinished = false
        }
        var parts: [FiringPart] = []
        var (room, complete) = (Planner.deliveriesPerTransaction, 0)
        var begun: Addressees?
        for firing in unwritten where room > 0 {
            var addressees = firing.addressees
            let deliveries = addressees.take(atLeast: room)
            room -= deliveries.count
            begun = addressees.isEmpty ? nil : addressees
            if addressees.isEmpty { complete += 1 }
            parts.append(
                FiringPart(
                    reminder: firing.reminder, deliveries: deliveries,
                    cursor: addressees.isEmpty ? nil : deliveries.last?.recipient ?? ""))
        }
        guard !parts.isEmpty else { return }
        try ledger.extend(parts)
        unwritten.removeFirst(complete)
        if let begun { unwritten[0].addressees = begun }
    }

    /// The deliveries that a crash kept from being written: everyone the lead names today to whom nothing as late was given.
    private func leftByCrash() throws(LedgerFailure) -> [Unwritten] {
        var left: [Unwritten] = []
        // By occurrence: whom what is still to be written goes to. The latest of several leads is the one that counts.
        var served: [OccurrenceKey: Positions] = [:]
        for (stored, _) in try ledger.unfinished().sorted(by: { $0.reminder.reminder.due > $1.reminder.reminder.due }) {
            let reminder = stored.reminder
            let given = try ledger.given(of: reminder.occurrenceKey, to: accepted.directory)
            let named = stored.change == nil ? named(reminder) : try hearers(ofChange: stored, given)
            let told = given.at(orAfter: reminder.due).union(served[reminder.occurrenceKey] ?? [])
            served[reminder.occurrenceKey] = told.union(named)
            left.append(
                Unwritten(
                    reminder: reminder.key,
                    addressees: Addressees(
                        accepted.directory, of: reminder.key, to: named, passingOver: told, rehearsal: ledger.isRehearsal)))
        }
        return left.reversed()
    }

    private func named(_ reminder: Reminder) -> Positions {
        let campaign = accepted.plans.find(plan: reminder.key.plan, campaign: reminder.key.campaign)?.campaign
        return accepted.directory.resolve(campaign?.leads.first { $0.id == reminder.key.lead }?.notify ?? [])
    }

    /// The same of a change: those told before, and those to whom something was on its way.
    ///
    /// Its first part cancelled what waited, and the start took what was in flight for waiting, so the ledger no longer says at once who
    /// they were; what was cancelled, and what waits with an attempt that may have arrived, does.
    private func hearers(ofChange stored: StoredReminder, _ given: Given) throws(LedgerFailure) -> Positions {
        let reminder = stored.reminder
        let occurrence = reminder.occurrenceKey
        let waited = try ledger.waited(for: occurrence, besides: reminder.key, among: accepted.directory)
        let hearers = try ledger.recipientsTold(of: occurrence, among: accepted.directory).union(waited.perhapsTold)
        guard stored.change == .moved else { return hearers }
        var told = Told(recorded: try ledger.recorded(of: [occurrence]), given: [occurrence: given])
        told.given[occurrence]?.add(waited.everyone, due: .distantPast)
        let leads = accepted.plans.candidates(lookedUntil: stored.firedAt, now: stored.firedAt)
            .filter { $0.reminder.occurrenceKey == occurrence }
        return hearers.union(accepted.stranded(among: leads, told: told, now: stored.firedAt))
    }

    private func announce(_ result: LookResult, counts: [Int]) {
        for (firing, count) in zip(result.firings, counts) {
            if let change = firing.change {
                journal.write(.changed(firing.reminder, change, deliveries: count))
            } else if count == 0 {
                journal.write(.firedToNobody(firing.reminder))
            } else {
                journal.write(.fired(firing.reminder, deliveries: count, late: firing.late))
            }
        }
        for reminder in result.superseded { journal.write(.superseded(reminder)) }
        for reminder in result.missed { journal.write(.missed(reminder)) }
    }
}
