import Ledgers
import Testing

@testable import Dates
@testable import Plans
@testable import Scheduler

@Suite("Events of occurrences in calendars, and titles that stay secret")
struct CalendarTests {
    private static let key = OccurrenceKey(plan: "p", campaign: "c", occurrence: "2027")

    @Test("A message has the version of its occurrence's event, also after a crash")
    func versions() throws {
        let stage = try ChangeTests.told()
        let first = try #require(stage.mail.messages.last?.notice.calendar)
        #expect(first.sequence == 0)
        stage.mail.answer(Receipt(.delivered, code: 250, reply: "ok"))
        let moved = ChangeTests.plan(["2027": .dates(start: Day("2027-06-05")!, end: Day("2027-07-05")!)])
        stage.clock.set(at("2027-05-10", "09:00"))
        stage.accept(ChangeTests.accepted(moved))
        try stage.settle()
        let second = CalendarMark(uid: first.uid, sequence: 1, changedAt: at("2027-05-10", "09:00"))
        #expect(stage.mail.messages.last?.notice.calendar == second)
        try stage.crash()
        #expect(try stage.ledger.calendarMark(of: Self.key) == second)
        stage.clock.set(at("2027-05-11", "09:00"))
        stage.planner.started(after: ChangeTests.accepted(ChangeTests.plan()), now: stage.clock.now())
        try stage.planner.recordCalendarChanges(now: stage.clock.now())
        #expect(try stage.ledger.calendarMark(of: Self.key) == second, "the change was recorded before the crash")
    }

    @Test("The ledger and the messages about a removed campaign have the document instead of a confidential title")
    func confidential() throws {
        func plan(_ keeps: Bool) -> Plan {
            let lead = Lead(id: "30 days before", rule: .before(30, .days), at: TimeOfDay("08:00")!, notify: ["a"])
            let campaign = Campaign(
                id: "c", title: "Việc mật", when: ChangeTests.window, writtenWhen: "", leads: [lead], confidential: ["example.vn"]
            )
            return Plan(
                id: "p", title: "P", source: .init(number: "12/KH"), zone: zone, language: .vi, campaigns: keeps ? [campaign] : []
            )
        }
        let stage = try LoopHarness(plan(true), [reader("a")], start: start)
        stage.mail.answer(Receipt(.delivered, code: 250, reply: "ok"), Receipt(.delivered, code: 250, reply: "ok"))
        try stage.advance(to: at("2027-05-02", "08:00"))
        #expect(stage.mail.messages.last?.notice.campaign.title == "Việc mật", "its recipients read the title")
        stage.accept(ChangeTests.accepted(plan(false)))
        try stage.settle()
        stage.clock.advance(by: .minutes(2))
        try stage.settle()
        let last = try #require(stage.mail.messages.last?.notice)
        #expect(last.kind == .gone && last.campaign.title == "Có nhiệm vụ, xem văn bản số 12/KH")
    }
}
