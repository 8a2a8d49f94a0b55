import GRDB
import Testing

@testable import Dates
@testable import Ledgers
@testable import Plans
@testable import Scheduler

/// Campaigns with a time of day: deadlines, leads in hours, and changes of the time.
@Suite("Times of day")
struct TimeOfDayTests {
    private static func plan(
        _ time: String?, day: String = "2027-06-28", leads rules: [LeadRule] = [.before(30, .days)], at hour: String = "08:00",
        when: Recurrence? = nil, campaigns: Bool = true
    ) -> Plan {
        let leads = rules.map { Lead(id: $0.phrase, rule: $0, at: TimeOfDay(hour)!, notify: ["a"]) }
        let day = Day(day)!
        let campaign = Campaign(
            id: "c", title: "Hội nghị", when: when ?? .once(from: day, to: day), writtenWhen: "", leads: leads,
            details: EventDetails(time: time.map { EventTime(stored: $0)! }))
        return Plan(
            id: "p", title: "P", source: .init(), zone: zone, language: .vi, campaigns: campaigns ? [campaign] : [])
    }

    private static func stage(_ plan: Plan, start: Instant = start) throws -> LoopHarness {
        let stage = try LoopHarness(plan, [reader("a")], start: start)
        stage.mail.answer(taken)
        return stage
    }

    /// Runs the loop past the lead 30 days before, so that `a` has a message with `time`.
    private static func told(_ time: String?) throws -> LoopHarness {
        let stage = try stage(plan(time))
        try stage.advance(to: due)
        #expect(stage.mail.messages.map(\.notice.reminder.time) == [time.flatMap { EventTime(stored: $0) }])
        stage.clock.set(at("2027-06-01", "09:00"))
        return stage
    }

    @Test("A changed time is announced once, with the old and the new time")
    func changed() throws {
        let stage = try Self.told("08:00")
        for _ in 1...2 {
            stage.accept(ChangeTests.accepted(Self.plan("14:00-16:30")))
            try stage.settle()
        }
        #expect(try stage.rows() == ["30 days before a mail delivered 1", "moved 1 a mail delivered 1"])
        let notice = try #require(stage.mail.messages.last?.notice)
        #expect(notice.kind == .moved)
        #expect(notice.formerTime == EventTime(stored: "08:00") && notice.reminder.time == EventTime(stored: "14:00-16:30"))
        #expect(notice.formerDates == Day("2027-06-28")!...Day("2027-06-28")!)
        #expect(notice.reminder.deadline == at("2027-06-28", "16:30"))
    }

    @Test("A time that is added or removed after recipients were notified is announced once")
    func addedAndRemoved() throws {
        let stage = try Self.told(nil)
        stage.accept(ChangeTests.accepted(Self.plan("14:00")))
        try stage.settle()
        let added = try #require(stage.mail.messages.last?.notice)
        #expect(added.kind == .moved && added.formerTime == nil && added.reminder.time == EventTime(stored: "14:00"))
        stage.clock.set(at("2027-06-02", "09:00"))
        stage.accept(ChangeTests.accepted(Self.plan(nil)))
        try stage.settle()
        let removed = try #require(stage.mail.messages.last?.notice)
        #expect(removed.kind == .moved && removed.formerTime == EventTime(stored: "14:00") && removed.reminder.time == nil)
        #expect(stage.mail.messages.count == 3)
    }

    @Test("A time that changes back is announced again, because the recipients have the other one")
    func changedBack() throws {
        let stage = try Self.told("08:00")
        for (time, day) in [("14:00", "2027-06-02"), ("08:00", "2027-06-03")] {
            stage.clock.set(at(day, "09:00"))
            stage.accept(ChangeTests.accepted(Self.plan(time)))
            try stage.settle()
        }
        #expect(try stage.rows().suffix(2) == ["moved 1 a mail delivered 1", "moved 2 a mail delivered 1"])
        #expect(stage.mail.messages.last?.notice.formerTime == EventTime(stored: "14:00"))
    }

    @Test("After an upgrade, a time in the plan is not announced, and a later change of it is")
    func upgrade() throws {
        let stage = try Self.told(nil)
        try stage.ledger.queue.inDatabase { try $0.execute(sql: "UPDATE reminder SET time = NULL") }
        try stage.crash()
        stage.accept(ChangeTests.accepted(Self.plan("14:00")))
        try stage.settle()
        #expect(try stage.rows() == ["30 days before a mail delivered 1"])
        stage.clock.set(at("2027-06-02", "09:00"))
        stage.accept(ChangeTests.accepted(Self.plan("15:00")))
        try stage.settle()
        #expect(stage.mail.messages.last?.notice.formerTime == EventTime(stored: "14:00"))
        #expect(try stage.rows() == ["30 days before a mail delivered 1", "moved 1 a mail delivered 1"])
    }

    @Test("A pending message with the old time is withdrawn, and its recipient gets the lead with the new one")
    func pending() throws {
        let stage = try LoopHarness(Self.plan("08:00"), [reader("a")], start: start)
        stage.mail.answer(refused)
        try stage.advance(to: due)
        #expect(try stage.rows() == ["30 days before a mail pending 1"])
        stage.mail.answer(taken)
        stage.clock.set(at("2027-06-01", "09:00"))
        stage.accept(ChangeTests.accepted(Self.plan("14:00")))
        try stage.settle()
        #expect(stage.mail.messages.last?.notice.reminder.time == EventTime(stored: "14:00"))
        #expect(try stage.rows().allSatisfy { !$0.hasPrefix("moved") }, "nobody has the old time")
    }

    @Test("A cancellation names the time of the messages before it, and is not sent after the end")
    func cancelled() throws {
        for (hour, isSent) in [("08:30", true), ("09:30", false)] {
            let stage = try Self.told("08:00")
            stage.clock.set(at("2027-06-28", hour))
            stage.accept(ChangeTests.accepted(Self.plan(nil, campaigns: false)))
            try stage.settle()
            try stage.advance(to: at("2027-06-28", hour) + .minutes(2))
            #expect(stage.mail.messages.count == (isSent ? 2 : 1))
            guard isSent else { continue }
            let notice = try #require(stage.mail.messages.last?.notice)
            #expect(notice.kind == .gone && notice.reminder.time == EventTime(stored: "08:00"))
        }
    }

    @Test("The deadline is the end of the time, and one hour after its start without an end")
    func deadlines() throws {
        let rows: [(time: String, when: Recurrence?, deadline: Instant)] = [
            ("14:00-16:30", nil, at("2027-06-28", "16:30")), ("14:00", nil, at("2027-06-28", "15:00")),
            ("23:30", nil, at("2027-06-29", "00:30")),
            (
                "17:00", Recurrence.deadline(.once(from: Day("2027-06-28")!, to: Day("2027-06-28")!), .by),
                at("2027-06-28", "17:00")
            ),
            ("14:00-10:00", .once(from: Day("2027-06-28")!, to: Day("2027-06-30")!), at("2027-06-30", "10:00")),
        ]
        for row in rows {
            let accepted = ChangeTests.accepted(Self.plan(row.time, when: row.when))
            let reminders = accepted.plans.reminders(dues: start...at("2027-07-30", "00:00"))
            #expect(reminders.map(\.reminder.deadline) == [row.deadline])
        }
    }

    @Test("A lead in hours or minutes counts back from the time, and ignores rest days")
    func leadsInHours() throws {
        // 28 June 2027 is a Monday, and 72 hours before 14:00 is on a Friday.
        let stage = try Self.stage(
            Self.plan("14:00", leads: [.before(72, .hours), .before(2, .hours), .before(30, .minutes)]),
            start: at("2027-06-20", "00:00"))
        for (day, hour, count) in [
            ("2027-06-25", "13:59", 0), ("2027-06-25", "14:00", 1), ("2027-06-28", "11:59", 1), ("2027-06-28", "12:00", 2),
            ("2027-06-28", "13:29", 2), ("2027-06-28", "13:30", 3),
        ] {
            try stage.advance(to: at(day, hour))
            #expect(stage.mail.messages.count == count, "\(day) \(hour)")
        }
        #expect(stage.mail.messages.map(\.notice.reminder.key.anchor) == Array(repeating: Day("2027-06-28")!, count: 3))
    }

    @Test("A lead that is due when the event is over is never sent and not recorded")
    func tooLate() throws {
        let stage = try Self.stage(Self.plan("07:00", leads: [.onTheDay]), start: at("2027-06-20", "00:00"))
        try stage.advance(to: at("2027-06-29", "00:00"))
        #expect(try stage.rows().isEmpty && stage.mail.messages.isEmpty)
    }

    @Test("A lead after the end keeps its own deadline")
    func afterEnd() throws {
        let stage = try Self.stage(Self.plan("07:00", leads: [.afterEnd(1, .days)]), start: at("2027-06-20", "00:00"))
        try stage.advance(to: at("2027-06-29", "08:00"))
        #expect(stage.mail.messages.map(\.notice.reminder.deadline) == [at("2027-07-13", "08:00")])
    }

    @Test("The words and the note of a lead are in its message, and the owner's name, the place and the link")
    func details() throws {
        let lead = Lead(
            id: "l", rule: .before(30, .days), at: TimeOfDay("08:00")!, notify: ["a"], say: "Gửi báo cáo", note: "Ghi chú riêng")
        let campaign = Campaign(
            id: "c", title: "Hội nghị", when: .day(MonthDay(month: 6, day: 28)!), writtenWhen: "", leads: [lead],
            note: "Ghi chú chung",
            details: EventDetails(place: "Hội trường A", owner: "a", link: "https://example.vn/"))
        let stage = try Self.stage(
            Plan(id: "p", title: "P", source: .init(), zone: zone, language: .vi, campaigns: [campaign]))
        try stage.advance(to: due)
        let notice = try #require(stage.mail.messages.last?.notice)
        #expect(notice.say == "Gửi báo cáo" && notice.campaign.note == "Ghi chú riêng")
        #expect(notice.campaign.owner == "a" && notice.campaign.details.place == "Hội trường A")
        #expect(notice.campaign.details.link == "https://example.vn/")
    }
}
