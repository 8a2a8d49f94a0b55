import Dates
import Plans

/// Decides whether a wall clock can be believed.
///
/// If the clock is out of bounds, nothing is evaluated and nothing is sent until the clock is in
/// bounds again or an operator answers (contract, `release`).
public enum ClockBounds {
    /// NTP or an operator's correction may set the clock back by less than this.
    static let mostBackwards = TimeSpan.days(1)
    /// A machine may be off for a season. A jump of a year is a wrong clock.
    static let mostForwards = TimeSpan.days(100)

    /// Returns the reason not to believe `now`; nil if it is in bounds.
    ///
    /// - Parameter built: The day of the program's release.
    public static func complaint(now: Instant, lookedUntil: Instant, built: Instant) -> ClockComplaint? {
        if now < built { return .beforeRelease }
        if now < lookedUntil - mostBackwards { return .behind }
        if now > lookedUntil + mostForwards { return .ahead }
        return nil
    }

    /// Returns what an operator's `release` records.
    ///
    /// Afterwards the clock is in bounds and every reminder is accounted for. Reminders past their
    /// deadline become missed. The others become superseded if they are dropped, else the next
    /// evaluation sends them.
    public static func release(
        _ plans: PlanSet, lookedUntil: Instant, held: ClosedRange<Instant>?, now: Instant, drops: Bool
    ) -> EvaluationResult {
        let since = min(lookedUntil, held?.lowerBound ?? lookedUntil, now)
        let candidates = plans.candidates(lookedUntil: since, now: now).map(\.reminder)
        return EvaluationResult(
            lookedUntil: now, superseded: drops ? candidates.filter { $0.deadline > now } : [],
            missed: candidates.filter { $0.deadline <= now }, isFinal: true)
    }
}

/// Compares the wall clock with a clock that nobody sets (CLOCK_BOOTTIME).
///
/// Detects every step of the wall clock, and distrusts a step far ahead.
struct ClockWatch {
    /// Wall clock minus steady clock at the last observation; nil before the first one.
    private var offset: TimeSpan?
    /// The offset before a step ahead that is not believed.
    private var trusted: TimeSpan?

    /// The offset may vary by less than this, because the clocks are read one after the other and
    /// NTP slews the wall clock.
    private static let tolerance = TimeSpan.seconds(2)

    /// Whether the wall clock was set far ahead and has not been set back.
    var isRunaway: Bool { trusted != nil }

    /// Returns by how much the wall clock was set since the last observation; zero if it was not
    /// set.
    ///
    /// - Parameter isBelieved: Whether the wall clock was believed so far. A clock that was behind
    ///   is set ahead to be correct.
    mutating func observe(wall: Instant, steady: Instant, isBelieved: Bool = true) -> TimeSpan {
        let current = wall - steady
        defer { offset = current }
        guard let offset else { return .zero }
        if let trusted, current - trusted <= ClockBounds.mostBackwards { self.trusted = nil }
        let step = current - offset
        guard abs(step.milliseconds) > ClockWatch.tolerance.milliseconds else { return .zero }
        if step > ClockBounds.mostBackwards, trusted == nil, isBelieved { trusted = offset }
        return step
    }

    /// Returns the time of a wall clock that was not set ahead; nil if the wall clock was not set
    /// ahead.
    func believed(steady: Instant) -> Instant? { trusted.map { steady + $0 } }

    /// Accepts the wall clock, because an operator states that it is right.
    mutating func trust() { trusted = nil }
}
