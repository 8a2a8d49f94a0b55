import Randomness
import Support
import Testing

@testable import Dates
@testable import Plans
@testable import Scheduler

/// Tests that queries find leads that are due many working days before an occurrence.
///
/// The results are compared with a search of all years, to show that the bounds of a query exclude
/// no reminder.
@Suite("The reach of leads in working days")
struct ReachTests {
    private static func set(_ campaign: Campaign, _ calendar: WorkingCalendar) -> PlanSet {
        let plan = Plan(id: "p", title: "", source: .init(), zone: hanoi, language: .vi, campaigns: [campaign])
        return PlanSet(plans: [plan], workingDays: calendar)
    }

    private static func day(_ day: Day) -> ClosedRange<Instant> {
        hanoi.startOfDay(day)...Instant(milliseconds: hanoi.startOfDay(day + 1).milliseconds - 1)
    }

    @Test(
        "Finding 13: queries for a day, for years and for the next due time find the same due day of a lead",
        arguments: [
            (60, [Weekday.monday], "2027-05-10"), (500, [.monday, .wednesday, .friday], "2025-04-18"),
            (500, [.thursday], "2018-11-29"),
        ])
    func sparse(count: Int, worked: [Weekday], expected: String) throws {
        let calendar = WorkingCalendar(
            weeklyRest: Set(Weekday.allCases).subtracting(worked), holidays: [], off: [:], work: [:], officialYears: [])
        let start = Day(2_028, 6, 28)!
        let campaign = plan(.once(from: start, to: start), [(.before(count, .workingDays), ["a"])]).campaigns[0]
        let set = Self.set(campaign, calendar)
        let due = try #require(calendar.working(count, before: start))
        let longAgo = Day(2_010, 1, 1)!
        let whole = set.reminders(dues: hanoi.startOfDay(longAgo)...hanoi.startOfDay(start + 1))
        #expect(whole.map { hanoi.civil(at: $0.reminder.due).day } == [due])
        #expect(set.reminders(dues: Self.day(due)) == whole)
        #expect(Agenda(plans: set, after: hanoi.startOfDay(due)).nextDue == whole.first?.reminder.due)
        #expect(set.candidates(lookedUntil: hanoi.startOfDay(due), now: hanoi.startOfDay(due + 1)) == whole)
        #expect("\(due)" == expected)
    }

    /// Makes a random working calendar.
    ///
    /// Its weeks have one to seven working days. It may have a closure every summer, single days
    /// off and single working days.
    private static func randomCalendar(_ generator: inout RandomSource) -> WorkingCalendar {
        let worked = Weekday.allCases.shuffled(using: &generator).prefix(Int.random(in: 1...7, using: &generator))
        var (off, work): ([Day: String], [Day: String]) = ([:], [:])
        for _ in 0..<Int.random(in: 0...40, using: &generator) {
            off[Day(2_025, 1, 1)! + Int.random(in: 0...1_500, using: &generator)] = "off"
            work[Day(2_025, 1, 1)! + Int.random(in: 0...1_500, using: &generator)] = "work"
        }
        var holidays: [WorkingCalendar.Holiday] = []
        if Bool.random(using: &generator) {
            let closure = Recurrence.window(from: MonthDay(month: 6, day: 1)!, to: MonthDay(month: 9, day: 15)!)
            holidays.append(.init(title: "closed", when: closure, years: 2_020...2_035, cite: ""))
        }
        return WorkingCalendar(
            weeklyRest: Set(Weekday.allCases).subtracting(worked), holidays: holidays, off: off, work: work, officialYears: [])
    }

    @Test(
        "Finding 13: on any calendar each day has the reminders that an unbounded search finds (fault 144)",
        arguments: UInt64(1)...60)
    func byHand(seed: UInt64) {
        var generator = RandomSource(seed: seed)
        let calendar = Self.randomCalendar(&generator)
        func count() -> Int { Int.random(in: 1...(Bool.random(using: &generator) ? 500 : 30), using: &generator) }
        let rules: [LeadRule] = [
            .before(count(), .workingDays), .beforeEnd(count(), .workingDays), .afterEnd(count(), .workingDays),
            .before(Int.random(in: 1...24, using: &generator), .months), .onTheDay, .onTheLastDay,
        ]
        let whens: [Recurrence] = [
            .day(MonthDay(month: 7, day: 15)!), .window(from: MonthDay(month: 11, day: 15)!, to: MonthDay(month: 1, day: 15)!),
            .everyPeriod(.last, working: false, .quarter), .lunar(LunarMonthDay(month: 12, day: 23)),
        ]
        let leads = rules.shuffled(using: &generator).prefix(3).map { ($0, ["a"]) }
        let restDays = (RestDays.allCases.map(Optional.some) + [nil]).randomElement(using: &generator)!
        let campaign = plan(whens.randomElement(using: &generator)!, leads, restDays: restDays).campaigns[0]
        let set = Self.set(campaign, calendar)
        var expected: [Day: Set<Scheduled>] = [:]
        let everything = Day(2_005, 1, 1)!...Day(2_050, 12, 31)!
        for dates in campaign.occurrences(overlapping: everything, workingDays: calendar) {
            for reminder in campaign.reminders(of: dates, planID: "p", zone: hanoi, workingDays: calendar, positions: (0, 0)) {
                expected[hanoi.civil(at: reminder.reminder.due).day, default: []].insert(reminder)
            }
        }
        var agenda = Agenda(plans: set, after: Instant(milliseconds: hanoi.startOfDay(Day(2_026, 1, 1)!).milliseconds - 1))
        for offset in 0..<730 {
            let day = Day(2_026, 1, 1)! + offset
            let found = Set(set.reminders(dues: Self.day(day)))
            #expect(found == expected[day] ?? [], "\(day), seed \(seed)")
            #expect(Set(agenda.take(through: Self.day(day).upperBound)) == found, "the agenda on \(day), seed \(seed)")
        }
    }

    @Test("A search for working days agrees with counting day by day, over closures of any length")
    func search() {
        var generator = RandomSource(seed: 13)
        for _ in 0..<40 {
            let calendar = Self.randomCalendar(&generator)
            for _ in 0..<20 {
                let day = Day(2_024, 1, 1)! + Int.random(in: 0...2_000, using: &generator)
                let count = Int.random(in: 1...120, using: &generator)
                #expect(calendar.working(count, before: day) == Self.counted(count, -1, from: day, calendar))
                #expect(calendar.working(count, after: day) == Self.counted(count, 1, from: day, calendar))
                #expect(calendar.working(atOrBefore: day) == Self.counted(1, -1, from: day + 1, calendar))
                #expect(calendar.working(atOrAfter: day) == Self.counted(1, 1, from: day - 1, calendar))
                let stretch = calendar.workedDays.longestStretches([count])[count]!
                #expect(day - calendar.working(count, before: day)! <= stretch)
                #expect(calendar.working(count, after: day)! - day <= stretch)
            }
        }
    }

    private static func counted(_ count: Int, _ step: Int, from day: Day, _ calendar: WorkingCalendar) -> Day {
        var (found, left) = (day, count)
        while left > 0 {
            found = found + step
            if calendar.isWorking(found) { left -= 1 }
        }
        return found
    }

    @Test("No working day is found before 1960 or after 2210, and no search there traps")
    func edges() {
        let calendar = WorkingCalendar.mondayToFriday
        #expect(calendar.working(atOrBefore: WorkedDays.span.lowerBound) == Day(1_960, 1, 1))
        #expect(calendar.working(atOrBefore: WorkedDays.span.lowerBound - 1) == nil)
        #expect(calendar.working(atOrAfter: WorkedDays.span.lowerBound - 9) == Day(1_960, 1, 1))
        #expect(calendar.working(atOrAfter: WorkedDays.span.upperBound) == Day(2_210, 12, 31))
        #expect(calendar.working(atOrAfter: WorkedDays.span.upperBound + 1) == nil)
        #expect(calendar.working(2, after: WorkedDays.span.upperBound - 1) == nil)
        #expect(calendar.working(atOrBefore: WorkedDays.span.upperBound + 9) == Day(2_210, 12, 31))
        #expect(calendar.workedDays.longestStretches([1, 5, 100_000]) == [1: 3, 5: 7])
    }
}
