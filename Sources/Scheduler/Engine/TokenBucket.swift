import Dates

/// Counts how many attempts a channel's rate allows.
///
/// Its instants are those of the real clock, even in a rehearsal.
struct TokenBucket {
    let rate: Rate?
    private var tokens: Double
    private var countedAt: Instant

    init(_ rate: Rate?, realNow: Instant) {
        self.rate = rate
        tokens = Double(rate?.burst ?? 0)
        countedAt = realNow
    }

    /// Adds the tokens for the time since the last call. Returns how many attempts may start.
    mutating func available(_ realNow: Instant) -> Int {
        guard let rate else { return .max }
        let passed = Double(max(0, (realNow - countedAt).milliseconds)) / 1_000
        tokens = min(Double(rate.burst), tokens + passed * rate.perSecond)
        countedAt = realNow
        return Int(tokens)
    }

    /// Records that an attempt started.
    mutating func take() { tokens -= 1 }

    /// The time until the next attempt may start; nil if an attempt may start now.
    ///
    /// The time counts from the last call of `available`.
    var wait: TimeSpan? {
        guard let rate, tokens < 1 else { return nil }
        return TimeSpan(milliseconds: Int64((1 - tokens) / rate.perSecond * 1_000) + 1)
    }

    /// Copies the tokens of `old`, the bucket before a reload, so that used tokens stay used.
    mutating func follow(_ old: TokenBucket) {
        guard let rate, old.rate != nil else { return }
        tokens = min(Double(rate.burst), old.tokens)
        countedAt = old.countedAt
    }
}
