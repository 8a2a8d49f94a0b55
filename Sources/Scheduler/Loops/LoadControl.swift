/// How much one destination gets at a time: learned from what it bears. Pure; counts in real time.
///
/// The width (attempts under way at one time) grows by one with each success while all of it is used, and falls by one with each refusal
/// because of load, never below one (additive increase, as in RFC 5681; the decrease is gentle because a server that takes three
/// connections tells us so with every fourth). A width that was refused is tried again only after a number of successes that doubles
/// each time. What is refused at width one is sent too fast: the starts are spaced out, and the channel rests for a while, as long as the
/// server said or 30 s, doubled while nothing else is heard, up to 15 minutes.
struct LoadControl: Hashable {
    private let most: Int
    private let opening: Int
    private(set) var width: Int
    /// The width that was refused last; nil: none was.
    private var refusedWidth: Int?
    /// Something was accepted since the last refusal. Where nothing is, the server is out of order, and there is no limit to be learned.
    private var hasSucceeded = true
    /// Successes at the width below it, and how many it takes to try it again.
    private var successes = 0
    private var patience = LoadControl.firstPatience
    /// Nothing starts before it; nil: nothing holds it.
    private(set) var heldUntil: Instant?
    /// The same by the loop's clock, where the server said so: whichever comes first ends it, so that a rehearsal passes an hour that a
    /// server asked for as it passes the delivery's own wait for it.
    private var statedUntil: Instant?
    private var heldAt = Instant.distantPast
    /// Holds since the last success.
    private var holdsInARow = 0
    /// Starts are at least this far apart.
    private(set) var spacing = Span.zero
    private var spacedSuccesses = 0
    private var spacingPatience = LoadControl.firstPatience
    private var startedAt = Instant.distantPast

    static let firstPatience = 16
    static let longestPatience = 1_024
    static let firstHold = Span.seconds(30)
    static let longestHold = Span.minutes(15)
    /// Somewhat more than a second: a limit of one a second is the commonest, and exactly a second apart is too fast half of the time.
    static let firstSpacing = Span(milliseconds: 1_250)
    static let longestSpacing = Span.minutes(1)

    init(opening: Int, most: Int) {
        self.opening = opening
        self.most = most
        width = opening
    }

    /// No limit of the server's is known: all that it is ever given goes at one time.
    var isWide: Bool { width >= most && refusedWidth == nil && spacing == .zero }

    /// It was held since the last success: what starts now finds out whether it has time again.
    var isProbing: Bool { holdsInARow > 0 }

    /// A hold stands.
    func isHeld(realNow: Instant) -> Bool { heldUntil.map { $0 > realNow } ?? false }

    /// How many may start now, with so many under way and room for `limit` in all.
    func allowed(limit: Int, underWay: Int, realNow: Instant, now: Instant) -> Int {
        if wait(realNow: realNow, now: now) != nil { return 0 }
        return spacing > .zero ? max(0, 1 - underWay) : max(0, limit - underWay)
    }

    /// How long it holds the channel back; nil when it does not.
    func wait(realNow: Instant, now: Instant) -> Span? {
        let spaced = spacing > .zero ? startedAt + spacing - realNow : .zero
        let wait = max(held(realNow: realNow, now: now), spaced)
        return wait > .zero ? wait : nil
    }

    private func held(realNow: Instant, now: Instant) -> Span {
        guard let heldUntil else { return .zero }
        let real = heldUntil - realNow
        return statedUntil.map { min(real, $0 - now) } ?? real
    }

    /// The server itself asked for this wait.
    func isStated(now: Instant) -> Bool { statedUntil.map { $0 > now } ?? false }

    mutating func started(realNow: Instant) {
        startedAt = realNow
    }

    /// An attempt was accepted, or refused for its recipient's sake.
    ///
    /// - Parameters:
    ///   - isFull: all of the width was used.
    ///   - mayGrow: there is room for more attempts in all.
    mutating func succeeded(isFull: Bool, mayGrow: Bool) {
        holdsInARow = 0
        hasSucceeded = true
        if spacing > .zero {
            spacedSuccesses += 1
            guard spacedSuccesses >= spacingPatience else { return }
            spacedSuccesses = 0
            spacing = spacing > LoadControl.firstSpacing ? Span(milliseconds: spacing.milliseconds / 2) : .zero
            return
        }
        guard isFull, mayGrow, width < most else { return }
        if let refusedWidth, width + 1 >= refusedWidth {
            successes += 1
            guard successes >= patience else { return }
        }
        successes = 0
        width += 1
        if let refusedWidth, width > refusedWidth { (self.refusedWidth, patience) = (nil, LoadControl.firstPatience) }
        if width > 2 { spacingPatience = LoadControl.firstPatience }
    }

    /// The destination failed.
    mutating func failed() {
        width = max(min(opening, width), width / 2)
    }

    /// The destination has too much to do.
    ///
    /// - Parameters:
    ///   - asked: its own wait.
    ///   - alwaysHolds: it speaks of the channel as a whole (HTTP); a mail server may speak of this one connection.
    ///   - began: when the attempt did. Those that were under way when a hold began add nothing to it.
    ///   - now: by the loop's clock.
    mutating func refused(asked: Span?, alwaysHolds: Bool, began: Instant, realNow: Instant, now: Instant) {
        let wasNarrow = width == 1
        if hasSucceeded { learn() }
        width = max(1, width - 1)
        guard began > heldAt else {
            if let asked { hold(asked, isStated: true, realNow: realNow, now: now) }
            return
        }
        guard asked != nil || alwaysHolds || wasNarrow else { return }
        holdsInARow += 1
        let doubled = LoadControl.firstHold.milliseconds << Int64(min(holdsInARow - 1, 10))
        let ours = min(Span(milliseconds: doubled), LoadControl.longestHold)
        // A server that says the same short wait again and again does not mean it.
        let wait = asked.map { holdsInARow >= 3 ? max($0, ours) : $0 } ?? ours
        heldAt = realNow
        hold(wait, isStated: asked != nil, realNow: realNow, now: now)
    }

    private mutating func hold(_ wait: Span, isStated: Bool, realNow: Instant, now: Instant) {
        let until = realNow + wait
        guard until > heldUntil ?? .distantPast else { return }
        heldUntil = until
        statedUntil = isStated ? now + wait : nil
    }

    /// What the server bore before this refusal is what it bears: so many at a time, or, one by one, so often.
    private mutating func learn() {
        hasSucceeded = false
        successes = 0
        if width > 1 {
            if refusedWidth == width { patience = min(patience * 2, LoadControl.longestPatience) }
            refusedWidth = width
        } else {
            let doubled = Span(milliseconds: spacing.milliseconds * 2)
            spacing = min(max(LoadControl.firstSpacing, doubled), LoadControl.longestSpacing)
            spacingPatience = min(spacingPatience * 2, LoadControl.longestPatience)
            spacedSuccesses = 0
        }
    }
}
