import Scheduler

/// A ledger with one thing broken (`Mutation`); with none it hands everything on.
final class MutantLedger: Ledger {
    /// What a mutation keeps from one process to the next.
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

    func fire(_ look: LookResult) throws(LedgerFailure) {
        var mutated = look
        switch mutation {
        case .uniqueKey: mutated.firings = look.firings.map(another)
        case .lookedUntil:
            mutated = LookResult(
                lookedUntil: .distantPast, firings: look.firings, superseded: look.superseded, missed: look.missed)
        case .missed: mutated.missed = []
        case .firing:
            mutated.firings = look.firings.filter { _ in
                memory.count += 1
                return memory.count % 10 != 0
            }
        case .change: mutated.firings = look.firings.filter { $0.change == nil }
        default: break
        }
        try inner.fire(mutated)
    }

    /// The same firing, under another key where its own is taken.
    private func another(_ firing: LookResult.Firing) -> LookResult.Firing {
        let old = firing.reminder
        guard !memory.fired.insert(old.key).inserted else { return firing }
        memory.count += 1
        let key = ReminderKey(
            plan: old.key.plan, campaign: old.key.campaign, lead: "\(old.key.lead) (\(memory.count))", anchor: old.key.anchor)
        let reminder = Reminder(
            key: key, occurrence: old.occurrence, start: old.start, end: old.end, due: old.due, deadline: old.deadline)
        return LookResult.Firing(
            reminder: reminder, firedAt: firing.firedAt, late: firing.late, deliveries: firing.deliveries,
            cursor: firing.cursor, change: firing.change, title: firing.title)
    }

    func recorded(of occurrences: [OccurrenceKey]) throws(LedgerFailure) -> Set<ReminderKey> {
        mutation == .uniqueKey ? [] : try inner.recorded(of: occurrences)
    }

    func given(of occurrence: OccurrenceKey, to directory: Directory) throws(LedgerFailure) -> Given {
        mutation == .ruleA ? Given() : try inner.given(of: occurrence, to: directory)
    }

    /// The newest that was never tried, instead of one whose wait is over.
    private func mutated(_ request: ClaimRequest, now: Instant) throws(LedgerFailure) -> ClaimRequest {
        guard mutation == .probe, request.choice == .waited,
            let newest = try inner.waiting(channel: request.channel, after: nil, now: now, limit: 1_000).map(\.place).max()
        else { return request }
        return ClaimRequest(channel: request.channel, limit: request.limit, choice: .these([newest]))
    }

    func inFlight() throws(LedgerFailure) -> [Claim] {
        let claims = try inner.inFlight()
        guard mutation == .intent else { return claims }
        try inner.record(
            claims.map {
                DeliveryRecord(
                    id: $0.id, attempt: $0.attempt, at: $0.stored.reminder.due, receipt: nil,
                    next: .pending(notBefore: $0.stored.reminder.due))
            })
        return []
    }

    func record(_ records: [DeliveryRecord]) throws(LedgerFailure) { try inner.record(kept(records)) }

    func claim(
        _ requests: [ClaimRequest], recording records: [DeliveryRecord], now: Instant
    ) throws(LedgerFailure) -> [Claim] {
        try inner.claim(
            try requests.map { (request) throws(LedgerFailure) in try mutated(request, now: now) }, recording: kept(records),
            now: now)
    }

    private func kept(_ records: [DeliveryRecord]) -> [DeliveryRecord] {
        guard mutation == .outcome else { return records }
        return records.filter {
            guard $0.next == .delivered else { return true }
            memory.count += 1
            return memory.count % 10 != 0
        }
    }

    func reroute(_ readers: [Reroute]) throws(LedgerFailure) {
        if mutation == .otherwise { return }
        try inner.reroute(readers)
    }

    // MARK: Handed on

    var isRehearsal: Bool { inner.isRehearsal }
    func lookedUntil() throws(LedgerFailure) -> Instant { try inner.lookedUntil() }
    func extend(_ parts: [FiringPart]) throws(LedgerFailure) { try inner.extend(parts) }
    func unfinished() throws(LedgerFailure) -> [(reminder: StoredReminder, cursor: String)] { try inner.unfinished() }
    func expired(now: Instant, limit: Int) throws(LedgerFailure) -> [Claim] { try inner.expired(now: now, limit: limit) }
    func nextWake(channels: [String]) throws(LedgerFailure) -> Instant? { try inner.nextWake(channels: channels) }
    func toldOccurrences(endingOnOrAfter day: Day) throws(LedgerFailure) -> [ToldOccurrence] {
        try inner.toldOccurrences(endingOnOrAfter: day)
    }
    func recipientsTold(of occurrence: OccurrenceKey, among directory: Directory) throws(LedgerFailure) -> Positions {
        try inner.recipientsTold(of: occurrence, among: directory)
    }
    func waited(
        for occurrence: OccurrenceKey, besides change: ReminderKey, among directory: Directory
    ) throws(LedgerFailure) -> (everyone: Positions, perhapsTold: Positions) {
        try inner.waited(for: occurrence, besides: change, among: directory)
    }
    func waitingChannels() throws(LedgerFailure) -> [String] { try inner.waitingChannels() }
    func cancelWaiting(channel: String, limit: Int) throws(LedgerFailure) -> [Claim] {
        try inner.cancelWaiting(channel: channel, limit: limit)
    }
    func advance(channel: String, triedBefore before: Instant, to now: Instant) throws(LedgerFailure) {
        try inner.advance(channel: channel, triedBefore: before, to: now)
    }
    func unreached(
        now: Instant, from place: UnreachedPlace?, parked: Set<String>, limit: Int
    ) throws(LedgerFailure) -> (readers: [Unreached], next: UnreachedPlace?) {
        try inner.unreached(now: now, from: place, parked: parked, limit: limit)
    }
    func waiting(
        channel: String, after place: WaitingDelivery?, now: Instant, limit: Int
    ) throws(LedgerFailure) -> [WaitingDelivery] {
        try inner.waiting(channel: channel, after: place, now: now, limit: limit)
    }
    func retry(_ ids: [DeliveryID], now: Instant) throws(LedgerFailure) -> [DeliveryID] { try inner.retry(ids, now: now) }
    func hold(until: Instant) throws(LedgerFailure) { try inner.hold(until: until) }
    func held() throws(LedgerFailure) -> ClosedRange<Instant>? { try inner.held() }
    func release(_ look: LookResult, sendsPending: Bool) throws(LedgerFailure) {
        try inner.release(look, sendsPending: sendsPending)
    }
    func prune(endedBefore instant: Instant, limit: Int) throws(LedgerFailure) -> Pruned {
        try inner.prune(endedBefore: instant, limit: limit)
    }
    func history(_ filter: HistoryFilter) throws(LedgerFailure) -> [HistoryRow] { try inner.history(filter) }
    func counts() throws(LedgerFailure) -> [DeliveryState: Int] { try inner.counts() }
}
