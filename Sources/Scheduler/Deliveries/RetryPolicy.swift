import Dates

/// What comes after an attempt: pure, and aware of the deadline.
///
/// Ten tries on the schedule of Standard Webhooks (specification 1.0, "Retry schedule"), each wait drawn from its upper
/// half, then one try a day until the reminder's deadline. Nothing is tried at or after the deadline. Attempts that cost
/// nothing (load) do not count as tries.
public enum RetryPolicy {
    /// Waits after the first, second, … try.
    static let schedule: [TimeSpan] = [
        .seconds(5), .minutes(5), .minutes(30), .hours(2), .hours(5), .hours(10), .hours(14), .hours(20), .hours(24),
    ]
    static let daily = TimeSpan.days(1)
    /// A refusal about us needs a person: trying more often only annoys the server (fault table, result 67). It is no longer either: the
    /// channel is held, with one probe at a time, and once the server is mended that probe has to find a delivery whose wait is over.
    static let slowest = TimeSpan.minutes(15)
    /// After a refusal because of load: the channel decides when it may go on, so the delivery itself hardly waits at first; twice as long
    /// each time, so that one which is refused again and again does not hold up the others.
    static let afterLoad = TimeSpan.seconds(1)...TimeSpan.minutes(5)
    /// Mail whose outcome the server left unknown waits this long before it is sent once more.
    static let unknownWait = TimeSpan.minutes(15)
    /// A delivery that was alone in flight at this many crashes is poison.
    static let crashesUntilDead = QuarantinePolicy.crashesUntilDead
    /// No wait is longer than a quarter of the time left, and none of those shortened is shorter than this.
    static let leastWait = TimeSpan.minutes(1)

    /// - Parameters:
    ///   - claim: the attempt that ended.
    ///   - channel: the policy of the channel that made it.
    ///   - chance: a number in 0..<1 that spreads retries (jitter); the only randomness there is.
    public static func next(
        after receipt: Receipt, _ claim: Claim, channel: ChannelPolicy, now: Instant, chance: Double
    ) -> DeliveryRecord.Next {
        let next = next(by: receipt, claim, channel: channel, now: now, chance: chance)
        // The clock may have been ahead when it was claimed, and be behind now: it is never tried again before its due.
        guard case .pending(let notBefore) = next else { return next }
        return .pending(notBefore: max(notBefore, claim.stored.reminder.due))
    }

    private static func next(
        by receipt: Receipt, _ claim: Claim, channel: ChannelPolicy, now: Instant, chance: Double
    ) -> DeliveryRecord.Next {
        let deadline = claim.stored.reminder.deadline
        let tries = max(1, claim.attempt - claim.uncounted)
        func retry(in wait: TimeSpan) -> DeliveryRecord.Next { Self.retry(in: wait, deadline: deadline, now: now) }
        switch (receipt.outcome, receipt.about) {
        case (.delivered, _):
            return .delivered
        case (.unknown, .nobody):
            // We cut it off ourselves, at a stop: as after a crash.
            if channel.onUnknown == .hold { return .unknown }
            guard claim.unknowns < crashesUntilDead else { return .unknown }
            return deadline > now ? .pending(notBefore: now) : .unknown
        case (.unknown, _):
            switch channel.onUnknown {
            case .retry: return retry(in: wait(tries, receipt, chance))
            case .resend: return claim.unknowns == 0 ? retry(in: unknownWait) : .unknown
            case .hold: return .unknown
            }
        case (_, .endpointGone):
            // The channel is parked; what waits for it is due as soon as it is not.
            return deadline > now ? .pending(notBefore: now) : .dead
        case (_, .load):
            if case .retryAfter(let asked) = receipt.advice { return retry(in: asked) }
            let doubled = TimeSpan(milliseconds: afterLoad.lowerBound.milliseconds << Int64(min(claim.uncounted, 10)))
            return retry(in: min(doubled, afterLoad.upperBound))
        case (_, .nobody):
            return deadline > now ? .pending(notBefore: now) : .dead
        case (.refusedForGood, .recipient):
            if case .once(let wait) = receipt.advice, claim.refusals == 0 { return retry(in: wait) }
            return .dead
        case (.refusedForGood, _), (.refusedForNow, _), (.notSent, _):
            return retry(in: wait(tries, receipt, chance))
        }
    }

    /// What becomes of a delivery that was in flight when the process died: its outcome is unknown.
    public static func afterCrash(_ claim: Claim, channel: ChannelPolicy?, now: Instant) -> DeliveryRecord.Next {
        if claim.crashes + 1 >= crashesUntilDead { return .dead }
        if channel?.onUnknown == .hold { return .unknown }
        // Nobody knows what is to become of it where its channel is gone.
        guard channel != nil else { return .unknown }
        // At once, and before what waits for a first try: its place in the queue is its due.
        return claim.stored.reminder.deadline > now ? .pending(notBefore: claim.stored.reminder.due) : .unknown
    }

    private static func retry(in wait: TimeSpan, deadline: Instant, now: Instant) -> DeliveryRecord.Next {
        let left = deadline - now
        let longest = max(leastWait, TimeSpan(milliseconds: left.milliseconds / 4))
        let at = now + min(wait, longest)
        return at < deadline ? .pending(notBefore: at) : .dead
    }

    private static func wait(_ tries: Int, _ receipt: Receipt, _ chance: Double) -> TimeSpan {
        let base = tries - 1 < schedule.count ? schedule[tries - 1] : daily
        var wait = TimeSpan(milliseconds: Int64(Double(base.milliseconds) * (0.5 + chance / 2)))
        switch receipt.about {
        case .us: wait = slowest
        case .comparison: wait = max(wait, slowest)
        default: break
        }
        switch receipt.advice {
        case .none, .once: return wait
        case .retryAfter(let asked), .atLeast(let asked): return max(wait, asked)
        }
    }
}
