import Dates
import Plans

/// Decides whether the wall clock can be trusted.
///
/// If the clock is out of bounds, nothing is evaluated and nothing is sent until the clock is in
/// bounds again or an operator decides.
public enum ClockBounds {
    /// The maximum by which the clock may be behind the last evaluation.
    ///
    /// Corrections by NTP or an operator are smaller.
    static let mostBackwards = TimeSpan.days(1)
    /// The maximum by which the clock may be ahead of the last evaluation.
    ///
    /// A machine may be switched off for some months. If the clock is further ahead, it is probably
    /// wrong.
    static let mostForwards = TimeSpan.days(100)

    /// Returns the reason not to trust `now`; nil if it is in bounds.
    ///
    /// - Parameter built: The day of the program's release.
    public static func complaint(now: Instant, lookedUntil: Instant, built: Instant) -> ClockComplaint? {
        if now < built { return .beforeRelease }
        if now < lookedUntil - mostBackwards { return .behind }
        if now > lookedUntil + mostForwards { return .ahead }
        return nil
    }

    /// Returns the evaluation result to record when an operator gives the command `release`.
    ///
    /// Its `lookedUntil` is `now`, so the clock is in bounds afterwards. Reminders past their
    /// deadline become missed. All others become superseded if `drops` is true; if not, the next
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

/// Compares the wall clock with a monotonic clock (CLOCK_BOOTTIME).
///
/// Detects every step of the wall clock by more than two seconds. A step ahead by more than a day
/// is not trusted.
struct ClockWatch {
    /// Wall clock minus steady clock at the last observation; nil before the first observation.
    private var offset: TimeSpan?
    /// The offset before a step ahead that is not trusted; nil if there was no such step.
    private var trusted: TimeSpan?

    /// The largest change of the offset that does not count as a clock step.
    ///
    /// Small changes occur because the clocks are read one after the other and NTP slews the wall
    /// clock.
    private static let tolerance = TimeSpan.seconds(2)

    /// Whether the wall clock was set far ahead and is not trusted.
    ///
    /// True until the clock is set back or an operator confirms it.
    var isRunaway: Bool { trusted != nil }

    /// Returns by how much the wall clock was set since the last observation; zero if it was not.
    ///
    /// - Parameter isBelieved: Whether the wall clock was trusted before. If false, a step far
    ///   ahead may be a correction of the clock, so it is trusted.
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

    /// Returns the time that the wall clock would show without the step that is not trusted.
    ///
    /// Returns nil if there was no such step.
    func believed(steady: Instant) -> Instant? { trusted.map { steady + $0 } }

    /// Trusts the wall clock, because an operator has confirmed it.
    mutating func trust() { trusted = nil }
}
