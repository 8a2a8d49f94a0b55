import Dates
import Scheduler

/// A ledger with one fault (`Mutation`). Without a mutation, it forwards all calls unchanged.
final class MutantLedger: Ledger {
    /// The state that a mutation keeps between processes.
    final class Memory {
        var fired: Set<ReminderKey> = []
        var count = 0
    }

    private let inner: any Ledger
    private let mutation: Mutation?
    private let memory: Memory

    init(_ inner: any Ledger, _ mutation: Mutation?, memory: Memory) {
        self.inner = inner
        self.mutation = mutation
        self.memory = memory
    }

    /// Counts the call. Returns true for every call whose number is a multiple of `every`.
    private func isItsTurn(_ every: Int) -> Bool {
        memory.count += 1
        return memory.count % every == 0
    }

    func fire(_ look: EvaluationResult) throws(LedgerFailure) -> Set<ReminderKey> {
        var mutated = look
        switch mutation {
        case .uniqueKey: mutated.firings = look.firings.map(another)
        case .lookedUntil:
            mutated = EvaluationResult(
                lookedUntil: .distantPast, firings: look.firings, superseded: look.superseded, missed: look.missed,
                isFinal: look.isFinal, named: look.named, renames: look.renames)
        case .missed: mutated.missed = []
        case .firing, .firingSwallowed: mutated.firings = look.firings.filter { _ in !isItsTurn(10) }
        case .change: mutated.firings = look.firings.filter { $0.change == nil }
        case .timeChange:
            mutated.firings = look.firings.filter {
                $0.change != .moved || $0.formerTime == $0.reminder.time || $0.formerDates != $0.reminder.start...$0.reminder.end
            }
        case .renameForgotten: mutated.renames = []
        default: break
        }
        let wrote = try inner.fire(mutated)
        if mutation == .firingSwallowed { return wrote.union(look.firings.map(\.reminder.key)) }
        return wrote
    }

    /// Returns the firing. If its key has fired before, the result has a new key.
    private func another(_ firing: EvaluationResult.Firing) -> EvaluationResult.Firing {
        let old = firing.reminder
        guard !memory.fired.insert(old.key).inserted else { return firing }
        memory.count += 1
        let key = ReminderKey(
            plan: old.key.plan, campaign: old.key.campaign, lead: "\(old.key.lead) (\(memory.count))", anchor: old.key.anchor)
        let reminder = Reminder(
            key: key, occurrence: old.occurrence, start: old.start, end: old.end, time: old.time, due: old.due,
            deadline: old.deadline)
        return EvaluationResult.Firing(
            reminder: reminder, firedAt: firing.firedAt, late: firing.late, deliveries: firing.deliveries,
            cursor: firing.cursor, change: firing.change, title: firing.title)
    }

    func rows(of keys: [ReminderKey]) throws(LedgerFailure) -> [RecordedReminder?] {
        try inner.rows(of: keys).map { row in
            switch mutation {
            case .uniqueKey: nil
            case .recordedIsClosed: row.map { copy($0, isClosed: true, hasWithdrawn: $0.hasWithdrawn) }
            case .whyForgotten: row.map { copy($0, isClosed: $0.isClosed, hasWithdrawn: false) }
            default: row
            }
        }
    }

    private func copy(_ row: RecordedReminder, isClosed: Bool, hasWithdrawn: Bool) -> RecordedReminder {
        RecordedReminder(
            key: row.key, start: row.start, end: row.end, time: row.time, due: row.due, deadline: row.deadline,
            state: row.state, isClosed: isClosed, isComplete: row.isComplete, named: row.named, hasWithdrawn: hasWithdrawn)
    }

    func shares(of occurrence: OccurrenceKey, in directory: RecipientDirectory) throws(LedgerFailure) -> [DeliveryShare] {
        let shares = try inner.shares(of: occurrence, in: directory)
        return switch mutation {
        case .ruleA: []
        case .whyForgotten:
            shares.map { share in
                var share = share
                share.ended = share.ended.union(share.withdrawn)
                (share.withdrawn, share.failedOver) = (RecipientSet(), RecipientSet())
                return share
            }
        default: shares
        }
    }

    func history(_ filter: HistoryFilter) throws(LedgerFailure) -> [HistoryRow] {
        let rows = try inner.history(filter)
        guard mutation == .whyForgotten else { return rows }
        return rows.map {
            HistoryRow(
                stored: $0.stored, delivery: $0.delivery, recipient: $0.recipient, channel: $0.channel, state: $0.state,
                why: nil, attempts: $0.attempts)
        }
    }

    func extend(_ parts: [FiringPart]) throws(LedgerFailure) -> [Int] {
        var mutated = parts
        switch mutation {
        case .partForgotten: mutated = parts.map { copy($0, deliveries: $0.deliveries.filter { _ in !isItsTurn(5) }) }
        case .withdrawnForever:
            let there = Set(try inner.history(HistoryFilter(limit: 1_000_000)).compactMap(\.delivery))
            mutated = parts.map { copy($0, deliveries: $0.deliveries.filter { !there.contains($0.id) }) }
        default: break
        }
        let counts = try inner.extend(mutated)
        return mutation == .partForgotten || mutation == .withdrawnForever ? parts.map(\.deliveries.count) : counts
    }

    private func copy(_ part: FiringPart, deliveries: [NewDelivery]) -> FiringPart {
        FiringPart(
            reminder: part.reminder, deliveries: deliveries, cursor: part.cursor, named: part.named, dates: part.dates,
            title: part.title, formerOccurrences: part.formerOccurrences)
    }

    func takeBack(recordedAfter now: Instant) throws(LedgerFailure) -> Int {
        mutation == .takenBackKept ? 0 : try inner.takeBack(recordedAfter: now)
    }

    func held() throws(LedgerFailure) -> ClosedRange<Instant>? { mutation == .holdIgnored ? nil : try inner.held() }

    func continueRelease(limit: Int) throws(LedgerFailure) -> Bool {
        mutation == .releaseForgotten ? false : try inner.continueRelease(limit: limit)
    }

    /// Returns a request for the newest untried delivery instead of one whose wait is over.
    private func mutated(_ request: ClaimRequest, now: Instant) throws(LedgerFailure) -> ClaimRequest {
        guard mutation == .probe, request.choice == .waited else { return request }
        let pending = try inner.history(HistoryFilter(limit: 1_000_000, states: ["pending"]))
        let untried = Set(pending.filter(\.attempts.isEmpty).compactMap(\.recipient))
        let waiting = try inner.waiting(names: request.names, after: nil, now: now, limit: 1_000)
        guard let newest = (waiting.last { untried.contains($0.recipient) } ?? waiting.last)?.place else { return request }
        return ClaimRequest(channel: request.channel, limit: request.limit, choice: .these([newest]), names: request.names)
    }

    func adopt(limit: Int) throws(LedgerFailure) -> [Claim] {
        let claims = try inner.adopt(limit: limit)
        guard mutation == .intent else { return claims }
        _ = try inner.record(
            claims.map {
                DeliveryRecord(
                    $0.token, at: $0.stored.reminder.due, receipt: nil, next: .pending(notBefore: $0.stored.reminder.due))
            })
        return []
    }

    func record(_ records: [DeliveryRecord]) throws(LedgerFailure) -> [DeliveryRecord] { try inner.record(kept(records)) }

    func claim(
        _ requests: [ClaimRequest], recording records: [DeliveryRecord], now: Instant
    ) throws(LedgerFailure) -> (claims: [Claim], late: [DeliveryRecord]) {
        try inner.claim(
            try requests.map { (request) throws(LedgerFailure) in try mutated(request, now: now) }, recording: kept(records),
            now: now)
    }

    private func kept(_ records: [DeliveryRecord]) -> [DeliveryRecord] {
        switch mutation {
        case .outcome: records.filter { $0.next != .delivered || !isItsTurn(10) }
        case .copyInFlightSent:
            records.map {
                guard $0.next == .held else { return $0 }
                return DeliveryRecord(
                    $0.token, at: $0.at, receipt: $0.receipt, next: .pending(notBefore: $0.at), crashed: $0.crashed)
            }
        default: records
        }
    }

    func failOver(_ failovers: [Failover]) throws(LedgerFailure) -> [Bool] {
        if mutation == .otherwise { return failovers.map { _ in true } }
        return try inner.failOver(failovers)
    }

    // MARK: Forwarded calls

    var isRehearsal: Bool { inner.isRehearsal }
    func lookedUntil() throws(LedgerFailure) -> Instant { try inner.lookedUntil() }
    func fillTimes(_ time: (HistoryFilter.CampaignName) -> EventTime?) throws(LedgerFailure) { try inner.fillTimes(time) }
    func unfinished() throws(LedgerFailure) -> [StoredReminder] { try inner.unfinished() }
    func withdraw(_ reminder: ReminderKey, why: WithdrawalReason, limit: Int) throws(LedgerFailure) -> Int {
        try inner.withdraw(reminder, why: why, limit: limit)
    }
    func expire(now: Instant, limit: Int) throws(LedgerFailure) -> [StoredDelivery] { try inner.expire(now: now, limit: limit) }
    func nextWake(channels: [String]) throws(LedgerFailure) -> Instant? { try inner.nextWake(channels: channels) }
    func notifiedOccurrences(endingOnOrAfter day: Day) throws(LedgerFailure) -> [NotifiedOccurrence] {
        try inner.notifiedOccurrences(endingOnOrAfter: day)
    }
    func notified(
        after change: ReminderKey, of occurrences: [OccurrenceKey], in directory: RecipientDirectory
    ) throws(LedgerFailure) -> RecipientSet {
        try inner.notified(after: change, of: occurrences, in: directory)
    }
    func highestChange(plan: String, campaign: String) throws(LedgerFailure) -> Int {
        try inner.highestChange(plan: plan, campaign: campaign)
    }
    func waitingChannels() throws(LedgerFailure) -> [String] { try inner.waitingChannels() }
    func cancelWaiting(channel: String, limit: Int) throws(LedgerFailure) -> [StoredDelivery] {
        try inner.cancelWaiting(channel: channel, limit: limit)
    }
    func withdrawStrangers(
        channel: String, from place: LedgerCursor?, limit: Int, isTheirs: (UnsafeBufferPointer<UInt8>) -> Bool
    ) throws(LedgerFailure) -> (withdrawn: Int, next: LedgerCursor?) {
        try inner.withdrawStrangers(channel: channel, from: place, limit: limit, isTheirs: isTheirs)
    }
    func advance(
        channel: String, triedBefore before: Instant, to now: Instant, limit: Int
    ) throws(LedgerFailure) -> Bool {
        try inner.advance(channel: channel, triedBefore: before, to: now, limit: limit)
    }
    func record(_ changes: [CalendarChange], now: Instant) throws(LedgerFailure) { try inner.record(changes, now: now) }
    func calendarMark(of key: OccurrenceKey) throws(LedgerFailure) -> CalendarMark? { try inner.calendarMark(of: key) }
    func bringRetriesForward(
        by step: TimeSpan, now: Instant, from place: LedgerCursor?, limit: Int
    ) throws(LedgerFailure) -> LedgerCursor? {
        try inner.bringRetriesForward(by: step, now: now, from: place, limit: limit)
    }
    func undelivered(
        now: Instant, from place: LedgerCursor?, parked: Set<String>, limit: Int
    ) throws(LedgerFailure) -> (readers: [Undelivered], next: LedgerCursor?) {
        try inner.undelivered(now: now, from: place, parked: parked, limit: limit)
    }
    func waiting(
        names: [String], after place: WaitingDelivery?, now: Instant, limit: Int
    ) throws(LedgerFailure) -> [WaitingDelivery] {
        try inner.waiting(names: names, after: place, now: now, limit: limit)
    }
    func retry(
        _ selection: FailedSelection, from place: LedgerCursor?, limit: Int, now: Instant
    ) throws(LedgerFailure) -> RetriedPart {
        try inner.retry(selection, from: place, limit: limit, now: now)
    }
    func hold(until: Instant, limit: Int) throws(LedgerFailure) -> Bool { try inner.hold(until: until, limit: limit) }
    func release(_ look: EvaluationResult, sendsPending: Bool) throws(LedgerFailure) {
        try inner.release(look, sendsPending: sendsPending)
    }
    func prune(endedBefore instant: Instant, limit: Int) throws(LedgerFailure) -> Pruned {
        try inner.prune(endedBefore: instant, limit: limit)
    }
    func counts() throws(LedgerFailure) -> [DeliveryState: Int] { try inner.counts() }
    func failedDeliveries(now: Instant) throws(LedgerFailure) -> FailedDeliveries { try inner.failedDeliveries(now: now) }
}
