import Config
import Dates
import Plans
import Reports
import Scheduler
import Testing

@Suite("The report on a year")
struct YearReportTests {
    private static let plan = """
        plan: trial
        title: Trial
        language: en
        source: {number: 12/KH, date: 2026-03-02, issuer: Youth office}
        remind: [7 days before]
        notify: [everybody]
        campaigns:
          - {id: autumn, title: Autumn fair, when: 1/9, notify: [an], owner: an, time: "14:00 - 16:30", place: Hall A}
          - {id: winter, title: Winter camp, when: 15/12 - 10/1}
          - {id: moon, title: Mid-Autumn, when: lunar 15/8, notify: [binh]}
          - {id: report, title: Report, when: by 20/11, notify: [binh]}
          - {id: meeting, title: Meeting, when: every Monday from 2026-01-05}
          - {id: desk, title: Desk, when: "rrule FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1 from 2026-01-01"}
          - {id: once, title: Once, when: 15/4/2026}
        """
    private static let recipients = """
          - {id: an, name: Nguyễn Thị An, email: an@example.vn, via: [mail]}
          - {id: binh, email: binh@example.vn, via: [mail]}
          - {id: chi, email: chi@example.vn, via: [mail]}
          - {id: dung, email: dung@example.vn, via: [mail]}
        groups: {everybody: [dung, chi, binh, an]}
        """

    private static func report(
        _ year: Int, _ selection: YearReport.Selection = YearReport.Selection(), in language: Language? = nil
    ) throws -> YearReport {
        let accepted = try Files(plan: plan, recipients: recipients).loaded.accepted
        return YearReport(year, of: accepted.plans, to: accepted.directory, selection, in: language)
    }

    @Test("The rows are in the order of their first dates, with all occurrences that overlap the year")
    func rows() throws {
        let report = try Self.report(2027)
        let section = try #require(report.sections.first)
        #expect((report.year, report.sections.count, section.plan, section.title) == (2027, 1, "trial", "Trial"))
        #expect(section.source == "Document no. 12/KH of 2 March 2026 issued by Youth office")
        #expect(section.rows.map(\.campaign) == ["winter", "meeting", "desk", "autumn", "moon", "report"])
        let winter = section.rows[0].occurrences.map { "\($0.name) \($0.start) \($0.end)" }
        #expect(winter == ["2026 2026-12-15 2027-01-10", "2027 2027-12-15 2028-01-10"])
        #expect(section.rows[1].occurrences.count == 52 && section.rows[2].occurrences.count == 12)
        #expect(section.rows.map(\.isDeadline) == [false, false, false, false, false, true])
        let autumn = section.rows[3]
        #expect((autumn.owner, autumn.time, autumn.place) == ("Nguyễn Thị An", "14:00 - 16:30", "Hall A"))
        #expect(section.rows[0].owner == nil && section.rows[0].time == nil && section.rows[0].place == nil)
        let moon = section.rows[4].occurrences[0]
        #expect((moon.start, moon.lunarDays) == (Day("2027-09-15")!, "15/8"))
        #expect(moon.lunar == "15/8, year Đinh Mùi")
    }

    @Test("A rule is never shown as a rule: the row has words, or none so that its dates are shown")
    func rule() throws {
        let rows = try Self.report(2027).sections[0].rows
        #expect(rows.first { $0.campaign == "desk" }?.phrase == nil)
        #expect(rows.first { $0.campaign == "meeting" }?.phrase == "every Monday")
        let translated = try Self.report(2027, in: .vi).sections[0].rows
        let phrase = translated.first { $0.campaign == "meeting" }?.phrase
        #expect(phrase == "thứ hai hằng tuần")
    }

    @Test("A row names three recipients and counts the others")
    func recipients() throws {
        let rows = try Self.report(2027).sections[0].rows
        #expect(rows[0].recipients == ["Nguyễn Thị An", "binh", "chi"] && rows[0].otherRecipients == 1)
        #expect(rows[3].recipients == ["Nguyễn Thị An"] && rows[3].otherRecipients == 0)
    }

    @Test("A recipient's year has the campaigns whose leads name the recipient, directly or through a group")
    func recipient() throws {
        let report = try Self.report(2027, YearReport.Selection(recipient: 1))
        #expect(report.recipient == "binh")
        #expect(report.sections[0].rows.map(\.campaign) == ["winter", "meeting", "desk", "moon", "report"])
    }

    @Test("A plan without an activity in the year is left out")
    func empty() throws {
        let accepted = try Files(plan: Self.plan, recipients: Self.recipients).loaded.accepted
        let once = Plan(
            id: "once", title: "Once", source: Plan.Source(), zone: .utc, language: .en,
            campaigns: accepted.plans.plans[0].campaigns.filter { $0.id == "once" })
        let set = PlanSet(plans: [once] + accepted.plans.plans, workingDays: accepted.plans.workingDays)
        #expect(YearReport(2_027, of: set, to: accepted.directory).sections.map(\.plan) == ["trial"])
        #expect(YearReport(2_026, of: set, to: accepted.directory).sections.map(\.plan) == ["once", "trial"])
        #expect(YearReport(2_026, of: set, to: accepted.directory, .init(plan: 1)).sections.map(\.plan) == ["trial"])
    }
}

@Suite("Names that people give")
struct NameLookupTests {
    private static let plan = """
        plan: trial
        title: Trial
        language: vi
        notify: [an]
        campaigns:
          - id: spring
            title: Spring fair
            when: 1/3-15/3
            remind:
              - 15 days before
              - {id: sign, when: 5 ngày làm việc trước lúc 07:30}
              - {id: early, when: on the day, at: "07:00"}
              - {id: noon, when: on the day, at: "12:00"}
          - {id: quiet, title: Quiet, when: 1/5, remind: []}
        """

    private static func found(_ name: String, campaign: Int = 0) throws -> String {
        let plan = try Files(plan: plan).loaded.accepted.plans.plans[0]
        let index = try NameLookup.lead(name, of: plan.campaigns[campaign], in: plan)
        return plan.campaigns[campaign].leads[index].id
    }

    @Test(
        "A lead is found by its id, and by its phrase in either language",
        arguments: [
            ("15 days before", "15 days before"), ("15 ngày trước", "15 days before"), ("nửa tháng trước", "15 days before"),
            ("sign", "sign"), ("5 ngày làm việc trước", "sign"), ("5 working days before at 07:30", "sign"),
            ("đúng ngày lúc 12:00", "noon"), ("on the day at 07:00", "early"),
        ])
    func lead(name: String, id: String) throws {
        #expect(try Self.found(name) == id)
    }

    @Test("An unknown lead is refused with all leads of the campaign and the nearest spelling")
    func unknown() throws {
        let refusal = #expect(throws: NameRefusal.self) { try Self.found("15 ngày trướt") }
        let known = "15 ngày trước, sign (5 ngày làm việc trước), early (đúng ngày), noon (đúng ngày)"
        let message = "campaign spring has no lead \"15 ngày trướt\"; it has: \(known); did you mean \"15 ngày trước\"?"
        #expect(refusal?.message.description == message && refusal?.status == 3)
        let late = #expect(throws: NameRefusal.self) { try Self.found("5 working days before at 08:00") }
        #expect(late?.status == 3)
        let none = #expect(throws: NameRefusal.self) { try Self.found("on the day", campaign: 1) }
        #expect(none?.message.description == "campaign quiet has no leads" && none?.status == 3)
    }

    @Test("A phrase that several leads have is refused with their ids")
    func several() throws {
        let refusal = #expect(throws: NameRefusal.self) { try Self.found("đúng ngày") }
        let message = "campaign spring has several leads \"đúng ngày\"; say which: early, noon"
        #expect(refusal?.message.description == message && refusal?.status == 2)
    }

    @Test("A plan is found by its id, and an unknown one is refused with the plans that there are")
    func plan() throws {
        let plans = try Files().loaded.accepted.plans
        #expect(try NameLookup.plan("trial", in: plans) == 0)
        let refusal = #expect(throws: NameRefusal.self) { try NameLookup.plan("trail", in: plans) }
        #expect(refusal?.message == "no plan \"trail\"; known: trial; did you mean \"trial\"?" && refusal?.status == 3)
    }
}
