import Dates

/// The dispatcher's state of one channel, which decides how many attempts may start.
///
/// The channel's breaker is in `ChannelGates`, because alerts and tests use it too.
struct ChannelState {
    let channel: any Channel
    /// A text that is equal for equivalent settings of a channel, secrets included.
    let fingerprint: String
    private(set) var underWay = 0
    private(set) var load: LoadControl
    var comparison = Comparison()
    /// Whether the last attempt did not fail and ended within `quick`.
    private var isQuick = false
    /// Whether the channel's server has not accepted or refused anything since the start.
    ///
    /// Failures before the start are not stored, so deliveries may still wait because of a failure
    /// that is over. The first acceptance or refusal makes these deliveries due.
    private var isNew = true
    /// When the first attempt since the start or a reload began, by the loop's clock.
    ///
    /// `firstBegan` is the same in real time.
    private var firstAttempt: Instant?
    private var firstBegan: Instant?
    /// Whether the server has accepted or refused a message under the current settings.
    private var hasAnswered = false
    /// When the server last accepted a message, in real time.
    private var acceptedAt = Instant.distantPast
    /// Number of messages that the server accepted.
    private var acceptances = 0
    /// The number of refusals of each delivery because of load.
    ///
    /// A refusal counts only if the server accepted a message since the last counted one.
    /// `acceptances` is the number of accepted messages at the last counted refusal.
    private var loadRefusals: [DeliveryID: (count: Int, acceptances: Int)] = [:]
    /// Recipients who were refused because of load since the last success.
    private var refusedRecipients: Set<String> = []
    private var bucket: TokenBucket

    init(channel: any Channel, rate: Rate?, fingerprint: String = "", realNow: Instant) {
        self.channel = channel
        self.fingerprint = fingerprint
        load = LoadControl(opening: channel.openingConcurrency, most: channel.concurrency)
        bucket = TokenBucket(rate, realNow: realNow)
    }

    /// The maximum duration of a quick attempt, including its time in the channel's queue.
    ///
    /// It is about the time of a dozen commits of the ledger.
    static let quick = TimeSpan(milliseconds: 100)

    /// The current maximum number of attempts under way.
    ///
    /// Messages beyond the width are handed to the channel (`Channel.ahead`) only if the width is
    /// at its maximum and no limit of the server is known. Otherwise a mail channel would open a
    /// connection for each of them, and exceed the limit.
    var limit: Int { load.width + (isQuick && load.isWide ? channel.ahead : 0) }

    /// Whether messages are queued in the channel, so that one can start when an attempt ends.
    var isAhead: Bool { underWay > load.width }

    /// The number of attempts that may start now, and how their deliveries are chosen.
    enum Room: Hashable {
        case none
        /// This many attempts, in queue order.
        case queue(Int)
        /// One attempt, to find out whether the server works again.
        case probe
        /// This many attempts, for a comparison (`Comparison`).
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

    /// Whether the login has worked, is not needed, or has taken longer than `longestLogin`.
    ///
    /// Until then only the first attempt is made, so that a wrong password is tried only once.
    private func isLoginProved(_ realNow: Instant) -> Bool {
        guard channel.logsIn, !hasAnswered else { return true }
        return firstBegan.map { realNow - $0 >= ChannelState.longestLogin } ?? false
    }

    /// How long other attempts still have to wait for the first login; nil if they need not wait.
    private func loginWait(_ realNow: Instant) -> TimeSpan? {
        guard underWay > 0, !isLoginProved(realNow), let firstBegan else { return nil }
        return firstBegan + ChannelState.longestLogin - realNow
    }

    static let longestLogin = TimeSpan.seconds(10)

    /// A wait before the next attempt may start.
    struct Holding {
        /// The wait in real time.
        let wait: TimeSpan
        /// Whether the server requested this wait and there is no other reason for it.
        let isStated: Bool
    }

    /// Returns how long the next attempt has to wait; nil if there is no such wait.
    ///
    /// The reason is the breaker, the rate, the load control, a comparison or the first login. If
    /// nil, the attempt may start now, or after an attempt under way has ended.
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

    /// Returns whether the next delivery can be claimed as soon as it is due.
    ///
    /// If not, an attempt under way must end first.
    func takesMore(breaker: Breaker) -> Bool {
        guard underWay < limit else { return false }
        if breaker.isOpen || load.spacing > .zero || comparison.isHolding { return underWay == 0 }
        return !comparison.isUnderWay || comparison.allowed(underWay: underWay, now: .distantFuture) > 0
    }

    /// Counts attempts still under way that began on a channel of this name before a reload.
    mutating func inherit(_ count: Int) {
        underWay += count
    }

    /// Copies the state of `old`, the channel of the same name before a reload.
    ///
    /// Used tokens of the rate stay used. If the settings are the same, everything learned about
    /// the server is kept. If they differ, it is discarded, because the server may accept under the
    /// new settings what it refused before.
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

    /// Records that the server accepted a message or refused a recipient.
    ///
    /// For the first such reply since the start, returns an instant: retries whose last attempt was
    /// before it become due now. Returns nil for later replies.
    mutating func answered() -> Instant? {
        defer { isNew = false }
        return isNew ? firstAttempt : nil
    }

    /// Records that the server accepted an alert or a test, which the dispatcher did not send.
    ///
    /// Returns the same as `answered()`, or `.distantFuture` if this is the first reply and the
    /// dispatcher has made no attempt.
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
    ///   - receipt: The receipt, with the scope that `about(_:to:realNow:)` returned.
    ///   - recipient: The recipient of the delivery.
    ///   - mayGrow: Whether the limit across all channels allows more attempts under way.
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

    /// Whether this recipient may be tried in the first attempt after a hold because of load.
    ///
    /// False for a recipient who was refused because of load. The server may be too busy for some
    /// recipients only, and these must not delay all other recipients.
    func mayProbe(_ recipient: String) -> Bool { !load.isProbing || !refusedRecipients.contains(recipient) }

    /// Records the end of an attempt that began under earlier settings. Its result is ignored.
    mutating func endedOfOld() {
        underWay -= 1
    }

    /// Records that an alert or a test was refused because of load, with a requested wait.
    mutating func refusedElsewhere(_ receipt: Receipt, began: Instant, now: Instant, realNow: Instant) {
        refusedForLoad(receipt, began: began, now: now, realNow: realNow)
    }

    private mutating func refusedForLoad(_ receipt: Receipt, began: Instant, now: Instant, realNow: Instant) {
        var asked: TimeSpan?
        if case .retryAfter(let wait) = receipt.advice { asked = wait }
        // A 503 reply counts as load only while the server handles other requests. It then applies
        // to this request, not to the whole channel.
        let isWhole = channel.policy.loadHoldsChannel && receipt.code != 503
        load.refused(asked: asked, alwaysHolds: isWhole, began: began, realNow: realNow, now: now)
    }

    /// Returns the scope of a receipt, decided with the channel's other replies.
    ///
    /// A 503 reply (service unavailable) means overload if other requests are under way or one was
    /// accepted within the last 30 seconds; otherwise the server has failed. By default nginx
    /// replies 503, without `Retry-After`, when its request or connection limit is reached.
    mutating func about(_ receipt: Receipt, to delivery: DeliveryID, realNow: Instant) -> Scope {
        if receipt.about == .load, receipt.comparable != nil { return load(of: delivery) }
        if receipt.outcome == .delivered { loadRefusals[delivery] = nil }
        guard receipt.about == .server, receipt.code == 503 else { return receipt.about }
        return underWay > 1 || realNow - acceptedAt <= ChannelState.recently ? .load : .server
    }

    static let recently = TimeSpan.seconds(30)

    /// Decides whether a mail server's refusal of a recipient means load or only this recipient.
    ///
    /// It means the recipient if the server refuses this delivery repeatedly and accepts other
    /// deliveries in between. The other deliveries then do not have to wait.
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
