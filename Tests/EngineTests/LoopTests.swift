import Foundation
import Support
import Testing

@testable import Dates
@testable import Plans
@testable import Scheduler

@Suite("The two loops on a real ledger")
struct LoopTests {
    @Test("A due reminder is sent exactly once, however often it is evaluated")
    func once() throws {
        let stage = try LoopHarness(plan(["a", "b"]), [reader("a"), reader("b", via: ["mail", "hub"])], start: start)
        try stage.advance(to: due)
        try stage.advance(to: due + .seconds(1))
        stage.planner.clockStepped(now: stage.clock.now())
        try stage.settle()
        #expect(
            try stage.rows() == [
                "30 days before a mail delivered 1", "30 days before b hub delivered 1", "30 days before b mail delivered 1",
            ])
        #expect(stage.mail.messages.count == 2)
    }

    @Test("After a crash, a delivery in flight is repeated at once under its id as a possible duplicate (faults 2–5)")
    func crashed() throws {
        let stage = try LoopHarness(plan(["a"]), [reader("a")], start: start)
        stage.mail.hold()
        try stage.advance(to: due)
        #expect(try stage.rows() == ["30 days before a mail in flight 0"])
        stage.mail.forget()
        try stage.crash()
        try stage.settle()
        #expect(try stage.rows() == ["30 days before a mail delivered 2"])
        #expect(Set(stage.mail.messages.map(\.delivery)).count == 1)
        #expect(stage.mail.messages.map(\.possibleDuplicate) == [false, true])
        #expect(stage.journal.entries == ["interrupted a"])
    }

    @Test("After a crash, `on_unknown: hold` leaves mail to an operator, and a webhook is sent again")
    func held() throws {
        let stage = try LoopHarness(plan(["a"]), [reader("a", via: ["mail", "hub"])], start: start, onUnknown: .hold)
        stage.mail.hold()
        stage.hub.hold()
        try stage.advance(to: due)
        stage.mail.forget()
        stage.hub.forget()
        try stage.crash()
        try stage.settle()
        #expect(try stage.rows() == ["30 days before a hub delivered 2", "30 days before a mail unknown 1"])
    }

    @Test("A delivery in flight at four crashes, at the last two alone, becomes dead, and the others are sent (fault 120)")
    func poison() throws {
        let stage = try LoopHarness(plan(["a", "b"]), [reader("a"), reader("b")], start: start)
        stage.clock.set(due)
        for crash in 1...4 {
            stage.mail.hold()
            try stage.settle()
            #expect(stage.mail.held == (crash <= 2 ? 2 : 1), "the quarantined delivery is alone from the third time on")
            stage.mail.forget()
            try stage.crash()
        }
        try stage.settle()
        try stage.settle()
        let rows = try stage.rows()
        #expect(rows.count { $0.contains("dead") } == 1, "\(rows)")
        #expect(rows.count { $0.contains("delivered") } == 1, "\(rows)")
    }

    @Test("Mail with an unknown outcome is sent once more after a quarter of an hour, then stays unknown (faults 63–65)")
    func unknown() throws {
        let stage = try LoopHarness(plan(["a"]), [reader("a")], start: start)
        stage.mail.answer(Receipt(.unknown, reply: "no answer after the dot"))
        try stage.advance(to: due)
        try stage.advance(to: due + .minutes(14))
        #expect(stage.mail.messages.count == 1)
        try stage.advance(to: due + .minutes(15))
        try stage.advance(to: due + .days(2))
        #expect(try stage.rows() == ["30 days before a mail unknown 2"])
        #expect(Set(stage.mail.messages.map(\.delivery)).count == 1)
    }

    @Test("A later lead supersedes a pending delivery of an earlier lead")
    func superseded() throws {
        let stage = try LoopHarness(plan(["a"]), [reader("a")], start: start)
        stage.mail.answer(refused)
        try stage.advance(to: due)
        try stage.advance(to: due + .hours(1))
        stage.mail.answer(Receipt(.delivered, code: 250, reply: "ok"))
        try stage.advance(to: at("2027-06-21", "08:00"))
        let rows = try stage.rows()
        #expect(rows.last == "7 days before a mail delivered 1")
        #expect(rows.first?.hasPrefix("30 days before a mail superseded") == true, "\(rows)")
    }

    @Test("A delivery that is not accepted before its deadline becomes dead")
    func expired() throws {
        let stage = try LoopHarness(plan(["a"]), [reader("a")], start: start)
        stage.mail.answer(refused)
        try stage.advance(to: at("2027-06-28", "12:00"))
        try stage.advance(to: at("2027-06-29", "00:00"))
        #expect(try stage.rows().contains { $0.contains("dead") })
        #expect(try !stage.rows().contains { $0.contains("pending") })
    }

    @Test("When every `via` is dead, `otherwise` is used at once; without `otherwise` the recipient is reported")
    func otherwise() throws {
        let stage = try LoopHarness(
            plan(["a", "b"]), [reader("a", via: ["mail"], otherwise: ["hub"]), reader("b")], start: start)
        stage.mail.answer(Receipt(.refusedForGood, code: 550, reply: "no such user"))
        try stage.advance(to: due)
        #expect(
            try stage.rows() == [
                "30 days before a hub delivered 1", "30 days before a mail dead 1", "30 days before b mail dead 1",
            ])
        #expect(stage.journal.entries.sorted() == ["a by hub", "b unreachable"])
    }

    @Test("When no `via` accepts for 24 hours, `otherwise` is used and the waiting deliveries are cancelled")
    func otherwiseInTime() throws {
        let stage = try LoopHarness(plan(["a"]), [reader("a", via: ["mail"], otherwise: ["hub"])], start: start)
        stage.mail.answer(refused)
        try stage.advance(to: due)
        try stage.advance(to: due + .hours(23))
        #expect(stage.hub.messages.isEmpty)
        try stage.advance(to: due + .hours(24))
        #expect(stage.hub.messages.count == 1)
        #expect(try stage.rows().contains { $0.hasPrefix("30 days before a mail cancelled") })
    }

    @Test("A failing server gets single attempts, and all waiting deliveries when it has recovered (fault 101)")
    func breaker() throws {
        let people = (1...9).map { reader("r\($0)") }
        let stage = try LoopHarness(plan(people.map(\.id)), people, start: start)
        stage.mail.answer(Receipt(.notSent, reply: "connection refused"))
        try stage.advance(to: due)
        #expect(stage.journal.entries == ["opened mail"])
        let before = stage.mail.messages.count
        try stage.advance(to: due + .seconds(29))
        #expect(stage.mail.messages.count == before)
        try stage.advance(to: due + .seconds(31))
        #expect(stage.mail.messages.count == before + 1)
        stage.mail.answer(Receipt(.delivered, code: 250, reply: "ok"))
        try stage.advance(to: due + .seconds(95))
        #expect(stage.journal.entries == ["opened mail", "closed mail"])
        #expect(try stage.rows().allSatisfy { $0.contains("delivered") })
    }

    @Test("A delivery for a removed recipient or campaign is cancelled at its next attempt, with the reason")
    func goneReader() throws {
        let stage = try LoopHarness(plan(["a", "b"]), [reader("a"), reader("b")], start: start)
        stage.mail.answer(refused)
        try stage.advance(to: due)
        let directory = RecipientDirectory(recipients: [reader("a")], groups: [:], addressKinds: ["mail": .email])
        stage.accept(
            ActiveConfiguration(plans: stage.accepted.plans, directory: directory, catchUp: .latest, contact: nil))
        stage.mail.answer(Receipt(.delivered, code: 250, reply: "ok"))
        try stage.advance(to: due + .hours(1))
        #expect(stage.journal.entries == ["recipient gone"])

        let other = try LoopHarness(plan(["a"]), [reader("a")], start: start)
        other.mail.hold()
        try other.advance(to: due)
        let none = PlanSet(plans: [], workingDays: .mondayToFriday)
        other.accept(ActiveConfiguration(plans: none, directory: other.accepted.directory, catchUp: .latest, contact: nil))
        other.mail.endFirst(refused)
        try other.settle()
        try other.advance(to: due + .hours(1))
        #expect(other.journal.entries == ["gone"])
    }

    @Test("A delivery that waits for a channel that is no longer configured is cancelled")
    func vanished() throws {
        let stage = try LoopHarness(plan(["a"]), [reader("a", via: ["mail", "hub"])], start: start)
        stage.hub.answer(refused)
        try stage.advance(to: due)
        stage.accept(
            ActiveConfiguration(
                plans: stage.accepted.plans,
                directory: RecipientDirectory(recipients: [reader("a")], groups: [:], addressKinds: ["mail": .email]),
                catchUp: .latest,
                contact: nil))
        try stage.crash(channels: [stage.mail])
        try stage.settle()
        #expect(
            try stage.rows() == ["30 days before a hub cancelled (channel gone) 1", "30 days before a mail delivered 1"])
    }

    @Test(
        "An attempt whose channel is removed meanwhile ends under that channel's policy, and is not retried")
    func vanishedUnderWay() throws {
        for (receipt, end) in [(Receipt(.unknown, reply: "no answer"), "unknown"), (refused, "cancelled (channel gone)")] {
            let stage = try LoopHarness(plan(["a"]), [reader("a")], start: start, onUnknown: .hold)
            stage.mail.hold()
            try stage.advance(to: due)
            let directory = RecipientDirectory(
                recipients: [reader("a", via: ["hub"])], groups: [:], addressKinds: ["mail": .email])
            stage.accept(
                ActiveConfiguration(plans: stage.accepted.plans, directory: directory, catchUp: .latest, contact: nil),
                channels: [stage.hub])
            stage.mail.endFirst(receipt)
            try stage.advance(to: due + .hours(1))
            let other = end == "unknown" ? [] : ["30 days before a hub delivered 1"]
            #expect(try stage.rows() == other + ["30 days before a mail \(end) 1"])
        }
    }

    @Test("A channel that is removed and restored during attempts does not exceed its concurrency")
    func vanishedAndBack() throws {
        let stage = try LoopHarness(plan(["a", "b"]), [reader("a"), reader("b")], start: start, concurrency: 1)
        stage.mail.hold()
        try stage.advance(to: due)
        stage.accept(stage.accepted, channels: [stage.hub])
        stage.accept(stage.accepted)
        try stage.settle()
        #expect(stage.mail.held == 1)
        stage.mail.endFirst(Receipt(.delivered, code: 250, reply: "ok"))
        try stage.settle()
        #expect(try stage.rows() == ["30 days before a mail delivered 1", "30 days before b mail in flight 0"])
    }

    @Test("A firing of 6 000 is written in parts, and a crash between two parts loses and repeats no delivery (fault 52)")
    func large() throws {
        let people = (1...6_000).map { reader("r\($0)") }
        let stage = try LoopHarness(plan(people.map(\.id)), people, start: start)
        stage.clock.set(due)
        _ = try stage.planner.step(now: due)
        #expect(try stage.ledger.counts()[.pending] == 5_000)
        try stage.crash()
        for _ in 0..<400 where try stage.ledger.counts()[.delivered] != 6_000 {
            _ = try stage.planner.step(now: stage.clock.now())
            _ = try stage.dispatcher.step(now: stage.clock.now())
        }
        #expect(try stage.ledger.counts()[.delivered] == 6_000)
        #expect(Set(stage.mail.messages.map(\.delivery)).count == 6_000)
    }

    /// Fires twelve campaigns with a thousand recipients each on one day, and simulates a crash.
    ///
    /// The crash happens after the first transaction of the firing is written.
    private static func fullMorning() throws -> LoopHarness {
        let people = (1...1_000).map { reader("r\($0)") }
        let lead = Lead(id: "30 days before", rule: .before(30, .days), at: TimeOfDay("08:00")!, notify: people.map(\.id))
        let campaigns = (1...12).map {
            Campaign(
                id: "c\($0)", title: "C", when: .day(MonthDay(month: 6, day: 28)!), writtenWhen: "28/6", leads: [lead])
        }
        let stage = try LoopHarness(
            Plan(id: "p", title: "P", source: .init(), zone: zone, language: .en, campaigns: campaigns), people, start: start)
        stage.clock.set(due)
        #expect(try stage.planner.step(now: due) == due, "further parts are unwritten")
        #expect(try stage.ledger.counts()[.pending] == 5_000)
        #expect(try stage.ledger.lookedUntil() == due, "the first part records that all twelve have fired")
        try stage.crash()
        return stage
    }

    @Test("A large evaluation is written in parts, and a crash between two parts loses and repeats no delivery (fault 52)")
    func manyAtOnce() throws {
        let stage = try Self.fullMorning()
        for _ in 0..<400 where try stage.ledger.counts()[.delivered] != 12_000 {
            _ = try stage.planner.step(now: stage.clock.now())
            _ = try stage.dispatcher.step(now: stage.clock.now())
        }
        #expect(stage.mail.messages.count == 12_000)
        #expect(Set(stage.mail.messages.map(\.delivery)).count == 12_000)
        #expect(try stage.ledger.lookedUntil() == due)
    }

    @Test("Deliveries that a crash left unwritten are written later, as dead if the deadline is past")
    func manyGivenUp() throws {
        let stage = try Self.fullMorning()
        stage.mail.answer(refused)
        try stage.advance(to: at("2027-06-29", "01:00"))
        let rows = try stage.ledger.history(HistoryFilter(limit: 100_000))
        #expect(rows.count { $0.state == "missed" } == 0)
        #expect(rows.count { $0.state == "dead" } == 12_000)
    }

    @Test(
        "At the first answer after a start, retries after failures become due, and waits that the server asked for stay"
    )
    func firstAnswer() throws {
        let greylisted = Receipt(.refusedForNow, code: 450, reply: "later", advice: .atLeast(.hours(2)))
        let failed = Receipt(.notSent, reply: "reset", advice: .atLeast(.hours(2)))
        let people = ["a", "b", "c"]
        let stage = try LoopHarness(plan(people), people.map { reader($0) }, start: start, concurrency: 1)
        stage.mail.answer(greylisted, failed, Receipt(.notSent, reply: "reset"))
        try stage.advance(to: due)
        stage.mail.answer(taken)
        try stage.crash()
        try stage.advance(to: due + .seconds(6))
        #expect(try stage.rows().map { $0.split(separator: " ")[5] } == ["pending", "delivered", "delivered"])
    }

    @Test(
        "Greylisted deliveries wait their five minutes and do not delay other recipients (field case 01)"
    )
    func greylist() throws {
        let people = (1...40).map { "r\($0)" }
        let stage = try LoopHarness(plan(people), people.map { reader($0) }, start: start, concurrency: 4)
        let later = Receipt(.refusedForNow, code: 450, reply: "greylisted", advice: .atLeast(.minutes(5)))
        stage.mail.answerInTurn(Array(repeating: later, count: 20) + [taken])
        try stage.advance(to: due)
        #expect(try stage.rows().count { $0.contains("delivered") } == 20)
        try stage.advance(to: due + .minutes(5) - .seconds(1))
        #expect(try stage.rows().count { $0.contains("delivered") } == 20)
        try stage.advance(to: due + .minutes(5))
        #expect(try stage.rows().allSatisfy { $0.contains("delivered") })
        #expect(stage.journal.entries.isEmpty, "no breaker opens")
    }
}
