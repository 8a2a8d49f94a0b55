import Dates

/// Finds out whether an unclear final refusal is about the recipient or the sender.
///
/// The refused delivery is held while the channel tries other recipients, up to ten in all. One
/// recipient of each untried mail domain comes first, beginning with the domain that has the most
/// pending deliveries. Other untried recipients follow.
///
/// - If one of them is accepted, the refusal was about its recipient. The refused delivery is given
///   up.
/// - If all ten are refused, the refusal is about the sender. The channel is held.
///
/// While the channel is held, one more untried recipient is tried from time to time. The server may
/// refuse all addresses outside the organisation, but accept addresses inside it that are later in
/// the queue.
///
/// If no untried recipient is left, two recipients refused with the same text are enough to hold
/// the channel. Recipients who are added later are then tried immediately, until ten have been
/// tried. In addition, one refused recipient is tried again every quarter of an hour.
///
/// If the text of a refusal shows that it is about the recipient ("no such user"), the delivery is
/// given up immediately. However, a server that has lost its directory refuses every recipient in
/// this way. Therefore, if the next recipient is refused with the same text, that delivery is
/// compared too.
///
/// If another recipient is accepted long after a refusal, the server may have been fixed in
/// between. The refused delivery is then tried once more. If it is refused again soon, the refusal
/// is about its recipient.
///
/// The type is pure and keeps its state only in memory. After a restart, held deliveries are tried
/// again when they are due, and compared anew.
struct Comparison {
    /// A refused delivery that is held until the reason for its refusal is known.
    ///
    /// The refusal is about the recipient or about the sender.
    struct Held: Sendable {
        let claim: Claim
        let receipt: Receipt
        let domain: String
        /// When the attempt began (`began`) and when it was refused (`at`), by the real clock.
        let began: Instant
        let at: Instant

        /// Returns whether an accepted attempt proves that this refusal was about its recipient.
        ///
        /// The accepted attempt must have overlapped the refused one or followed it. If the refusal
        /// mentions a quota, the accepted attempt must have begun after the refusal, because
        /// simultaneous attempts may have used up the quota.
        func isProved(byOneThatBegan other: Instant, ended: Instant) -> Bool {
            let words = receipt.comparable ?? ""
            let isQuota = Comparison.quotaWords.contains(where: words.contains)
            return isQuota ? other >= at : ended >= began
        }

        /// Returns whether this refusal of a retry is about its recipient.
        ///
        /// The retry was made because another recipient was accepted at `ended`. The result is true
        /// if the retry began within `fresh` after that, and the refusal does not mention a quota.
        func isProvedAnew(byOneThatEnded ended: Instant) -> Bool {
            let words = receipt.comparable ?? ""
            return began - ended <= Comparison.fresh && !Comparison.quotaWords.contains(where: words.contains)
        }
    }

    /// The decision about a delivery that was refused for good.
    enum Verdict: Hashable {
        /// The refusal is about the recipient. The delivery is given up.
        case recipient
        /// It is not known yet whether the refusal is about the recipient or the sender.
        ///
        /// The delivery waits.
        case undecided
        /// The refusal is about the sender. `begins` is true if the hold of the channel begins now.
        case us(begins: Bool)
    }

    /// The conclusions from an accepted attempt.
    struct Finding {
        /// Refusals that turned out to be about their recipients.
        var recipients: [Held] = []
        /// Whether the acceptance ends the hold of the channel.
        var endsHold = false
        /// Whether refused deliveries should be tried again.
        var retries = false
    }

    private struct Trait: Hashable {
        let words: String
        let domain: String
    }

    private(set) var held: [DeliveryID: Held] = [:]
    /// Recipients who were refused for good since the last acceptance.
    private(set) var triedRecipients: Set<String> = []
    private(set) var triedDomains: Set<String> = []
    /// The latest refusal that was trusted to be about its recipient.
    ///
    /// nil if there was none since the last acceptance.
    private var named: (words: String, recipient: String)?
    /// When the hold of the channel began; nil if the channel is not held.
    private(set) var holdsSince: Instant?
    private var pause = Comparison.firstPause
    private(set) var nextProbe = Instant.distantPast
    /// When a recipient who was refused during the hold may be tried again.
    private(set) var nextRepeat = Instant.distantPast
    /// The last attempt that was accepted; nil if there was none.
    private var lastAccepted: (began: Instant, ended: Instant)?
    /// Deliveries that were held and are tried again because another recipient was accepted.
    private var retried: Set<DeliveryID> = []
    /// When a refusal was last found to be about its recipient, keyed by its text and mail domain.
    ///
    /// A later refusal with the same text and domain is not compared. This saves a comparison for
    /// each recipient of a domain that the server does not serve. Domains that the server serves
    /// are left out, because the next refusal with the same text may be about the sender.
    private var known: [Trait: Instant] = [:]
    /// The domains of accepted recipients, which the server therefore serves.
    private var served: Set<String> = []

    static let tries = 10
    static let firstPause = TimeSpan.minutes(1)
    static let longestPause = TimeSpan.minutes(15)
    static let remembers = TimeSpan.hours(24)
    /// How long the settings of a server are assumed to stay the same.
    static let fresh = TimeSpan.minutes(2)
    static let mostKnown = 1_000
    static let quotaWords = ["exceed", "quota", "limit", "too many", "too much", " rate", "volume", "threshold", "frequency"]

    /// Whether refusals are remembered that were about their recipients.
    var remembersRefusals: Bool { !known.isEmpty }
    /// Whether deliveries wait for a decision or the channel is held.
    var isUnderWay: Bool { !held.isEmpty || holdsSince != nil }
    var isHolding: Bool { holdsSince != nil }
    /// Whether enough recipients have been tried.
    ///
    /// If true during a hold, further recipients are tried one at a time.
    private var isFull: Bool { triedRecipients.count >= Comparison.tries }

    /// Returns how many more recipients may be tried while `underWay` attempts are under way.
    func allowed(underWay: Int, now: Instant) -> Int {
        guard isHolding, isFull else { return max(0, Comparison.tries - triedRecipients.count - underWay) }
        return underWay == 0 && now >= nextProbe ? 1 : 0
    }

    /// Returns the time until the next attempt during a hold.
    ///
    /// Returns nil if there is no hold, or if the attempt may start now.
    func wait(now: Instant) -> TimeSpan? {
        guard isHolding else { return nil }
        if nextProbe > now { return nextProbe - now }
        // The wait is at most `firstPause`, because a delivery to an untried recipient may fall due
        // in the meantime.
        return nextRepeat > now ? min(nextRepeat - now, Comparison.firstPause) : nil
    }

    /// Returns whether a refused recipient may be tried again now, if no untried one is waiting.
    func mayRepeat(now: Instant) -> Bool { now >= nextRepeat }

    /// Records that an attempt of a delivery begins. The delivery is then no longer held.
    mutating func took(_ claim: Claim, now: Instant) {
        held[claim.id] = nil
        // During a hold, one refused recipient is tried again every quarter of an hour.
        if isHolding, triedRecipients.contains(claim.recipient) { nextRepeat = now + Comparison.longestPause }
    }

    /// Records that no untried recipient was found in the queue.
    ///
    /// If the channel is held, the next new recipient will be tried immediately. If not, a hold
    /// begins if two recipients were refused with the same text and no attempt is under way. The
    /// refusal is then taken to be about the sender.
    ///
    /// - Returns: The refusal that begins a hold; nil if none begins.
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

    /// The latest refusal whose text the server also gave for another recipient; nil if none.
    private var sharedRefusal: Receipt? {
        let refusals = held.values.sorted { $0.at > $1.at }
        let shared = refusals.first { one in
            let others = refusals.map { ($0.receipt.comparable, $0.claim.recipient) } + [(named?.words, named?.recipient ?? "")]
            return others.contains { $0.0 == one.receipt.comparable && $0.1 != one.claim.recipient }
        }
        return shared?.receipt
    }

    /// Records a final refusal and returns the decision about the refused delivery.
    ///
    /// - Parameters:
    ///   - domain: The domain of the recipient's address; the recipient itself if there is no
    ///     address.
    ///   - began: When the attempt began.
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

    /// Decides whether to trust a refusal whose text shows that it is about the recipient.
    ///
    /// The refusal is trusted if the server has not given the same text for another recipient.
    private mutating func isTakenAtItsWord(_ words: String, of recipient: String) -> Bool {
        if held.values.contains(where: { $0.receipt.comparable == words }) { return false }
        if let named, named.words == words, named.recipient != recipient { return false }
        named = (words, recipient)
        return true
    }

    /// Records that an attempt during a hold was neither accepted nor refused for good.
    mutating func probeEnded(now: Instant) {
        if isHolding { postpone(now: now) }
    }

    /// Records that the server accepted a message, and returns the conclusions.
    ///
    /// - Parameters:
    ///   - began: When the accepted attempt began.
    ///   - domain: The recipient's domain; nil if it is not known.
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
        pause = min(TimeSpan(milliseconds: pause.milliseconds * 2), Comparison.longestPause)
    }

    /// Returns up to `count` deliveries to try next, each for a different recipient.
    ///
    /// One delivery of each untried domain comes first, beginning with the domain that has the most
    /// deliveries. Untried recipients of any domain follow.
    func choose<Place: Hashable>(
        _ count: Int, of waiting: [(place: Place, recipient: String, domain: String)]
    ) -> [Place] {
        var seen = triedRecipients
        var byDomain: [String: (count: Int, first: Place)] = [:]
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
