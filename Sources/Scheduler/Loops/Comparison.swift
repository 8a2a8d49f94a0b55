/// Whom a final refusal is about, where its words do not say: found out by what the channel answers to others.
///
/// A refusal that is to be compared holds its delivery. Meanwhile the channel tries others: the untried mail domain with the most
/// waiting deliveries first, then untried recipients, ten in all. Where one of them is accepted, the refusal was about its recipient, who is
/// given up. Where all ten are refused, it is about us: the channel is held, and every now and then one more untried recipient is tried,
/// because twelve refused outsiders prove nothing about the insiders behind them. Nobody is given up by a comparison unless
/// another recipient was accepted after the refusal.
///
/// A refusal whose words do name the recipient (no such user) gives it up at once; but where every recipient since the last success got the
/// same words, the second of them is held and compared all the same: a server that has lost its directory knows nobody.
///
/// An acceptance long after a refusal says little about it: the server may have been fixed in between. What was refused is tried once more
/// then, beside whatever else goes, and compared anew.
///
/// Pure: in memory only. After a restart, what was held is tried again when its time comes, and compared anew.
struct Comparison {
    /// A delivery that waits for the verdict.
    struct Held: Sendable {
        let claim: Claim
        let receipt: Receipt
        let domain: String
        /// When the attempt began and when the refusal came, in real time.
        let began: Instant
        let at: Instant

        /// Whether an attempt that was accepted shows that this one was refused for its recipient's sake: it went beside it or after it. A
        /// refusal that speaks of how much was sent may come of what went beside it, so only what began later counts.
        func isProved(byOneThatBegan other: Instant, ended: Instant) -> Bool {
            let words = receipt.comparable ?? ""
            let isQuota = Comparison.quotaWords.contains(where: words.contains)
            return isQuota ? other >= at : ended >= began
        }
    }

    /// What to do with a delivery that was refused for good.
    enum Verdict: Hashable {
        /// It is about its recipient: give it up.
        case recipient
        /// Not known yet: it waits.
        case undecided
        /// It is about us. `begins`: the channel is held from now on.
        case us(begins: Bool)
    }

    /// What an acceptance has shown.
    struct Finding {
        /// These were refused for their recipients' sake.
        var recipients: [Held] = []
        /// The channel was held and is not any more.
        var endsHold = false
        /// What was refused deserves another try.
        var retries = false
    }

    private struct Trait: Hashable {
        let words: String
        let domain: String
    }

    private(set) var held: [DeliveryID: Held] = [:]
    /// Refused for good since the last acceptance.
    private(set) var triedRecipients: Set<String> = []
    private(set) var triedDomains: Set<String> = []
    /// The refusal that was taken at its word since then.
    private var named: (words: String, recipient: String)?
    /// Since when the channel is held; nil: it is not.
    private(set) var holdsSince: Instant?
    private var pause = Comparison.firstPause
    private(set) var nextProbe = Instant.distantPast
    /// The last attempt that was accepted.
    private var lastAccepted: (began: Instant, ended: Instant)?
    /// What was found to be about recipients, and when; so that every recipient of a domain that the relay does not serve need not be
    /// compared anew.
    private var known: [Trait: Instant] = [:]

    static let tries = 10
    static let firstPause = Span.minutes(1)
    static let longestPause = Span.minutes(15)
    static let remembers = Span.hours(24)
    /// An acceptance that began this soon after a refusal is by the same server, set up as it was.
    static let fresh = Span.minutes(2)
    static let mostKnown = 1_000
    static let quotaWords = ["exceed", "quota", "limit", "too many", "too much", " rate", "volume", "threshold", "frequency"]

    /// Deliveries wait for a verdict, or the channel is held.
    var isUnderWay: Bool { !held.isEmpty || holdsSince != nil }
    var isHolding: Bool { holdsSince != nil }

    /// How many may be tried to find out, with so many under way already.
    func allowed(underWay: Int, now: Instant) -> Int {
        guard isHolding else { return max(0, Comparison.tries - triedRecipients.count - underWay) }
        return underWay == 0 && now >= nextProbe ? 1 : 0
    }

    /// How long until the next probe of a hold; nil where there is none, or when it may start now.
    func wait(now: Instant) -> Span? {
        isHolding && nextProbe > now ? nextProbe - now : nil
    }

    /// The channel takes up a delivery that waited for the verdict.
    mutating func took(_ id: DeliveryID) {
        held[id] = nil
    }

    /// No untried recipient waits: the next one that comes need not wait for the pause.
    mutating func foundNobodyUntried() {
        guard isHolding else { return }
        pause = Comparison.firstPause
        nextProbe = .distantPast
    }

    /// A refusal for good.
    ///
    /// - Parameters:
    ///   - domain: of the recipient's address; the recipient where it has none.
    ///   - began: when the attempt did.
    mutating func refused(_ claim: Claim, _ receipt: Receipt, domain: String, began: Instant, now: Instant) -> Verdict {
        guard let words = receipt.comparable else { return .recipient }
        if let since = known[Trait(words: words, domain: domain)], now - since < Comparison.remembers, !isHolding {
            return .recipient
        }
        let refusal = Held(claim: claim, receipt: receipt, domain: domain, began: began, at: now)
        if let last = lastAccepted, refusal.isProved(byOneThatBegan: last.began, ended: last.ended) {
            remember(refusal, now: now)
            return .recipient
        }
        if receipt.about == .recipient, isTakenAtItsWord(words, of: claim.recipient) {
            if isHolding {
                triedRecipients.insert(claim.recipient)
                postpone(now: now)
            }
            return .recipient
        }
        if let named { triedRecipients.insert(named.recipient) }
        triedRecipients.insert(claim.recipient)
        triedDomains.insert(domain)
        held[claim.id] = refusal
        if isHolding {
            postpone(now: now)
            return .us(begins: false)
        }
        guard triedRecipients.count >= Comparison.tries else { return .undecided }
        holdsSince = now
        pause = Comparison.firstPause
        nextProbe = now + pause
        return .us(begins: true)
    }

    /// The words name the recipient, and are not what everybody gets.
    private mutating func isTakenAtItsWord(_ words: String, of recipient: String) -> Bool {
        if held.values.contains(where: { $0.receipt.comparable == words }) { return false }
        if let named, named.words == words, named.recipient != recipient { return false }
        named = (words, recipient)
        return true
    }

    /// A probe of a hold that was neither accepted nor refused for good.
    mutating func probeEnded(now: Instant) {
        if isHolding { postpone(now: now) }
    }

    /// The channel accepted a message to someone.
    ///
    /// - Parameter began: when that attempt did.
    mutating func accepted(began: Instant, now: Instant) -> Finding {
        var finding = Finding()
        if isHolding {
            finding.endsHold = true
            finding.retries = true
            self = Comparison(known: known)
            return finding
        }
        lastAccepted = (began, now)
        for (id, refused) in held where refused.isProved(byOneThatBegan: began, ended: now) {
            held[id] = nil
            if began - refused.at <= Comparison.fresh {
                finding.recipients.append(refused)
                remember(refused, now: now)
            } else {
                finding.retries = true
            }
        }
        forgetTried()
        for refused in held.values {
            triedRecipients.insert(refused.claim.recipient)
            triedDomains.insert(refused.domain)
        }
        return finding
    }

    init() {}

    private init(known: [Trait: Instant]) {
        self.known = known
    }

    private mutating func forgetTried() {
        triedRecipients = []
        triedDomains = []
        named = nil
    }

    private mutating func remember(_ refused: Held, now: Instant) {
        if known.count >= Comparison.mostKnown {
            known = known.filter { now - $0.value < Comparison.remembers }
            if known.count >= Comparison.mostKnown { known = [:] }
        }
        guard let words = refused.receipt.comparable else { return }
        known[Trait(words: words, domain: refused.domain)] = now
    }

    private mutating func postpone(now: Instant) {
        nextProbe = now + pause
        pause = min(Span(milliseconds: pause.milliseconds * 2), Comparison.longestPause)
    }

    /// Which of these to try next: recipients of untried domains, the largest domain first, then untried recipients of others; one delivery
    /// for each recipient.
    func choose(_ count: Int, of waiting: [(place: Int64, recipient: String, domain: String)]) -> [Int64] {
        var seen = triedRecipients
        var byDomain: [String: (count: Int, first: Int64)] = [:]
        var order: [String] = []
        for delivery in waiting where !triedDomains.contains(delivery.domain) {
            if let known = byDomain[delivery.domain] {
                byDomain[delivery.domain] = (known.count + 1, known.first)
            } else {
                byDomain[delivery.domain] = (1, delivery.place)
                order.append(delivery.domain)
            }
        }
        let largestFirst = order.sorted { byDomain[$0]!.count > byDomain[$1]!.count }
        var chosen = largestFirst.prefix(count).map { byDomain[$0]!.first }
        let taken = Set(chosen)
        for delivery in waiting where taken.contains(delivery.place) { seen.insert(delivery.recipient) }
        for delivery in waiting {
            guard chosen.count < count else { break }
            if seen.insert(delivery.recipient).inserted { chosen.append(delivery.place) }
        }
        return chosen
    }
}
