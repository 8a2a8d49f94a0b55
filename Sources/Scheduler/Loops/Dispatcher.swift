import Dates

/// The second loop: claims deliveries that can start now, hands them to their channels and records the outcomes.
///
/// Each step works in a fixed order, on which the promise of delivery depends. Outcomes that have
/// arrived are made durable first, then new claims are made durable, and only then does a byte
/// leave. After a crash between a claim and its outcome, the next start finds the delivery in
/// flight, and its outcome counts as unknown.
public final class Dispatcher {
    private let ledger: any DeliveringLedger
    let journal: any Journal
    var accepted: Accepted
    var destinations: [String: Destination]
    let gates: ChannelGates
    /// Attempts under way on channels that a reload removed. A later reload may bring the channels
    /// back.
    var departed: [String: Int] = [:]
    private let inbox: Inbox
    let realClock: any WallClock
    private var chance: any RandomNumberGenerator
    /// Outcomes that are not in the ledger yet. Nothing new is sent before they are.
    var unrecorded: [DeliveryRecord] = []
    private var ledgerIsFull = false
    /// Channels whose server has recovered. Their deliveries that wait since a try before this
    /// instant are still to be made due.
    var answering: [String: Instant] = [:]
    /// After a start and a reload: deliveries may wait for channels that are no longer configured.
    private var looksForVanishedChannels = true
    /// Progress of the search for deliveries on channels that are no longer their recipient's: the
    /// channels still to be searched, and the place in the first of them. The search runs after a
    /// start and after recipients' channels have changed.
    private var strangers: (channels: [String], place: WaitingPlace?)?
    private var looksForStrangers = true
    /// By how much the wall clock was set back, and the place from which retries are still to be brought forward.
    private var steppedBack: (by: Span, place: WaitingPlace?)?
    /// Deliveries were withdrawn. An evaluation has to decide whether their recipients get others.
    private var hasWithdrawn = false
    /// When the last reload was accepted, in real time.
    private var acceptedAt: Instant?
    /// The present name of a channel, by each of its former names.
    private var presentNames: [String: String] = [:]
    /// A due delivery waits for a breaker or a rate. Meanwhile a rehearsal's clock must not run
    /// ahead of real time.
    public private(set) var isHeldBack = false
    /// When to search next for recipients whom nothing has reached; at once after a delivery became dead.
    var looksForUnreachedAt = Instant.distantPast
    /// Where that search continues at the next step; nil if none is under way.
    private var unreachedFrom: UnreachedPlace?
    /// Hashes of recipients who were reported as unreachable. Half a million of them take 8 MB.
    private var toldUnreachable: Set<Int> = []
    /// Content of recently rendered reminders, by identity.
    private var notices: [ReminderKey: KnownNotice] = [:]

    private struct KnownNotice {
        /// As it was read from the ledger. A reminder may get other dates later.
        let reminder: Reminder
        let notice: Notice
        let notify: [String]
        /// Why the reminder is not sent any more; nil while its dates hold.
        let withdrawal: WithdrawalReason?
    }

    /// The most that one claim takes from a channel: as many as one batch of outcomes, so that hundreds share a commit.
    static let claimLimit = 500
    static let expiredPerStep = 500
    /// The width of a channel grows only while fewer than this many attempts are under way in all.
    /// Each may be a connection, and the service may have 4 096 descriptors open.
    static let attemptsBeforeGrowthEnds = 1_024
    /// From this many attempts under way on, the loop waits a few milliseconds for a quarter of
    /// their outcomes, so that hundreds share a commit instead of a handful.
    static let gatherFrom = 12
    static let gatherAtMost = Span(milliseconds: 5)
    static let gatherAhead = Span(milliseconds: 10)
    /// How often the ledger is tried again while its disk is full (fault 17).
    static let fullRetry = Span.seconds(1)
    static let unreachedEvery = Span.minutes(5)
    static let unreachedPerStep = 500
    /// How many waiting deliveries a comparison reads to find recipients of other domains. It reads
    /// more only if it finds none.
    static let waitingPerPage = 5_000
    static let waitingPages = 10
    /// How long a channel whose endpoint is gone is not checked again. Its deliveries may expire
    /// meanwhile.
    static let parkedRest = Span.hours(1)
    /// How many waiting deliveries one step checks after recipients or the clock have changed.
    static let waitingPerStep = 5_000

    public struct Route {
        public let channel: any Channel
        public let rate: Rate?
        /// Equal for two configurations of a channel that mean the same, secrets included.
        public let fingerprint: String
        /// The channel's former names, newest first. Deliveries that wait under them belong to this
        /// channel.
        public let formerly: [String]

        public init(channel: any Channel, rate: Rate? = nil, fingerprint: String = "", formerly: [String] = []) {
            self.channel = channel
            self.rate = rate
            self.fingerprint = fingerprint
            self.formerly = formerly
        }
    }

    /// - Parameters:
    ///   - gates: shared with the other users of the channels.
    ///   - realClock: never the clock of a rehearsal, because rates count in real time.
    ///   - chance: the source of jitter.
    public init(
        ledger: any DeliveringLedger, journal: any Journal, accepted: Accepted, routes: [Route], inbox: Inbox,
        gates: ChannelGates = ChannelGates(), realClock: any WallClock,
        chance: any RandomNumberGenerator = SystemRandomNumberGenerator()
    ) {
        self.gates = gates
        self.ledger = ledger
        self.journal = journal
        self.accepted = accepted
        self.inbox = inbox
        self.realClock = realClock
        self.chance = chance
        destinations = Dispatcher.destinations(routes, realNow: realClock.now())
        presentNames = Dispatcher.presentNames(routes)
    }

    private static func presentNames(_ routes: [Route]) -> [String: String] {
        var names: [String: String] = [:]
        for route in routes {
            for former in route.formerly where names[former] == nil { names[former] = route.channel.name }
        }
        return names
    }

    /// The names under which deliveries of a channel stand in the ledger.
    private func storedNames(_ channel: String) -> [String] {
        [channel] + presentNames.filter { $0.value == channel && destinations[$0.key] == nil }.keys.sorted()
    }

    /// The channel that deliveries with this name belong to; nil where it is no longer configured.
    private func channel(stored name: String) -> String? {
        destinations[name] != nil ? name : presentNames[name]
    }

    /// Takes over a new accepted state. Attempts under way end on the channels on which they began.
    /// Replaced channels give back attempts that have not begun, so that removed recipients get
    /// nothing.
    ///
    /// - Parameter isReload: a person loaded the configuration again, so endpoints that were gone
    ///   are tried again.
    public func accept(_ accepted: Accepted, routes: [Route], isReload: Bool = true) {
        acceptedAt = realClock.now()
        let isSame = accepted.directory.fingerprint == self.accepted.directory.fingerprint
        if !isSame { looksForStrangers = true }
        self.accepted = accepted
        notices.removeAll()
        var renewed = Dispatcher.destinations(routes, realNow: realClock.now())
        let underWay = departed.merging(destinations.mapValues(\.underWay)) { _, current in current }
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
        departed = underWay.filter { renewed[$0.key] == nil && $0.value > 0 }
        destinations = renewed
        presentNames = Dispatcher.presentNames(routes)
        looksForVanishedChannels = true
        // A search under way uses the recipients of before the reload, so another one must follow
        // it.
        if strangers != nil { looksForStrangers = true }
    }

    /// Adjusts retries after the wall clock was set. If it was set back, retries still wait for as
    /// long as was decided, whatever the clock shows now. A wrong time that was not believed and
    /// was then corrected has no effect.
    public func clockStepped(by step: Span) {
        looksForUnreachedAt = .distantPast
        let before = steppedBack?.by.milliseconds ?? 0
        steppedBack = (Span(milliseconds: before - step.milliseconds), nil)
    }

    /// A person has ended a hold. Recipients who were not reached meanwhile now get deliveries on
    /// their other channels.
    public func released() { looksForUnreachedAt = .distantPast }

    /// Whether deliveries were withdrawn since the last call; false until the search through waiting deliveries has ended.
    func takeHasWithdrawn() -> Bool {
        guard !looksForVanishedChannels, !looksForStrangers, strangers == nil else { return false }
        defer { hasWithdrawn = false }
        return hasWithdrawn
    }

    private static func destinations(_ routes: [Route], realNow: Instant) -> [String: Destination] {
        var destinations: [String: Destination] = [:]
        for route in routes {
            destinations[route.channel.name] = Destination(
                channel: route.channel, rate: route.rate, fingerprint: route.fingerprint, realNow: realNow)
        }
        return destinations
    }

    /// The names of the channels that are not used for a while: breaker open, channel held, or held for load.
    public var failing: [String] {
        let (open, realNow) = (gates.open, realClock.now())
        return destinations.filter {
            open.contains($0.key) || $0.value.comparison.isHolding || $0.value.load.isHeld(realNow: realNow)
        }.keys.sorted()
    }

    /// Attempts under way, including those on channels that a reload has removed since.
    public private(set) var underWay = 0

    /// How long the loop may let outcomes gather before the next step; nil where few are under way, or enough have come.
    var gathering: Span? {
        guard underWay >= Dispatcher.gatherFrom else { return nil }
        // A channel that already holds its next messages does not wait for the loop.
        let nobodyWaits = destinations.values.allSatisfy { $0.underWay == 0 || $0.isAhead }
        guard inbox.isShort(of: underWay / (nobodyWaits ? 2 : 4)) else { return nil }
        return nobodyWaits ? Dispatcher.gatherAhead : Dispatcher.gatherAtMost
    }

    /// Records that deliveries which a crash left in flight may have been delivered. Called once,
    /// before the first step. Deliveries that were in flight in a restored copy wait for a person,
    /// like everything else that is held.
    public func recover(now: Instant) throws(LedgerFailure) {
        // The clock was set back while no process ran.
        let lookedUntil = try ledger.lookedUntil()
        if now < lookedUntil { clockStepped(by: now - lookedUntil) }
        let interrupted = try ledger.inFlight()
        let heldUntil = interrupted.isEmpty ? nil : try ledger.held()?.upperBound
        let records = interrupted.map { claim in
            let kind = channel(stored: claim.channel).flatMap { destinations[$0]?.channel.kind }
            var next = RetryPolicy.afterCrash(claim, channel: kind, now: now)
            if case .pending = next, let heldUntil, claim.stored.firedAt <= heldUntil { next = .held }
            journal.write(.interrupted(claim, next))
            return DeliveryRecord(
                id: claim.id, attempt: claim.attempt, at: now,
                receipt: Receipt(.unknown, reply: "remindd stopped during this attempt"), next: next, crashed: true)
        }
        try ledger.record(records)
    }

    /// Runs one pass. Returns when the next one is needed even if no outcome arrives.
    ///
    /// 1. Collect the outcomes that have arrived.
    /// 2. Make deliveries due that wait for a server that has recovered.
    /// 3. Record the outcomes, unless they can share the commit of the next claims.
    /// 4. Bring retries forward after the clock was set back, end expired deliveries, withdraw
    ///    misrouted ones, and fail over.
    /// 5. Claim the deliveries that can start, and hand them to their channels.
    ///
    /// - Parameter isFull: the disk had no space for the evaluation. Without an evaluation it is
    ///   not known whether waiting deliveries are still valid, so outcomes are recorded if that
    ///   succeeds, and no attempt begins.
    public func step(now: Instant, starting: Bool = true, isFull: Bool = false) throws(LedgerFailure) -> Instant {
        do throws(LedgerFailure) {
            takeOutcomes(now: now)
            // Before the outcomes are recorded, so that a delivery that was refused just now keeps
            // its wait.
            try advanceAnswering(now: now)
            // Outcomes and the next claims share a commit, unless a step between them must see the
            // outcomes.
            let isBusyOtherwise =
                ledgerIsFull || isFull || looksForVanishedChannels || looksForStrangers || strangers != nil
                || steppedBack != nil || looksForUnreached(now: now)
            if isBusyOtherwise || !starting { try record([]) }
            if isFull { throw LedgerFailure.full }
            if ledgerIsFull {
                ledgerIsFull = false
                journal.write(.ledgerHasSpace)
            }
            try bringRetriesForward(now: now)
            try dropExpired(now: now)
            try withdrawMisrouted()
            try failOver(now: now)
            if starting { try startAttempts(now: now) }
            return try nextWake(now: now)
        } catch .full {
            if !ledgerIsFull { journal.write(.ledgerFull) }
            ledgerIsFull = true
            return now + Dispatcher.fullRetry
        }
    }

    /// Records outcomes and does nothing else: by a clock that is not believed, everything might be past its deadline.
    func stepInDoubt(now: Instant) throws(LedgerFailure) {
        takeOutcomes(now: now)
        do throws(LedgerFailure) {
            try record([])
        } catch .full {
            // Kept for the next step.
        }
    }

    /// Moves outcomes from the inbox to `unrecorded`, for the next commit.
    private func takeOutcomes(now: Instant) {
        let realNow = realClock.now()
        takeNews(now: now, realNow: realNow)
        for arrival in inbox.takeAll() {
            let claim = arrival.claim
            underWay -= 1
            let receipt = judge(arrival, now: now, realNow: realNow)
            let next = RetryPolicy.next(
                after: receipt, claim, channel: arrival.kind, now: now, chance: Double.random(in: 0..<1, using: &chance))
            unrecorded.append(DeliveryRecord(id: claim.id, attempt: claim.attempt, at: now, receipt: receipt, next: next))
            if next == .dead || receipt.about == .endpointGone { looksForUnreachedAt = .distantPast }
            // If its occurrence changed during the attempt, the ledger cancels the delivery. But
            // the change may have been undone since.
            if case .pending = next, let acceptedAt, arrival.began < acceptedAt { hasWithdrawn = true }
            if destinations[claim.channel] == nil { looksForVanishedChannels = true }
            journal.write(.attempted(claim, receipt, next))
            if let failure = receipt.unrendered { journal.write(.unrenderable(claim, failure)) }
        }
    }

    private func advanceAnswering(now: Instant) throws(LedgerFailure) {
        for (channel, before) in answering {
            for name in storedNames(channel) { try ledger.advance(channel: name, triedBefore: before, to: now) }
            answering[channel] = nil
        }
    }

    /// Records the outcomes of claims. If there is no space, they are kept for the next step.
    private func record(_ records: [DeliveryRecord]) throws(LedgerFailure) {
        unrecorded += records
        guard !unrecorded.isEmpty else { return }
        try ledger.record(unrecorded)
        unrecorded.removeAll(keepingCapacity: true)
    }

    /// Writes deliveries on the `otherwise` channels for recipients whom no `via` channel reached in time.
    /// The search runs from time to time, one part in each step, and not while a hold stands.
    private func failOver(now: Instant) throws(LedgerFailure) {
        guard looksForUnreached(now: now) else { return }
        if unreachedFrom == nil { looksForUnreachedAt = now + Dispatcher.unreachedEvery }
        guard try ledger.held() == nil else { return unreachedFrom = nil }
        guard accepted.directory.recipients.haveOtherwise else { return unreachedFrom = nil }
        let part = try ledger.unreached(
            now: now, from: unreachedFrom, parked: Set(gates.parked.flatMap(storedNames)), limit: Dispatcher.unreachedPerStep)
        var reroutes: [Reroute] = []
        for reader in part.readers where notice(for: reader.stored, now: now).map({ $0.withdrawal == nil }) ?? false {
            let tried = reader.channels.map { channel(stored: $0) ?? $0 }
            let others = accepted.directory.recipient(reader.recipient)?.otherwise.filter { !tried.contains($0) }
            guard let others, !others.isEmpty else {
                if reader.isExhausted, toldUnreachable.insert(reader.hashValue).inserted { journal.write(.unreachable(reader)) }
                continue
            }
            let naming = DeliveryNaming(reminder: reader.stored.reminder.key, rehearsal: ledger.isRehearsal)
            let deliveries = others.map { channel in
                NewDelivery(
                    id: naming.id(recipient: reader.recipient, channel: channel), recipient: reader.recipient, channel: channel,
                    formerly: accepted.directory.otherSlots(reader.recipient, channel))
            }
            reroutes.append(Reroute(reader, to: deliveries))
        }
        try ledger.reroute(reroutes)
        for reroute in reroutes { journal.write(.rerouted(reroute.reader, to: reroute.deliveries.map(\.channel))) }
        unreachedFrom = part.next
    }

    private func looksForUnreached(now: Instant) -> Bool { unreachedFrom != nil || now >= looksForUnreachedAt }

    /// Cancels deliveries that wait for a channel that is no longer configured or no longer their recipient's.
    /// Each step does one part. Nothing is cancelled while a hold stands.
    private func withdrawMisrouted() throws(LedgerFailure) {
        guard looksForVanishedChannels || looksForStrangers || strangers != nil, try ledger.held() == nil else { return }
        if looksForVanishedChannels { try withdrawVanished() }
        if !looksForVanishedChannels { try withdrawStrangers() }
    }

    private func withdrawVanished() throws(LedgerFailure) {
        let vanished = try ledger.waitingChannels().filter { channel(stored: $0) == nil }
        guard let channel = vanished.first else {
            looksForVanishedChannels = false
            return
        }
        for claim in try ledger.cancelWaiting(channel: channel, limit: Dispatcher.claimLimit) {
            journal.write(.cancelled(claim, .channelGone))
        }
        hasWithdrawn = true
    }

    private func withdrawStrangers() throws(LedgerFailure) {
        if looksForStrangers {
            looksForStrangers = false
            strangers = (try ledger.waitingChannels(), nil)
        }
        guard let (channels, place) = strangers else { return }
        guard let stored = channels.first, let channel = channel(stored: stored) else {
            strangers = channels.isEmpty ? nil : (Array(channels.dropFirst()), nil)
            return
        }
        let directory = accepted.directory
        let (withdrawn, next) = try ledger.withdrawStrangers(
            channel: stored, from: place, limit: Dispatcher.waitingPerStep
        ) { recipient in
            // A recipient who has left the configuration is found at the attempt.
            guard let position = directory.position(stored: recipient) else { return true }
            return directory.recipients.reach(at: position).uses(channel)
        }
        if withdrawn > 0 {
            journal.write(.withdrawnFromChannel(stored, .viaChanged, deliveries: withdrawn))
            hasWithdrawn = true
        }
        strangers = next == nil ? (Array(channels.dropFirst()), nil) : (channels, next)
    }

    private func bringRetriesForward(now: Instant) throws(LedgerFailure) {
        guard let (step, place) = steppedBack else { return }
        guard step > .zero else { return steppedBack = nil }
        let next = try ledger.bringRetriesForward(by: step, now: now, from: place, limit: Dispatcher.waitingPerStep)
        steppedBack = next.map { (step, $0) }
    }

    private func dropExpired(now: Instant) throws(LedgerFailure) {
        let expired = try ledger.expired(now: now, limit: Dispatcher.expiredPerStep)
        guard !expired.isEmpty else { return }
        try ledger.record(
            expired.map { DeliveryRecord(id: $0.id, attempt: $0.attempt, at: now, receipt: nil, next: .dead) })
        for claim in expired { journal.write(.expired(claim)) }
    }

    private func startAttempts(now: Instant) throws(LedgerFailure) {
        let realNow = realClock.now()
        var requests: [ClaimRequest] = []
        for name in destinations.keys.sorted() {
            if let request = try claimRequest(name, now: now, realNow: realNow) { requests.append(request) }
        }
        guard !requests.isEmpty else { return try record([]) }
        let claims = try ledger.claim(requests, recording: unrecorded, now: now)
        unrecorded.removeAll(keepingCapacity: true)
        var withdrawn: [DeliveryRecord] = []
        for claim in claims {
            switch message(for: claim, now: now) {
            case .ready(let message):
                guard let destination = destinations[claim.channel] else { continue }
                let channel = destination.channel
                let fingerprint = destination.fingerprint
                destinations[claim.channel]?.started(now: now, realNow: realNow)
                destinations[claim.channel]?.comparison.took(claim, now: realNow)
                underWay += 1
                let inbox = inbox
                let kind = channel.kind
                channel.deliver(message) {
                    inbox.put(.init(claim: claim, kind: kind, receipt: $0, fingerprint: fingerprint, began: realNow))
                }
            case .withdrawn(let why):
                journal.write(.cancelled(claim, why))
                withdrawn.append(
                    DeliveryRecord(id: claim.id, attempt: claim.attempt, at: now, receipt: nil, next: .cancelled(why)))
                if why == .viaChanged { hasWithdrawn = true }
            }
        }
        try record(withdrawn)
    }

    /// The claim to make for this channel now; nil if there is none.
    private func claimRequest(_ name: String, now: Instant, realNow: Instant) throws(LedgerFailure) -> ClaimRequest? {
        guard !gates.isParked(name) else { return nil }
        let room = destinations[name]!.room(
            now: now, realNow: realNow, breaker: gates.breaker(of: name), isProbed: gates.isProbed(name))
        switch room {
        case .none: return nil
        case .queue(let count):
            if destinations[name]!.load.isProbing, let place = try unrefused(name, now: now) {
                return ClaimRequest(channel: name, limit: 1, choice: .these([place]), names: storedNames(name))
            }
            return ClaimRequest(channel: name, limit: min(count, Dispatcher.claimLimit), names: storedNames(name))
        case .probe: return ClaimRequest(channel: name, limit: 1, choice: .waited, names: storedNames(name))
        case .compare(let count):
            let places = try untried(name, count, now: now)
            if !places.isEmpty {
                return ClaimRequest(channel: name, limit: places.count, choice: .these(places), names: storedNames(name))
            }
            let underWay = destinations[name]!.underWay
            if let refusal = destinations[name]?.comparison.foundNobodyUntried(underWay: underWay, now: realNow) {
                journal.write(.breakerOpened(channel: name, refusal.judged(about: .us)))
            }
            let isHolding = destinations[name]!.comparison.isHolding
            if isHolding, underWay > 0 || !destinations[name]!.comparison.mayRepeat(now: realNow) { return nil }
            return ClaimRequest(
                channel: name, limit: isHolding ? 1 : count, choice: isHolding ? .waited : .queue, names: storedNames(name))
        }
    }

    /// Places of the deliveries whose attempts tell most about whom a refusal is about.
    private func untried(_ name: String, _ count: Int, now: Instant) throws(LedgerFailure) -> [Int64] {
        let destination = destinations[name]!
        let comparison = destination.comparison
        var seen: [(place: Int64, recipient: String, domain: String)] = []
        try lookThroughQueue(name, now: now) { page in
            seen += page.map { ($0.place, $0.recipient, domain(of: $0.recipient)) }
            return seen.contains { !comparison.triedDomains.contains($0.domain) }
        }
        // A refusal for load tells nothing about whom the other refusal is about.
        let chosen = comparison.choose(count, of: seen.filter { destination.mayProbe($0.recipient) })
        return chosen.isEmpty ? comparison.choose(count, of: seen) : chosen
    }

    /// The place of the first delivery in the queue whose recipient was not refused for load; nil if all were.
    private func unrefused(_ name: String, now: Instant) throws(LedgerFailure) -> Int64? {
        let destination = destinations[name]!
        var found: Int64?
        try lookThroughQueue(name, now: now) { page in
            found = page.first { destination.mayProbe($0.recipient) }?.place
            return found != nil
        }
        return found
    }

    /// Reads the queue page by page until `body` returns true.
    private func lookThroughQueue(
        _ name: String, now: Instant, _ body: ([WaitingDelivery]) -> Bool
    ) throws(LedgerFailure) {
        var after: WaitingDelivery?
        for _ in 0..<Dispatcher.waitingPages {
            let page = try ledger.waiting(names: storedNames(name), after: after, now: now, limit: Dispatcher.waitingPerPage)
            if body(page) || page.count < Dispatcher.waitingPerPage { return }
            after = page.last
        }
    }

    private enum Lookup {
        case ready(Message)
        case withdrawn(WithdrawalReason)
    }

    /// Makes the message for a claim. Address, language and text are looked up at each attempt.
    private func message(for claim: Claim, now: Instant) -> Lookup {
        guard let recipient = accepted.directory.recipient(claim.recipient) else { return .withdrawn(.recipientGone) }
        guard let known = notice(for: claim.stored, now: now) else { return .withdrawn(.gone) }
        // It was in flight when its occurrence changed, so its recipient gets the change notice
        // like everyone who was notified.
        if let why = known.withdrawal { return .withdrawn(why) }
        guard recipient.via.contains(claim.channel) || recipient.otherwise.contains(claim.channel) else {
            return .withdrawn(.viaChanged)
        }
        let message = Message(
            delivery: claim.id, attempt: claim.attempt, at: now, notice: known.notice, recipient: recipient,
            groups: accepted.directory.groups(of: recipient.id, among: known.notify),
            possibleDuplicate: claim.unknowns + claim.crashes > 0, hasJoined: claim.joined)
        return .ready(message)
    }

    private func notice(for stored: StoredReminder, now: Instant) -> KnownNotice? {
        let key = stored.reminder.key
        if let known = notices[key], known.reminder == stored.reminder { return known }
        guard let found = accepted.notice(of: stored, rehearsal: ledger.isRehearsal) else { return nil }
        // A few hundred reminders are under way at most; more only when a large calendar falls due at once.
        if notices.count > 1_000 { notices.removeAll(keepingCapacity: true) }
        let known = KnownNotice(
            reminder: stored.reminder, notice: found.notice, notify: found.notify,
            withdrawal: accepted.withdrawal(of: stored, now: now))
        notices[key] = known
        return known
    }

    private func nextWake(now: Instant) throws(LedgerFailure) -> Instant {
        let realNow = realClock.now()
        let isUnderWay = looksForVanishedChannels || looksForStrangers || strangers != nil || steppedBack != nil
        let isHeld = isUnderWay ? try ledger.held() != nil : false
        var wake = isUnderWay && !isHeld || unreachedFrom != nil ? now : Instant.distantFuture
        var open: [String] = []
        isHeldBack = false
        for (name, destination) in destinations {
            let (breaker, isProbed) = (gates.breaker(of: name), gates.isProbed(name))
            let isParked = gates.isParked(name)
            let heldBack = destination.heldBack(now: now, realNow: realNow, breaker: breaker, isProbed: isProbed)
            if let wait = isParked ? Dispatcher.parkedRest : heldBack?.wait {
                guard let waiting = try ledger.nextWake(channels: storedNames(name)) else { continue }
                wake = min(wake, max(waiting, now + wait))
                if waiting <= now, !isParked, heldBack?.isStated != true { isHeldBack = true }
            } else if destination.takesMore(breaker: breaker) {
                open.append(name)
            }
        }
        // A channel at its limit wakes the loop when one of its attempts ends.
        if let pending = try ledger.nextWake(channels: open.sorted().flatMap(storedNames)) { wake = min(wake, pending) }
        return wake
    }
}
