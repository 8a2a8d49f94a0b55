import Dates

/// A circuit breaker for one channel.
///
/// It saves a failing server from useless attempts, and other channels from delays. Only results
/// about the server or the sender count as failures (`Scope.server`, `Scope.us`). Five failures in
/// a row, or a refusal of the sender, open the breaker.
///
/// While the breaker is open, nothing is sent until a pause has passed. Then a single attempt is
/// allowed. If the server replies, the breaker closes. If the attempt fails, the pause doubles.
///
/// The type is pure. Its instants are those of the real clock, even in a rehearsal.
public struct Breaker: Hashable, Sendable {
    private(set) var failures = 0
    /// The number of refusals of the sender since the last call of `answered()`.
    private var refusals = 0
    /// The end of the pause, before which no attempt may start; nil while the breaker is closed.
    private(set) var opensAt: Instant?
    private var pause = Breaker.firstPause

    static let threshold = 5
    static let firstPause = TimeSpan.seconds(30)
    /// A refused login is tried again at most once in 15 minutes (`docs/faults.md`, fault 69).
    static let longestPause = TimeSpan.minutes(15)

    var isOpen: Bool { opensAt != nil }

    /// Returns whether the pause of an open breaker is over, so that a single attempt may start.
    func isHalfOpen(now: Instant) -> Bool { opensAt.map { now >= $0 } ?? false }

    /// Returns the time until the single attempt may start.
    ///
    /// Returns nil if the attempt may start now, or if the breaker is closed.
    func wait(now: Instant) -> TimeSpan? {
        guard let opensAt, opensAt > now else { return nil }
        return opensAt - now
    }

    /// Records a reply of the server and closes the breaker. Returns whether the breaker was open.
    ///
    /// A refusal of one recipient is such a reply too.
    mutating func answered() -> Bool {
        defer { self = Breaker() }
        return isOpen
    }

    /// Records that the server failed or was not reachable. Returns whether this opens the breaker.
    mutating func failed(now: Instant) -> Bool {
        failures += 1
        guard isOpen || failures >= Breaker.threshold else { return false }
        return open(now: now, for: pause)
    }

    /// Records that the server refuses the sender. Returns whether this opens the breaker.
    ///
    /// - Parameter isSure: Whether one such refusal shows that every attempt would be refused. If
    ///   false, the breaker opens at the second refusal without a call of `answered()` in between.
    ///   One refusal is not enough, because servers that share one name may have different secrets.
    mutating func refusedUs(isSure: Bool, now: Instant) -> Bool {
        refusals += 1
        guard isOpen || isSure || refusals > 1 else { return false }
        pause = Breaker.longestPause
        return open(now: now, for: pause)
    }

    private mutating func open(now: Instant, for pause: TimeSpan) -> Bool {
        let wasOpen = isOpen
        // An attempt that began before the pause may fail during it. This restarts the pause only
        // if the pause has the maximum length.
        if let opensAt, now < opensAt, pause < Breaker.longestPause { return false }
        opensAt = now + pause
        self.pause = min(TimeSpan(milliseconds: pause.milliseconds * 2), Breaker.longestPause)
        return !wasOpen
    }
}
