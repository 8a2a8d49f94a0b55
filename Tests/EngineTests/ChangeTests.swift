import Foundation
import Testing

@testable import Dates
@testable import Plans
@testable import Scheduler

@Suite("Changes of plans")
struct ChangeTests {
    static let window = Recurrence.window(from: MonthDay(month: 6, day: 1)!, to: MonthDay(month: 6, day: 30)!)

    static func plan(
        _ exceptions: [String: Campaign.Exception] = [:], keeps: Bool = true, id: String = "c",
        title: String = "Tháng hành động vì trẻ em", notify: [String] = ["a", "b"]
    ) -> Plan {
        let leads = [LeadRule.before(30, .days), .before(7, .days)].map {
            Lead(id: $0.phrase, rule: $0, at: TimeOfDay("08:00")!, notify: notify)
        }
        let campaign = Campaign(
            id: id, title: title, when: window, writtenWhen: "", exceptions: exceptions, leads: leads)
        return Plan(
            id: "p", title: "P", source: .init(), zone: zone, language: .vi, campaigns: keeps ? [campaign] : [])
    }

    static func accepted(_ plan: Plan) -> ActiveConfiguration {
        ActiveConfiguration(
            plans: PlanSet(plans: [plan], workingDays: .mondayToFriday),
            directory: RecipientDirectory(recipients: [reader("a"), reader("b")], groups: [:], addressKinds: ["mail": .email]),
            catchUp: .latest, contact: nil)
    }

    static func told() throws -> LoopHarness {
        let stage = try LoopHarness(plan(), [reader("a"), reader("b")], start: start)
        // The server accepts the mail to recipient a and temporarily refuses the mail to recipient
        // b, which stays pending.
        stage.mail.answer(Receipt(.delivered, code: 250, reply: "ok"), refused)
        try stage.advance(to: at("2027-05-02", "08:00"))
        return stage
    }

    @Test("Notified recipients get one notice of new dates, and the others get the lead with the new dates (fault 106)")
    func moved() throws {
        let stage = try Self.told()
        #expect(try stage.rows() == ["30 days before a mail delivered 1", "30 days before b mail pending 1"])
        stage.mail.answer(Receipt(.delivered, code: 250, reply: "ok"))
        stage.clock.set(at("2027-05-10", "09:00"))
        let moved = Self.plan(["2027": .dates(start: Day("2027-06-05")!, end: Day("2027-07-05")!)])
        stage.accept(Self.accepted(moved))
        try stage.settle()
        stage.accept(Self.accepted(moved))
        try stage.settle()
        #expect(
            try stage.rows() == [
                "30 days before a mail delivered 1", "30 days before b mail cancelled (changed) 1",
                "30 days before b mail delivered 1", "moved 1 a mail delivered 1",
            ])
        let last = try #require(stage.mail.messages.last { $0.recipient.id == "a" })
        #expect(last.notice.kind == .moved)
        #expect(last.notice.reminder.start == Day("2027-06-05")!)
        try stage.advance(to: at("2027-05-29", "08:00"))
        #expect(try stage.rows().suffix(2) == ["7 days before a mail delivered 1", "7 days before b mail delivered 1"])
    }

    @Test("Notified recipients get one cancellation with the title, and a notice when the campaign returns (fault 107)")
    func gone() throws {
        let stage = try Self.told()
        stage.mail.answer(Receipt(.delivered, code: 250, reply: "ok"))
        stage.clock.set(at("2027-05-10", "09:00"))
        for _ in 1...2 {
            stage.accept(Self.accepted(Self.plan(keeps: false)))
            try stage.settle()
        }
        let waits = ["30 days before a mail delivered 1", "30 days before b mail cancelled (gone) 1"]
        try stage.advance(to: at("2027-05-10", "09:00") + .seconds(59))
        #expect(try stage.rows() == waits, "an edit may be undone within a minute")
        try stage.advance(to: at("2027-05-10", "09:01"))
        #expect(try stage.rows() == waits + ["moved 1 a mail delivered 1"])
        let last = try #require(stage.mail.messages.last)
        #expect(last.notice.kind == .gone)
        #expect(last.notice.campaign.title == "Tháng hành động vì trẻ em")
        stage.clock.set(at("2027-05-11", "09:00"))
        stage.accept(Self.accepted(Self.plan()))
        try stage.settle()
        #expect(try stage.rows().contains("moved 2 a mail delivered 1"))
        #expect(try stage.rows().contains("30 days before b mail delivered 2"), "b waited, and gets the lead after the return")
        #expect(stage.mail.messages.last { $0.recipient.id == "a" }?.notice.kind == .moved)
    }

    @Test(
        "Removed campaigns with the same title and year are cancelled separately, each with its own dates (fault 148)"
    )
    func goneDuplicates() throws {
        func campaign(_ id: String, _ month: Int, _ recipient: String) -> Campaign {
            let day = Day.first(ofMonth: month, year: 2027)
            let lead = Lead(id: "30 days before", rule: .before(30, .days), at: TimeOfDay("08:00")!, notify: [recipient])
            return Campaign(id: id, title: "Tập huấn", when: .once(from: day, to: day), writtenWhen: "", leads: [lead])
        }
        func plan(_ campaigns: [Campaign]) -> Plan {
            Plan(id: "p", title: "P", source: .init(), zone: zone, language: .vi, campaigns: campaigns)
        }
        let stage = try LoopHarness(
            plan([campaign("may", 5, "a"), campaign("june", 6, "b")]), [reader("a"), reader("b")],
            start: at("2027-03-20", "08:00"))
        stage.mail.answer(Receipt(.delivered, code: 250, reply: "ok"))
        try stage.advance(to: at("2027-04-01", "08:00"))
        // The campaign in May is over when the lead of the campaign in June fires.
        try stage.advance(to: at("2027-05-02", "09:00"))
        #expect(stage.mail.messages.map(\.recipient.id) == ["a", "b"])
        stage.accept(Self.accepted(plan([])))
        try stage.settle()
        try stage.advance(to: at("2027-05-02", "09:02"))
        let last = stage.mail.messages.dropFirst(2)
        #expect(last.map(\.recipient.id) == ["b"], "the campaign that is over is not cancelled, and the coming one is")
        #expect(last.first?.notice.kind == .gone && last.first?.notice.reminder.start == Day("2027-06-01")!)
    }

    /// Reproduces a bug that the simulator found (seed 206).
    @Test("A superseded lead is sent when its new hour makes it the later one")
    func laterThanSuperseded() throws {
        func plan(_ hour: String) -> Plan {
            let leads = [("noon", "12:00"), ("other", hour)].map { id, hour in
                Lead(id: id, rule: .before(30, .days), at: TimeOfDay(hour)!, notify: ["a"])
            }
            let campaign = Campaign(id: "c", title: "C", when: Self.window, writtenWhen: "", leads: leads)
            return Plan(id: "p", title: "P", source: .init(), zone: zone, language: .vi, campaigns: [campaign])
        }
        let stage = try LoopHarness(plan("08:00"), [reader("a")], start: at("2027-05-02", "13:00"))
        stage.mail.answer(taken)
        try stage.settle()
        #expect(stage.mail.messages.map(\.notice.reminder.key.lead) == ["noon"])
        stage.accept(Self.accepted(plan("20:00")))
        try stage.advance(to: at("2027-05-02", "19:59"))
        #expect(stage.mail.messages.count == 1)
        try stage.advance(to: at("2027-05-02", "20:00"))
        #expect(stage.mail.messages.map(\.notice.reminder.key.lead) == ["noon", "other"])
    }

    /// Reproduces a bug that the simulator found (seed 1287).
    @Test("A fired lead whose new hour makes it the later one is sent to recipients who got the other lead")
    func laterByItsNewHour() throws {
        func plan(_ hour: String) -> Plan {
            let leads = [("first", hour, ["a", "b"]), ("second", "09:00", ["a"])].map { id, hour, notify in
                Lead(id: id, rule: .before(30, .days), at: TimeOfDay(hour)!, notify: notify)
            }
            let campaign = Campaign(id: "c", title: "C", when: Self.window, writtenWhen: "", leads: leads)
            return Plan(id: "p", title: "P", source: .init(), zone: zone, language: .vi, campaigns: [campaign])
        }
        for (hour, change) in [("09:30", "10:00"), ("11:00", "10:00")] {
            let stage = try LoopHarness(plan("08:00"), [reader("a"), reader("b")], start: at("2027-05-02", "10:00"))
            stage.mail.answer(taken)
            try stage.settle()
            #expect(Set(try stage.rows()) == ["first b mail delivered 1", "second a mail delivered 1"])
            stage.clock.set(at("2027-05-02", change))
            stage.accept(Self.accepted(plan(hour)))
            try stage.settle()
            try stage.advance(to: at("2027-05-02", "11:00"))
            let rows = try stage.rows()
            #expect(rows.count == 3 && rows.contains("first a mail delivered 1"), "\(hour): \(rows)")
        }
    }

    /// Reproduces a bug that the simulator found (seeds 1099, 1697).
    ///
    /// Before the fix, the row of the reminder got the new end, as if the reminder had been sent
    /// with that end.
    @Test("A recipient who was missing when the end moved gets the notice on return, unless the end moved back")
    func returnsAfterMove() throws {
        func accepted(_ plan: Plan, _ recipients: [String]) -> ActiveConfiguration {
            ActiveConfiguration(
                plans: PlanSet(plans: [plan], workingDays: .mondayToFriday),
                directory: RecipientDirectory(
                    recipients: recipients.map { reader($0) }, groups: [:], addressKinds: ["mail": .email]),
                catchUp: .latest, contact: nil)
        }
        let usual = Self.plan(notify: ["a"])
        let moved = Self.plan(
            ["2027": Campaign.Exception.dates(start: Day("2027-06-01")!, end: Day("2027-07-03")!)], notify: ["a"])
        for isMovedBack in [false, true] {
            let stage = try LoopHarness(usual, [reader("a")], start: start)
            stage.mail.answer(taken)
            try stage.advance(to: at("2027-05-02", "08:00"))
            stage.accept(accepted(moved, []))
            try stage.advance(to: at("2027-05-03", "08:00"))
            if isMovedBack {
                stage.accept(accepted(usual, []))
                try stage.advance(to: at("2027-05-04", "08:00"))
            }
            stage.accept(accepted(isMovedBack ? usual : moved, ["a"]))
            try stage.settle()
            stage.accept(accepted(isMovedBack ? usual : moved, ["a"]))
            try stage.settle()
            let rows = try stage.rows()
            let announced = isMovedBack ? [] : ["moved 1 a mail delivered 1"]
            #expect(rows == ["30 days before a mail delivered 1"] + announced, "\(rows)")
        }
    }

    /// Reproduces a bug that the simulator found (seed 1756).
    ///
    /// Before the fix, the change notice about the current dates was not sent to further
    /// recipients.
    @Test("A recipient who was first notified during a short change of dates is notified of the change back")
    func toldBetweenTwoMoves() throws {
        let end = ["2027": Campaign.Exception.dates(start: Day("2027-06-01")!, end: Day("2027-07-03")!)]
        func accepted(_ plan: Plan, _ recipients: [String]) -> ActiveConfiguration {
            ActiveConfiguration(
                plans: PlanSet(plans: [plan], workingDays: .mondayToFriday),
                directory: RecipientDirectory(
                    recipients: recipients.map { reader($0) }, groups: [:], addressKinds: ["mail": .email]),
                catchUp: .latest, contact: nil)
        }
        let stage = try LoopHarness(Self.plan(notify: ["a"]), [reader("a"), reader("b")], start: start)
        stage.mail.answer(taken)
        try stage.advance(to: at("2027-05-02", "08:00"))
        let edits: [(Plan, [String])] = [
            (Self.plan(end, notify: ["a"]), ["a", "b"]), (Self.plan(notify: ["a"]), ["a", "b"]),
            (Self.plan(notify: ["a"]), ["b"]),
            (Self.plan(end, notify: ["b"]), ["b"]), (Self.plan(notify: ["b"]), ["b"]),
        ]
        for (plan, recipients) in edits {
            stage.accept(accepted(plan, recipients))
            try stage.settle()
        }
        let rows = try stage.rows()
        #expect(
            rows.filter { $0.contains(" b ") } == ["30 days before b mail delivered 1", "moved 2 b mail delivered 1"], "\(rows)")
    }

    /// Reproduces a bug that the simulator found (seed 1287).
    @Test("A superseded lead is sent when other working days make it the latest one")
    func latestByOtherWorkingDays() throws {
        let leads = [LeadRule.before(30, .days), .before(20, .workingDays)].map {
            Lead(id: $0.phrase, rule: $0, at: TimeOfDay("08:00")!, notify: ["a"])
        }
        let campaign = Campaign(id: "c", title: "C", when: Self.window, writtenWhen: "", exceptions: [:], leads: leads)
        let plan = Plan(id: "p", title: "P", source: .init(), zone: zone, language: .vi, campaigns: [campaign])
        func accepted(_ off: [Day: String]) -> ActiveConfiguration {
            let week = WorkingCalendar.mondayToFriday
            let days = WorkingCalendar(weeklyRest: week.weeklyRest, holidays: [], off: off, work: [:], officialYears: [])
            return ActiveConfiguration(
                plans: PlanSet(plans: [plan], workingDays: days),
                directory: RecipientDirectory(recipients: [reader("a")], groups: [:], addressKinds: ["mail": .email]),
                catchUp: .latest,
                contact: nil)
        }
        let stage = try LoopHarness(Self.plan(keeps: false), [reader("a")], start: at("2027-05-10", "08:00"))
        stage.mail.answer(taken)
        stage.accept(accepted([:]))
        try stage.settle()
        let before = try stage.rows()
        #expect(before.filter { $0.contains(" mail ") } == ["20 working days before a mail delivered 1"], "\(before)")
        let closed = (24...28).map { (Day("2027-05-\($0)")!, "closed") }
        stage.accept(accepted(Dictionary(uniqueKeysWithValues: closed)))
        try stage.settle()
        let rows = try stage.rows()
        #expect(Set(rows) == ["20 working days before a mail delivered 1", "30 days before a mail delivered 1"], "\(rows)")
    }

    /// Reproduces a bug that the simulator found (seed 3619).
    ///
    /// Before the fix, the lead counted as sent to all its recipients while an earlier lead was the
    /// latest one.
    @Test("A recipient who is added to a lead while it is not the latest gets it when it is the latest again")
    func namedBetweenTwoCalendars() throws {
        func accepted(_ notify: [String], isClosed: Bool) -> ActiveConfiguration {
            let leads = [(LeadRule.before(30, .days), ["a", "b"]), (.before(20, .workingDays), notify)].map {
                Lead(id: $0.0.phrase, rule: $0.0, at: TimeOfDay("08:00")!, notify: $0.1)
            }
            let campaign = Campaign(id: "c", title: "C", when: Self.window, writtenWhen: "", exceptions: [:], leads: leads)
            let plan = Plan(id: "p", title: "P", source: .init(), zone: zone, language: .vi, campaigns: [campaign])
            let closed = isClosed ? (24...28).map { (Day("2027-05-\($0)")!, "closed") } : []
            let days = WorkingCalendar(
                weeklyRest: WorkingCalendar.mondayToFriday.weeklyRest, holidays: [],
                off: Dictionary(uniqueKeysWithValues: closed), work: [:], officialYears: [])
            return ActiveConfiguration(
                plans: PlanSet(plans: [plan], workingDays: days),
                directory: RecipientDirectory(
                    recipients: [reader("a"), reader("b")], groups: [:], addressKinds: ["mail": .email]),
                catchUp: .latest, contact: nil)
        }
        let stage = try LoopHarness(Self.plan(keeps: false), [reader("a"), reader("b")], start: at("2027-04-20", "08:00"))
        stage.mail.answer(taken)
        stage.accept(accepted(["a"], isClosed: false))
        for day in ["02", "05"] { try stage.advance(to: at("2027-05-\(day)", "08:00")) }
        for isClosed in [true, false] {
            stage.accept(accepted(["a", "b"], isClosed: isClosed))
            try stage.settle()
        }
        let rows = try stage.rows()
        #expect(rows.contains("20 working days before b mail delivered 1"), "\(rows)")
    }

    /// Reproduces a bug that the simulator found (seed 3029).
    ///
    /// Before the fix, a change notice replaced the lead although the same evaluation withdrew the
    /// notice.
    @Test("A lead after the end becomes pending again when its occurrence moves back, even if all its days are over")
    func overAndMovedBack() throws {
        func accepted(_ first: String, _ last: String) -> ActiveConfiguration {
            let when = Recurrence.once(from: Day(first)!, to: Day(last)!)
            let leads = [("first", LeadRule.onTheDay), ("after", .afterEnd(6, .days))].map {
                Lead(id: $0.0, rule: $0.1, at: TimeOfDay("08:00")!, notify: ["a"])
            }
            let campaign = Campaign(id: "c", title: "C", when: when, writtenWhen: "", leads: leads)
            let plan = Plan(id: "p", title: "P", source: .init(), zone: zone, language: .vi, campaigns: [campaign])
            return ActiveConfiguration(
                plans: PlanSet(plans: [plan], workingDays: .mondayToFriday),
                directory: RecipientDirectory(
                    recipients: [reader("a", via: ["hub"])], groups: [:], addressKinds: ["mail": .email]),
                catchUp: .latest, contact: nil)
        }
        let stage = try LoopHarness(Self.plan(keeps: false), [reader("a", via: ["hub"])], start: at("2027-05-01", "08:00"))
        stage.hub.answer(taken)
        stage.accept(accepted("2027-05-14", "2027-05-27"))
        try stage.advance(to: at("2027-05-14", "08:00"))
        for last in ["2027-06-10", "2027-05-27"] {
            stage.accept(accepted("2027-05-14", last))
            try stage.settle()
        }
        stage.hub.answer(refused)
        try stage.advance(to: at("2027-06-02", "08:00"))
        for (first, last) in [("2027-05-30", "2027-05-30"), ("2027-05-14", "2027-05-27")] {
            stage.accept(accepted(first, last))
            try stage.settle()
        }
        let rows = try stage.rows()
        #expect(rows.contains { $0.hasPrefix("after a hub pending") }, "\(rows)")
    }

    /// Reproduces a bug that the simulator found (seed 3121).
    ///
    /// Before the fix, recipients who returned got the cancellation only if an earlier message to
    /// them had certainly arrived.
    @Test("A recipient who may have a reminder and was missing at the removal gets the cancellation on return")
    func awayWhenGone() throws {
        func accepted(_ plan: Plan, _ recipients: [String]) -> ActiveConfiguration {
            ActiveConfiguration(
                plans: PlanSet(plans: [plan], workingDays: .mondayToFriday),
                directory: RecipientDirectory(
                    recipients: recipients.map { reader($0, via: ["hub"]) }, groups: [:], addressKinds: ["mail": .email]),
                catchUp: .latest, contact: nil)
        }
        let stage = try LoopHarness(Self.plan(), ["a", "b"].map { reader($0, via: ["hub"]) }, start: start)
        let lost = Receipt(.unknown, reply: "no answer")
        stage.hub.judge = { $0.recipient.id == "b" ? taken : $0.attempt == 1 && $0.notice.kind == .reminder ? lost : refused }
        try stage.advance(to: at("2027-05-02", "08:00"))
        stage.accept(accepted(Self.plan(keeps: false), ["a", "b"]))
        try stage.settle()
        try stage.advance(to: at("2027-05-02", "08:01"))
        stage.accept(accepted(Self.plan(keeps: false), ["b"]))
        try stage.advance(to: at("2027-05-02", "09:00"))
        let away = try stage.rows()
        #expect(away.contains { $0.hasPrefix("moved 1 a hub cancelled (recipient gone)") }, "\(away)")
        stage.accept(accepted(Self.plan(keeps: false), ["a", "b"]))
        try stage.settle()
        let rows = try stage.rows()
        #expect(rows.contains { $0.hasPrefix("moved 1 a hub pending") }, "\(rows)")
    }

    /// Reproduces a bug that the simulator found (seed 614).
    ///
    /// Before the fix, the notice that the campaign had returned superseded the cancellation
    /// notice, which then counted as sent.
    @Test("A recipient whose cancellation may be lost when the campaign returns gets the next cancellation")
    func cancellationLostBeforeReturn() throws {
        let stage = try LoopHarness(Self.plan(notify: ["a"]), [reader("a")], start: start)
        let lost = Receipt(.unknown, reply: "no answer")
        stage.mail.judge = { $0.notice.kind == .reminder ? taken : $0.notice.kind == .gone && $0.attempt == 1 ? lost : refused }
        try stage.advance(to: at("2027-05-02", "08:00"))
        for keeps in [false, true, false] {
            stage.accept(Self.accepted(Self.plan(keeps: keeps, notify: ["a"])))
            try stage.settle()
            try stage.advance(to: stage.clock.now() + .minutes(1))
        }
        let rows = try stage.rows()
        #expect(rows.contains { $0.hasPrefix("moved 3 a mail") }, "\(rows)")
    }

    /// Reproduces a bug that the simulator found (seed 878).
    ///
    /// Before the fix, the cancellation notice counted as the last message, because it had fired
    /// later.
    @Test("A recipient who gets a reminder on another channel after a cancellation gets the next cancellation")
    func remindedAfterCancellation() throws {
        func accepted(_ plan: Plan) -> ActiveConfiguration {
            ActiveConfiguration(
                plans: PlanSet(plans: [plan], workingDays: .mondayToFriday),
                directory: RecipientDirectory(
                    recipients: [reader("a", otherwise: ["hub"])], groups: [:], addressKinds: ["mail": .email]),
                catchUp: .latest, contact: nil)
        }
        let stage = try LoopHarness(Self.plan(notify: ["a"]), [reader("a", otherwise: ["hub"])], start: start)
        let never = Receipt(.refusedForGood, code: 550, reply: "no such user")
        stage.mail.judge = { message in
            switch message.notice.kind {
            case .moved: refused
            case .gone: taken
            default: message.notice.reminder.key.lead == "7 days before" ? never : taken
            }
        }
        stage.hub.answer(refused)
        try stage.advance(to: at("2027-05-02", "08:00"))
        try stage.advance(to: at("2027-05-25", "08:00"))
        stage.accept(accepted(Self.plan(keeps: false, notify: ["a"])))
        try stage.settle()
        try stage.advance(to: stage.clock.now() + .minutes(1))
        stage.hub.answer(taken)
        stage.accept(accepted(Self.plan(notify: ["a"])))
        try stage.settle()
        try stage.advance(to: stage.clock.now() + .hours(1))
        let before = try stage.rows()
        #expect(before.contains { $0.hasPrefix("7 days before a hub delivered") }, "\(before)")
        stage.accept(accepted(Self.plan(keeps: false, notify: ["a"])))
        try stage.settle()
        try stage.advance(to: stage.clock.now() + .minutes(1))
        let rows = try stage.rows()
        #expect(rows.contains("moved 3 a mail delivered 1"), "\(rows)")
    }
}
