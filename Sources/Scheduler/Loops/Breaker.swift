/// Keeps one failing destination from being hammered, and from costing others their turn: a circuit breaker.
///
/// Closed, it lets everything through. Five failures in a row, or one that is about us, open it: nothing goes for a
/// while, then a single try; its success closes the breaker, its failure doubles the while. Pure: told what happened, asked
/// what may happen; counts in real time, which a rehearsal does not stretch.
struct Breaker {
    private(set) var failures = 0
    /// Nothing before it; nil while closed.
    private(set) var opensAt: Instant?
    private var pause = Breaker.firstPause

    static let threshold = 5
    static let firstPause = Span.seconds(30)
    /// A login that is refused is tried once in 15 minutes at most (fault table, result 67).
    static let longestPause = Span.minutes(15)

    var isOpen: Bool { opensAt != nil }

    /// How many attempts may start, given how many are under way and how many the channel has room for.
    func allowed(_ room: Int, underWay: Int, now: Instant) -> Int {
        guard let opensAt else { return room }
        return now >= opensAt && underWay == 0 ? min(1, room) : 0
    }

    /// How long until the single try; nil while closed, or when it may start now.
    func wait(now: Instant) -> Span? {
        guard let opensAt, opensAt > now else { return nil }
        return opensAt - now
    }

    /// The destination answered as it should, if only to refuse one reader. True when it had been open.
    mutating func succeeded() -> Bool {
        defer { self = Breaker() }
        return isOpen
    }

    /// True when this opened it.
    mutating func failed(aboutUs: Bool, now: Instant) -> Bool {
        failures += 1
        let wasOpen = isOpen
        // Attempts that were under way when it opened end like those before them; only the single try counts anew.
        if let opensAt, now < opensAt, !aboutUs { return false }
        guard aboutUs || wasOpen || failures >= Breaker.threshold else { return false }
        if aboutUs { pause = Breaker.longestPause }
        opensAt = now + pause
        pause = min(Span(milliseconds: pause.milliseconds * 2), Breaker.longestPause)
        return !wasOpen
    }
}
