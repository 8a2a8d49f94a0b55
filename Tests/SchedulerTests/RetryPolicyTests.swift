import Support
import Testing

@testable import Dates
@testable import Plans
@testable import Scheduler

private let now = at("2027-05-02", "08:00")

private func next(
    _ receipt: Receipt, attempt: Int = 1, uncounted: Int = 0, refusals: Int = 0, unknowns: Int = 0,
    channel: ChannelPolicy = .webhook, left: TimeSpan = .days(30), until due: TimeSpan = .zero, chance: Double = 1
) -> String {
    let day = Day("2027-06-28")!
    let reminder = Reminder(
        key: ReminderKey(plan: "p", campaign: "c", lead: "on the day", anchor: day), occurrence: "2027", start: day, end: day,
        due: now + due, deadline: now + left)
    let claim = Claim(
        id: DeliveryID(stored: "x"), stored: StoredReminder(reminder: reminder, firedAt: now, late: false), recipient: "a",
        channel: "mail", attempt: attempt, unknowns: unknowns, crashes: 0, uncounted: uncounted, refusals: refusals)
    let next = RetryPolicy.next(after: receipt, claim, channel: channel, now: now, chance: chance)
    switch next {
    case .pending(let notBefore): return "in \((notBefore - now).milliseconds / 1_000) s"
    case .delivered: return "delivered"
    case .unknown: return "unknown"
    case .dead: return "dead"
    case .held, .cancelled: return "\(next)"
    }
}

@Suite("The retry policy after an attempt")
struct RetryPolicyTests {
    @Test("Ten attempts follow the Standard Webhooks schedule, and then there is one a day")
    func schedule() {
        let waits = (1...12).map { next(Receipt(.refusedForNow, reply: ""), attempt: $0) }
        #expect(
            waits == [
                "in 5 s", "in 300 s", "in 1800 s", "in 7200 s", "in 18000 s", "in 36000 s", "in 50400 s", "in 72000 s",
                "in 86400 s", "in 86400 s", "in 86400 s", "in 86400 s",
            ])
    }

    @Test("Jitter shortens a wait by at most half")
    func jitter() {
        #expect(next(Receipt(.notSent, reply: ""), attempt: 2, chance: 0) == "in 150 s")
        #expect(next(Receipt(.notSent, reply: ""), attempt: 2, chance: 0.5) == "in 225 s")
    }

    @Test("A wait is at most a quarter of the time left, but this limit is at least a minute")
    func quarter() {
        #expect(next(Receipt(.refusedForNow, reply: ""), attempt: 6, left: .hours(2)) == "in 1800 s")
        #expect(next(Receipt(.refusedForNow, reply: ""), attempt: 6, left: .minutes(3)) == "in 60 s")
    }

    /// Reproduces a bug that the simulator found (seed 127).
    ///
    /// The clock was ahead during the first attempt, and behind when its result arrived.
    @Test("No retry comes before the due time, whatever the clock showed at the last attempt")
    func due() {
        #expect(next(Receipt(.refusedForNow, reply: ""), attempt: 1, until: .hours(5)) == "in 18000 s")
        #expect(next(Receipt(.unknown, reply: ""), channel: .email(onUnknown: .resend), until: .hours(5)) == "in 18000 s")
        #expect(next(Receipt(.delivered, reply: ""), until: .hours(5)) == "delivered")
    }

    @Test("No retry comes at or after the deadline")
    func deadline() {
        #expect(next(Receipt(.refusedForNow, reply: ""), attempt: 6, left: .seconds(60)) == "dead")
        #expect(next(Receipt(.refusedForNow, reply: ""), attempt: 6, left: .seconds(61)) == "in 60 s")
    }

    @Test("The server's wait applies if it is longer than that of the schedule")
    func retryAfter() {
        #expect(next(Receipt(.refusedForNow, reply: "", advice: .retryAfter(.seconds(120)))) == "in 120 s")
        #expect(
            next(Receipt(.refusedForNow, reply: "", advice: .retryAfter(.seconds(120))), attempt: 3) == "in 1800 s")
        #expect(next(Receipt(.refusedForNow, reply: "", advice: .atLeast(.minutes(5)))) == "in 300 s")
    }

    @Test("A refusal about us or of unknown scope is retried slowly; a permanent refusal of the recipient is final")
    func refusals() {
        #expect(next(Receipt(.refusedForNow, about: .us, reply: "")) == "in 900 s")
        #expect(next(Receipt(.refusedForGood, about: .us, reply: ""), attempt: 3) == "in 900 s")
        #expect(next(Receipt(.refusedForGood, about: .comparison, reply: "")) == "in 900 s")
        #expect(next(Receipt(.refusedForGood, code: 550, reply: "")) == "dead")
    }

    @Test(
        "Mail to a full mailbox is retried once, whatever failed before, and is then dead (finding 12 of the edits, fault 139)"
    )
    func twice() {
        let full = Receipt(.refusedForGood, code: 552, reply: "", advice: .once(after: .hours(1)))
        #expect(next(full) == "in 3600 s")
        #expect(next(full, attempt: 2) == "in 3600 s", "an earlier 451 does not count")
        #expect(next(full, attempt: 2, refusals: 1) == "dead")
    }

    @Test("A refusal for load does not count as an attempt and does not advance the schedule")
    func load() {
        let busy = Receipt(.refusedForNow, about: .load, code: 421, reply: "")
        #expect(busy.isUncounted)
        #expect(
            (0...4).map { next(busy, attempt: $0 + 1, uncounted: $0) } == ["in 1 s", "in 2 s", "in 4 s", "in 8 s", "in 16 s"])
        #expect(next(busy, attempt: 40, uncounted: 39) == "in 300 s", "a recipient who is always refused must not delay others")
        #expect(next(Receipt(.refusedForNow, reply: ""), attempt: 40, uncounted: 39) == "in 5 s")
        #expect(next(Receipt(.refusedForNow, about: .load, reply: "", advice: .retryAfter(.minutes(10)))) == "in 600 s")
        #expect(next(Receipt(.notSent, about: .nobody, reply: "")) == "in 0 s")
    }

    @Test("A delivery to an endpoint that is gone waits for the configuration and is not dead (finding 15)")
    func gone() {
        #expect(next(Receipt(.refusedForGood, about: .endpointGone, code: 410, reply: "")) == "in 0 s")
    }

    @Test("Mail with an unknown outcome is sent once more or held; a webhook may be repeated because of its id")
    func unknown() {
        let receipt = Receipt(.unknown, reply: "")
        #expect(next(receipt, channel: .email(onUnknown: .resend)) == "in 900 s")
        #expect(next(receipt, unknowns: 1, channel: .email(onUnknown: .resend)) == "unknown")
        #expect(next(receipt, channel: .email(onUnknown: .hold)) == "unknown")
        #expect(next(receipt, unknowns: 3) == "in 5 s")
    }

    @Test("Mail that a stop cut off is sent again at the next start, also after an unknown outcome, but only a few times")
    func stopped() {
        let cut = Receipt(.unknown, about: .nobody, reply: "stopped before it ended")
        #expect(next(cut, channel: .email(onUnknown: .resend)) == "in 0 s")
        #expect(next(cut, unknowns: 1, channel: .email(onUnknown: .resend)) == "in 0 s")
        #expect(next(cut, unknowns: 4, channel: .email(onUnknown: .resend)) == "unknown")
        #expect(next(cut, channel: .email(onUnknown: .hold)) == "unknown")
        #expect(next(cut) == "in 0 s")
    }
}
