import Dates
import Randomness
import Scheduler

/// The ledger as the loops of one process see it: every durable step may be the last that this process takes, the disk may
/// be full, and the oracle hears of each step that is on the disk.
final class ObservedLedger: Ledger {
    /// The words with which a death of the process goes up through the loops: nothing else is thrown by them.
    static let death = LedgerFailure.broken("the process died here")

    private let inner: any Ledger
    private let oracle: Oracle
    private var dice: RandomSource
    /// How likely a durable step is the last.
    var risk = 0.0
    /// How likely a durable step finds the disk full though the one before did not.
    var fullRisk = 0.0
    var isFull = false
    private(set) var isDead = false
    /// A step of this turn found no space: the loops try again in a second.
    var isWaitingForSpace = false

    init(_ inner: any Ledger, oracle: Oracle, dice: RandomSource) {
        self.inner = inner
        self.oracle = oracle
        self.dice = dice
    }

    func die() { isDead = true }

    /// One durable step: before it and after it the process may die; `then` hears of it once it is on the disk.
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
        try durable("a taking back") { () throws(LedgerFailure) in
            try inner.takeBack(recordedAfter: now)
        } then: { count in
            let wanted = oracle.takenBack(recordedAfter: now)
            if wanted != count { oracle.accuse(.silent, "\(count) rows taken back and not \(wanted)") }
        }
    }

    func fire(_ look: LookResult) throws(LedgerFailure) -> Set<ReminderKey> {
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
    ) throws(LedgerFailure) -> [Claim] {
        try durable(records.isEmpty ? "a claim" : "outcomes and a claim") { () throws(LedgerFailure) in
            try inner.claim(requests, recording: records, now: now)
        } then: { claims in
            oracle.recorded(records)
            oracle.probed(requests, claims, now: now)
            oracle.claimed(claims)
        }
    }

    func record(_ records: [DeliveryRecord]) throws(LedgerFailure) {
        try durable("an outcome") { () throws(LedgerFailure) in
            try inner.record(records)
        } then: {
            oracle.recorded(records)
        }
    }

    func cancelWaiting(channel: String, limit: Int) throws(LedgerFailure) -> [Claim] {
        // Three at a time, so that a pass takes several steps.
        try durable("a cancellation") { () throws(LedgerFailure) in
            try inner.cancelWaiting(channel: channel, limit: min(limit, 3))
        } then: { claims in
            oracle.cancelled(claims)
        }
    }

    func withdrawStrangers(
        channel: String, from place: WaitingPlace?, limit: Int, isTheirs: (UnsafeBufferPointer<UInt8>) -> Bool
    ) throws(LedgerFailure) -> (withdrawn: Int, next: WaitingPlace?) {
        try durable("a withdrawal of strangers") { () throws(LedgerFailure) in
            try inner.withdrawStrangers(channel: channel, from: place, limit: min(limit, 3), isTheirs: isTheirs)
        } then: { result throws(LedgerFailure) in
            oracle.withdrew(result.withdrawn, try everything())
        }
    }

    func advance(channel: String, triedBefore before: Instant, to now: Instant) throws(LedgerFailure) {
        try durable("an advance") { () throws(LedgerFailure) in
            try inner.advance(channel: channel, triedBefore: before, to: now)
        } then: { _ in
        }
    }

    func bringRetriesForward(
        by step: Span, now: Instant, from place: WaitingPlace?, limit: Int
    ) throws(LedgerFailure) -> WaitingPlace? {
        try durable("an advance after a step") { () throws(LedgerFailure) in
            try inner.bringRetriesForward(by: step, now: now, from: place, limit: min(limit, 3))
        } then: { _ in
        }
    }

    func reroute(_ readers: [Reroute]) throws(LedgerFailure) {
        guard !readers.isEmpty else { return }
        try durable("a reroute") { () throws(LedgerFailure) in
            try inner.reroute(readers)
        } then: {
            for reroute in readers { oracle.rerouted(reroute.reader, to: reroute.deliveries) }
        }
    }

    func retry(
        _ selection: FailedSelection, from place: FailedPlace?, limit: Int, now: Instant
    ) throws(LedgerFailure) -> RetriedPart {
        try durable("a retry") { () throws(LedgerFailure) in
            try inner.retry(selection, from: place, limit: limit, now: now)
        } then: { _ in
        }
    }

    func hold(until: Instant) throws(LedgerFailure) {
        try durable("a hold") { () throws(LedgerFailure) in
            try inner.hold(until: until)
        } then: {
            oracle.held(until: until)
        }
    }

    func release(_ look: LookResult, sendsPending: Bool) throws(LedgerFailure) {
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

    func shares(of occurrence: OccurrenceKey, in directory: Directory) throws(LedgerFailure) -> [DeliveryShare] {
        try alive()
        return try inner.shares(of: occurrence, in: directory)
    }

    func notifiedOccurrences(endingOnOrAfter day: Day) throws(LedgerFailure) -> [NotifiedOccurrence] {
        try alive()
        return try inner.notifiedOccurrences(endingOnOrAfter: day)
    }

    func notified(
        after change: ReminderKey, of occurrences: [OccurrenceKey], in directory: Directory
    ) throws(LedgerFailure) -> Positions {
        try alive()
        return try inner.notified(after: change, of: occurrences, in: directory)
    }

    func highestChange(plan: String, campaign: String) throws(LedgerFailure) -> Int {
        try alive()
        return try inner.highestChange(plan: plan, campaign: campaign)
    }

    func unfinished() throws(LedgerFailure) -> [StoredReminder] {
        try alive()
        return try inner.unfinished()
    }

    func inFlight() throws(LedgerFailure) -> [Claim] {
        try alive()
        let claims = try inner.inFlight()
        oracle.found(inFlight: claims)
        return claims
    }

    func expired(now: Instant, limit: Int) throws(LedgerFailure) -> [Claim] {
        try alive()
        return try inner.expired(now: now, limit: limit)
    }

    func nextWake(channels: [String]) throws(LedgerFailure) -> Instant? {
        try alive()
        return try inner.nextWake(channels: channels)
    }

    func waitingChannels() throws(LedgerFailure) -> [String] {
        try alive()
        return try inner.waitingChannels()
    }

    /// Two at a time, so that a search takes several steps.
    func unreached(
        now: Instant, from place: UnreachedPlace?, parked: Set<String>, limit: Int
    ) throws(LedgerFailure) -> (readers: [Unreached], next: UnreachedPlace?) {
        try alive()
        return try inner.unreached(now: now, from: place, parked: parked, limit: min(limit, 2))
    }

    func waiting(
        names: [String], after place: WaitingDelivery?, now: Instant, limit: Int
    ) throws(LedgerFailure) -> [WaitingDelivery] {
        try alive()
        return try inner.waiting(names: names, after: place, now: now, limit: limit)
    }

    func history(_ filter: HistoryFilter) throws(LedgerFailure) -> [HistoryRow] { try inner.history(filter) }
    func counts() throws(LedgerFailure) -> [DeliveryState: Int] { try inner.counts() }
}
