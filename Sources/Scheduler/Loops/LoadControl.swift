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
    static let firstSpacing = Span.seconds(1)
    static let longestSpacing = Span.minutes(1)

    init(opening: Int, most: Int) {
        self.opening = opening
        self.most = most
        width = opening
    }

    /// How many may start now, with so many under way and room for `limit` in all.
    func allowed(limit: Int, underWay: Int, now: Instant) -> Int {
        if wait(underWay: underWay, now: now) != nil { return 0 }
        return spacing > .zero ? max(0, 1 - underWay) : max(0, limit - underWay)
    }

    /// How long it holds the channel back; nil when it does not.
    func wait(underWay: Int, now: Instant) -> Span? {
        let next = startedAt + spacing
        let until = max(heldUntil ?? .distantPast, spacing > .zero ? next : .distantPast)
        return until > now ? until - now : nil
    }

    mutating func started(now: Instant) {
        startedAt = now
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
    mutating func refused(asked: Span?, alwaysHolds: Bool, began: Instant, now: Instant) {
        let wasNarrow = width == 1
        if hasSucceeded { learn() }
        width = max(1, width - 1)
        guard began > heldAt else {
            if let asked { hold(until: now + asked) }
            return
        }
        guard asked != nil || alwaysHolds || wasNarrow else { return }
        holdsInARow += 1
        let doubled = LoadControl.firstHold.milliseconds << Int64(min(holdsInARow - 1, 10))
        let ours = min(Span(milliseconds: doubled), LoadControl.longestHold)
        // A server that says the same short wait again and again does not mean it.
        let wait = asked.map { holdsInARow >= 3 ? max($0, ours) : $0 } ?? ours
        heldAt = now
        hold(until: now + wait)
    }

    private mutating func hold(until instant: Instant) {
        heldUntil = max(heldUntil ?? .distantPast, instant)
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
