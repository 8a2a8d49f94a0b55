import Foundation
import Testing

@testable import Dates
@testable import Plans
@testable import Scheduler

@Suite("Repeated changes of plans")
struct ReturnTests {
    /// Reproduces a bug that the simulator found (seed 83).
    @Test("A recipient who may have a reminder with the current days gets no second change notice")
    func perhapsNotifiedWithTheseDays() throws {
        let moved = ["2027": Campaign.Exception.dates(start: Day("2027-06-01")!, end: Day("2027-07-03")!)]
        let stage = try LoopHarness(ChangeTests.plan(), [reader("a"), reader("b")], start: start)
        let lost = Receipt(.unknown, reply: "no answer")
        stage.mail.judge = { $0.recipient.id == "a" && $0.attempt == 1 && $0.notice.kind == .reminder ? lost : refused }
        try stage.advance(to: at("2027-05-02", "08:00"))
        try stage.advance(to: at("2027-05-02", "09:00"))
        stage.accept(ChangeTests.accepted(ChangeTests.plan(moved)))
        try stage.settle()
        stage.accept(ChangeTests.accepted(ChangeTests.plan()))
        try stage.settle()
        let rows = try stage.rows()
        #expect(!rows.contains { $0.hasPrefix("moved 2") }, "\(rows)")
    }

    /// Reproduces a bug that the simulator found (seed 1245).
    ///
    /// Before the fix, the cancellation notice superseded the lead, which then stayed superseded.
    @Test("A waiting lead is pending again when its campaign returns before the cancellation was sent")
    func cancellationCompletedInVain() throws {
        let stage = try LoopHarness(ChangeTests.plan(notify: ["a"]), [reader("a")], start: start)
        stage.mail.answer(taken, refused)
        try stage.advance(to: at("2027-05-20", "08:00"))
        try stage.advance(to: at("2027-05-26", "08:00"))
        for keeps in [false, true, false, true] {
            stage.accept(ChangeTests.accepted(ChangeTests.plan(keeps: keeps, notify: ["a"])))
            try stage.settle()
            try stage.advance(to: stage.clock.now() + .minutes(2))
        }
        let rows = try stage.rows()
        let waiting = rows.filter { $0.contains("pending") }
        #expect(waiting.count == 1 && waiting[0].hasPrefix("7 days before a mail"), "\(rows)")
    }

    /// Reproduces a bug that the simulator found (seed 1184).
    ///
    /// Before the fix, recipient b got a notice of the return instead of the lead.
    @Test("A recipient whom the cancellation did not reach gets a new lead, and no notice of the return")
    func newLeadAfterReturn() throws {
        func accepted(_ leads: [String]?, _ recipients: [String]) -> ActiveConfiguration {
            let campaign = leads.map { hours in
                Campaign(
                    id: "c", title: "C", when: ChangeTests.window, writtenWhen: "",
                    leads: hours.map { Lead(id: $0, rule: .before(30, .days), at: TimeOfDay($0)!, notify: ["a", "b"]) })
            }
            let plan = Plan(
                id: "p", title: "P", source: .init(), zone: zone, language: .vi, campaigns: campaign.map { [$0] } ?? [])
            return ActiveConfiguration(
                plans: PlanSet(plans: [plan], workingDays: .mondayToFriday),
                directory: RecipientDirectory(
                    recipients: recipients.map { reader($0) }, groups: [:], addressKinds: ["mail": .email]),
                catchUp: .latest, contact: nil)
        }
        let first = accepted(["08:00"], ["a", "b"])
        let stage = try LoopHarness(first.plans.plans[0], [reader("a"), reader("b")], start: at("2027-05-02", "08:00"))
        stage.mail.answer(taken, taken, taken, refused)
        try stage.settle()
        stage.accept(accepted(nil, ["a", "b"]))
        try stage.settle()
        try stage.advance(to: at("2027-05-02", "08:02"))
        stage.mail.answer(taken)
        stage.accept(first)
        try stage.settle()
        stage.accept(accepted(["08:00", "08:01"], ["a", "b", "c"]))
        try stage.settle()
        let rows = try stage.rows()
        #expect(rows.filter { $0.hasPrefix("moved 2") } == ["moved 2 a mail delivered 1"], "\(rows)")
        #expect(rows.filter { $0.hasPrefix("08:01") } == ["08:01 b mail delivered 1"], "\(rows)")
    }

    /// Reproduces a bug that the simulator found (seed 402).
    ///
    /// Before the fix, both leads were pending for one recipient.
    @Test("A lead supersedes a waiting lead that was the later one before the hours changed")
    func earlierByItsNewHour() throws {
        func plan(_ first: String, _ second: String) -> Plan {
            let leads = [("first", first), ("second", second)].map { id, hour in
                Lead(id: id, rule: .before(30, .days), at: TimeOfDay(hour)!, notify: ["a"])
            }
            let campaign = Campaign(id: "c", title: "C", when: ChangeTests.window, writtenWhen: "", leads: leads)
            return Plan(id: "p", title: "P", source: .init(), zone: zone, language: .vi, campaigns: [campaign])
        }
        let stage = try LoopHarness(plan("12:00", "14:00"), [reader("a")], start: at("2027-05-02", "11:00"))
        stage.mail.answer(refused)
        try stage.advance(to: at("2027-05-02", "13:00"))
        #expect(stage.mail.messages.map(\.notice.reminder.key.lead) == ["first"])
        stage.mail.answer(taken)
        stage.accept(ChangeTests.accepted(plan("08:00", "09:00")))
        try stage.settle()
        let rows = try stage.rows()
        #expect(Set(rows) == ["first a mail superseded 1", "second a mail delivered 1"], "\(rows)")
    }

    /// Reproduces a bug that the simulator found (seeds 319 and 2730).
    ///
    /// Before the fix, the occurrence was matched by its name, and a move into the past was
    /// announced.
    @Test(
        "After a change of phrase, an occurrence is matched by shared days before its name",
        arguments: [
            (from: (9, 2, 6, 16), to: (2, 20, 6, 20), year: 2027, month: 5),
            (from: (10, 12, 9, 22), to: (4, 28, 9, 29), year: 2028, month: 8),
        ])
    func daysBeforeName(from: (Int, Int, Int, Int), to: (Int, Int, Int, Int), year: Int, month: Int) throws {
        func plan(_ start: (Int, Int), _ end: (Int, Int)) -> Plan {
            let when = Recurrence.window(
                from: MonthDay(month: start.0, day: start.1)!, to: MonthDay(month: end.0, day: end.1)!)
            let lead = Lead(id: "lead", rule: .beforeEnd(30, .days), at: TimeOfDay("08:00")!, notify: ["a"])
            let campaign = Campaign(id: "c", title: "C", when: when, writtenWhen: "", leads: [lead])
            return Plan(id: "p", title: "P", source: .init(), zone: zone, language: .vi, campaigns: [campaign])
        }
        let stage = try LoopHarness(
            plan((from.0, from.1), (from.2, from.3)), [reader("a")], start: at("\(year)-0\(month)-01", "08:00"))
        stage.mail.answer(taken)
        try stage.advance(to: at("\(year)-0\(month)-25", "08:00"))
        #expect(stage.mail.messages.map(\.notice.reminder.occurrence) == ["\(year - 1)"])
        stage.accept(ChangeTests.accepted(plan((to.0, to.1), (to.2, to.3))))
        try stage.settle()
        let moved = try #require(stage.mail.messages.dropFirst().first)
        #expect(moved.notice.kind == .moved && moved.notice.reminder.start == Day.clamped(year, to.0, to.1))
        #expect(moved.notice.reminder.end == Day.clamped(year, to.2, to.3))
    }

    /// Reproduces a bug that the simulator found (seed 431).
    ///
    /// Before the fix, the occurrence was cancelled, and its replacement fired again.
    @Test("An occurrence that moved back with another kind of phrase is matched by its former dates")
    func movedBackAnotherWay() throws {
        func plan(_ when: Recurrence, _ exceptions: [String: Campaign.Exception] = [:]) -> Plan {
            let leads = [40, 30].map { Lead(id: "\($0)", rule: .before($0, .days), at: TimeOfDay("08:00")!, notify: ["a"]) }
            let campaign = Campaign(id: "c", title: "C", when: when, writtenWhen: "", exceptions: exceptions, leads: leads)
            return Plan(id: "p", title: "P", source: .init(), zone: zone, language: .vi, campaigns: [campaign])
        }
        let yearly = Recurrence.day(MonthDay(month: 6, day: 5)!)
        let stage = try LoopHarness(plan(yearly), [reader("a")], start: at("2027-04-20", "00:00"))
        stage.mail.answer(taken, refused, taken)
        try stage.advance(to: at("2027-04-26", "08:00"))
        try stage.advance(to: at("2027-05-06", "08:00"))
        #expect(stage.mail.messages.map(\.notice.reminder.key.lead) == ["40", "30"])
        try stage.advance(to: at("2027-05-06", "09:00"))
        let later = Campaign.Exception.dates(start: Day("2027-08-26")!, end: Day("2027-08-26")!)
        stage.mail.answer(refused)
        stage.accept(ChangeTests.accepted(plan(yearly, ["2027": later])))
        try stage.settle()
        stage.mail.answer(taken)
        stage.accept(ChangeTests.accepted(plan(.once(from: Day("2027-06-05")!, to: Day("2027-06-05")!))))
        try stage.settle()
        try stage.advance(to: at("2027-05-06", "12:00"))
        #expect(stage.mail.messages.filter { $0.notice.kind != .moved }.map(\.notice.reminder.key.lead) == ["40", "30", "30"])
        #expect(try stage.rows().allSatisfy { !$0.contains("gone") })
    }

    /// Reproduces a bug that the simulator found (seed 749).
    ///
    /// Before the fix, the new phrase was matched with an occurrence that was over, because the two
    /// shared a few days.
    @Test("A rewritten phrase is matched with the occurrence that shares most days, not with one that is over")
    func mostDaysInCommon() throws {
        func plan(_ when: Recurrence) -> Plan {
            let lead = Lead(id: "lead", rule: .before(30, .days), at: TimeOfDay("08:00")!, notify: ["a"])
            let campaign = Campaign(id: "c", title: "C", when: when, writtenWhen: "", leads: [lead])
            return Plan(id: "p", title: "P", source: .init(), zone: zone, language: .vi, campaigns: [campaign])
        }
        let yearly = Recurrence.window(from: MonthDay(month: 9, day: 26)!, to: MonthDay(month: 9, day: 25)!)
        let stage = try LoopHarness(plan(yearly), [reader("a")], start: at("2026-08-01", "08:00"))
        stage.mail.answer(taken)
        try stage.advance(to: at("2026-08-27", "08:00"))
        try stage.advance(to: at("2027-08-27", "08:00"))
        #expect(stage.mail.messages.map(\.notice.reminder.occurrence) == ["2025", "2026", "2027"])
        try stage.advance(to: at("2027-10-14", "08:00"))
        stage.accept(ChangeTests.accepted(plan(.once(from: Day("2027-09-13")!, to: Day("2028-09-16")!))))
        try stage.settle()
        try stage.advance(to: at("2027-10-14", "09:00"))
        let moved = stage.mail.messages.dropFirst(3)
        #expect(moved.map(\.notice.kind) == [.moved] && moved.first?.notice.reminder.end == Day("2028-09-16")!)
    }

    /// Reproduces a bug that the simulator found (seed 297).
    ///
    /// Change notices are numbered (`moved 1`). Before the fix, the numbers started again, although
    /// a reminder with the same number and day had been sent.
    @Test("N of `moved N` continues after renames of a plan whose campaign was removed")
    func numbersOverRenames() throws {
        func plan(_ id: String, formerly: [String], moved: Bool = false, keeps: Bool = true) -> Plan {
            let leads = [60, 400].map {
                Lead(id: "\($0) days before", rule: .before($0, .days), at: TimeOfDay("08:00")!, notify: ["a"])
            }
            let exceptions = moved ? ["2028": Campaign.Exception.dates(start: Day("2028-06-20")!, end: Day("2028-06-20")!)] : [:]
            let campaign = Campaign(
                id: "c", title: "C", when: .day(MonthDay(month: 6, day: 28)!), writtenWhen: "", exceptions: exceptions,
                leads: leads)
            return Plan(
                id: id, title: "P", source: .init(), zone: zone, language: .vi, campaigns: keeps ? [campaign] : [],
                formerly: formerly)
        }
        let stage = try LoopHarness(plan("p", formerly: []), [reader("a")], start: at("2027-05-20", "08:00"))
        stage.mail.answer(taken)
        try stage.advance(to: at("2027-05-25", "08:00"))
        stage.accept(ChangeTests.accepted(plan("q", formerly: ["p"], moved: true)))
        try stage.settle()
        #expect(stage.mail.messages.map(\.notice.reminder.key.lead) == ["60 days before", "400 days before", "moved 1"])
        stage.accept(ChangeTests.accepted(plan("r", formerly: ["q", "p"], keeps: false)))
        try stage.settle()
        try stage.advance(to: at("2027-05-25", "08:02"))
        #expect(Set(stage.mail.messages.dropFirst(3).map(\.notice.reminder.key.lead)) == ["moved 2", "moved 3"])
    }

    @Test(
        "A retry keeps its wait when the clock is set back by hours, with or without a restart (finding 11, fault 129)",
        arguments: [false, true])
    func setBack(restarts: Bool) throws {
        let stage = try LoopHarness(ChangeTests.plan(notify: ["a"]), [reader("a")], start: start)
        stage.mail.answer(refused, Receipt(.delivered, code: 250, reply: "ok"))
        try stage.advance(to: at("2027-05-02", "20:00"))
        #expect(try stage.rows() == ["30 days before a mail pending 1"])
        stage.clock.set(at("2027-05-02", "13:00"))
        if restarts {
            try stage.crash()
        } else {
            stage.dispatcher.clockStepped(by: .hours(-7))
        }
        try stage.settle()
        try stage.advance(to: at("2027-05-02", "13:16"))
        #expect(try stage.rows() == ["30 days before a mail delivered 2"])
    }

    @Test("The second cancellation of a campaign includes recipients who were notified in between")
    func goneAgain() throws {
        let stage = try LoopHarness(ChangeTests.plan(notify: ["a"]), [reader("a"), reader("b")], start: start)
        let taken = Receipt(.delivered, code: 250, reply: "ok")
        stage.mail.answer(taken, refused, taken)
        try stage.advance(to: at("2027-05-02", "08:00"))
        stage.accept(ChangeTests.accepted(ChangeTests.plan(keeps: false)))
        try stage.settle()
        try stage.advance(to: at("2027-05-02", "08:01"))
        #expect(try stage.rows() == ["30 days before a mail delivered 1", "moved 1 a mail pending 1"])
        stage.accept(ChangeTests.accepted(ChangeTests.plan()))
        try stage.settle()
        #expect(
            try stage.rows() == [
                "30 days before a mail delivered 1", "30 days before b mail delivered 1", "moved 1 a mail cancelled (changed) 1",
            ])
        stage.accept(ChangeTests.accepted(ChangeTests.plan(keeps: false)))
        try stage.settle()
        try stage.advance(to: at("2027-05-02", "08:30"))
        #expect(
            try stage.rows() == [
                "30 days before a mail delivered 1", "30 days before b mail delivered 1", "moved 1 a mail delivered 2",
                "moved 1 b mail delivered 1",
            ])
    }

    /// Reproduces a bug that the simulator found (seed 441).
    ///
    /// The new campaign's reminder fires before the old campaign's cancellation notice. Before the
    /// fix, the two campaigns were confused, so the notice for the old campaign counted for the new
    /// one.
    @Test(
        "A campaign that replaced another without `formerly` gets a cancellation of its own"
    )
    func replacementGoesToo() throws {
        let stage = try LoopHarness(ChangeTests.plan(notify: ["a"]), [reader("a")], start: start)
        stage.mail.answer(taken, refused, refused, taken)
        try stage.advance(to: at("2027-05-02", "08:00"))
        stage.accept(ChangeTests.accepted(ChangeTests.plan(id: "other", notify: ["a"])))
        try stage.settle()
        try stage.advance(to: at("2027-05-02", "08:01"))
        try stage.advance(to: at("2027-05-02", "09:00"))
        let kinds: [ReminderContent.Kind] = [.reminder, .reminder, .reminder, .gone, .reminder]
        #expect(stage.mail.messages.map(\.notice.kind) == kinds)
        stage.accept(ChangeTests.accepted(ChangeTests.plan(keeps: false)))
        try stage.settle()
        try stage.advance(to: at("2027-05-02", "09:01"))
        #expect(stage.mail.messages.map(\.notice.kind) == kinds + [.gone])
        try stage.advance(to: at("2027-05-02", "12:00"))
        #expect(stage.mail.messages.count == 6, "the cancellation is sent once")
    }

    /// Reproduces a bug that the simulator found (seed 2997).
    @Test("A recipient who may have the second campaign's reminder gets its cancellation, even if the delivery was withdrawn")
    func replacementGoesUnknown() throws {
        let recipient = reader("a", via: ["hub"])
        func accepted(_ plan: Plan) -> ActiveConfiguration {
            ActiveConfiguration(
                plans: PlanSet(plans: [plan], workingDays: .mondayToFriday),
                directory: RecipientDirectory(recipients: [recipient], groups: [:], addressKinds: ["mail": .email]),
                catchUp: .latest,
                contact: nil)
        }
        let stage = try LoopHarness(ChangeTests.plan(notify: ["a"]), [recipient], start: start)
        let lost = Receipt(.unknown, reply: "no answer")
        stage.hub.judge = { $0.notice.kind == .reminder && $0.notice.reminder.key.campaign == "other" ? lost : taken }
        try stage.advance(to: at("2027-05-02", "08:00"))
        stage.accept(accepted(ChangeTests.plan(id: "other", notify: ["a"])))
        try stage.settle()
        for time in ["08:01", "08:10", "09:00"] { try stage.advance(to: at("2027-05-02", time)) }
        stage.accept(accepted(ChangeTests.plan(keeps: false)))
        try stage.settle()
        let withdrawn = try stage.rows()
        #expect(withdrawn.contains { $0.hasPrefix("30 days before a hub cancelled (gone)") }, "\(withdrawn)")
        let before = stage.hub.messages.count { $0.notice.kind == .gone }
        try stage.advance(to: at("2027-05-02", "09:01"))
        #expect(before == 1 && stage.hub.messages.count { $0.notice.kind == .gone } == 2)
    }

    /// Reproduces a bug that the simulator found (seed 377).
    ///
    /// Before the fix, both the change notice and the lead became pending again.
    @Test(
        "A renamed recipient with other channels gets only the later lead, and not the announcement it replaces")
    func leadInsteadOfAnnouncement() throws {
        func accepted(_ plan: Plan, _ recipient: Recipient, formerly: [String: String] = [:]) -> ActiveConfiguration {
            ActiveConfiguration(
                plans: PlanSet(plans: [plan], workingDays: .mondayToFriday),
                directory: RecipientDirectory(
                    recipients: [recipient], groups: [:], addressKinds: ["mail": .email], formerly: formerly),
                catchUp: .latest, contact: nil)
        }
        let moved = ["2027": Campaign.Exception.dates(start: Day("2027-06-02")!, end: Day("2027-06-30")!)]
        let stage = try LoopHarness(ChangeTests.plan(notify: ["a"]), [reader("a", via: ["mail", "hub"])], start: start)
        stage.mail.answer(taken, refused)
        stage.hub.answer(taken, refused)
        try stage.advance(to: at("2027-05-20", "08:00"))
        stage.accept(accepted(ChangeTests.plan(moved, notify: ["a"]), reader("a", via: ["mail", "hub"])))
        try stage.settle()
        stage.accept(accepted(ChangeTests.plan(moved, notify: ["a"]), reader("a")))
        try stage.settle()
        #expect(try stage.rows().contains("moved 1 a hub cancelled (via changed) 1"))
        stage.clock.set(at("2027-05-26", "08:00"))
        stage.accept(accepted(ChangeTests.plan(moved, notify: ["b"]), reader("b"), formerly: ["a": "b"]))
        try stage.settle()
        let rows = try stage.rows()
        let waiting = rows.filter { $0.contains("pending") }
        #expect(waiting.count == 1 && waiting[0].hasPrefix("7 days before b mail"), "\(rows)")
    }

    @Test("A delivery under way when its occurrence changed is not retried, and its recipient gets the change notice")
    func movedUnderWay() throws {
        let stage = try LoopHarness(ChangeTests.plan(), [reader("a")], start: start)
        stage.mail.hold()
        try stage.advance(to: at("2027-05-02", "08:00"))
        stage.accept(ChangeTests.accepted(ChangeTests.plan(["2027": .dates(start: Day("2027-06-15")!, end: Day("2027-07-15")!)])))
        stage.mail.endFirst(refused)
        try stage.settle()
        stage.mail.endFirst(Receipt(.delivered, code: 250, reply: "ok"))
        try stage.advance(to: at("2027-05-02", "09:00"))
        #expect(try stage.rows() == ["30 days before a mail cancelled (changed) 1", "moved 1 a mail delivered 1"])
    }

    @Test(
        "A pending reminder that keeps its identity is sent with the new dates, without a change notice")
    func redated() throws {
        let stage = try ChangeTests.told()
        stage.mail.answer(Receipt(.delivered, code: 250, reply: "ok"))
        stage.clock.set(at("2027-05-10", "09:00"))
        // Only the end changes. The leads count from the start, so their reminders keep their
        // identity.
        stage.accept(ChangeTests.accepted(ChangeTests.plan(["2027": .dates(start: Day("2027-06-01")!, end: Day("2027-07-05")!)])))
        try stage.settle()
        #expect(
            try stage.rows() == [
                "30 days before a mail delivered 1", "30 days before b mail delivered 2", "moved 1 a mail delivered 1",
            ])
        let last = try #require(stage.mail.messages.last { $0.recipient.id == "b" })
        #expect(last.notice.kind == .reminder)
        #expect(last.notice.reminder.end == Day("2027-07-05")!)
    }

    @Test("A recipient with a pending delivery whom no lead names any more gets no change notice")
    func namedNoMore() throws {
        let stage = try ChangeTests.told()
        stage.mail.answer(Receipt(.delivered, code: 250, reply: "ok"))
        stage.clock.set(at("2027-05-10", "09:00"))
        stage.accept(
            ChangeTests.accepted(
                ChangeTests.plan(["2027": .dates(start: Day("2027-06-01")!, end: Day("2027-07-05")!)], notify: ["a"])))
        try stage.settle()
        #expect(
            try stage.rows() == [
                "30 days before a mail delivered 1", "30 days before b mail cancelled (changed) 1", "moved 1 a mail delivered 1",
            ])
    }

    @Test(
        "A change for 6 000 recipients is written in parts, and a crash loses and repeats no delivery (fault 106)",
        arguments: [false, true])
    func large(crashes: Bool) throws {
        let people = (1...6_000).map { reader("r\($0)") }
        let stage = try LoopHarness(ChangeTests.plan(notify: people.map(\.id)), people, start: start)
        let taken = Receipt(.delivered, code: 250, reply: "ok")
        stage.mail.answerInTurn(Array(repeating: taken, count: 5_400) + [refused])
        try stage.advance(to: at("2027-05-02", "08:00"))
        #expect(try stage.ledger.counts()[.delivered] == 5_400)
        #expect(try stage.ledger.counts()[.pending] == 600)

        stage.mail.answer(taken)
        stage.clock.set(at("2027-05-10", "09:00"))
        // Only the end changes. Pending reminders keep their identity and are sent with the new
        // dates.
        let moved = ChangeTests.plan(
            ["2027": .dates(start: Day("2027-06-01")!, end: Day("2027-07-05")!)], notify: people.map(\.id))
        stage.accept(
            ActiveConfiguration(
                plans: PlanSet(plans: [moved], workingDays: .mondayToFriday), directory: stage.accepted.directory,
                catchUp: .latest, contact: nil))
        _ = try stage.planner.step(now: stage.clock.now())
        #expect(try stage.ledger.counts()[.pending] == 5_600, "the first part of the change, and the waiting reminders")
        if crashes { try stage.crash() }
        for _ in 0..<400 where try stage.ledger.counts()[.delivered] != 11_400 {
            _ = try stage.planner.step(now: stage.clock.now())
            _ = try stage.dispatcher.step(now: stage.clock.now())
            stage.clock.set(stage.clock.now() + .seconds(1))
        }
        let announced = stage.mail.messages.filter { $0.notice.kind == .moved }.map(\.recipient.id)
        #expect(announced.count == 5_400 && Set(announced).count == 5_400)
        let reminded = stage.mail.messages.filter { $0.notice.reminder.end == Day("2027-07-05")! && $0.notice.kind == .reminder }
        #expect(reminded.count == 600 && Set(reminded.map(\.recipient.id)).isDisjoint(with: announced))
        #expect(try stage.ledger.unfinished().isEmpty)
    }

    @Test(
        "A new id makes a new campaign and cancels the old campaign; a new title does neither (fault 108)"
    )
    func renamed() throws {
        let stage = try ChangeTests.told()
        stage.mail.answer(Receipt(.delivered, code: 250, reply: "ok"))
        stage.clock.set(at("2027-05-10", "09:00"))
        stage.accept(ChangeTests.accepted(ChangeTests.plan(title: "Tháng vì trẻ em")))
        try stage.settle()
        let first = stage.mail.messages.count
        #expect(stage.mail.messages.count { $0.recipient.id == "a" } == 1, "a new title sends nothing twice")
        stage.accept(ChangeTests.accepted(ChangeTests.plan(id: "renamed")))
        try stage.settle()
        try stage.advance(to: stage.clock.now() + .minutes(2))
        let later = stage.mail.messages.dropFirst(first).map {
            "\($0.recipient.id) \($0.notice.reminder.key.campaign) \($0.notice.kind)"
        }
        #expect(later.sorted() == ["a c gone", "a renamed reminder", "b c gone", "b renamed reminder"])
    }

    @Test("The end of a removed campaign is in the zone of its own plan, not of the first plan")
    func zoneOfGone() throws {
        let notified = NotifiedOccurrence(
            key: OccurrenceKey(plan: "p", campaign: "gone", occurrence: "2027"), title: "", start: Day("2027-06-01")!,
            end: Day("2027-06-30")!)
        let zoneFile = try Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/Asia/Ho_Chi_Minh"))
        let hanoi = try Zone(name: "Asia/Ho_Chi_Minh", tzif: Array(zoneFile))
        let plans = [("first", Zone.utc), ("p", hanoi)].map {
            Plan(id: $0.0, title: "", source: .init(), zone: $0.1, language: .vi, campaigns: [])
        }
        let accepted = ActiveConfiguration(
            plans: PlanSet(plans: plans, workingDays: .mondayToFriday),
            directory: RecipientDirectory(recipients: [], groups: [:], addressKinds: [:]), catchUp: .latest, contact: nil)
        let deadline = hanoi.startOfDay(Day("2027-07-01")!)
        let known = try #require(accepted.known([notified]).first)
        #expect(accepted.announcement(about: known, number: 1, now: deadline - .seconds(1))?.reminder.deadline == deadline)
        #expect(accepted.announcement(about: known, number: 1, now: deadline) == nil)
    }

    @Test("No notice is sent if the old and the new last day are past, or if nothing changed")
    func past() throws {
        let stage = try ChangeTests.told()
        let before = stage.mail.messages.count
        stage.accept(ChangeTests.accepted(ChangeTests.plan()))
        try stage.settle()
        #expect(stage.mail.messages.count == before)
        stage.mail.answer(Receipt(.delivered, code: 250, reply: "ok"))
        try stage.advance(to: at("2027-07-02", "09:00"))
        let count = stage.mail.messages.count
        stage.accept(ChangeTests.accepted(ChangeTests.plan(["2027": .dates(start: Day("2027-06-05")!, end: Day("2027-06-29")!)])))
        try stage.settle()
        #expect(stage.mail.messages.count == count)
    }
}
