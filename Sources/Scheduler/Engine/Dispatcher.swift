import Dates

/// Claims deliveries, sends them and records outcomes, as the second step of the main loop.
///
/// The guarantee of delivery depends on the order within each step. The dispatcher first makes
/// outcomes durable, then new claims, and only then sends. After a crash between a claim and its
/// outcome, the next start finds the delivery in flight and treats its outcome as unknown.
public final class Dispatcher {
    let ledger: any DeliveringLedger
    let journal: any Journal
    var destinations: [String: ChannelState]
    var names: ChannelNames
    let gates: ChannelGates
    var attempts = AttemptsUnderWay()
    let inbox: CompletionQueue
    let realClock: any WallClock
    private var chance: any RandomNumberGenerator
    var outcomes = UnrecordedOutcomes()
    var messages: MessageMaker
    var earlierRetries = EarlierRetries()
    var misrouted = MisroutedDeliveries()
    var failover = FailoverSearch()
    /// Whether a due delivery waits for a breaker or a rate.
    ///
    /// If true, a rehearsal's clock must not run faster than the real clock.
    public private(set) var isHeldBack = false

    /// Attempts that have begun and whose outcome has not arrived.
    struct AttemptsUnderWay {
        var total = 0
        /// The number of attempts under way on each channel that a reload removed.
        ///
        /// The numbers are needed because a later reload may add these channels again.
        var departed: [String: Int] = [:]
    }

    /// Outcomes that are not in the ledger yet. They are recorded before anything new is sent.
    struct UnrecordedOutcomes {
        var records: [DeliveryRecord] = []
        var ledgerIsFull = false
    }

    /// The maximum number of deliveries in one claim for a channel.
    ///
    /// The limit is as large as one batch of outcomes, so that hundreds of outcomes share a commit.
    static let claimLimit = 500
    static let expiredPerStep = 500
    /// The maximum number of deliveries that one call of `recoverPart` records.
    static let adoptedPerCall = 5_000
    /// If this many attempts are under way on all channels, no channel's limit grows.
    ///
    /// Each attempt may use a connection, and the service may open 4 096 file descriptors.
    static let attemptsBeforeGrowthEnds = 1_024
    /// The minimum number of attempts under way for which the loop collects outcomes before a step.
    ///
    /// The loop waits a few milliseconds for a quarter of the outcomes, so that they share a
    /// commit. If every busy channel has further messages queued, it waits for half of the
    /// outcomes.
    static let gatherFrom = 12
    static let gatherAtMost = TimeSpan(milliseconds: 5)
    static let gatherAhead = TimeSpan(milliseconds: 10)
    /// The interval between attempts to write while the disk is full.
    ///
    /// See fault 17 in `docs/faults.md`.
    static let fullRetry = TimeSpan.seconds(1)
    /// The number of pending deliveries in one page of the queue.
    ///
    /// Pages are read to find recipients for a comparison, or a recipient for the first attempt
    /// after a pause because of load. Reading stops at the first page with a suitable recipient.
    static let waitingPerPage = 5_000
    static let waitingPages = 10
    /// The interval between checks of a channel whose endpoint is gone.
    ///
    /// The checks are needed because deliveries on this channel may expire.
    static let parkedRest = TimeSpan.hours(1)

    public struct Route {
        public let channel: any Channel
        public let rate: Rate?
        /// A string that changes if the channel's settings or secrets change.
        public let fingerprint: String
        /// The channel's former names, newest first.
        ///
        /// Pending deliveries under these names belong to this channel.
        public let formerly: [String]

        public init(channel: any Channel, rate: Rate? = nil, fingerprint: String = "", formerly: [String] = []) {
            self.channel = channel
            self.rate = rate
            self.fingerprint = fingerprint
            self.formerly = formerly
        }
    }

    /// - Parameters:
    ///   - gates: The breakers, which alerts and `send-test` use too.
    ///   - realClock: The real clock, even in a rehearsal. Rates and breakers use it.
    ///   - chance: The source of the random part of the wait before a retry.
    public init(
        ledger: any DeliveringLedger, journal: any Journal, accepted: ActiveConfiguration, routes: [Route],
        inbox: CompletionQueue,
        gates: ChannelGates = ChannelGates(), realClock: any WallClock,
        chance: any RandomNumberGenerator = SystemRandomNumberGenerator()
    ) {
        self.gates = gates
        self.ledger = ledger
        self.journal = journal
        messages = MessageMaker(accepted, rehearsal: ledger.isRehearsal)
        self.inbox = inbox
        self.realClock = realClock
        self.chance = chance
        destinations = Dispatcher.destinations(routes, realNow: realClock.now())
        names = ChannelNames(routes)
    }

    /// Switches to a new accepted configuration.
    ///
    /// Attempts under way end on the channels on which they began. Attempts that are queued in
    /// replaced channels are cancelled, so that removed recipients get nothing.
    ///
    /// - Parameter isReload: Whether an operator reloaded the configuration, so that endpoints that
    ///   were gone are tried again.
    public func accept(_ accepted: ActiveConfiguration, routes: [Route], isReload: Bool = true) {
        misrouted.reloaded(
            at: realClock.now(),
            haveRecipientsChanged: accepted.directory.fingerprint != messages.accepted.directory.fingerprint)
        messages.accept(accepted)
        var renewed = Dispatcher.destinations(routes, realNow: realClock.now())
        let underWay = attempts.departed.merging(destinations.mapValues(\.underWay)) { _, current in current }
        for (name, count) in underWay { renewed[name]?.inherit(count) }
        for (name, old) in destinations {
            if let fresh = renewed[name] {
                renewed[name]?.follow(old, breakerWasOpen: gates.breaker(of: name).isOpen)
                gates.reload(name, isSame: fresh.hasSettings(of: old), isReload: isReload, now: realClock.now())
            } else {
                gates.reset(name, now: realClock.now())
            }
            if renewed[name]?.channel !== old.channel { old.channel.withdraw() }
        }
        attempts.departed = underWay.filter { renewed[$0.key] == nil && $0.value > 0 }
        destinations = renewed
        names = ChannelNames(routes)
    }

    /// Adjusts retries and the failover search after the wall clock was set.
    public func clockStepped(by step: TimeSpan) {
        failover.beginSoon()
        earlierRetries.clockStepped(by: step)
    }

    /// Starts a failover search soon, because an operator has ended a hold.
    ///
    /// Recipients who were not notified during the hold then get deliveries on their other
    /// channels.
    public func released() { failover.beginSoon() }

    /// Returns whether deliveries were withdrawn since the last call.
    ///
    /// Returns false until the search for misrouted deliveries has ended.
    func takeHasWithdrawn() -> Bool { misrouted.takeHasWithdrawn() }

    private static func destinations(_ routes: [Route], realNow: Instant) -> [String: ChannelState] {
        var destinations: [String: ChannelState] = [:]
        for route in routes {
            destinations[route.channel.name] = ChannelState(
                channel: route.channel, rate: route.rate, fingerprint: route.fingerprint, realNow: realNow)
        }
        return destinations
    }

    /// The names of the channels that are paused.
    ///
    /// Their breaker is open, their endpoint is gone, or they are held by a comparison or because
    /// of load.
    public var failing: [String] {
        let (open, realNow) = (gates.open, realClock.now())
        return destinations.filter {
            open.contains($0.key) || $0.value.comparison.isHolding || $0.value.load.isHeld(realNow: realNow)
        }.keys.sorted()
    }

    /// The number of attempts under way, including those on channels that a reload has removed.
    public var underWay: Int { attempts.total }

    /// How long the loop should wait for more outcomes before the next step.
    ///
    /// The value is nil if few attempts are under way, or if enough outcomes have arrived.
    var gathering: TimeSpan? {
        guard underWay >= Dispatcher.gatherFrom else { return nil }
        // A channel that has further messages in its own queue does not have to wait for the loop.
        let nobodyWaits = destinations.values.allSatisfy { $0.underWay == 0 || $0.isAhead }
        guard inbox.isShort(of: underWay / (nobodyWaits ? 2 : 4)) else { return nil }
        return nobodyWaits ? Dispatcher.gatherAhead : Dispatcher.gatherAtMost
    }

    /// Records an unknown outcome for deliveries that a crash left in flight.
    ///
    /// Called once, before the first step. If the ledger is held because it is a restored copy,
    /// these deliveries wait for an operator, like all other deliveries.
    public func recover(now: Instant) throws(LedgerFailure) {
        // If the ledger was evaluated later than `now`, the clock was set back while no process
        // ran.
        let lookedUntil = try ledger.lookedUntil()
        if now < lookedUntil { clockStepped(by: now - lookedUntil) }
        while try recoverPart(now: now) {}
    }

    /// Records one batch of deliveries left in flight. Returns whether there may be more.
    private func recoverPart(now: Instant) throws(LedgerFailure) -> Bool {
        let interrupted = try ledger.adopt(limit: Dispatcher.adoptedPerCall)
        let heldUntil = interrupted.isEmpty ? nil : try ledger.held()?.upperBound
        let records = interrupted.map { claim in
            let policy = names.channel(stored: claim.channel).flatMap { destinations[$0]?.channel.policy }
            var next = RetryPolicy.afterCrash(claim, channel: policy, now: now)
            if case .pending = next, let heldUntil, claim.stored.firedAt <= heldUntil { next = .held }
            journal.write(.interrupted(claim, next))
            return DeliveryRecord(
                claim.token, at: now, receipt: Receipt(.unknown, reply: "remindd stopped during this attempt"), next: next,
                crashed: true)
        }
        _ = try ledger.record(records)
        return interrupted.count == Dispatcher.adoptedPerCall
    }

    /// Runs one pass. Returns when the next pass is needed even if no outcome arrives.
    ///
    /// 1. Collect the outcomes that have arrived.
    /// 2. Make retries due if their server has recovered.
    /// 3. Record the outcomes, unless they can share the commit of the next claims.
    /// 4. Bring retries forward after the clock was set back.
    /// 5. Give up deliveries whose deadline is past.
    /// 6. Withdraw deliveries whose channel was removed or is no longer the recipient's.
    /// 7. Write deliveries on other channels for undelivered recipients.
    /// 8. Claim deliveries that can start, record the outcomes in the same commit, and hand the
    ///    deliveries to their channels.
    /// 9. Compute when the next pass is needed.
    ///
    /// - Parameter isFull: Whether the disk had no space for the evaluation. If true, outcomes are
    ///   recorded if possible, and no attempt begins, because pending deliveries may no longer be
    ///   valid.
    public func step(now: Instant, starting: Bool = true, isFull: Bool = false) throws(LedgerFailure) -> Instant {
        do throws(LedgerFailure) {
            takeOutcomes(now: now)
            // Retries become due before outcomes are recorded, so that a delivery that was refused
            // just now keeps its wait.
            try earlierRetries.advance(ledger, names, now: now)
            // Outcomes and the next claims share a commit, unless a call between them must see the
            // outcomes in the ledger.
            let isBusyOtherwise =
                outcomes.ledgerIsFull || isFull || misrouted.isUnderWay || earlierRetries.isBringingForward
                || failover.isDue(now: now)
            if isBusyOtherwise || !starting { try record([]) }
            if isFull { throw LedgerFailure.full }
            if outcomes.ledgerIsFull {
                outcomes.ledgerIsFull = false
                journal.write(.ledgerHasSpace)
            }
            try earlierRetries.bringForward(ledger, now: now)
            for delivery in try ledger.expire(now: now, limit: Dispatcher.expiredPerStep) { journal.write(.expired(delivery)) }
            try misrouted.step(ledger, names, messages.accepted.directory, journal)
            try failover.step(ledger, names, &messages, parked: gates.parked, journal, now: now)
            if starting { try startAttempts(now: now) }
            return try nextWake(now: now)
        } catch .full {
            if !outcomes.ledgerIsFull { journal.write(.ledgerFull) }
            outcomes.ledgerIsFull = true
            return now + Dispatcher.fullRetry
        }
    }

    /// Records outcomes only, because the clock is not trusted.
    ///
    /// A wrong clock might show a time after the deadlines of all deliveries.
    func stepInDoubt(now: Instant) throws(LedgerFailure) {
        takeOutcomes(now: now)
        do throws(LedgerFailure) {
            try record([])
        } catch .full {
            // The outcomes are kept for the next step.
        }
    }

    /// Moves outcomes from the inbox to `outcomes`, for the next commit.
    private func takeOutcomes(now: Instant) {
        let realNow = realClock.now()
        takeNews(now: now, realNow: realNow)
        for arrival in inbox.takeAll() {
            let claim = arrival.claim
            attempts.total -= 1
            let receipt = judge(arrival, now: now, realNow: realNow)
            let next = RetryPolicy.next(
                after: receipt, claim, channel: arrival.policy, now: now, chance: Double.random(in: 0..<1, using: &chance))
            outcomes.records.append(DeliveryRecord(claim.token, at: now, receipt: receipt, next: next))
            if next == .dead || receipt.about == .endpointGone { failover.beginSoon() }
            if case .pending = next { misrouted.waitsAgain(attemptBegan: arrival.began) }
            if destinations[claim.channel] == nil { misrouted.mayWaitForVanishedChannel() }
            journal.write(.attempted(claim, receipt, next))
            if let failure = receipt.unrendered { journal.write(.unrenderable(claim, failure)) }
        }
    }

    /// Records the outcomes of claims. If the disk is full, the records are kept for the next step.
    ///
    /// A delivery that a comparison gives up may have been tried again, withdrawn or given up in
    /// the meantime. The ledger rejects the record of such a delivery, and the record is dropped.
    func record(_ records: [DeliveryRecord]) throws(LedgerFailure) {
        outcomes.records += records
        guard !outcomes.records.isEmpty else { return }
        _ = try ledger.record(outcomes.records)
        outcomes.records.removeAll(keepingCapacity: true)
    }

    private func nextWake(now: Instant) throws(LedgerFailure) -> Instant {
        let realNow = realClock.now()
        let isUnderWay = misrouted.isUnderWay || earlierRetries.isBringingForward
        let isHeld = isUnderWay ? try ledger.held() != nil : false
        var wake = isUnderWay && !isHeld || failover.isUnderWay ? now : Instant.distantFuture
        var open: [String] = []
        isHeldBack = false
        for (name, destination) in destinations {
            let (breaker, isProbed) = (gates.breaker(of: name), gates.isProbed(name))
            let isParked = gates.isParked(name)
            let heldBack = destination.heldBack(now: now, realNow: realNow, breaker: breaker, isProbed: isProbed)
            if let wait = isParked ? Dispatcher.parkedRest : heldBack?.wait {
                guard let waiting = try ledger.nextWake(channels: names.stored(name)) else { continue }
                wake = min(wake, max(waiting, now + wait))
                if waiting <= now, !isParked, heldBack?.isStated != true { isHeldBack = true }
            } else if destination.takesMore(breaker: breaker) {
                open.append(name)
            }
        }
        // A channel at its limit needs no wake time, because the end of one of its attempts wakes
        // the loop.
        if let pending = try ledger.nextWake(channels: open.sorted().flatMap(names.stored)) { wake = min(wake, pending) }
        return wake
    }
}
