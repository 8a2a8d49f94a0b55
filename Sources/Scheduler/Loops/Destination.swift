/// One channel as the dispatcher sees it: how much is under way, and how much may start now. Its breaker is in `ChannelGates`, because
/// alerts and tests ask it too.
struct Destination {
    let channel: any Channel
    let rate: Rate?
    /// Equal for two configurations of a channel that mean the same, secrets included.
    let fingerprint: String
    private(set) var underWay = 0
    private(set) var load: LoadControl
    var comparison = Comparison()
    /// The last attempt took milliseconds.
    private var isQuick = false
    /// Nothing is known of it: whether it failed before the start is not written down, so what waits since then may wait for no
    /// reason any more. That it takes or refuses something ends that.
    private var isNew = true
    /// When the first attempt since then began; the same in real time.
    private var firstAttempt: Instant?
    private var firstBegan: Instant?
    /// Under these settings it took or refused something.
    private var hasAnswered = false
    /// When it last accepted something, in real time.
    private var acceptedAt = Instant.distantPast
    /// Messages accepted, and by delivery how often it was refused for load with others accepted in between, and after how many.
    private var acceptances = 0
    private var loadRefusals: [DeliveryID: (count: Int, acceptances: Int)] = [:]
    /// Recipients who were refused for load since the last success.
    private var refusedRecipients: Set<String> = []
    /// Tokens of the rate's bucket, and when they were last counted; in real time, which a rehearsal does not stretch.
    private var tokens: Double
    private var countedAt: Instant

    init(channel: any Channel, rate: Rate?, fingerprint: String = "", realNow: Instant) {
        self.channel = channel
        self.rate = rate
        self.fingerprint = fingerprint
        load = LoadControl(opening: channel.openingConcurrency, most: channel.concurrency)
        tokens = Double(rate?.burst ?? 0)
        countedAt = realNow
    }

    /// An attempt that takes no longer than some dozen commits of the ledger, the wait for its turn included.
    static let quick = Span(milliseconds: 100)

    /// The most that may be under way now.
    ///
    /// Lanes open a connection for each mail that finds none free: more than the width is handed over only where nothing limits that.
    var limit: Int { load.width + (isQuick && load.isWide ? channel.ahead : 0) }

    /// It has more than goes on at one time: the next are there when one ends.
    var isAhead: Bool { underWay > load.width }

    /// What may start at this moment.
    enum Room: Hashable {
        case none
        /// So many, in the order of the queue.
        case queue(Int)
        /// One, to see whether the destination works again.
        case probe
        /// So many, chosen to find out whom a refusal is about.
        case compare(Int)
    }

    mutating func room(now: Instant, realNow: Instant, breaker: Breaker, isProbed: Bool) -> Room {
        let free = min(load.allowed(limit: limit, underWay: underWay, realNow: realNow, now: now), takeTokens(realNow))
        guard free > 0, loginWait(realNow) == nil else { return .none }
        if breaker.isOpen {
            return breaker.isHalfOpen(now: realNow) && underWay == 0 && !isProbed ? .probe : .none
        }
        let room = isLoginProved(realNow) ? free : 1
        guard comparison.isUnderWay else { return .queue(room) }
        let allowed = min(room, comparison.allowed(underWay: underWay, now: realNow))
        return allowed > 0 ? .compare(allowed) : .none
    }

    /// With a login of which nothing is known the first goes alone, so that a wrong password is tried once; for as long as a login takes.
    private func isLoginProved(_ realNow: Instant) -> Bool {
        guard channel.logsIn, !hasAnswered else { return true }
        return firstBegan.map { realNow - $0 >= Destination.longestLogin } ?? false
    }

    /// How long the first login holds back the others.
    private func loginWait(_ realNow: Instant) -> Span? {
        guard underWay > 0, !isLoginProved(realNow), let firstBegan else { return nil }
        return firstBegan + Destination.longestLogin - realNow
    }

    static let longestLogin = Span.seconds(10)

    private mutating func takeTokens(_ realNow: Instant) -> Int {
        guard let rate else { return .max }
        let passed = Double(max(0, (realNow - countedAt).milliseconds)) / 1_000
        tokens = min(Double(rate.burst), tokens + passed * rate.perSecond)
        countedAt = realNow
        return Int(tokens)
    }

    /// What holds it back.
    struct Holding {
        /// How long, of real time.
        let wait: Span
        /// The server asked for it, and nothing else holds it.
        let isStated: Bool
    }

    /// How long its breaker, its rate, its load or a comparison holds it back; nil when none of them does.
    func heldBack(now: Instant, realNow: Instant, breaker: Breaker, isProbed: Bool) -> Holding? {
        guard underWay < limit else { return nil }
        let waits = [
            breaker.wait(now: realNow), isProbed ? ChannelGates.probed : nil, comparison.wait(now: realNow), rateWait,
            loginWait(realNow),
        ].compactMap { $0 }
        let load = self.load.wait(realNow: realNow, now: now)
        guard let most = (waits + [load].compactMap { $0 }).max() else { return nil }
        return Holding(wait: most, isStated: waits.isEmpty && self.load.isStated(now: now))
    }

    private var rateWait: Span? {
        guard let rate, tokens < 1 else { return nil }
        return Span(milliseconds: Int64((1 - tokens) / rate.perSecond * 1_000) + 1)
    }

    /// More may be claimed as soon as it is due: nothing but the end of what is under way holds it back.
    func takesMore(breaker: Breaker) -> Bool {
        guard underWay < limit else { return false }
        if breaker.isOpen || load.spacing > .zero || comparison.isHolding { return underWay == 0 }
        return !comparison.isUnderWay || comparison.allowed(underWay: underWay, now: .distantFuture) > 0
    }

    /// Counts attempts that began before a reload on a channel of this name.
    mutating func inherit(_ count: Int) {
        underWay += count
    }

    /// Takes the place of `old`, of the same name: what it has learned stays true, and its rate is used up as far as it was. Where its
    /// settings are others, what it refused may be accepted now.
    mutating func follow(_ old: Destination, breakerWasOpen: Bool) {
        isNew = old.isNew || breakerWasOpen || old.comparison.isUnderWay
        if let rate, old.rate != nil {
            tokens = min(Double(rate.burst), old.tokens)
            countedAt = old.countedAt
        }
        guard hasSettings(of: old) else { return }
        load = old.load
        (acceptances, loadRefusals, refusedRecipients) = (old.acceptances, old.loadRefusals, old.refusedRecipients)
        comparison = old.comparison
        acceptedAt = old.acceptedAt
        hasAnswered = old.hasAnswered
    }

    func hasSettings(of old: Destination) -> Bool { fingerprint == old.fingerprint && rate == old.rate }

    /// The destination answered as it should, if only to refuse one recipient: for the first time since the start. What waits for it since
    /// an attempt before the result is to go now.
    mutating func answered() -> Instant? {
        defer { isNew = false }
        return isNew ? firstAttempt : nil
    }

    /// The same of a message by others' hands (an alert, a test), which was accepted.
    mutating func answeredElsewhere(at realNow: Instant) -> Instant? {
        acceptedAt = max(acceptedAt, realNow)
        defer { isNew = false }
        return isNew ? firstAttempt ?? .distantFuture : nil
    }

    mutating func started(now: Instant, realNow: Instant) {
        if firstAttempt == nil { (firstAttempt, firstBegan) = (now, realNow) }
        underWay += 1
        tokens -= 1
        load.started(realNow: realNow)
    }

    /// An attempt ended.
    ///
    /// - Parameters:
    ///   - receipt: as the channel's table has it; `about(_:realNow:)` says what it is among the others.
    ///   - recipient: of the delivery.
    ///   - mayGrow: there is room for more attempts in all.
    mutating func ended(
        _ receipt: Receipt, of recipient: String, began: Instant, now: Instant, realNow: Instant, mayGrow: Bool
    ) {
        let isWell = receipt.outcome == .delivered || receipt.about == .recipient || receipt.about == .comparison
        isQuick = isWell && realNow - began < Destination.quick
        if isWell {
            hasAnswered = true
            refusedRecipients = []
        }
        switch receipt.about {
        case _ where isWell: load.succeeded(isFull: underWay >= load.width, mayGrow: mayGrow)
        case .load:
            if refusedRecipients.count < Destination.mostLoadRefusals { refusedRecipients.insert(recipient) }
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

    /// After a hold for load somebody is tried who was not refused before: a server may have no time for some recipients only, and those
    /// are not to keep the others waiting.
    func mayProbe(_ recipient: String) -> Bool { !load.isProbing || !refusedRecipients.contains(recipient) }

    /// An attempt ended that began under other settings: it says nothing of these.
    mutating func endedOfOld() {
        underWay -= 1
    }

    /// An alert or a test was refused for load, with a wait.
    mutating func refusedElsewhere(_ receipt: Receipt, began: Instant, now: Instant, realNow: Instant) {
        refusedForLoad(receipt, began: began, now: now, realNow: realNow)
    }

    private mutating func refusedForLoad(_ receipt: Receipt, began: Instant, now: Instant, realNow: Instant) {
        var asked: Span?
        if case .retryAfter(let wait) = receipt.advice { asked = wait }
        // "Service unavailable" beside others that it serves is about this request only.
        let isWhole = channel.kind == .webhook && receipt.code != 503
        load.refused(asked: asked, alwaysHolds: isWhole, began: began, realNow: realNow, now: now)
    }

    /// Whom an answer is about, among the others: a web server that answers "service unavailable" to one of several requests, or between
    /// others that it takes, has too much to do. nginx says so of every limit by default, without a wait.
    mutating func about(_ receipt: Receipt, to delivery: DeliveryID, realNow: Instant) -> Scope {
        if receipt.about == .load, receipt.comparable != nil { return load(of: delivery) }
        if receipt.outcome == .delivered { loadRefusals[delivery] = nil }
        guard receipt.about == .server, receipt.code == 503 else { return receipt.about }
        return underWay > 1 || realNow - acceptedAt <= Destination.recently ? .load : .server
    }

    static let recently = Span.seconds(30)

    /// A mail server has no time for this recipient, time and again, and takes others in between: that is about the recipient, and nobody
    /// else is to wait for it.
    private mutating func load(of delivery: DeliveryID) -> Scope {
        if loadRefusals.count >= Destination.mostLoadRefusals, loadRefusals[delivery] == nil { loadRefusals = [:] }
        var known = loadRefusals[delivery] ?? (0, -1)
        if acceptances > known.acceptances { known = (known.count + 1, acceptances) }
        loadRefusals[delivery] = known
        return known.count >= Destination.loadOfRecipient ? .recipient : .load
    }

    static let loadOfRecipient = 3
    static let mostLoadRefusals = 1_000
}

/// At most so many attempts in a time: `100 per minute`.
public struct Rate: Hashable, Sendable {
    public let count: Int
    public let per: Span

    public init(count: Int, per: Span) {
        self.count = count
        self.per = per
    }

    var perSecond: Double { Double(count) * 1_000 / Double(per.milliseconds) }
    /// A tenth of the rate may go at once, so that a quiet minute is not followed by a flood.
    var burst: Int { max(1, count / 10) }
}
