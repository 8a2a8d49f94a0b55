/// Whom a final refusal is about, where its words do not say: found out by what the channel answers to others.
///
/// A refusal that is to be compared holds its delivery. Meanwhile the channel tries others: the untried mail domain with the most
/// waiting deliveries first, then untried recipients, ten in all. Where one of them is accepted, the refusal was about its recipient, who is
/// given up. Where all ten are refused, it is about us: the channel is held, and every now and then one more untried recipient is tried,
/// because twelve refused outsiders prove nothing about the insiders behind them. Where nobody is left to try, two who were told the same
/// are enough; recipients who come later are tried at once then, until there are ten, and one refused recipient is tried again every quarter
/// of an hour. Nobody is given up by a comparison unless another recipient was accepted after the refusal.
///
/// A refusal whose words do name the recipient (no such user) gives it up at once; but where every recipient since the last success got the
/// same words, the second of them is held and compared all the same: a server that has lost its directory knows nobody.
///
/// An acceptance long after a refusal says little about it: the server may have been fixed in between. What was refused is tried once more
/// then; refused again shortly after that acceptance, it is its recipient's.
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

        /// The same of a delivery that was tried anew because somebody was accepted then.
        func isProvedAnew(byOneThatEnded ended: Instant) -> Bool {
            let words = receipt.comparable ?? ""
            return began - ended <= Comparison.fresh && !Comparison.quotaWords.contains(where: words.contains)
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
    /// When a recipient who was refused during the hold may be tried again.
    private(set) var nextRepeat = Instant.distantPast
    /// The last attempt that was accepted.
    private var lastAccepted: (began: Instant, ended: Instant)?
    /// Held before, and tried anew because somebody was accepted.
    private var retried: Set<DeliveryID> = []
    /// What was found to be about recipients, and when; so that every recipient of a domain that the relay does not serve need not be
    /// compared anew. Of domains that it serves nothing is known: there the next such refusal may be about us.
    private var known: [Trait: Instant] = [:]
    /// Domains of recipients that were accepted.
    private var served: Set<String> = []

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
    /// As many were tried as it takes; more are tried singly.
    private var isFull: Bool { triedRecipients.count >= Comparison.tries }

    /// How many may be tried to find out, with so many under way already.
    func allowed(underWay: Int, now: Instant) -> Int {
        guard isHolding, isFull else { return max(0, Comparison.tries - triedRecipients.count - underWay) }
        return underWay == 0 && now >= nextProbe ? 1 : 0
    }

    /// How long until the next probe of a hold; nil where there is none, or when it may start now.
    func wait(now: Instant) -> Span? {
        guard isHolding else { return nil }
        if nextProbe > now { return nextProbe - now }
        // An untried recipient whose time comes does not wait for a repeat.
        return nextRepeat > now ? min(nextRepeat - now, Comparison.firstPause) : nil
    }

    /// Whether, with nobody untried, a recipient who was refused before may be tried now.
    func mayRepeat(now: Instant) -> Bool { now >= nextRepeat }

    /// The channel takes up a delivery, perhaps one that waited for the verdict.
    mutating func took(_ claim: Claim, now: Instant) {
        held[claim.id] = nil
        // During a hold, the channel tries one refused recipient again every quarter of an hour.
        if isHolding, triedRecipients.contains(claim.recipient) { nextRepeat = now + Comparison.longestPause }
    }

    /// No untried recipient waits: the next one that comes need not wait for the pause. Where two were told the same and nobody is under
    /// way who might be accepted, it is about us.
    ///
    /// - Returns: the refusal by which a hold begins now.
    @discardableResult
    mutating func foundNobodyUntried(underWay: Int, now: Instant) -> Receipt? {
        guard !isHolding else {
            pause = Comparison.firstPause
            nextProbe = .distantPast
            return nil
        }
        guard underWay == 0, let refusal = sharedRefusal else { return nil }
        holdsSince = now
        nextProbe = .distantPast
        return refusal
    }

    /// What two recipients were told in the same words.
    private var sharedRefusal: Receipt? {
        let refusals = held.values.sorted { $0.at > $1.at }
        let shared = refusals.first { one in
            let others = refusals.map { ($0.receipt.comparable, $0.claim.recipient) } + [(named?.words, named?.recipient ?? "")]
            return others.contains { $0.0 == one.receipt.comparable && $0.1 != one.claim.recipient }
        }
        return shared?.receipt
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
        let isRetried = retried.remove(claim.id) != nil
        let refusal = Held(claim: claim, receipt: receipt, domain: domain, began: began, at: now)
        if let last = lastAccepted {
            let isProvedAnew = isRetried && !isHolding && refusal.isProvedAnew(byOneThatEnded: last.ended)
            if isProvedAnew || refusal.isProved(byOneThatBegan: last.began, ended: last.ended) {
                remember(refusal, now: now)
                return .recipient
            }
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
        guard isFull else { return .undecided }
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
    /// - Parameters:
    ///   - began: when that attempt did.
    ///   - domain: of the recipient; nil where that is not known.
    mutating func accepted(began: Instant, domain: String? = nil, now: Instant) -> Finding {
        var finding = Finding()
        if let domain { serves(domain) }
        lastAccepted = (began, now)
        if isHolding {
            finding.endsHold = true
            finding.retries = true
            triesAnew(held.keys)
            held = [:]
            (holdsSince, pause, nextProbe, nextRepeat) = (nil, Comparison.firstPause, .distantPast, .distantPast)
        }
        for (id, refused) in held where refused.isProved(byOneThatBegan: began, ended: now) {
            held[id] = nil
            if began - refused.at <= Comparison.fresh {
                finding.recipients.append(refused)
                remember(refused, now: now)
            } else {
                triesAnew([id])
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

    private mutating func triesAnew(_ ids: some Collection<DeliveryID>) {
        if retried.count + ids.count > Comparison.mostKnown { retried = [] }
        retried.formUnion(ids.prefix(Comparison.mostKnown))
    }

    private mutating func serves(_ domain: String) {
        guard !served.contains(domain) else { return }
        if served.count >= Comparison.mostKnown { (served, known) = ([], [:]) }
        served.insert(domain)
        known = known.filter { $0.key.domain != domain }
    }

    private mutating func forgetTried() {
        triedRecipients = []
        triedDomains = []
        named = nil
    }

    private mutating func remember(_ refused: Held, now: Instant) {
        guard !served.contains(refused.domain) else { return }
        if known.count >= Comparison.mostKnown {
            known = known.filter { now - $0.value < Comparison.remembers }
            if known.count >= Comparison.mostKnown { known = [:] }
        }
        guard let words = refused.receipt.comparable else { return }
        known[Trait(words: words, domain: refused.domain)] = now
    }

    private mutating func postpone(now: Instant) {
        guard isFull else { return }
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
