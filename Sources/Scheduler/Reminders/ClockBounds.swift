/// Whether a wall clock can be believed: a machine without a battery starts in 1970, a bad time server sets 2099.
///
/// Out of bounds nothing is looked at and nothing sent, until the clock is back or a person answers (contract, `release`).
public enum ClockBounds {
    /// Steps back of less are NTP's, or a person's correction.
    static let mostBackwards = Span.days(1)
    /// A machine may stand still for a season; a year ahead is a wrong clock.
    static let mostForwards = Span.days(100)

    /// What is wrong with `now`; nil in bounds.
    ///
    /// - Parameter built: no clock is right that lies before the day the program was released.
    public static func complaint(now: Instant, lookedUntil: Instant, built: Instant) -> String? {
        if now < built { return "the clock lies before the day this program was released" }
        if now < lookedUntil - mostBackwards { return "the clock lies more than a day before the last look" }
        if now > lookedUntil + mostForwards { return "the clock lies more than 100 days after the last look" }
        return nil
    }

    /// What a person's `release` records, so that afterwards the clock is in bounds and nothing is silent: what is past its
    /// deadline is missed; what is still worth telling is superseded when it is dropped, else the next look sends it.
    public static func release(
        _ plans: PlanSet, lookedUntil: Instant, held: ClosedRange<Instant>?, now: Instant, drops: Bool
    ) -> LookResult {
        let since = min(lookedUntil, held?.lowerBound ?? lookedUntil, now)
        let candidates = plans.candidates(lookedUntil: since, now: now).map(\.reminder)
        return LookResult(
            lookedUntil: now, superseded: drops ? candidates.filter { $0.deadline > now } : [],
            missed: candidates.filter { $0.deadline <= now })
    }
}
