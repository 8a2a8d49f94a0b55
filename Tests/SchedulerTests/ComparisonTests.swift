import Support
import Testing

@testable import Dates
@testable import Plans
@testable import Scheduler

private let now = Instant(seconds: 1_800_000_000)
private let denied = "554 7.1 relay access denied"

private func claim(_ recipient: String, _ reminder: String = "c") -> Claim {
    let day = Day("2027-06-28")!
    let key = ReminderKey(plan: "p", campaign: reminder, lead: "on the day", anchor: day)
    let stored = StoredReminder(
        reminder: Reminder(key: key, occurrence: "2027", start: day, end: day, due: now, deadline: now + .days(9)), firedAt: now,
        late: false)
    return Claim(
        id: DeliveryID(reminder: key, recipient: recipient, channel: "mail", rehearsal: false), stored: stored,
        recipient: recipient, channel: "mail", attempt: 1, unknowns: 0, crashes: 0)
}

private func refusal(_ words: String = denied, about: Scope = .comparison) -> Receipt {
    Receipt(.refusedForGood, about: about, code: 554, reply: words, comparable: words)
}

extension Comparison {
    /// Records the refusal of an attempt that lasted one second.
    fileprivate mutating func refuse(
        _ recipient: String, _ words: String = denied, named: Bool = false, at: Instant = now
    ) -> Verdict {
        refused(
            claim(recipient), refusal(words, about: named ? .recipient : .comparison),
            domain: recipient.split(separator: "@").last.map(String.init) ?? recipient, began: at - .seconds(1), now: at)
    }
}

@Suite("The comparison decides which party a refusal concerns")
struct ComparisonTests {
    @Test("A refused delivery is held until another recipient is accepted, which shows that the refusal is about its recipient")
    func accepted() {
        var comparison = Comparison()
        let verdict = comparison.refuse("a@out")
        #expect(verdict == .undecided)
        #expect(comparison.isUnderWay && !comparison.isHolding)
        let finding = comparison.accepted(began: now + .seconds(1), now: now + .seconds(2))
        #expect(finding.recipients.map(\.claim.recipient) == ["a@out"])
        #expect(!finding.endsHold && !finding.retries && !comparison.isUnderWay)
    }

    @Test("In either order, an overlapping acceptance shows that a refusal is about its recipient; an earlier one shows nothing")
    func beside() {
        var comparison = Comparison()
        _ = comparison.refuse("a@out")
        let finding = comparison.accepted(began: now - .seconds(1), now: now + .seconds(1))
        #expect(finding.recipients.count == 1)
        var other = Comparison()
        _ = other.accepted(began: now - .seconds(1), now: now - .seconds(1))
        let beside = other.refuse("a@out")
        #expect(beside == .recipient)
        var later = Comparison()
        _ = later.accepted(began: now - .seconds(9), now: now - .seconds(2))
        let after = later.refuse("a@out")
        #expect(after == .undecided)
    }

    @Test("A refusal that mentions a quota is about its recipient only if an attempt that began later is accepted")
    func quota() {
        let words = "554 7.1 recipient address rejected you have exceeded your outmail quota"
        var comparison = Comparison()
        _ = comparison.refuse("a@out", words)
        let beside = comparison.accepted(began: now - .seconds(1), now: now + .seconds(1))
        #expect(beside.recipients.isEmpty && comparison.isUnderWay)
        let later = comparison.accepted(began: now, now: now + .seconds(2))
        #expect(later.recipients.count == 1)
    }

    @Test("An acceptance long after a refusal causes a retry, because the server may have been fixed in between")
    func longAfter() {
        var comparison = Comparison()
        for recipient in ["a@x", "b@x", "c@x"] { _ = comparison.refuse(recipient) }
        let finding = comparison.accepted(began: now + .minutes(15), now: now + .minutes(15))
        #expect(finding.recipients.isEmpty && finding.retries && !comparison.isUnderWay)
    }

    @Test("If ten recipients are refused and none is accepted, the channel is held and no delivery is given up")
    func aboutUs() {
        var comparison = Comparison()
        let verdicts = (1...12).map { comparison.refuse("r\($0)@d\($0)") }
        #expect(verdicts.prefix(9).allSatisfy { $0 == .undecided })
        #expect(Array(verdicts.suffix(3)) == [.us(begins: true), .us(begins: false), .us(begins: false)])
        #expect(comparison.allowed(underWay: 0, now: now) == 0)
        #expect(comparison.wait(now: now) != nil)
        #expect(comparison.allowed(underWay: 0, now: now + .minutes(15)) == 1)
        #expect(comparison.allowed(underWay: 1, now: now + .minutes(15)) == 0)
        // The server has been fixed, and all deliveries are tried again.
        let finding = comparison.accepted(began: now + .minutes(15), now: now + .minutes(15))
        #expect(finding.endsHold && finding.retries && finding.recipients.isEmpty && !comparison.isUnderWay)
    }

    @Test(
        "Probes of a held channel come after 1, 1, 2, 4, 8, 15 … minutes, or at once for a new recipient"
    )
    func probes() {
        var comparison = Comparison()
        for number in 1...10 { _ = comparison.refuse("r\(number)@d") }
        var time = now
        var waits: [Int64] = []
        for number in 11...16 {
            let wait = comparison.wait(now: time) ?? .zero
            waits.append(wait.milliseconds / 60_000)
            time = time + wait
            _ = comparison.refuse("r\(number)@d", at: time)
        }
        #expect(waits == [1, 1, 2, 4, 8, 15])
        comparison.foundNobodyUntried(underWay: 0, now: time)
        #expect(comparison.wait(now: time) == nil && comparison.allowed(underWay: 0, now: time) == 1)
    }

    @Test("The untried domain with the most waiting recipients is tried next, then other untried recipients")
    func order() {
        var comparison = Comparison()
        _ = comparison.refuse("o1@out")
        let recipients = ["o1@out", "o2@out", "x@small", "i1@in", "o3@out", "i2@in", "i1@in"]
        let waiting = zip(Int64(1)..., recipients).map { place, recipient in
            (place: place, recipient: recipient, domain: String(recipient.split(separator: "@")[1]))
        }
        #expect(comparison.choose(1, of: waiting) == [4])
        #expect(comparison.choose(2, of: waiting) == [4, 3])
        #expect(comparison.choose(9, of: waiting) == [4, 3, 2, 5, 6], "each untried recipient once")
        #expect(comparison.allowed(underWay: 3, now: now) == 6, "ten attempts in all")
    }

    @Test("If nobody is left to try, two equal refusals hold the channel, and new recipients are tried at once")
    func twoInASmallOffice() {
        var comparison = Comparison()
        _ = comparison.refuse("a@x")
        #expect(comparison.foundNobodyUntried(underWay: 0, now: now) == nil, "one refusal")
        _ = comparison.refuse("a@x", at: now + .minutes(15))
        #expect(comparison.foundNobodyUntried(underWay: 0, now: now) == nil, "the same recipient again")
        _ = comparison.refuse("b@x", "550 another reason")
        #expect(comparison.foundNobodyUntried(underWay: 0, now: now) == nil, "another text")
        _ = comparison.refuse("c@y")
        #expect(comparison.foundNobodyUntried(underWay: 1, now: now) == nil, "an attempt under way may still be accepted")
        #expect(!comparison.isHolding)
        #expect(comparison.foundNobodyUntried(underWay: 0, now: now)?.comparable == denied)
        #expect(comparison.isHolding && comparison.foundNobodyUntried(underWay: 0, now: now) == nil, "reported once")
        #expect(comparison.allowed(underWay: 0, now: now) == 7 && comparison.wait(now: now) == nil)
        for number in 4...9 {
            let verdict = comparison.refuse("r\(number)@x")
            #expect(verdict == .us(begins: false))
        }
        #expect(comparison.allowed(underWay: 0, now: now) == 1)
        _ = comparison.refuse("r10@x")
        #expect(comparison.allowed(underWay: 0, now: now) == 0 && comparison.wait(now: now) == .minutes(1), "singly after ten")
        let finding = comparison.accepted(began: now + .minutes(1), now: now + .minutes(1))
        #expect(finding.endsHold && finding.retries && finding.recipients.isEmpty && !comparison.isUnderWay)
    }

    @Test("During a hold one refused recipient is tried again every 15 minutes, and untried ones at once")
    func repeats() {
        var comparison = Comparison()
        for recipient in ["a@x", "b@x", "c@x"] { _ = comparison.refuse(recipient) }
        comparison.foundNobodyUntried(underWay: 0, now: now)
        var time = now + .minutes(15)
        #expect(comparison.mayRepeat(now: time) && comparison.wait(now: time) == nil)
        for recipient in ["a@x", "b@x", "c@x"] {
            comparison.took(claim(recipient), now: time)
            _ = comparison.refuse(recipient, at: time + .seconds(1))
            comparison.foundNobodyUntried(underWay: 0, now: time + .seconds(1))
            #expect(!comparison.mayRepeat(now: time + .minutes(14)))
            #expect(comparison.wait(now: time + .minutes(14)) == .minutes(1), "the loop does not spin")
            #expect(comparison.allowed(underWay: 0, now: time + .minutes(14)) == 7, "for untried recipients")
            time = time + .minutes(15)
            #expect(comparison.mayRepeat(now: time))
        }
        comparison.took(claim("new@x"), now: time)
        #expect(comparison.mayRepeat(now: time), "a first attempt is not a repeat")
        let finding = comparison.accepted(began: time, now: time + .seconds(1))
        #expect(finding.endsHold && finding.retries)
        #expect(comparison.mayRepeat(now: time))
    }

    @Test("Two recipients refused as unknown are enough for a hold: the server may have lost its directory")
    func twoUnknown() {
        var comparison = Comparison()
        let unknown = "550 1.1 user unknown"
        _ = comparison.refuse("a@x", unknown, named: true)
        #expect(comparison.foundNobodyUntried(underWay: 0, now: now) == nil)
        _ = comparison.refuse("b@x", unknown, named: true)
        #expect(comparison.foundNobodyUntried(underWay: 0, now: now) != nil)
    }

    @Test("In sparse traffic a recipient who is retried after an acceptance and refused again is given up")
    func sparse() {
        for holds in [false, true] {
            var comparison = Comparison()
            _ = comparison.refuse("o@out")
            if holds {
                _ = comparison.refuse("p@out")
                comparison.foundNobodyUntried(underWay: 0, now: now)
            }
            let later = now + .hours(1)
            let finding = comparison.accepted(began: later - .seconds(1), now: later)
            #expect(finding.retries && finding.recipients.isEmpty)
            // The first refusal of a recipient is undecided. If it is repeated, it counts as a
            // refusal of the recipient.
            let other = comparison.refuse("q@out", at: later + .seconds(3))
            let again = comparison.refuse("o@out", at: later + .seconds(3))
            #expect(other == .undecided && again == .recipient)
        }
        var late = Comparison()
        _ = late.refuse("o@out")
        _ = late.accepted(began: now + .hours(1), now: now + .hours(1))
        let verdict = late.refuse("o@out", at: now + .hours(1) + .minutes(3))
        #expect(verdict == .undecided, "the server may have changed by then")
    }

    @Test("After an acceptance in a domain, later equal refusals of all of its recipients are about us")
    func servedDomain() {
        var comparison = Comparison()
        let words = "550 4.1 recipient address rejected access denied"
        _ = comparison.refuse("left@in", words)
        let finding = comparison.accepted(began: now, domain: "in", now: now)
        #expect(finding.recipients.count == 1)
        let verdicts = (1...10).map { comparison.refuse("r\($0)@in", words, at: now + .hours(1)) }
        #expect(verdicts.prefix(9).allSatisfy { $0 == .undecided } && verdicts.last == .us(begins: true))
    }

    @Test("A finding about the recipients of a domain saves further comparisons for a day")
    func remembers() {
        var comparison = Comparison()
        _ = comparison.refuse("o1@out")
        _ = comparison.accepted(began: now, domain: "in", now: now)
        let soon = now + .minutes(1)
        let known = comparison.refuse("o2@out", at: soon)
        let elsewhere = comparison.refuse("p@other", at: soon)
        let other = comparison.refuse("o3@out", "550 denied by policy", at: soon)
        let later = comparison.refuse("o4@out", at: now + .days(1))
        #expect(known == .recipient && elsewhere == .undecided && other == .undecided && later == .undecided)
    }

    @Test(
        "\"No such user\" is believed once and then compared, because the server may have lost its directory")
    func named() {
        var comparison = Comparison()
        let unknown = "550 1.1 user unknown"
        let first = comparison.refuse("a@x", unknown, named: true)
        let again = comparison.refuse("a@x", unknown, named: true)
        let second = comparison.refuse("b@x", unknown, named: true)
        #expect(first == .recipient && again == .recipient && second == .undecided)
        let finding = comparison.accepted(began: now, now: now)
        #expect(finding.recipients.map(\.claim.recipient) == ["b@x"])

        // If refusals have different texts, each is taken to be about its recipient.
        for recipient in ["c@x", "d@x", "e@x"] {
            let verdict = comparison.refuse(recipient, unknown + recipient, named: true, at: now + .hours(1))
            #expect(verdict == .recipient)
        }
        var directory = Comparison()
        let verdicts = (1...11).map { directory.refuse("r\($0)@x", unknown, named: true) }
        #expect(verdicts.count { $0 == .recipient } == 1)
        #expect(directory.isHolding)
    }

    @Test("A refusal without text to compare is about its recipient")
    func alone() {
        var comparison = Comparison()
        let verdict = comparison.refused(
            claim("a"), Receipt(.refusedForGood, code: 400, reply: ""), domain: "a", began: now, now: now)
        #expect(verdict == .recipient && !comparison.isUnderWay)
    }
}
