import Dates
import Scheduler
import Testing

@Suite("Leads")
struct LeadTests {
    private static func day(_ text: String) -> Day { Day(text) ?? Day(number: 0) }

    private static let window = OccurrenceDates(name: "2026", start: day("2026-11-15"), end: day("2026-12-15"))

    @Test(
        "Every lead is counted from its anchor",
        arguments: [
            ("30 days before", "2026-11-15", "2026-10-16"),
            ("2 weeks before", "2026-11-15", "2026-11-01"),
            ("1 month before", "2026-11-15", "2026-10-15"),
            // 15 November 2026 is a Sunday.
            ("1 working day before", "2026-11-15", "2026-11-13"),
            ("5 working days before", "2026-11-15", "2026-11-09"),
            ("on the day", "2026-11-15", "2026-11-15"),
            ("3 days before the end", "2026-12-15", "2026-12-12"),
            ("1 working day before the end", "2026-12-15", "2026-12-14"),
            ("2 working days before the end", "2026-12-15", "2026-12-11"),
            ("on the last day", "2026-12-15", "2026-12-15"),
            ("10 days after the end", "2026-12-15", "2026-12-25"),
            ("1 working day after the end", "2026-12-15", "2026-12-16"),
            ("4 working days after the end", "2026-12-15", "2026-12-21"),
            ("2 months after the end", "2026-12-15", "2027-02-15"),
        ])
    func counts(phrase: String, anchor: String, due: String) throws {
        let rule = try LeadRule(phrase: phrase)
        #expect(rule.anchors(of: Self.window) == [Self.day(anchor)])
        #expect(rule.dueDay(anchor: Self.day(anchor), workingDays: .mondayToFriday) == Self.day(due))
    }

    @Test(
        "Input 29: a lead in months falls on the last day of a shorter month",
        arguments: [
            ("1 month before", "2026-03-31", "2026-02-28"), ("1 month before", "2028-03-31", "2028-02-29"),
            ("6 months before", "2026-08-31", "2026-02-28"), ("24 months before", "2028-02-29", "2026-02-28"),
            ("1 month after the end", "2026-01-31", "2026-02-28"),
        ])
    func monthsClamp(phrase: String, anchor: String, due: String) throws {
        let rule = try LeadRule(phrase: phrase)
        #expect(rule.dueDay(anchor: Self.day(anchor), workingDays: .mondayToFriday) == Self.day(due))
    }

    @Test("A weekly lead counts from each such weekday of the occurrence, both ends included")
    func weekly() throws {
        let sundays = try LeadRule(phrase: "every Sunday during").anchors(of: Self.window)
        #expect(sundays.map(\.description) == ["2026-11-15", "2026-11-22", "2026-11-29", "2026-12-06", "2026-12-13"])
        let tuesdays = try LeadRule(phrase: "thứ ba hằng tuần trong đợt").anchors(of: Self.window)
        #expect(tuesdays.map(\.description) == ["2026-11-17", "2026-11-24", "2026-12-01", "2026-12-08", "2026-12-15"])
        let oneDay = OccurrenceDates(name: "once", start: Self.window.start, end: Self.window.start)
        #expect(try LeadRule(phrase: "every Monday during").anchors(of: oneDay).isEmpty)
        #expect(try LeadRule(phrase: "every Sunday during").anchors(of: oneDay) == [oneDay.start])
    }

    /// Tests how rest days shift due days.
    ///
    /// The arguments are the phrase, the anchor, the last day of the occurrence, the policy and the
    /// due day. 2026-11-14 and 2026-11-15 are a weekend.
    @Test(
        "Rest days shift the due day, but only leads after the end may pass the last day",
        arguments: [
            ("on the day", "2026-11-15", "2026-12-15", RestDays.send, "2026-11-15"),
            ("on the day", "2026-11-15", "2026-12-15", .previousWorkingDay, "2026-11-13"),
            ("on the day", "2026-11-15", "2026-12-15", .nextWorkingDay, "2026-11-16"),
            // The occurrence has only one day, so Monday would be too late.
            ("on the day", "2026-11-15", "2026-11-15", .nextWorkingDay, "2026-11-13"),
            ("1 day before", "2026-11-15", "2026-11-15", .nextWorkingDay, "2026-11-13"),
            ("1 day before", "2026-11-15", "2026-11-16", .nextWorkingDay, "2026-11-16"),
            ("1 week before", "2026-11-15", "2026-11-15", .nextWorkingDay, "2026-11-09"),
            ("1 week after the end", "2026-11-15", "2026-11-15", .nextWorkingDay, "2026-11-23"),
            ("on the day", "2026-11-16", "2026-11-16", .nextWorkingDay, "2026-11-16"),
        ])
    func restDays(phrase: String, anchor: String, lastDay: String, policy: RestDays, due: String) throws {
        let rule = try LeadRule(phrase: phrase)
        let found = rule.due(
            anchor: Self.day(anchor), lastDay: Self.day(lastDay), restDays: policy, workingDays: .mondayToFriday)
        #expect(found?.day == Self.day(due))
        #expect((found?.shift != nil) == (found?.day != found?.named))
    }

    /// The arguments are the phrase, the due day, and whether it was shifted. The occurrence is on
    /// Sunday, 2026-11-15, and ends on Saturday, 2026-11-21.
    @Test(
        "Without rest_days, leads before the start come on the working day before a rest day, others on their day",
        arguments: [
            ("1 day before", "2026-11-13"), ("1 week before", "2026-11-06"), ("1 month before", "2026-10-15"),
            ("every day from 1 day before", "2026-11-13"), ("on the day", "2026-11-15"), ("on the last day", "2026-11-21"),
            ("6 days before the end", "2026-11-15"), ("1 week after the end", "2026-11-28"),
            ("every Saturday during", "2026-11-21"),
        ])
    func defaultRestDays(phrase: String, due: String) throws {
        let rule = try LeadRule(phrase: phrase)
        let dates = OccurrenceDates(name: "2026", start: Self.day("2026-11-15"), end: Self.day("2026-11-21"))
        let anchor = try #require(rule.anchors(of: dates).first)
        let found = rule.due(anchor: anchor, lastDay: dates.end, restDays: nil, workingDays: .mondayToFriday)
        #expect(found?.day == Self.day(due))
    }

    @Test("A shift gives the reasons why its day is a rest day and why the next working day is not used")
    func shiftSaysWhy() throws {
        let sunday = Self.day("2026-11-15")
        let due = LeadRule.onTheDay.due(
            anchor: sunday, lastDay: sunday, restDays: .nextWorkingDay, workingDays: .mondayToFriday)
        #expect(due?.named == sunday)
        #expect(due?.shift?.status == .weeklyRest)
        #expect(due?.shift?.nextWouldPassTheEnd == true)
    }

    @Test("A swapped Saturday counts as a working day")
    func swappedDay() {
        let saturday = Self.day("2026-11-14")
        let swapped = WorkingCalendar(
            weeklyRest: [.saturday, .sunday], holidays: [], off: [Self.day("2026-11-13"): "off"], work: [saturday: "on"],
            officialYears: [])
        #expect(LeadRule.before(1, .workingDays).dueDay(anchor: Self.window.start, workingDays: swapped) == saturday)
        #expect(
            LeadRule.before(2, .workingDays).dueDay(anchor: Self.window.start, workingDays: swapped) == Self.day("2026-11-12"))
    }

    @Test("Without any working day, a lead in working days has no due day and no day is shifted")
    func nobodyWorks() {
        let never = WorkingCalendar(
            weeklyRest: Set(Weekday.allCases), holidays: [], off: [:], work: [:], officialYears: [])
        let day = Self.window.start
        #expect(LeadRule.before(1, .workingDays).dueDay(anchor: day, workingDays: never) == nil)
        let due = LeadRule.onTheDay.due(anchor: day, lastDay: day, restDays: .nextWorkingDay, workingDays: never)
        #expect(due?.day == day)
    }
}
