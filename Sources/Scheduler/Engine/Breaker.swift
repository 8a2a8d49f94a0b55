import Dates

/// A circuit breaker for one channel. It protects a failing server and keeps it from delaying other
/// channels.
///
/// Only answers about the server or about the sender count (`Scope.server`, `Scope.us`). An answer
/// about one recipient or about load is not a failure. A closed breaker lets every attempt through.
/// Five failures in a row, or a refusal of the sender, open it. While it is open, nothing is sent
/// until a pause has passed; then a single attempt is allowed. If the server answers, the breaker
/// closes. If the attempt fails, the pause doubles.
///
/// The type is pure. It counts in real time, which the clock of a rehearsal does not stretch.
public struct Breaker: Hashable, Sendable {
    private(set) var failures = 0
    /// Number of refusals of the sender since the last answer.
    private var refusals = 0
    /// No attempt may start before this instant; nil while closed.
    private(set) var opensAt: Instant?
    private var pause = Breaker.firstPause

    static let threshold = 5
    static let firstPause = TimeSpan.seconds(30)
    /// A refused login is tried again at most once in 15 minutes (fault table, result 67).
    static let longestPause = TimeSpan.minutes(15)

    var isOpen: Bool { opensAt != nil }

    /// Whether the pause of an open breaker is over, so that the single attempt may start.
    func isHalfOpen(now: Instant) -> Bool { opensAt.map { now >= $0 } ?? false }

    /// How long until the single attempt may start; nil while closed, or if it may start now.
    func wait(now: Instant) -> TimeSpan? {
        guard let opensAt, opensAt > now else { return nil }
        return opensAt - now
    }

    /// Records an answer of the server, even a refusal of one recipient. Returns whether the
    /// breaker was open.
    mutating func answered() -> Bool {
        defer { self = Breaker() }
        return isOpen
    }

    /// Records that the server failed or cannot be reached. Returns whether this opens the breaker.
    mutating func failed(now: Instant) -> Bool {
        failures += 1
        guard isOpen || failures >= Breaker.threshold else { return false }
        return open(now: now, for: pause)
    }

    /// Records that the server refuses the sender. Returns whether this opens the breaker.
    ///
    /// - Parameter isSure: Whether one such refusal means that every attempt would be refused. If
    ///   not, a second refusal without an answer in between opens the breaker, because two machines
    ///   behind one name may have different secrets.
    mutating func refusedUs(isSure: Bool, now: Instant) -> Bool {
        refusals += 1
        guard isOpen || isSure || refusals > 1 else { return false }
        pause = Breaker.longestPause
        return open(now: now, for: pause)
    }

    private mutating func open(now: Instant, for pause: TimeSpan) -> Bool {
        let wasOpen = isOpen
        // An attempt that began before the breaker opened does not extend the pause when it fails.
        // Only the single attempt does.
        if let opensAt, now < opensAt, pause < Breaker.longestPause { return false }
        opensAt = now + pause
        self.pause = min(TimeSpan(milliseconds: pause.milliseconds * 2), Breaker.longestPause)
        return !wasOpen
    }
}
