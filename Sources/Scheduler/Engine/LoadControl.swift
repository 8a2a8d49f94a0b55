import Dates

/// Learns how many simultaneous attempts one channel's server accepts.
///
/// The type is pure. Its instants are those of the real clock, except `statedUntil`.
///
/// The width is the maximum number of attempts under way at one time. A success raises the width by
/// one if it is fully used, as in slow start (RFC 5681, section 3.1). A refusal because of load
/// lowers it by one, but not below one. The decrease is smaller than in the RFC, because a server
/// that accepts three connections refuses every fourth.
///
/// A refused width is tried again after a number of successes. The number doubles each time that
/// the same width is refused again.
///
/// A refusal at width one shows that attempts start too often. From then on, there is a minimum
/// time between the starts of two attempts.
///
/// A hold is a pause of the whole channel. It begins at a refusal at width one, at a refusal that
/// applies to the whole channel, or when the server requests a wait. It lasts as long as the server
/// requested, or 30 s. Without a request, each further hold lasts twice as long, up to 15 minutes,
/// until an attempt succeeds.
struct LoadControl: Hashable {
    private let most: Int
    private let opening: Int
    private(set) var width: Int
    /// The width that was refused last; nil if no width was refused.
    private var refusedWidth: Int?
    /// Whether an attempt has succeeded since the last refusal.
    ///
    /// Until then, further refusals show nothing new about the limit, because the server may not
    /// work at all.
    private var hasSucceeded = true
    /// The number of successes at a width of at least `refusedWidth` - 1.
    ///
    /// After `patience` of them, the width grows by one.
    private var successes = 0
    private var patience = LoadControl.firstPatience
    /// The end of the hold by the real clock; nil if there was no hold.
    private(set) var heldUntil: Instant?
    /// The end of the hold by the loop's clock; nil unless the server requested the wait.
    ///
    /// The hold ends at `heldUntil` or at this instant, whichever comes first. In a rehearsal the
    /// loop's clock runs fast, so a requested hour does not take a real hour.
    private var statedUntil: Instant?
    private var heldAt = Instant.distantPast
    /// The number of holds since the last success.
    private var holdsInARow = 0
    /// The minimum time between the starts of two attempts; zero if starts are not spaced out.
    private(set) var spacing = TimeSpan.zero
    private var spacedSuccesses = 0
    private var spacingPatience = LoadControl.firstPatience
    private var startedAt = Instant.distantPast

    static let firstPatience = 16
    static let longestPatience = 1_024
    static let firstHold = TimeSpan.seconds(30)
    static let longestHold = TimeSpan.minutes(15)
    /// The first spacing of starts, somewhat more than a second.
    ///
    /// The most common limit is one attempt a second. A spacing of exactly one second would be too
    /// short half of the time.
    static let firstSpacing = TimeSpan(milliseconds: 1_250)
    static let longestSpacing = TimeSpan.minutes(1)

    init(opening: Int, most: Int) {
        self.opening = opening
        self.most = most
        width = opening
    }

    /// Whether the width is at its maximum and no limit of the server is known.
    var isWide: Bool { width >= most && refusedWidth == nil && spacing == .zero }

    /// Whether the channel has been held since the last success.
    ///
    /// If true, the next attempt finds out whether the server has recovered.
    var isProbing: Bool { holdsInARow > 0 }

    /// Returns whether a hold is in force by the real clock.
    ///
    /// Unlike `wait`, this ignores the loop's clock, which may end the hold earlier.
    func isHeld(realNow: Instant) -> Bool { heldUntil.map { $0 > realNow } ?? false }

    /// Returns how many attempts may start now if `underWay` are under way.
    ///
    /// `limit` is the maximum number of attempts under way.
    func allowed(limit: Int, underWay: Int, realNow: Instant, now: Instant) -> Int {
        if wait(realNow: realNow, now: now) != nil { return 0 }
        return spacing > .zero ? max(0, 1 - underWay) : max(0, limit - underWay)
    }

    /// Returns how long load control delays the next attempt; nil if there is no delay.
    func wait(realNow: Instant, now: Instant) -> TimeSpan? {
        let spaced = spacing > .zero ? startedAt + spacing - realNow : .zero
        let wait = max(held(realNow: realNow, now: now), spaced)
        return wait > .zero ? wait : nil
    }

    private func held(realNow: Instant, now: Instant) -> TimeSpan {
        guard let heldUntil else { return .zero }
        let real = heldUntil - realNow
        return statedUntil.map { min(real, $0 - now) } ?? real
    }

    /// Returns whether the server requested the current wait.
    func isStated(now: Instant) -> Bool { statedUntil.map { $0 > now } ?? false }

    mutating func started(realNow: Instant) {
        startedAt = realNow
    }

    /// Records that an attempt was accepted, or refused because of its recipient.
    ///
    /// - Parameters:
    ///   - isFull: Whether as many attempts were under way as the width allows.
    ///   - mayGrow: Whether the number of attempts on all channels is below the common limit.
    mutating func succeeded(isFull: Bool, mayGrow: Bool) {
        holdsInARow = 0
        hasSucceeded = true
        if spacing > .zero {
            spacedSuccesses += 1
            guard spacedSuccesses >= spacingPatience else { return }
            spacedSuccesses = 0
            spacing = spacing > LoadControl.firstSpacing ? TimeSpan(milliseconds: spacing.milliseconds / 2) : .zero
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

    /// Records that the server failed. Halves the width, but not below its initial value.
    mutating func failed() {
        width = max(min(opening, width), width / 2)
    }

    /// Records a refusal because of load.
    ///
    /// - Parameters:
    ///   - asked: The wait that the server requested; nil if it requested none.
    ///   - alwaysHolds: Whether the refusal applies to the whole channel, as over HTTP. A mail
    ///     server's refusal may apply to only one connection.
    ///   - began: When the attempt began. An attempt that began before a hold does not lengthen the
    ///     hold, unless the server requested a wait.
    ///   - now: The time by the loop's clock.
    mutating func refused(asked: TimeSpan?, alwaysHolds: Bool, began: Instant, realNow: Instant, now: Instant) {
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
        let ours = min(TimeSpan(milliseconds: doubled), LoadControl.longestHold)
        // The third and later holds in a row last at least as long as the doubled wait.
        let wait = asked.map { holdsInARow >= 3 ? max($0, ours) : $0 } ?? ours
        heldAt = realNow
        hold(wait, isStated: asked != nil, realNow: realNow, now: now)
    }

    private mutating func hold(_ wait: TimeSpan, isStated: Bool, realNow: Instant, now: Instant) {
        let until = realNow + wait
        guard until > heldUntil ?? .distantPast else { return }
        heldUntil = until
        statedUntil = isStated ? now + wait : nil
    }

    /// Stores what a refusal shows about the server's limit.
    ///
    /// Above width one, the width is stored as refused. At width one, starts are spaced further
    /// apart.
    private mutating func learn() {
        hasSucceeded = false
        successes = 0
        if width > 1 {
            if refusedWidth == width { patience = min(patience * 2, LoadControl.longestPatience) }
            refusedWidth = width
        } else {
            let doubled = TimeSpan(milliseconds: spacing.milliseconds * 2)
            spacing = min(max(LoadControl.firstSpacing, doubled), LoadControl.longestSpacing)
            spacingPatience = min(spacingPatience * 2, LoadControl.longestPatience)
            spacedSuccesses = 0
        }
    }
}
