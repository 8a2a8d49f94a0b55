/// One channel as the dispatcher sees it: how much is under way, and how much may start now.
struct Destination {
    let channel: any Channel
    let rate: Rate?
    private(set) var underWay = 0
    /// How many may be under way at one time. It begins small and grows by one with each that goes well while all of it is used; one
    /// that does not halves it: so a destination gets as much as it bears (AIMD, as in RFC 5681).
    private var window: Int
    /// The last attempt took milliseconds.
    private var isQuick = false
    var breaker = Breaker()
    /// Nothing is known of it: whether it failed before the start is not written down, so what waits since then may wait for no
    /// reason any more. That it takes or refuses something ends that.
    private var isNew = true
    /// When the first attempt since then began.
    private var firstAttempt: Instant?
    /// Tokens of the rate's bucket, and when they were last counted; in real time, which a rehearsal does not stretch.
    private var tokens: Double
    private var countedAt: Instant

    init(channel: any Channel, rate: Rate?, realNow: Instant) {
        self.channel = channel
        self.rate = rate
        window = channel.openingConcurrency
        tokens = Double(rate?.burst ?? 0)
        countedAt = realNow
    }

    /// An attempt that takes no longer than some dozen commits of the ledger, the wait for its turn included.
    static let quick = Span(milliseconds: 100)

    /// The most that may be under way now.
    var limit: Int { window + (isQuick ? channel.ahead : 0) }

    /// It has more than goes on at one time: the next are there when one ends.
    var isAhead: Bool { underWay > window }

    /// How many attempts may start at this moment.
    mutating func room(realNow: Instant) -> Int {
        let free = breaker.allowed(max(0, limit - underWay), underWay: underWay, now: realNow)
        guard let rate else { return free }
        let passed = Double(max(0, (realNow - countedAt).milliseconds)) / 1_000
        tokens = min(Double(rate.burst), tokens + passed * rate.perSecond)
        countedAt = realNow
        return min(free, Int(tokens))
    }

    /// How long its breaker or its rate holds it back, of real time; nil when neither does.
    func heldBack(realNow: Instant) -> Span? {
        guard underWay < limit else { return nil }
        if let wait = breaker.wait(now: realNow) { return wait }
        guard let rate, tokens < 1 else { return nil }
        return Span(milliseconds: Int64((1 - tokens) / rate.perSecond * 1_000) + 1)
    }

    /// Counts attempts that began before a reload on a channel of this name. Its breaker starts closed: what was wrong may be mended.
    mutating func inherit(_ count: Int) {
        underWay += count
    }

    /// Takes the place of `old`, of the same name: one that answered has nothing waiting for it that should not.
    mutating func follow(_ old: Destination) {
        isNew = old.isNew || old.breaker.isOpen
    }

    /// The destination answered as it should, if only to refuse one reader.
    ///
    /// - Returns: what waits for it since an attempt before this is to go now; and whether its breaker had been open.
    mutating func answered() -> (isBackFor: Instant?, wasOpen: Bool) {
        let wasOpen = breaker.succeeded()
        defer { isNew = false }
        return (wasOpen ? .distantFuture : isNew ? firstAttempt : nil, wasOpen)
    }

    mutating func started(now: Instant) {
        if firstAttempt == nil { firstAttempt = now }
        underWay += 1
        tokens -= 1
    }

    /// - Parameters:
    ///   - well: the destination answered as it should.
    ///   - took: from its claim to its end.
    ///   - mayGrow: there is room for more attempts in all.
    mutating func ended(well: Bool, took: Span, mayGrow: Bool) {
        isQuick = well && took < Destination.quick
        if !well {
            window = max(min(channel.openingConcurrency, window), window / 2)
        } else if mayGrow, underWay >= window, window < channel.concurrency {
            window += 1
        }
        underWay -= 1
    }
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
