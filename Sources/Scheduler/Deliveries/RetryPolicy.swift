import Dates

/// Decides the next state of a delivery after an attempt. The functions are pure.
///
/// The first ten attempts follow the schedule of Standard Webhooks (specification 1.0, "Retry
/// schedule"). After them, the scheduled wait is one day. Each wait is drawn at random between half
/// of the scheduled wait and the whole. Nothing is sent at or after the reminder's deadline.
/// Attempts that were refused because of load do not count.
public enum RetryPolicy {
    /// The waits after the first, second and later attempts.
    static let schedule: [TimeSpan] = [
        .seconds(5), .minutes(5), .minutes(30), .hours(2), .hours(5), .hours(10), .hours(14), .hours(20), .hours(24),
    ]
    static let daily = TimeSpan.days(1)
    /// The wait after a refusal of the sender, which an operator has to fix.
    ///
    /// A shorter wait would only burden the server (fault 69). A longer wait would delay the
    /// recovery, because the channel can notice it only through a delivery whose wait is over.
    static let slowest = TimeSpan.minutes(15)
    /// The shortest and the longest wait after a refusal because of load.
    ///
    /// The wait is short at first, because the channel's load control also delays sending. It
    /// doubles with each attempt that does not count as a try, so that a delivery that is refused
    /// repeatedly does not block others.
    static let afterLoad = TimeSpan.seconds(1)...TimeSpan.minutes(5)
    /// The wait before mail with an unknown outcome is sent once more.
    static let unknownWait = TimeSpan.minutes(15)
    /// The number of crashes with a delivery in flight after which it is dead.
    static let crashesUntilDead = QuarantinePolicy.crashesUntilDead
    /// The smallest limit on a wait near the deadline.
    ///
    /// A wait is at most a quarter of the time that is left until the deadline. If this quarter is
    /// shorter than `leastWait`, the limit is `leastWait`.
    static let leastWait = TimeSpan.minutes(1)

    /// Returns the next state of a delivery after an attempt.
    ///
    /// - Parameters:
    ///   - claim: The attempt that ended.
    ///   - channel: The policy of the channel that made the attempt.
    ///   - chance: A number in 0..<1 that spreads retries (jitter). It is the only source of
    ///     randomness.
    public static func next(
        after receipt: Receipt, _ claim: Claim, channel: ChannelPolicy, now: Instant, chance: Double
    ) -> DeliveryRecord.Next {
        let next = next(by: receipt, claim, channel: channel, now: now, chance: chance)
        // The clock may have been set back since the claim. A delivery is never sent before its due
        // time.
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
            // remindd aborted the attempt when it stopped. As after a crash, the message is sent
            // again, unless the channel holds deliveries with an unknown outcome.
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
            // The endpoint is gone, so the channel sends nothing until a reload. The delivery is
            // then due immediately.
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

    /// Returns the next state of a delivery that was in flight when the process died.
    ///
    /// The outcome of its attempt is unknown.
    public static func afterCrash(_ claim: Claim, channel: ChannelPolicy?, now: Instant) -> DeliveryRecord.Next {
        if claim.crashes + 1 >= crashesUntilDead { return .dead }
        if channel?.onUnknown == .hold { return .unknown }
        // If the channel is no longer configured, its policy is not known, so the delivery is not
        // retried.
        guard channel != nil else { return .unknown }
        // The delivery is due again immediately. It gets its original place in the queue, because
        // the queue is ordered by `notBefore`.
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
