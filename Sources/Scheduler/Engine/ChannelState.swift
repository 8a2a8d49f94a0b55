import Dates

/// The dispatcher's state of one channel: how many attempts are under way, and how many may start
/// now.
///
/// The breaker is in `ChannelGates`, because alerts and tests use it too.
struct ChannelState {
    let channel: any Channel
    /// Equal for two configurations of a channel with the same meaning, secrets included.
    let fingerprint: String
    private(set) var underWay = 0
    private(set) var load: LoadControl
    var comparison = Comparison()
    /// Whether the last attempt did not fail and took less than `quick`.
    private var isQuick = false
    /// Whether the channel has not answered since the start.
    ///
    /// Failures before the start are not stored, so deliveries may still wait because of a failure
    /// that is over. The first acceptance or refusal ends this state.
    private var isNew = true
    /// When the channel's first attempt since the start or a reload began, by the loop's clock and
    /// in real time.
    private var firstAttempt: Instant?
    private var firstBegan: Instant?
    /// Whether the channel has accepted or refused a message under its present settings.
    private var hasAnswered = false
    /// When the channel last accepted a message, in real time.
    private var acceptedAt = Instant.distantPast
    /// Number of accepted messages.
    private var acceptances = 0
    /// For each delivery: the number of its refusals for load with other messages accepted in
    /// between, and `acceptances` at the last such refusal.
    private var loadRefusals: [DeliveryID: (count: Int, acceptances: Int)] = [:]
    /// Recipients who were refused for load since the last success.
    private var refusedRecipients: Set<String> = []
    private var bucket: TokenBucket

    init(channel: any Channel, rate: Rate?, fingerprint: String = "", realNow: Instant) {
        self.channel = channel
        self.fingerprint = fingerprint
        load = LoadControl(opening: channel.openingConcurrency, most: channel.concurrency)
        bucket = TokenBucket(rate, realNow: realNow)
    }

    /// The maximum duration of a quick attempt, including the wait for its turn: about a dozen
    /// commits of the ledger.
    static let quick = TimeSpan(milliseconds: 100)

    /// The maximum number of attempts under way now.
    ///
    /// A lane opens a connection for each mail that finds none free. Therefore more than the width
    /// is handed over only if no limit of the server is known.
    var limit: Int { load.width + (isQuick && load.isWide ? channel.ahead : 0) }

    /// Whether the channel holds more attempts than it runs at one time, so that the next one is
    /// ready when one ends.
    var isAhead: Bool { underWay > load.width }

    /// How many attempts may start now, and of which deliveries.
    enum Room: Hashable {
        case none
        /// This many, in the order of the queue.
        case queue(Int)
        /// One, to find out whether the server works again.
        case probe
        /// This many, chosen to find out whom a refusal concerns.
        case compare(Int)
    }

    mutating func room(now: Instant, realNow: Instant, breaker: Breaker, isProbed: Bool) -> Room {
        let free = min(load.allowed(limit: limit, underWay: underWay, realNow: realNow, now: now), bucket.available(realNow))
        guard free > 0, loginWait(realNow) == nil else { return .none }
        if breaker.isOpen {
            return breaker.isHalfOpen(now: realNow) && underWay == 0 && !isProbed ? .probe : .none
        }
        let room = isLoginProved(realNow) ? free : 1
        guard comparison.isUnderWay else { return .queue(room) }
        let allowed = min(room, comparison.allowed(underWay: underWay, now: realNow))
        return allowed > 0 ? .compare(allowed) : .none
    }

    /// Whether the login has worked, or is not needed.
    ///
    /// Until then the first attempt is made alone, so that a wrong password is tried only once. The
    /// others wait for no longer than a login takes.
    private func isLoginProved(_ realNow: Instant) -> Bool {
        guard channel.logsIn, !hasAnswered else { return true }
        return firstBegan.map { realNow - $0 >= ChannelState.longestLogin } ?? false
    }

    /// How long the first login still holds back the others; nil if it does not.
    private func loginWait(_ realNow: Instant) -> TimeSpan? {
        guard underWay > 0, !isLoginProved(realNow), let firstBegan else { return nil }
        return firstBegan + ChannelState.longestLogin - realNow
    }

    static let longestLogin = TimeSpan.seconds(10)

    /// The reason why nothing may start, and the wait.
    struct Holding {
        /// The wait in real time.
        let wait: TimeSpan
        /// Whether the server asked for this wait and there is no other reason for it.
        let isStated: Bool
    }

    /// Returns how long the channel's breaker, rate, load or comparison holds it back; nil if none
    /// of them does.
    func heldBack(now: Instant, realNow: Instant, breaker: Breaker, isProbed: Bool) -> Holding? {
        guard underWay < limit else { return nil }
        let waits = [
            breaker.wait(now: realNow), isProbed ? ChannelGates.probed : nil, comparison.wait(now: realNow), bucket.wait,
            loginWait(realNow),
        ].compactMap { $0 }
        let load = self.load.wait(realNow: realNow, now: now)
        guard let most = (waits + [load].compactMap { $0 }).max() else { return nil }
        return Holding(wait: most, isStated: waits.isEmpty && self.load.isStated(now: now))
    }

    /// Returns whether more may be claimed as soon as it is due. If not, the channel waits for an
    /// attempt under way to end.
    func takesMore(breaker: Breaker) -> Bool {
        guard underWay < limit else { return false }
        if breaker.isOpen || load.spacing > .zero || comparison.isHolding { return underWay == 0 }
        return !comparison.isUnderWay || comparison.allowed(underWay: underWay, now: .distantFuture) > 0
    }

    /// Counts attempts under way that began before a reload on a channel of this name.
    mutating func inherit(_ count: Int) {
        underWay += count
    }

    /// Replaces `old`, the channel of the same name before a reload.
    ///
    /// Used-up tokens of the rate stay used up. If the settings are the same, all that was learned
    /// about the server is kept. If they are different, the server may now accept what it refused
    /// before.
    mutating func follow(_ old: ChannelState, breakerWasOpen: Bool) {
        isNew = old.isNew || breakerWasOpen || old.comparison.isUnderWay
        bucket.follow(old.bucket)
        guard hasSettings(of: old) else { return }
        load = old.load
        (acceptances, loadRefusals, refusedRecipients) = (old.acceptances, old.loadRefusals, old.refusedRecipients)
        comparison = old.comparison
        acceptedAt = old.acceptedAt
        hasAnswered = old.hasAnswered
    }

    func hasSettings(of old: ChannelState) -> Bool { fingerprint == old.fingerprint && bucket.rate == old.bucket.rate }

    /// Records an answer of the server, even a refusal of one recipient.
    ///
    /// The first answer since the start returns an instant: deliveries that wait since an attempt
    /// before this instant become due now. Returns nil for later answers.
    mutating func answered() -> Instant? {
        defer { isNew = false }
        return isNew ? firstAttempt : nil
    }

    /// Records an accepted message that the dispatcher did not send (an alert, a test). Returns the
    /// same as `answered()`, or `.distantFuture` if this is the first answer and the channel has
    /// made no attempt.
    mutating func answeredElsewhere(at realNow: Instant) -> Instant? {
        acceptedAt = max(acceptedAt, realNow)
        defer { isNew = false }
        return isNew ? firstAttempt ?? .distantFuture : nil
    }

    mutating func started(now: Instant, realNow: Instant) {
        if firstAttempt == nil { (firstAttempt, firstBegan) = (now, realNow) }
        underWay += 1
        bucket.take()
        load.started(realNow: realNow)
    }

    /// Records the end of an attempt.
    ///
    /// - Parameters:
    ///   - receipt: The receipt as `about(_:to:realNow:)` judges it beside the channel's other
    ///     answers.
    ///   - recipient: The recipient of the delivery.
    ///   - mayGrow: Whether more attempts may be under way in all.
    mutating func ended(
        _ receipt: Receipt, of recipient: String, began: Instant, now: Instant, realNow: Instant, mayGrow: Bool
    ) {
        let isWell = receipt.outcome == .delivered || receipt.about == .recipient || receipt.about == .comparison
        isQuick = isWell && realNow - began < ChannelState.quick
        if isWell {
            hasAnswered = true
            refusedRecipients = []
        }
        switch receipt.about {
        case _ where isWell: load.succeeded(isFull: underWay >= load.width, mayGrow: mayGrow)
        case .load:
            if refusedRecipients.count < ChannelState.mostLoadRefusals { refusedRecipients.insert(recipient) }
            refusedForLoad(receipt, began: began, now: now, realNow: realNow)
        case .server, .us, .endpointGone: load.failed()
        case .recipient, .comparison, .nobody: break
        }
        if receipt.outcome == .delivered {
            acceptedAt = realNow
            acceptances += 1
        }
        underWay -= 1
    }

    /// Whether this recipient may be tried first after a hold for load.
    ///
    /// A recipient who was refused for load may not. The server may be too busy for some recipients
    /// only, and they must not delay the others.
    func mayProbe(_ recipient: String) -> Bool { !load.isProbing || !refusedRecipients.contains(recipient) }

    /// Records the end of an attempt that began under other settings. Its result does not count for
    /// the present ones.
    mutating func endedOfOld() {
        underWay -= 1
    }

    /// Records that an alert or a test was refused for load, with a wait.
    mutating func refusedElsewhere(_ receipt: Receipt, began: Instant, now: Instant, realNow: Instant) {
        refusedForLoad(receipt, began: began, now: now, realNow: realNow)
    }

    private mutating func refusedForLoad(_ receipt: Receipt, began: Instant, now: Instant, realNow: Instant) {
        var asked: TimeSpan?
        if case .retryAfter(let wait) = receipt.advice { asked = wait }
        // A 503 while the server serves other requests concerns this request only.
        let isWhole = channel.policy.loadHoldsChannel && receipt.code != 503
        load.refused(asked: asked, alwaysHolds: isWhole, began: began, realNow: realNow, now: now)
    }

    /// Judges whom an answer concerns, beside the channel's other answers.
    ///
    /// A web server is overloaded if it answers 503 (service unavailable) to one of several
    /// requests, or between others that it accepts. By default nginx gives this answer at each of
    /// its limits, without a wait.
    mutating func about(_ receipt: Receipt, to delivery: DeliveryID, realNow: Instant) -> Scope {
        if receipt.about == .load, receipt.comparable != nil { return load(of: delivery) }
        if receipt.outcome == .delivered { loadRefusals[delivery] = nil }
        guard receipt.about == .server, receipt.code == 503 else { return receipt.about }
        return underWay > 1 || realNow - acceptedAt <= ChannelState.recently ? .load : .server
    }

    static let recently = TimeSpan.seconds(30)

    /// Judges a refusal for load that a mail server gave to a recipient.
    ///
    /// If the server refuses this delivery repeatedly and accepts others in between, the refusal
    /// concerns the recipient, and nobody else has to wait for it.
    private mutating func load(of delivery: DeliveryID) -> Scope {
        if loadRefusals.count >= ChannelState.mostLoadRefusals, loadRefusals[delivery] == nil { loadRefusals = [:] }
        var known = loadRefusals[delivery] ?? (0, -1)
        if acceptances > known.acceptances { known = (known.count + 1, acceptances) }
        loadRefusals[delivery] = known
        return known.count >= ChannelState.loadOfRecipient ? .recipient : .load
    }

    static let loadOfRecipient = 3
    static let mostLoadRefusals = 1_000
}
