/// Keeps one failing destination from being hammered, and from costing others their turn: a circuit breaker.
///
/// It hears of the server and of us only: what a server says of one recipient, or of load, is no failure. Closed, it lets
/// everything through. Five failures in a row, or a refusal of us, open it: nothing goes for a while, then a single try;
/// an answer closes the breaker, a failure doubles the while. Pure: told what happened, asked what may happen; counts in real
/// time, which a rehearsal does not stretch.
public struct Breaker: Hashable, Sendable {
    private(set) var failures = 0
    /// Refusals of us since the last answer.
    private var refusals = 0
    /// Nothing before it; nil while closed.
    private(set) var opensAt: Instant?
    private var pause = Breaker.firstPause

    static let threshold = 5
    static let firstPause = Span.seconds(30)
    /// A login that is refused is tried once in 15 minutes at most (fault table, result 67).
    static let longestPause = Span.minutes(15)

    var isOpen: Bool { opensAt != nil }

    /// The next try is due.
    func isHalfOpen(now: Instant) -> Bool { opensAt.map { now >= $0 } ?? false }

    /// How long until the single try; nil while closed, or when it may start now.
    func wait(now: Instant) -> Span? {
        guard let opensAt, opensAt > now else { return nil }
        return opensAt - now
    }

    /// The destination answered, if only to refuse one recipient. True when it had been open.
    mutating func answered() -> Bool {
        defer { self = Breaker() }
        return isOpen
    }

    /// The destination failed, or cannot be reached. True when this opened it.
    mutating func failed(now: Instant) -> Bool {
        failures += 1
        guard isOpen || failures >= Breaker.threshold else { return false }
        return open(now: now, for: pause)
    }

    /// The destination refuses us. True when this opened it.
    ///
    /// - Parameter isSure: one such refusal says that all would be refused. Otherwise it takes a second one with no answer in
    ///   between: two machines behind one name may have different secrets.
    mutating func refusedUs(isSure: Bool, now: Instant) -> Bool {
        refusals += 1
        guard isOpen || isSure || refusals > 1 else { return false }
        pause = Breaker.longestPause
        return open(now: now, for: pause)
    }

    private mutating func open(now: Instant, for pause: Span) -> Bool {
        let wasOpen = isOpen
        // Attempts that were under way when it opened end like those before them; only the single try counts anew.
        if let opensAt, now < opensAt, pause < Breaker.longestPause { return false }
        opensAt = now + pause
        self.pause = min(Span(milliseconds: pause.milliseconds * 2), Breaker.longestPause)
        return !wasOpen
    }
}
