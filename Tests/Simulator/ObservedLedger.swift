import Scheduler

/// The ledger as the loops of one process see it: every durable step may be the last that this process takes, the disk may
/// be full, and the oracle hears of each step that is on the disk.
final class ObservedLedger: Ledger {
    /// The words with which a death of the process goes up through the loops: nothing else is thrown by them.
    static let death = LedgerFailure.broken("the process died here")

    private let inner: any Ledger
    private let oracle: Oracle
    private var dice: Dice
    /// How likely a durable step is the last.
    var risk = 0.0
    /// How likely a durable step finds the disk full though the one before did not.
    var fullRisk = 0.0
    var isFull = false
    private(set) var isDead = false
    /// A step of this turn found no space: the loops try again in a second.
    var isWaitingForSpace = false

    init(_ inner: any Ledger, oracle: Oracle, dice: Dice) {
        self.inner = inner
        self.oracle = oracle
        self.dice = dice
    }

    func die() { isDead = true }

    /// One durable step: before it and after it the process may die; `then` hears of it once it is on the disk.
    private func durable<Result>(
        _ name: String, _ step: () throws(LedgerFailure) -> Result, then: (Result) -> Void
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
        then(result)
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

    // MARK: Steps that write

    func fire(_ look: LookResult) throws(LedgerFailure) {
        try durable("a look") { () throws(LedgerFailure) in
            try inner.fire(look)
        } then: {
            oracle.looked(look)
        }
    }

    func extend(_ parts: [FiringPart]) throws(LedgerFailure) {
        try durable("an extension") { () throws(LedgerFailure) in
            try inner.extend(parts)
        } then: { _ in
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
        try durable("a cancellation") { () throws(LedgerFailure) in
            try inner.cancelWaiting(channel: channel, limit: limit)
        } then: { claims in
            oracle.cancelled(claims)
        }
    }

    func advance(channel: String, triedBefore before: Instant, to now: Instant) throws(LedgerFailure) {
        try durable("an advance") { () throws(LedgerFailure) in
            try inner.advance(channel: channel, triedBefore: before, to: now)
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

    func retry(_ ids: [DeliveryID], now: Instant) throws(LedgerFailure) -> [DeliveryID] {
        try durable("a retry") { () throws(LedgerFailure) in
            try inner.retry(ids, now: now)
        } then: { _ in
        }
    }

    func hold(until: Instant) throws(LedgerFailure) {
        try durable("a hold") { () throws(LedgerFailure) in
            try inner.hold(until: until)
        } then: { _ in
        }
    }

    func release(_ look: LookResult, sendsPending: Bool) throws(LedgerFailure) {
        try durable("a release") { () throws(LedgerFailure) in
            try inner.release(look, sendsPending: sendsPending)
        } then: { _ in
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

    func recorded(of occurrences: [OccurrenceKey]) throws(LedgerFailure) -> Set<ReminderKey> {
        try alive()
        return try inner.recorded(of: occurrences)
    }

    func given(of occurrence: OccurrenceKey, to directory: Directory) throws(LedgerFailure) -> Given {
        try alive()
        return try inner.given(of: occurrence, to: directory)
    }

    func held() throws(LedgerFailure) -> ClosedRange<Instant>? {
        try alive()
        return try inner.held()
    }

    func unfinished() throws(LedgerFailure) -> [(reminder: StoredReminder, cursor: String)] {
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

    func toldOccurrences(endingOnOrAfter day: Day) throws(LedgerFailure) -> [ToldOccurrence] {
        try alive()
        return try inner.toldOccurrences(endingOnOrAfter: day)
    }

    func recipientsTold(of occurrence: OccurrenceKey, among directory: Directory) throws(LedgerFailure) -> Positions {
        try alive()
        return try inner.recipientsTold(of: occurrence, among: directory)
    }

    func waited(
        for occurrence: OccurrenceKey, besides change: ReminderKey, among directory: Directory
    ) throws(LedgerFailure) -> (everyone: Positions, perhapsTold: Positions) {
        try alive()
        return try inner.waited(for: occurrence, besides: change, among: directory)
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
        channel: String, after place: WaitingDelivery?, now: Instant, limit: Int
    ) throws(LedgerFailure) -> [WaitingDelivery] {
        try alive()
        return try inner.waiting(channel: channel, after: place, now: now, limit: limit)
    }

    func history(_ filter: HistoryFilter) throws(LedgerFailure) -> [HistoryRow] { try inner.history(filter) }
    func counts() throws(LedgerFailure) -> [DeliveryState: Int] { try inner.counts() }
}
