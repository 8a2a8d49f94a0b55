import Dates
import Plans

/// What is wrong with a wall clock.
public enum ClockComplaint: Hashable, Sendable, CaseIterable, CustomStringConvertible {
    /// No clock is right that lies before the day the program was released: a machine without a battery starts in 1970.
    case beforeRelease
    case behind
    case ahead
    /// It was set ahead by more than a day at once while remindd ran: a bad time server sets 2099.
    case setAhead

    public var description: String {
        switch self {
        case .beforeRelease: "the clock lies before the day this program was released"
        case .behind: "the clock lies more than a day before the last look"
        case .ahead: "the clock lies more than 100 days after the last look"
        case .setAhead: "the clock was set ahead by more than a day at once"
        }
    }

    /// Going on by such a clock writes off what falls due before its time.
    public var isAhead: Bool { self == .ahead || self == .setAhead }
}

/// Whether a wall clock can be believed.
///
/// Out of bounds nothing is evaluated and nothing sent, until the clock is back or a person answers (contract, `release`).
public enum ClockBounds {
    /// Steps back of less are NTP's, or a person's correction.
    static let mostBackwards = TimeSpan.days(1)
    /// A machine may stand still for a season; a year ahead is a wrong clock.
    static let mostForwards = TimeSpan.days(100)

    /// What is wrong with `now`; nil in bounds.
    ///
    /// - Parameter built: the day the program was released.
    public static func complaint(now: Instant, lookedUntil: Instant, built: Instant) -> ClockComplaint? {
        if now < built { return .beforeRelease }
        if now < lookedUntil - mostBackwards { return .behind }
        if now > lookedUntil + mostForwards { return .ahead }
        return nil
    }

    /// What a person's `release` records, so that afterwards the clock is in bounds and nothing is silent: what is past its
    /// deadline is missed; what is still worth sending is superseded when it is dropped, else the next evaluation sends it.
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

/// Follows the wall clock beside a clock that nobody sets (CLOCK_BOOTTIME): sees every step, and distrusts one far ahead.
struct ClockWatch {
    /// Wall minus steady time when last observed; nil before the first time.
    private var offset: TimeSpan?
    /// The offset before a step ahead that is not believed.
    private var trusted: TimeSpan?

    /// The clocks differ by less when they are read one after the other, or when the wall clock is being disciplined.
    private static let tolerance = TimeSpan.seconds(2)

    /// The wall clock was set far ahead, and is not back.
    var isRunaway: Bool { trusted != nil }

    /// How far the wall clock was set since the last time; zero where it was not.
    ///
    /// - Parameter isBelieved: the wall clock was believed so far. One that was behind is set ahead to be right.
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

    /// What a wall clock that was not set ahead would say; nil where it was not.
    func believed(steady: Instant) -> Instant? { trusted.map { steady + $0 } }

    /// A person says that the clock is right.
    mutating func trust() { trusted = nil }
}
