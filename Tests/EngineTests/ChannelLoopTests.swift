import Foundation
import Testing

@testable import Dates
@testable import Plans
@testable import Scheduler

@Suite("Channels that refuse, wait or are removed")
struct ChannelLoopTests {
    private static func denied(_ words: String = "relay access denied") -> Receipt {
        Receipt(.refusedForGood, about: .comparison, code: 554, reply: words, comparable: words)
    }

    @Test(
        "Twelve refused deliveries to outside addresses become dead and do not delay eight to inside addresses (field case 03)"
    )
    func outsiders() throws {
        let people = (1...12).map { "o\($0)" } + (1...8).map { "i\($0)" }
        let stage = try LoopHarness(
            plan(people), people.map { reader($0, domain: $0.hasPrefix("o") ? "partner.example" : "cq.example.vn") },
            start: start,
            concurrency: 1)
        stage.mail.judge = { $0.recipient.id.hasPrefix("o") ? Self.denied() : taken }
        try stage.advance(to: due)
        let rows = try stage.rows()
        #expect(rows.count { $0.contains(" i") && $0.contains("delivered 1") } == 8, "\(rows)")
        #expect(rows.count { $0.contains(" o") && $0.contains("dead 1") } == 12, "\(rows)")
        #expect(stage.mail.messages.prefix(2).map(\.recipient.id) == ["o1", "i1"], "the untried domain goes next")
    }

    @Test("Refusals of all recipients for no stated reason hold the channel; all mail is sent after the fix")
    func refusedByAll() throws {
        let people = (1...30).map { "r\($0)" }
        let stage = try LoopHarness(plan(people), people.map { reader($0) }, start: start, concurrency: 4)
        stage.mail.answer(Self.denied())
        try stage.advance(to: due)
        #expect(stage.journal.entries == ["opened mail"])
        #expect(stage.mail.messages.count == Comparison.tries)
        #expect(try stage.rows().allSatisfy { $0.contains("pending") })
        for minute in 1...60 { try stage.advance(to: due + .minutes(Int64(minute))) }
        #expect((1...10).contains(stage.mail.messages.count - Comparison.tries), "the held channel makes few probes")
        #expect(Set(stage.mail.messages.map(\.recipient.id)).count == stage.mail.messages.count, "no recipient is tried twice")
        stage.mail.answer(taken)
        for minute in 61...80 { try stage.advance(to: due + .minutes(Int64(minute))) }
        #expect(try stage.rows().allSatisfy { $0.contains("delivered") })
        #expect(stage.journal.entries == ["opened mail", "closed mail"])
    }

    @Test("A few refused recipients stay pending until the server is fixed, and are then accepted")
    func fewRefusedThenFixed() throws {
        let people = ["a", "b", "c"]
        let stage = try LoopHarness(plan(people), people.map { reader($0) }, start: start, concurrency: 1)
        stage.mail.answer(Self.denied())
        try stage.advance(to: due)
        #expect(stage.journal.entries == ["opened mail"], "reported at once, because nobody else is left to try")
        try stage.advance(to: due + .minutes(20))
        stage.mail.answer(taken)
        try stage.advance(to: due + .hours(2))
        #expect(try stage.rows().allSatisfy { $0.contains("delivered") })
        #expect(stage.journal.entries == ["opened mail", "closed mail"])
    }

    @Test("After a day of refusals of three recipients, all mail is sent within 20 minutes of the fix")
    func fixedAfterADay() throws {
        let people = ["a", "b", "c"]
        let stage = try LoopHarness(plan(people), people.map { reader($0) }, start: start, concurrency: 1)
        stage.mail.answer(Self.denied())
        for minute in stride(from: Int64(0), to: 24 * 60, by: 5) { try stage.advance(to: due + .minutes(minute)) }
        let tries = stage.mail.messages.count
        #expect(tries <= 300, "one attempt in a quarter of an hour: \(tries)")
        stage.mail.answer(taken)
        for minute in stride(from: Int64(24 * 60), through: 24 * 60 + 20, by: 5) { try stage.advance(to: due + .minutes(minute)) }
        #expect(try stage.rows().allSatisfy { $0.contains("delivered") })
    }

    @Test("A single refused recipient in sparse traffic becomes dead at the second attempt, and `otherwise` is used")
    func oneOutsider() throws {
        let people = [reader("o", via: ["mail"], otherwise: ["hub"])]
        let stage = try LoopHarness(plan(["o"]), people, start: start, concurrency: 1)
        stage.mail.judge = { $0.recipient.id == "o" ? Self.denied() : taken }
        try stage.advance(to: due)
        try stage.advance(to: due + .minutes(10))
        #expect(stage.journal.entries.isEmpty)
        // The channel accepts another message, such as an alert or a test message.
        stage.gates.ended("mail", taken, policy: stage.mail.policy, began: stage.clock.now(), now: stage.clock.now())
        try stage.settle()
        #expect(try stage.rows() == ["30 days before o hub delivered 1", "30 days before o mail dead 2"])
    }

    @Test("A refusal under the settings from before a reload does not open the breaker of the new settings")
    func oldSettings() throws {
        let stage = try LoopHarness(plan(["a"]), [reader("a")], start: start)
        stage.mail.hold()
        try stage.advance(to: due)
        let renewed = ScriptedChannel("mail", .email(onUnknown: .resend))
        stage.accept(stage.accepted, channels: [renewed, stage.hub], settings: "right password")
        stage.mail.endFirst(Receipt(.refusedForNow, about: .us, code: 535, reply: "wrong password"))
        try stage.settle()
        #expect(stage.journal.entries.isEmpty)
        #expect(try stage.rows() == ["30 days before a mail delivered 2"])
    }

    @Test("When an alert finds the endpoint gone, the journal records it and `otherwise` is used at once")
    func goneElsewhere() throws {
        let people = [reader("a", via: ["hub"], otherwise: ["mail"])]
        let stage = try LoopHarness(plan(["a"]), people, start: start)
        stage.hub.answer(Receipt(.notSent, reply: "connection refused"))
        try stage.advance(to: due)
        let gone = Receipt(.refusedForGood, about: .endpointGone, code: 410, reply: "gone")
        stage.gates.ended("hub", gone, policy: .webhook, began: stage.clock.now(), now: stage.clock.now())
        try stage.settle()
        #expect(stage.journal.entries == ["gone hub", "a by mail"])
    }

    @Test("The journal records an accepted test message, so that alerts about the channel can be cleared")
    func answeredElsewhere() throws {
        let stage = try LoopHarness(plan(["a"]), [reader("a")], start: start)
        try stage.advance(to: due)
        stage.gates.ended("mail", taken, policy: stage.mail.policy, began: stage.clock.now(), now: stage.clock.now())
        try stage.settle()
        #expect(stage.journal.entries == ["answered mail"])
    }

    @Test(
        "Refusals for load do not count as attempts, and all mail is sent within minutes (field case 04)"
    )
    func narrow() throws {
        let people = (1...60).map { "r\($0)" }
        let stage = try LoopHarness(plan(people), people.map { reader($0) }, start: start, concurrency: 8)
        stage.mail.hold()
        try stage.advance(to: due)
        var time = due
        var refusals = 0
        // The server accepts three connections and refuses further connections because of load.
        for _ in 1...400 where try !stage.rows().allSatisfy({ $0.contains("delivered") }) {
            while stage.mail.held > 3 {
                stage.mail.endLast(Receipt(.refusedForNow, about: .load, code: 421, reply: "too many connections"))
                refusals += 1
                try stage.settle()
            }
            if stage.mail.held > 0 { stage.mail.endFirst(taken) }
            time = time + .seconds(1)
            try stage.advance(to: time)
        }
        #expect(try stage.rows().allSatisfy { $0.contains("delivered") })
        #expect(refusals < 15 && time - due < .minutes(3), "\(refusals) refusals, \(time - due)")
        #expect(stage.journal.entries.isEmpty)
    }

    /// Reproduces a bug that the simulator found (seeds 206 and 2508).
    ///
    /// In the run with seed 2508, a comparison of refusals was in progress.
    @Test(
        "Recipients who are always refused for load do not delay recipients who fall due later", arguments: [[], ["denied"]])
    func probeOfOthers(denied: [String]) throws {
        let busy = denied + ["r1", "r2", "r3", "r4"]
        let leads = [("busy", "08:00", busy), ("later", "10:00", ["z"])].map { id, hour, people in
            Lead(id: id, rule: .before(30, .days), at: TimeOfDay(hour)!, notify: people)
        }
        let campaign = Campaign(
            id: "c", title: "C", when: .day(MonthDay(month: 6, day: 28)!), writtenWhen: "28/6", leads: leads)
        let plan = Plan(id: "p", title: "P", source: .init(), zone: zone, language: .en, campaigns: [campaign])
        let stage = try LoopHarness(plan, (busy + ["z"]).map { reader($0) }, start: start, concurrency: 4)
        stage.mail.judge = { message in
            switch message.recipient.id {
            case "z": taken
            case "denied":
                Receipt(.refusedForGood, about: .comparison, code: 554, reply: "access denied", comparable: "554 access denied")
            default: Receipt(.refusedForNow, about: .load, code: 421, reply: "busy", comparable: "421 busy")
            }
        }
        for minute in 0...136 {
            // A reload with unchanged settings keeps the state of the channel's load control.
            if minute == 118 { stage.accept(stage.accepted) }
            try stage.advance(to: due + .minutes(Int64(minute)))
        }
        let rows = try stage.rows()
        #expect(rows.contains("later z mail delivered 1"), "at most one hold of 15 minutes: \(rows)")
    }

    @Test("A stated wait holds the whole channel, which then continues with fewer attempts (finding 2)")
    func retryAfter() throws {
        let people = (1...16).map { "r\($0)" }
        let stage = try LoopHarness(plan(people), people.map { reader($0, via: ["hub"]) }, start: start)
        let busy = Receipt(.refusedForNow, about: .load, code: 503, reply: "busy", advice: .retryAfter(.minutes(10)))
        stage.hub.answerInTurn([taken] + Array(repeating: busy, count: 15) + [taken])
        try stage.advance(to: due)
        let first = stage.hub.messages.count
        #expect(first == 16)
        try stage.advance(to: due + .minutes(10) - .seconds(1))
        #expect(stage.hub.messages.count == first)
        try stage.advance(to: due + .minutes(10))
        #expect(stage.hub.messages.count > first)
        for minute in 11...30 { try stage.advance(to: due + .minutes(Int64(minute))) }
        #expect(try stage.rows().allSatisfy { $0.contains("delivered") })
    }

    @Test("A gone endpoint parks its channel until a reload, and `otherwise` is used at once (finding 15)")
    func gone() throws {
        let people = [reader("a", via: ["hub"], otherwise: ["mail"]), reader("b", via: ["hub"])]
        let stage = try LoopHarness(plan(["a", "b"]), people, start: start)
        stage.hub.answer(Receipt(.refusedForGood, about: .endpointGone, code: 410, reply: "gone"))
        try stage.advance(to: due)
        #expect(
            try stage.rows() == [
                "30 days before a hub cancelled (failed over) 1", "30 days before a mail delivered 1",
                "30 days before b hub pending 1",
            ])
        #expect(stage.journal.entries.sorted() == ["a by mail", "b unreachable", "gone hub"])
        let tried = stage.hub.messages.count
        stage.hub.answer(taken)
        try stage.advance(to: due + .days(1))
        #expect(stage.hub.messages.count == tried)
        stage.accept(stage.accepted)
        try stage.settle()
        #expect(try stage.rows().last == "30 days before b hub delivered 2")
    }

    @Test("A mailbox that is full after greylisting is tried once more after an hour (finding 12)")
    func fullAfterGreylist() throws {
        let stage = try LoopHarness(plan(["a"]), [reader("a")], start: start)
        let full = Receipt(.refusedForGood, code: 552, reply: "full", advice: .once(after: .hours(1)))
        stage.mail.answer(refused, full, taken)
        try stage.advance(to: due)
        try stage.advance(to: due + .minutes(5))
        #expect(try stage.rows() == ["30 days before a mail pending 2"])
        try stage.advance(to: due + .minutes(66))
        #expect(try stage.rows() == ["30 days before a mail delivered 3"])
    }

    @Test(
        "A reload of the same settings keeps the breaker and the tokens of a rate (finding 14 of the edits, fault 140)"
    )
    func reloads() throws {
        let people = (1...30).map { "r\($0)" }
        let rate = Rate(count: 10, per: .minutes(1))
        let stage = try LoopHarness(plan(people), people.map { reader($0) }, start: start, rate: rate)
        try stage.advance(to: due)
        #expect(stage.mail.messages.count == 1)
        for second in 1...5 {
            stage.accept(stage.accepted)
            try stage.advance(to: due + .seconds(Int64(second)))
        }
        #expect(stage.mail.messages.count == 1, "a reload does not refill the bucket")

        let other = try LoopHarness(plan(["a", "b"]), [reader("a"), reader("b")], start: start, concurrency: 1)
        other.mail.answer(Receipt(.refusedForNow, about: .us, code: 535, reply: "no"))
        try other.advance(to: due)
        other.mail.answer(taken)
        for minute in 1...14 {
            other.accept(other.accepted)
            try other.advance(to: due + .minutes(Int64(minute)))
        }
        #expect(other.mail.messages.count == 1, "a refused login is tried once in 15 minutes")
        try other.advance(to: due + .minutes(15))
        #expect(try other.rows().allSatisfy { $0.contains("delivered") })
    }

    @Test("A reload withdraws attempts that have not begun, so that a removed recipient gets nothing (finding 16)")
    func givenBack() throws {
        let stage = try LoopHarness(plan(["a", "b"]), [reader("a"), reader("b")], start: start)
        stage.mail.hold()
        try stage.advance(to: due)
        let directory = RecipientDirectory(recipients: [reader("b")], groups: [:], addressKinds: ["mail": .email])
        let renewed = ScriptedChannel("mail", .email(onUnknown: .resend))
        stage.accept(
            ActiveConfiguration(plans: stage.accepted.plans, directory: directory, catchUp: .latest, contact: nil),
            channels: [renewed, stage.hub])
        #expect(stage.mail.isWithdrawn)
        for _ in 1...2 { stage.mail.endFirst(Receipt(.notSent, about: .nobody, reply: "stopped")) }
        try stage.settle()
        #expect(try stage.rows() == ["30 days before a mail cancelled (recipient gone) 1", "30 days before b mail delivered 2"])
        #expect(renewed.messages.map(\.recipient.id) == ["b"])
    }

    @Test("A greylisted mail keeps its wait when the next mail is accepted at once (fault 55)")
    func greylistedFirst() throws {
        let stage = try LoopHarness(plan(["a", "b"]), [reader("a"), reader("b")], start: start)
        stage.mail.hold()
        try stage.advance(to: due)
        stage.mail.endFirst(Receipt(.refusedForNow, code: 450, reply: "later", advice: .atLeast(.hours(2))))
        try stage.settle()
        stage.mail.endFirst(Receipt(.delivered, code: 250, reply: "ok"))
        try stage.settle()
        try stage.advance(to: due + .hours(1))
        #expect(try stage.rows() == ["30 days before a mail pending 1", "30 days before b mail delivered 1"])
    }

    @Test("Two years after an occurrence is over, a daily pass deletes its deliveries and reports it (fault 118)")
    func forgotten() throws {
        let stage = try LoopHarness(plan(["a"]), [reader("a")], start: start)
        try stage.advance(to: due)
        try stage.advance(to: at("2027-06-21", "08:00"))
        let retention = Retention(ledger: stage.ledger, journal: stage.journal)
        let over = at("2027-06-29", "00:00") + Retention.kept
        #expect(try !retention.step(now: over))
        #expect(try stage.rows().count == 2)
        #expect(try !retention.step(now: over + .hours(1)))
        #expect(try stage.rows().count == 2, "the next pass is a day later")
        #expect(try !retention.step(now: over + .days(1)))
        #expect(try stage.rows().isEmpty)
        #expect(stage.journal.entries == ["forgot 2"])
        stage.planner.clockStepped(now: stage.clock.now())
        try stage.settle()
        #expect(stage.mail.messages.count == 2, "a reminder whose deliveries were deleted is not sent again")
    }
}
