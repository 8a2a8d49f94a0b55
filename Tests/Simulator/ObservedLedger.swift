import Dates
import Randomness
import Scheduler

/// The ledger of one process, with faults. It reports to the oracle what is on the disk.
///
/// The process may die before or after each call that writes, and the disk may be full.
final class ObservedLedger: Ledger {
    /// The error that ends the simulated process. No other error has this text.
    static let death = LedgerFailure.broken("the process died here")

    private let inner: any Ledger
    private let oracle: Oracle
    private var dice: RandomSource
    /// The probability that the process dies at a call that writes.
    var risk = 0.0
    /// The probability that a call finds the disk full although `isFull` is false.
    var fullRisk = 0.0
    var isFull = false
    private(set) var isDead = false
    /// Whether a call in this turn of the main loop found no disk space.
    ///
    /// The loop then tries again after a second.
    var isWaitingForSpace = false

    init(_ inner: any Ledger, oracle: Oracle, dice: RandomSource) {
        self.inner = inner
        self.oracle = oracle
        self.dice = dice
    }

    func die() { isDead = true }

    /// Runs a call that writes to the disk.
    ///
    /// The process may die before or after the call. `then` is called when the result is on the
    /// disk.
    private func durable<Result>(
        _ name: String, _ step: () throws(LedgerFailure) -> Result, then: (Result) throws(LedgerFailure) -> Void
    ) throws(LedgerFailure) -> Result {
        guard !isDead else { throw ObservedLedger.death }
        if isFull || dice.chance(fullRisk) {
            isWaitingForSpace = true
            oracle.note("the disk is full for \(name)")
            throw .full
        }
        let dies = dice.chance(risk)
        let before = dice.chance(0.5)
        if dies, before {
            oracle.note("dies before \(name)")
            die()
            throw ObservedLedger.death
        }
        let result = try step()
        try then(result)
        if dies {
            oracle.note("dies after \(name)")
            die()
            throw ObservedLedger.death
        }
        return result
    }

    private func alive() throws(LedgerFailure) {
        if isDead { throw ObservedLedger.death }
    }

    private func everything() throws(LedgerFailure) -> [HistoryRow] { try inner.history(HistoryFilter(limit: 1_000_000)) }

    // MARK: Steps that write

    func takeBack(recordedAfter now: Instant) throws(LedgerFailure) -> Int {
        try durable("a removal of future rows") { () throws(LedgerFailure) in
            try inner.takeBack(recordedAfter: now)
        } then: { count in
            let wanted = oracle.takenBack(recordedAfter: now)
            if wanted != count { oracle.accuse(.silent, "\(count) rows removed instead of \(wanted)") }
        }
    }

    func fire(_ look: EvaluationResult) throws(LedgerFailure) -> Set<ReminderKey> {
        try durable("an evaluation") { () throws(LedgerFailure) in
            try inner.fire(look)
        } then: { wrote in
            oracle.looked(look, wrote: wrote)
        }
    }

    func extend(_ parts: [FiringPart]) throws(LedgerFailure) -> [Int] {
        try durable("an extension") { () throws(LedgerFailure) in
            try inner.extend(parts)
        } then: { counts in
            oracle.extended(parts, counts)
        }
    }

    func withdraw(_ reminder: ReminderKey, why: WithdrawalReason, limit: Int) throws(LedgerFailure) -> Int {
        try durable("a withdrawal") { () throws(LedgerFailure) in
            try inner.withdraw(reminder, why: why, limit: limit)
        } then: { count throws(LedgerFailure) in
            oracle.withdrew(count, try everything())
        }
    }

    func claim(
        _ requests: [ClaimRequest], recording records: [DeliveryRecord], now: Instant
    ) throws(LedgerFailure) -> (claims: [Claim], late: [DeliveryRecord]) {
        try durable(records.isEmpty ? "a claim" : "outcomes and a claim") { () throws(LedgerFailure) in
            try inner.claim(requests, recording: records, now: now)
        } then: { result in
            oracle.recorded(records, late: result.late)
            oracle.probed(requests, result.claims, now: now)
            oracle.claimed(result.claims)
        }
    }

    func record(_ records: [DeliveryRecord]) throws(LedgerFailure) -> [DeliveryRecord] {
        try durable("an outcome") { () throws(LedgerFailure) in
            try inner.record(records)
        } then: { late in
            oracle.recorded(records, late: late)
        }
    }

    /// Makes deliveries dead whose deadline has passed.
    ///
    /// If there are none, the ledger writes nothing, and the process cannot die here.
    func expire(now: Instant, limit: Int) throws(LedgerFailure) -> [StoredDelivery] {
        try alive()
        guard oracle.hasExpired(now: now) else {
            let expired = try inner.expire(now: now, limit: limit)
            oracle.expired(expired, now: now)
            return expired
        }
        return try durable("an expiry") { () throws(LedgerFailure) in
            try inner.expire(now: now, limit: limit)
        } then: { expired in
            oracle.expired(expired, now: now)
        }
    }

    func cancelWaiting(channel: String, limit: Int) throws(LedgerFailure) -> [StoredDelivery] {
        // At most three deliveries, so that cancelling many of them takes several calls.
        try durable("a cancellation") { () throws(LedgerFailure) in
            try inner.cancelWaiting(channel: channel, limit: min(limit, 3))
        } then: { deliveries in
            oracle.cancelled(deliveries)
        }
    }

    func withdrawStrangers(
        channel: String, from place: LedgerCursor?, limit: Int, isTheirs: (UnsafeBufferPointer<UInt8>) -> Bool
    ) throws(LedgerFailure) -> (withdrawn: Int, next: LedgerCursor?) {
        try durable("a withdrawal of strangers") { () throws(LedgerFailure) in
            try inner.withdrawStrangers(channel: channel, from: place, limit: min(limit, 3), isTheirs: isTheirs)
        } then: { result throws(LedgerFailure) in
            oracle.withdrew(result.withdrawn, try everything())
        }
    }

    func advance(
        channel: String, triedBefore before: Instant, to now: Instant, limit: Int
    ) throws(LedgerFailure) -> Bool {
        try durable("an advance") { () throws(LedgerFailure) in
            try inner.advance(channel: channel, triedBefore: before, to: now, limit: limit)
        } then: { _ in
        }
    }

    func record(_ changes: [CalendarChange], now: Instant) throws(LedgerFailure) {
        guard !changes.isEmpty else { return }
        try durable("changes of events") { () throws(LedgerFailure) in
            try inner.record(changes, now: now)
        } then: { _ in
        }
    }

    func calendarMark(of key: OccurrenceKey) throws(LedgerFailure) -> CalendarMark? {
        guard !isDead else { throw ObservedLedger.death }
        return try inner.calendarMark(of: key)
    }

    func bringRetriesForward(
        by step: TimeSpan, now: Instant, from place: LedgerCursor?, limit: Int
    ) throws(LedgerFailure) -> LedgerCursor? {
        try durable("an advance after a step") { () throws(LedgerFailure) in
            try inner.bringRetriesForward(by: step, now: now, from: place, limit: min(limit, 3))
        } then: { _ in
        }
    }

    func failOver(_ failovers: [Failover]) throws(LedgerFailure) -> [Bool] {
        guard !failovers.isEmpty else { return [] }
        return try durable("a failover") { () throws(LedgerFailure) in
            try inner.failOver(failovers)
        } then: { taken in
            for (failover, isTaken) in zip(failovers, taken) where isTaken {
                oracle.failedOver(failover.reader, to: failover.deliveries)
            }
        }
    }

    func retry(
        _ selection: FailedSelection, from place: LedgerCursor?, limit: Int, now: Instant
    ) throws(LedgerFailure) -> RetriedPart {
        try durable("a retry") { () throws(LedgerFailure) in
            try inner.retry(selection, from: place, limit: limit, now: now)
        } then: { _ in
        }
    }

    func hold(until: Instant, limit: Int) throws(LedgerFailure) -> Bool {
        try durable("a hold") { () throws(LedgerFailure) in
            try inner.hold(until: until, limit: limit)
        } then: { _ in
            oracle.held(until: until)
        }
    }

    func release(_ look: EvaluationResult, sendsPending: Bool) throws(LedgerFailure) {
        try durable("a release") { () throws(LedgerFailure) in
            try inner.release(look, sendsPending: sendsPending)
        } then: {
            oracle.released(look, sends: sendsPending)
        }
    }

    func continueRelease(limit: Int) throws(LedgerFailure) -> Bool {
        guard oracle.book.releasing != nil else { return try inner.continueRelease(limit: limit) }
        return try durable("a part of a release") { () throws(LedgerFailure) in
            try inner.continueRelease(limit: limit)
        } then: { isMore throws(LedgerFailure) in
            let isHeld = try inner.held() != nil
            oracle.letGo(isLast: !isMore && !isHeld, try everything())
        }
    }

    func prune(endedBefore instant: Instant, limit: Int) throws(LedgerFailure) -> Pruned {
        try durable("a pruning") { () throws(LedgerFailure) in
            try inner.prune(endedBefore: instant, limit: limit)
        } then: { _ in
        }
    }

    // MARK: Steps that read

    var isRehearsal: Bool { inner.isRehearsal }

    func lookedUntil() throws(LedgerFailure) -> Instant {
        try alive()
        return try inner.lookedUntil()
    }

    func held() throws(LedgerFailure) -> ClosedRange<Instant>? {
        try alive()
        return try inner.held()
    }

    func rows(of keys: [ReminderKey]) throws(LedgerFailure) -> [RecordedReminder?] {
        try alive()
        return try inner.rows(of: keys)
    }

    func shares(of occurrence: OccurrenceKey, in directory: RecipientDirectory) throws(LedgerFailure) -> [DeliveryShare] {
        try alive()
        return try inner.shares(of: occurrence, in: directory)
    }

    func notifiedOccurrences(endingOnOrAfter day: Day) throws(LedgerFailure) -> [NotifiedOccurrence] {
        try alive()
        return try inner.notifiedOccurrences(endingOnOrAfter: day)
    }

    func notified(
        after change: ReminderKey, of occurrences: [OccurrenceKey], in directory: RecipientDirectory
    ) throws(LedgerFailure) -> RecipientSet {
        try alive()
        return try inner.notified(after: change, of: occurrences, in: directory)
    }

    func highestChange(plan: String, campaign: String) throws(LedgerFailure) -> Int {
        try alive()
        return try inner.highestChange(plan: plan, campaign: campaign)
    }

    func fillTimes(_ time: (HistoryFilter.CampaignName) -> EventTime?) throws(LedgerFailure) {
        try alive()
        try inner.fillTimes(time)
    }

    func unfinished() throws(LedgerFailure) -> [StoredReminder] {
        try alive()
        return try inner.unfinished()
    }

    func adopt(limit: Int) throws(LedgerFailure) -> [Claim] {
        try alive()
        let claims = try inner.adopt(limit: limit)
        oracle.found(inFlight: claims)
        return claims
    }

    func nextWake(channels: [String]) throws(LedgerFailure) -> Instant? {
        try alive()
        return try inner.nextWake(channels: channels)
    }

    func waitingChannels() throws(LedgerFailure) -> [String] {
        try alive()
        return try inner.waitingChannels()
    }

    /// Returns at most two results, so that a search takes several calls.
    func undelivered(
        now: Instant, from place: LedgerCursor?, parked: Set<String>, limit: Int
    ) throws(LedgerFailure) -> (readers: [Undelivered], next: LedgerCursor?) {
        try alive()
        return try inner.undelivered(now: now, from: place, parked: parked, limit: min(limit, 2))
    }

    func waiting(
        names: [String], after place: WaitingDelivery?, now: Instant, limit: Int
    ) throws(LedgerFailure) -> [WaitingDelivery] {
        try alive()
        return try inner.waiting(names: names, after: place, now: now, limit: limit)
    }

    func history(_ filter: HistoryFilter) throws(LedgerFailure) -> [HistoryRow] { try inner.history(filter) }
    func counts() throws(LedgerFailure) -> [DeliveryState: Int] { try inner.counts() }
    func failedDeliveries(now: Instant) throws(LedgerFailure) -> FailedDeliveries { try inner.failedDeliveries(now: now) }
}
