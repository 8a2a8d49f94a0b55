import Dates

/// Evaluates the plans and writes due reminders, as the first step of the main loop.
///
/// The planner sends nothing. `step` is one bounded pass. It is called at the next due time, after
/// a clock step or a reload, and at least hourly.
public final class Planner {
    private let ledger: any PlanningLedger
    private let journal: any Journal
    private var accepted: ActiveConfiguration
    private var agenda: Agenda
    /// Whether the next evaluation covers everything instead of only the due reminders.
    ///
    /// True after a start, a reload or a clock step.
    private var evaluatesEverything = true
    /// Whether the reminders of the ledger have their times of day (`fillTimes`).
    private var hasFilledTimes = false
    private var lastEvaluation = Instant.distantPast
    /// Whether a release of held deliveries may be under way.
    ///
    /// True at the start, because a crash may have interrupted a release.
    private var isReleasing = true
    /// Decisions that are not written yet, in the order in which they will be written.
    private var unwritten: [Unwritten] = []
    /// When each removed occurrence was first found missing, by the steady clock.
    private var goneSince: [OccurrenceKey: Instant] = [:]
    private let steadyClock: any WallClock
    /// Changes of occurrences that are not recorded yet, for the events in calendars.
    private var calendarChanges: [CalendarChange] = []

    /// The approximate number of deliveries in one transaction.
    ///
    /// Writing half a million deliveries in one transaction took several seconds, during which no
    /// attempt could begin. With this number, the ledger is busy for 0.16 s at most.
    public static let deliveriesPerTransaction = 5_000
    /// The maximum time between two evaluations.
    private let longestRest: TimeSpan
    private let deliveriesPerTransaction: Int
    /// How long an occurrence must have been missing before its cancellation is announced.
    ///
    /// The file may have been read while it was being written, or the edit may be undone
    /// immediately.
    static let cancellationDelay = TimeSpan.minutes(1)

    /// - Parameters:
    ///   - steadyClock: A monotonic clock. Only differences of its times are used.
    ///   - deliveriesPerTransaction: The approximate number of deliveries in one transaction. Tests
    ///     use a smaller number than `Planner.deliveriesPerTransaction`, so that events can occur
    ///     between two transactions.
    public init(
        ledger: any PlanningLedger, journal: any Journal, accepted: ActiveConfiguration, now: Instant, steadyClock: any WallClock,
        longestRest: TimeSpan = .hours(1), deliveriesPerTransaction: Int = Planner.deliveriesPerTransaction
    ) {
        self.longestRest = longestRest
        self.steadyClock = steadyClock
        self.deliveriesPerTransaction = deliveriesPerTransaction
        self.ledger = ledger
        self.journal = journal
        self.accepted = accepted
        agenda = Agenda(plans: accepted.plans, after: now)
    }

    /// Switches to a new accepted configuration. The next step evaluates everything.
    public func accept(_ accepted: ActiveConfiguration, now: Instant) {
        calendarChanges += accepted.calendarChanges(from: self.accepted, now: now)
        self.accepted = accepted
        evaluateAgain(now: now)
    }

    /// Records what an edit changed before this process started, for the events in calendars.
    ///
    /// - Parameter old: the configuration before the edit.
    public func started(after old: ActiveConfiguration, now: Instant) {
        calendarChanges += accepted.calendarChanges(from: old, now: now)
    }

    /// Writes the changes of occurrences for the events in calendars.
    ///
    /// If the ledger fails, the next step writes them.
    public func recordCalendarChanges(now: Instant) throws(LedgerFailure) {
        try ledger.record(calendarChanges, now: now)
        calendarChanges = []
    }

    /// Makes the next step evaluate everything, because the wall clock was set.
    public func clockStepped(now: Instant) { evaluateAgain(now: now) }

    /// Makes the next step evaluate everything.
    ///
    /// Unwritten decisions are discarded. The evaluation makes them again, because it finds out
    /// from the ledger which reminders lack deliveries.
    public func evaluateAgain(now: Instant) {
        agenda = Agenda(plans: accepted.plans, after: now)
        evaluatesEverything = true
        unwritten.removeAll()
    }

    /// Begins the release of a hold, because an operator has decided about the held deliveries.
    public func released(now: Instant) {
        isReleasing = true
        evaluateAgain(now: now)
    }

    /// Whether a cancellation waits for its delay, which is measured by the steady clock.
    ///
    /// If true, a rehearsal's clock must not run faster than the real clock.
    public var isHeldBack: Bool { !goneSince.isEmpty }

    /// Runs one pass. Returns when the next pass is needed.
    ///
    /// 1. Write the changes of occurrences for the events in calendars.
    /// 2. Continue a release that an operator has ordered.
    /// 3. Write some of the decisions that are not written yet, in one transaction.
    /// 4. Evaluate if a reminder is due, if everything must be evaluated, if a cancellation may be
    ///    announced, or if `longestRest` has passed.
    public func step(now: Instant) throws(LedgerFailure) -> Instant {
        if now < lastEvaluation { clockStepped(now: now) }
        try recordCalendarChanges(now: now)
        if isReleasing {
            isReleasing = try ledger.continueRelease(limit: deliveriesPerTransaction)
            if !isReleasing { evaluateAgain(now: now) }
        }
        try writePart()
        let isDue = agenda.nextDue.map { $0 <= now } ?? false
        if evaluatesEverything || isDue || now - lastEvaluation >= longestRest || nextCancellation.map({ $0 <= .zero }) ?? false {
            try evaluate(now: now)
        }
        if !unwritten.isEmpty || isReleasing { return now }
        let wake = min(agenda.nextDue ?? .distantFuture, lastEvaluation + longestRest)
        return nextCancellation.map { min(wake, now + $0) } ?? wake
    }

    /// The time until the next cancellation may be announced; nil if no cancellation is waiting.
    private var nextCancellation: TimeSpan? {
        goneSince.values.min().map { $0 + Planner.cancellationDelay - steadyClock.now() }
    }

    /// Starts a new ledger or rehearsal at `now`.
    ///
    /// Reminders that are overdue, but not past their deadline, are recorded as superseded, so that
    /// nobody gets them.
    public func startOver(now: Instant) throws(LedgerFailure) {
        let overdue = accepted.plans.candidates(lookedUntil: now, now: now).map(\.reminder)
            // A reminder that falls due exactly at `now` is not overdue. The first evaluation fires
            // it.
            .filter { $0.due < now }
        _ = try ledger.fire(EvaluationResult(lookedUntil: now, superseded: overdue, isFinal: true))
        for reminder in overdue { journal.write(.superseded(reminder)) }
    }

    // MARK: Evaluating

    /// A decision of an evaluation that is written in one or more later transactions.
    private enum Unwritten {
        case withdrawal(Evaluation.Withdrawal, sofar: Int)
        case deliveries(UnwrittenDeliveries)
    }

    private struct UnwrittenDeliveries {
        /// The reminder's identity as it is stored in the ledger.
        let reminder: ReminderKey
        var addressees: Addressees
        let named: UInt64
        /// Whether the ledger marks the reminder as unfinished until its last delivery is written.
        ///
        /// After a crash, the next evaluation completes reminders with this mark. False if the
        /// reminder is already complete and its dates are current.
        let isFiring: Bool
        /// The reminder with its new dates; nil if the row already has them.
        ///
        /// The dates are written in the first transaction that writes some of these deliveries.
        var dates: Reminder?
        let title: String
        let formerOccurrences: [OccurrenceKey]
        var overtaken: [ReminderKey] = []
        /// Whether these deliveries add recipients to a reminder recorded earlier (a `TopUp`).
        var isToppedUp = false
        var written = 0
    }

    private func evaluate(now: Instant) throws(LedgerFailure) {
        // The agenda is advanced only after the evaluation is durable, so that after a failed write
        // the next evaluation finds the same reminders again.
        var ahead = agenda
        let taken = ahead.take(through: now)
        if evaluatesEverything {
            try takeBack(now: now)
            try fillTimes()
        }
        // While deliveries are unwritten, everything is evaluated. A lead that fires now may
        // replace some of these deliveries, and only a full evaluation reads from the ledger which
        // deliveries these are.
        let isCancellationDue = nextCancellation.map { $0 <= .zero } ?? false
        let everything = evaluatesEverything || isCancellationDue || !unwritten.isEmpty
        var evaluation = try Evaluation(accepted: accepted, reads: ledger, now: now)
        let outcome = try evaluation.run(due: everything ? nil : taken, mayCancel: mayCancel)
        var cutting = Cutting(
            directory: accepted.directory, rehearsal: ledger.isRehearsal, now: now, lookedBefore: outcome.lookedUntil,
            room: deliveriesPerTransaction)
        for change in outcome.announced {
            cutting.cut(
                change.announcement.reminder, to: change.recipients, change: change.announcement.change,
                title: change.announcement.title, named: accepted.directory.fingerprint,
                formerly: change.formerOccurrences, before: change.before)
        }
        for decided in outcome.decision.firings {
            let scheduled = decided.scheduled
            let title = accepted.plans.publicTitle(plan: scheduled.plan, campaign: scheduled.campaign)
            cutting.cut(
                scheduled.reminder, to: decided.recipients, late: decided.late, title: title, named: decided.named,
                formerly: evaluation.formerOccurrences(of: scheduled.reminder.occurrenceKey), overtaken: decided.overtaken)
        }
        let named = cutting.named.merging(outcome.decision.named) { $1 }
        let result = EvaluationResult(
            lookedUntil: now, firings: cutting.firings, superseded: outcome.decision.superseded,
            missed: outcome.decision.missed, named: named, renames: outcome.renames)
        let fired = try ledger.fire(result)
        // During a hold, an evaluation does not find missing deliveries. Deliveries that are not
        // written yet are therefore kept.
        unwritten =
            (evaluation.isHeld ? unwritten : [])
            + unwritten(of: outcome, evaluation, cutting.later.filter { fired.contains($0.reminder) })
        agenda = ahead
        if everything { remember(outcome.awaitingCancellation) }
        evaluatesEverything = false
        lastEvaluation = now
        announce(result, fired, counts: cutting.counts)
    }

    private func takeBack(now: Instant) throws(LedgerFailure) {
        guard try ledger.lookedUntil() > now else { return }
        let count = try ledger.takeBack(recordedAfter: now)
        if count > 0 { journal.write(.takenBack(reminders: count, recordedAfter: now)) }
    }

    /// Stores the times of day in reminders that an earlier version recorded.
    ///
    /// Those messages had no time, but an upgrade must not announce anything.
    private func fillTimes() throws(LedgerFailure) {
        guard !hasFilledTimes else { return }
        try ledger.fillTimes { accepted.plans.find(plan: $0.plan, campaign: $0.campaign)?.1.time }
        hasFilledTimes = true
    }

    // MARK: Cancellations that wait

    private func mayCancel(_ occurrence: OccurrenceKey) -> Bool {
        goneSince[occurrence].map { steadyClock.now() - $0 >= Planner.cancellationDelay } ?? false
    }

    private func remember(_ gone: [OccurrenceKey]) {
        let now = steadyClock.now()
        let known = goneSince
        goneSince = [:]
        for occurrence in gone { goneSince[occurrence] = known[occurrence] ?? now }
    }

    // MARK: Writing in parts

    /// Returns the decisions to write later. Withdrawals come first.
    ///
    /// This order ensures that a reminder gets new dates only when none of its deliveries is
    /// pending with the old dates.
    private func unwritten(
        of outcome: Evaluation.Outcome, _ evaluation: Evaluation, _ later: [UnwrittenDeliveries]
    ) -> [Unwritten] {
        let topUps = outcome.decision.topUps.map { topUp in
            let row = topUp.recorded
            let addressees = Addressees(
                accepted.directory, of: row.key, to: topUp.everyone.union(topUp.recipients),
                passingOver: topUp.everyone.subtracting(topUp.recipients), joined: topUp.joined,
                rehearsal: ledger.isRehearsal)
            let title = topUp.scheduled.map { accepted.plans.publicTitle(plan: $0.plan, campaign: $0.campaign) }
            return UnwrittenDeliveries(
                reminder: row.key, addressees: addressees, named: topUp.named,
                isFiring: !row.isComplete || topUp.dates != nil, dates: topUp.dates,
                title: title ?? "", formerOccurrences: evaluation.occurrences(of: topUp.occurrence), overtaken: topUp.overtaken,
                isToppedUp: true)
        }
        return outcome.withdrawals.map { .withdrawal($0, sofar: 0) } + (later + topUps).map { .deliveries($0) }
    }

    /// Divides deliveries into those written with the evaluation and those written later.
    private struct Cutting {
        let directory: RecipientDirectory
        let rehearsal: Bool
        let now: Instant
        let lookedBefore: Instant
        var firings: [EvaluationResult.Firing] = []
        /// The number of deliveries of each firing, written now or later.
        var counts: [Int] = []
        var later: [UnwrittenDeliveries] = []
        var named: [ReminderKey: UInt64] = [:]
        private var room: Int

        init(directory: RecipientDirectory, rehearsal: Bool, now: Instant, lookedBefore: Instant, room: Int) {
            self.directory = directory
            self.rehearsal = rehearsal
            self.now = now
            self.lookedBefore = lookedBefore
            self.room = room
        }

        mutating func cut(
            _ reminder: Reminder, to recipients: RecipientSet, late: Bool = false, change: Change? = nil, title: String,
            named fingerprint: UInt64, formerly: [OccurrenceKey], before: OccurrenceDates? = nil,
            overtaken: [ReminderKey] = []
        ) {
            var addressees = Addressees(directory, of: reminder.key, to: recipients, rehearsal: rehearsal)
            let first = addressees.take(atLeast: room)
            room = max(0, room - first.count)
            let isWhole = addressees.isEmpty
            if isWhole {
                named[reminder.key] = fingerprint
            } else {
                later.append(
                    UnwrittenDeliveries(
                        reminder: reminder.key, addressees: addressees, named: fingerprint, isFiring: true, dates: nil,
                        title: title, formerOccurrences: formerly, overtaken: overtaken))
            }
            counts.append(isWhole ? first.count : directory.deliveryCount(to: recipients))
            firings.append(
                EvaluationResult.Firing(
                    reminder: reminder, firedAt: now, late: late, deliveries: first,
                    cursor: isWhole ? nil : first.last?.recipient ?? "", change: change, title: title,
                    formerOccurrences: formerly, lookedBefore: lookedBefore,
                    formerDates: before.map { $0.start...$0.end }, formerTime: before?.time, overtaken: overtaken))
        }
    }

    /// Writes some of the unwritten decisions in one transaction.
    ///
    /// The transaction withdraws deliveries of one reminder, or writes deliveries of as many
    /// reminders as it has room for. It changes about `deliveriesPerTransaction` deliveries at
    /// most.
    private func writePart() throws(LedgerFailure) {
        guard let first = unwritten.first else { return }
        if case .withdrawal(let withdrawal, let sofar) = first {
            let count = try ledger.withdraw(
                withdrawal.reminder, why: withdrawal.why, limit: deliveriesPerTransaction)
            if count >= deliveriesPerTransaction {
                unwritten[0] = .withdrawal(withdrawal, sofar: sofar + count)
            } else {
                unwritten.removeFirst()
                let total = sofar + count
                if total > 0 { journal.write(.withdrawn(withdrawal.reminder, withdrawal.why, deliveries: total)) }
            }
            return
        }
        var parts: [FiringPart] = []
        var (room, complete) = (deliveriesPerTransaction, 0)
        var ended: [UnwrittenDeliveries] = []
        var begun: UnwrittenDeliveries?
        for case .deliveries(var left) in unwritten where room > 0 {
            let deliveries = left.addressees.take(atLeast: room)
            room -= deliveries.count
            let isLast = left.addressees.isEmpty
            parts.append(
                FiringPart(
                    reminder: left.reminder, deliveries: deliveries,
                    cursor: isLast || !left.isFiring ? nil : deliveries.last?.recipient ?? "",
                    named: isLast ? left.named : nil, dates: left.dates, title: left.title,
                    formerOccurrences: left.formerOccurrences, overtaken: left.overtaken))
            left.dates = nil
            if isLast {
                complete += 1
                ended.append(left)
            } else {
                begun = left
            }
        }
        let written = try ledger.extend(parts)
        for index in ended.indices { ended[index].written += written[index] }
        begun?.written += written[written.count - 1]
        unwritten.removeFirst(complete)
        if let begun { unwritten[0] = .deliveries(begun) }
        for left in ended where left.isToppedUp && left.written > 0 {
            journal.write(.toppedUp(left.reminder, deliveries: left.written))
        }
    }

    private func announce(_ result: EvaluationResult, _ fired: Set<ReminderKey>, counts: [Int]) {
        for rename in result.renames { journal.write(.occurrenceRenamed(rename)) }
        for (firing, count) in zip(result.firings, counts) {
            if !fired.contains(firing.reminder.key) {
                journal.write(.alreadyRecorded(firing.reminder))
            } else if let change = firing.change {
                journal.write(.changed(firing.reminder, change, deliveries: count))
            } else if count == 0 {
                journal.write(.firedToNobody(firing.reminder))
            } else {
                journal.write(.fired(firing.reminder, deliveries: count, late: firing.late))
            }
        }
        for reminder in result.superseded where fired.contains(reminder.key) { journal.write(.superseded(reminder)) }
        for reminder in result.missed where fired.contains(reminder.key) { journal.write(.missed(reminder)) }
    }
}
