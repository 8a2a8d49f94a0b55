import Dates

/// The dispatcher's state of one channel, which decides how many attempts may start.
///
/// The channel's breaker is in `ChannelGates`, because alerts and tests use it too.
struct ChannelState {
    let channel: any Channel
    /// A string that changes if the channel's settings or secrets change.
    let fingerprint: String
    private(set) var underWay = 0
    private(set) var load: LoadControl
    var comparison = Comparison()
    /// Whether the last attempt ended within `quick` and without a failure.
    private var isQuick = false
    /// True until the server first accepts a message or refuses a recipient.
    ///
    /// Deliveries may still wait because the server failed before a start or a reload. The first
    /// such reply shows that the failure is over and makes these deliveries due.
    private var isNew = true
    /// When the first attempt since the start or a reload began; nil if there was none.
    ///
    /// `firstAttempt` is the time by the loop's clock, and `firstBegan` by the real clock.
    private var firstAttempt: Instant?
    private var firstBegan: Instant?
    /// Whether the server has accepted or refused a message under the current settings.
    private var hasAnswered = false
    /// When the server last accepted a message, by the real clock.
    private var acceptedAt = Instant.distantPast
    /// The number of messages that the server has accepted.
    private var acceptances = 0
    /// The number of counted refusals because of load, by delivery.
    ///
    /// A refusal counts only if the server has accepted a message since the last counted one.
    /// `acceptances` is the number of accepted messages at that time.
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
    /// A dozen commits of the ledger take about as long.
    static let quick = TimeSpan(milliseconds: 100)

    /// The current maximum number of attempts under way.
    ///
    /// It exceeds the width of the load control only if attempts are quick and no limit of the
    /// server is known. A mail channel opens a connection for each message beyond the width
    /// (`Channel.ahead`), and would exceed a known limit.
    var limit: Int { load.width + (isQuick && load.isWide ? channel.ahead : 0) }

    /// Whether messages are queued in the channel. If true, the next one starts when an attempt
    /// ends.
    var isAhead: Bool { underWay > load.width }

    /// The number of attempts that may start now, and how their deliveries are chosen.
    enum Room: Hashable {
        case none
        /// This many attempts may start, in queue order.
        case queue(Int)
        /// One attempt may start, to find out whether the server works again.
        case probe
        /// This many attempts may start, for a comparison (`Comparison`).
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

    /// Returns whether the login has worked, is not needed or has taken longer than `longestLogin`.
    ///
    /// While the result is false, only the first attempt is made, so that a wrong password is tried
    /// only once.
    private func isLoginProved(_ realNow: Instant) -> Bool {
        guard channel.logsIn, !hasAnswered else { return true }
        return firstBegan.map { realNow - $0 >= ChannelState.longestLogin } ?? false
    }

    /// Returns how long further attempts have to wait for the first login; nil if there is no wait.
    private func loginWait(_ realNow: Instant) -> TimeSpan? {
        guard underWay > 0, !isLoginProved(realNow), let firstBegan else { return nil }
        return firstBegan + ChannelState.longestLogin - realNow
    }

    static let longestLogin = TimeSpan.seconds(10)

    /// A wait before the next attempt may start.
    struct Holding {
        /// The length of the wait by the real clock.
        let wait: TimeSpan
        /// Whether the server requested this wait and there is no other reason for it.
        let isStated: Bool
    }

    /// Returns how long the next attempt has to wait; nil if no wait is known.
    ///
    /// The reason may be the breaker, the rate, the load control, a comparison or the first login.
    /// If the result is nil, the attempt may start now, or as soon as an attempt under way has
    /// ended.
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
    /// If false, an attempt under way must end before the delivery is claimed.
    func takesMore(breaker: Breaker) -> Bool {
        guard underWay < limit else { return false }
        if breaker.isOpen || load.spacing > .zero || comparison.isHolding { return underWay == 0 }
        return !comparison.isUnderWay || comparison.allowed(underWay: underWay, now: .distantFuture) > 0
    }

    /// Adds the number of attempts that began before a reload and are still under way.
    mutating func inherit(_ count: Int) {
        underWay += count
    }

    /// Copies the state of `old`, the channel of the same name before a reload.
    ///
    /// Used tokens of the rate stay used. If the settings are unchanged, everything that was
    /// learned about the server is kept. If they differ, this knowledge is discarded, because with
    /// the new settings the server may accept a message that it refused before.
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
    /// Returns when the first attempt began, if this is the first such reply, and nil otherwise.
    /// The caller makes retries due whose last attempt was before that instant.
    mutating func answered() -> Instant? {
        defer { isNew = false }
        return isNew ? firstAttempt : nil
    }

    /// Records that the server accepted an alert or a test, which the dispatcher did not send.
    ///
    /// Returns the same as `answered()`, with one exception. The result is `.distantFuture` for a
    /// first reply if the dispatcher has made no attempt yet.
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
    /// - Parameter mayGrow: Whether the number of attempts on all channels is below the common
    ///   limit.
    /// - Returns: The attempt's receipt, with the scope that `about(_:to:realNow:)` returns.
    mutating func ended(
        _ arrival: CompletionQueue.Arrival, now: Instant, realNow: Instant, mayGrow: Bool
    ) -> Receipt {
        let receipt = arrival.receipt.judged(about: about(arrival.receipt, to: arrival.claim.id, realNow: realNow))
        ended(receipt, of: arrival.claim.recipient, began: arrival.began, now: now, realNow: realNow, mayGrow: mayGrow)
        return receipt
    }

    /// Records the end of an attempt.
    ///
    /// - Parameters:
    ///   - receipt: The receipt, with the scope that `about(_:to:realNow:)` returned.
    ///   - recipient: The recipient of the delivery.
    ///   - mayGrow: Whether the number of attempts on all channels is below the common limit.
    mutating func ended(
        _ receipt: Receipt, of recipient: String, began: Instant, now: Instant, realNow: Instant, mayGrow: Bool
    ) {
        let isWell = receipt.outcome == .delivered || receipt.about == .recipient || receipt.about == .comparison
        isQuick = isWell && realNow - began < ChannelState.quick
        if isWell {
            hasAnswered = true
            if !refusedRecipients.isEmpty { refusedRecipients = [] }
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

    /// Returns whether this recipient may get the first attempt after a pause because of load.
    ///
    /// Returns false for a recipient who was refused because of load. The server may be too busy
    /// only for some recipients, and these recipients must not delay all others.
    func mayProbe(_ recipient: String) -> Bool { !load.isProbing || !refusedRecipients.contains(recipient) }

    /// Records the end of an attempt that began under earlier settings, and ignores its result.
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
        // A 503 reply counts as load only while the server handles other requests. Such a refusal
        // applies to this request and not to the whole channel.
        let isWhole = channel.policy.loadHoldsChannel && receipt.code != 503
        load.refused(asked: asked, alwaysHolds: isWhole, began: began, realNow: realNow, now: now)
    }

    /// Returns the scope of a receipt, corrected with the help of the channel's other replies.
    ///
    /// A 503 reply (service unavailable) indicates overload if other requests are under way, or if
    /// a message was accepted within the last 30 seconds. In any other case, the server has failed.
    /// By default nginx replies 503, without `Retry-After`, when its request or connection limit is
    /// reached.
    mutating func about(_ receipt: Receipt, to delivery: DeliveryID, realNow: Instant) -> Scope {
        if receipt.about == .load, receipt.comparable != nil { return load(of: delivery) }
        if receipt.outcome == .delivered, !loadRefusals.isEmpty { loadRefusals[delivery] = nil }
        guard receipt.about == .server, receipt.code == 503 else { return receipt.about }
        return underWay > 1 || realNow - acceptedAt <= ChannelState.recently ? .load : .server
    }

    static let recently = TimeSpan.seconds(30)

    /// Decides whether a mail server refused because of its load or because of the recipient.
    ///
    /// The reason is the recipient if the server refuses this delivery repeatedly while it accepts
    /// other deliveries in between. In that case the other deliveries do not have to wait.
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
