/// What comes after an attempt: pure, and aware of the deadline.
///
/// Ten tries on the schedule of Standard Webhooks (specification 1.0, "Retry schedule"), each wait drawn from its upper
/// half, then one try a day until the reminder's deadline. Nothing is tried at or after the deadline.
public enum RetryPolicy {
    /// Waits after the first, second, … try.
    static let schedule: [Span] = [
        .seconds(5), .minutes(5), .minutes(30), .hours(2), .hours(5), .hours(10), .hours(14), .hours(20), .hours(24),
    ]
    static let daily = Span.days(1)
    /// A refusal about us needs a person: trying more often only annoys the server (fault table, result 67).
    static let slowest = Span.minutes(15)
    /// Mail whose outcome the server left unknown waits this long before it is sent once more.
    static let unknownWait = Span.minutes(15)
    /// A delivery that was alone in flight at this many crashes is poison.
    static let crashesUntilDead = 4
    /// No wait is longer than a quarter of the time left, and none of those shortened is shorter than this.
    static let leastWait = Span.minutes(1)

    /// - Parameter chance: a number in 0..<1 that spreads retries (jitter); the only randomness there is.
    public static func next(
        after receipt: Receipt, attempt: Int, unknowns: Int, channel: ChannelKind, deadline: Instant, now: Instant, chance: Double
    ) -> DeliveryRecord.Next {
        switch receipt.outcome {
        case .delivered:
            return .delivered
        case .refusedForGood:
            if case .once(let wait) = receipt.advice, attempt == 1 { return retry(in: wait, deadline: deadline, now: now) }
            return .dead
        case .unknown:
            if case .email(let onUnknown) = channel {
                guard onUnknown == .resend, unknowns == 0 else { return .unknown }
                return retry(in: unknownWait, deadline: deadline, now: now)
            }
            return retry(in: wait(attempt, receipt.advice, chance), deadline: deadline, now: now)
        case .refusedForNow, .notSent:
            if receipt.advice == .endpointGone { return .dead }
            return retry(in: wait(attempt, receipt.advice, chance), deadline: deadline, now: now)
        }
    }

    /// What becomes of a delivery that was in flight when the process died: its outcome is unknown.
    public static func afterCrash(_ claim: Claim, channel: ChannelKind?, now: Instant) -> DeliveryRecord.Next {
        if claim.crashes + 1 >= crashesUntilDead { return .dead }
        if case .email(onUnknown: .hold) = channel { return .unknown }
        // Nobody knows what is to become of it where its channel is gone.
        guard channel != nil else { return .unknown }
        // At once, and before what waits for a first try: its place in the queue is its due.
        return claim.stored.reminder.deadline > now ? .pending(notBefore: claim.stored.reminder.due) : .unknown
    }

    private static func retry(in wait: Span, deadline: Instant, now: Instant) -> DeliveryRecord.Next {
        let left = deadline - now
        let longest = max(leastWait, Span(milliseconds: left.milliseconds / 4))
        let at = now + min(wait, longest)
        return at < deadline ? .pending(notBefore: at) : .dead
    }

    private static func wait(_ attempt: Int, _ advice: Receipt.Advice, _ chance: Double) -> Span {
        let base = attempt - 1 < schedule.count ? schedule[max(0, attempt - 1)] : daily
        let jittered = Span(milliseconds: Int64(Double(base.milliseconds) * (0.5 + chance / 2)))
        switch advice {
        case .none, .once, .endpointGone: return jittered
        case .retryAfter(let asked), .atLeast(let asked): return max(jittered, asked)
        case .aboutUs: return max(jittered, slowest)
        }
    }
}
