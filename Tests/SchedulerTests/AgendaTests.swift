import Randomness
import Support
import Testing

@testable import Dates
@testable import Plans
@testable import Scheduler

@Suite("The agenda of the next due reminders")
struct AgendaTests {
    private static func randomPlans(_ generator: inout RandomSource) -> PlanSet {
        let plans = (0..<Int.random(in: 1...4, using: &generator)).map { number in
            let month = Int.random(in: 1...12, using: &generator)
            let whens: [Recurrence] = [
                .day(MonthDay(month: month, day: 15)!), .month(month), .quarter(Int.random(in: 1...4, using: &generator), .early),
                .window(from: MonthDay(month: 11, day: 15)!, to: MonthDay(month: 1, day: 15)!),
                .lunar(LunarMonthDay(month: 8, day: 15)), .lunar(LunarMonthDay(month: 6, day: 15, isLeap: true)),
                .everyMonth(day: 25), .once(from: Day("2028-02-01")!, to: Day("2028-02-20")!),
            ]
            let rules: [LeadRule] = [
                .before(Int.random(in: 1...700, using: &generator), .days), .before(5, .workingDays), .onTheDay,
                .beforeEnd(2, .weeks), .afterEnd(10, .days), .weekly(.monday), .before(24, .months),
            ]
            let leads = rules.shuffled(using: &generator).prefix(3).map { ($0, ["a"]) }
            let restDays = (RestDays.allCases.map(Optional.some) + [nil]).randomElement(using: &generator)!
            let one = plan(whens.randomElement(using: &generator)!, leads, restDays: restDays)
            return Plan(
                id: "p\(number)", title: "", source: .init(), zone: hanoi, language: .vi, campaigns: one.campaigns)
        }
        return PlanSet(plans: plans, workingDays: .mondayToFriday)
    }

    @Test("The agenda, taken step by step, gives exactly the reminders of the whole span", arguments: UInt64(1)...60)
    func equalsTheSpan(seed: UInt64) {
        var generator = RandomSource(seed: seed)
        let plans = Self.randomPlans(&generator)
        let start = at("2027-01-01", "00:00")
        let end = at("2029-01-01", "00:00")
        var agenda = Agenda(plans: plans, after: start)
        var taken: [Scheduled] = []
        var now = start
        while let due = agenda.nextDue, due <= end {
            #expect(due > now)
            now = due
            let step = agenda.take(through: now)
            #expect(step.allSatisfy { $0.reminder.due == now })
            #expect(!step.isEmpty)
            taken += step
        }
        let whole = plans.reminders(dues: Instant(milliseconds: start.milliseconds + 1)...end)
        #expect(taken == whole)
    }

    @Test("A due time that is years away is found, and none is found after the last one")
    func rare() {
        // After 2027, the next leap sixth months are in 2036, 2055 and 2074.
        let plans = PlanSet(
            plans: [plan(.lunar(LunarMonthDay(month: 6, day: 15, isLeap: true)), [(.onTheDay, ["a"])])],
            workingDays: .mondayToFriday)
        let agenda = Agenda(plans: plans, after: at("2027-01-01", "00:00"))
        #expect(agenda.nextDue.map { hanoi.civil(at: $0).day.year } == 2036)
        let past = PlanSet(
            plans: [plan(.once(from: Day("2020-01-01")!, to: Day("2020-01-02")!), [(.onTheDay, ["a"])])],
            workingDays: .mondayToFriday)
        #expect(Agenda(plans: past, after: at("2027-01-01", "00:00")).nextDue == nil)
    }

    @Test("An exception for one year moves or removes that occurrence and no other (contract, `except`)")
    func exceptions() {
        let moved = plan(
            .quarter(2, .early), [(.onTheDay, ["a"])],
            exceptions: ["2026": .dates(start: Day("2026-04-10")!, end: Day("2026-05-10")!), "2029": .none])
        let dates = moved.campaigns[0].occurrences(
            overlapping: Day("2025-01-01")!...Day("2030-12-31")!, workingDays: .mondayToFriday)
        #expect(dates.map(\.name) == ["2025", "2026", "2027", "2028", "2030"])
        #expect(dates[1].start == Day("2026-04-10")!)
        #expect(dates[1].end == Day("2026-05-10")!)
        let only = moved.campaigns[0].occurrences(
            overlapping: Day("2026-05-05")!...Day("2026-05-06")!, workingDays: .mondayToFriday)
        #expect(only.map(\.name) == ["2026"])
    }

    @Test("A single occurrence that an exception moves is found only on its new days")
    func movedOnce() {
        let moved = plan(
            .once(from: Day("2026-04-15")!, to: Day("2026-04-15")!), [(.onTheDay, ["a"])],
            exceptions: ["once": .dates(start: Day("2028-02-01")!, end: Day("2028-02-02")!)])
        func names(_ from: String, _ to: String) -> [String] {
            moved.campaigns[0].occurrences(overlapping: Day(from)!...Day(to)!, workingDays: .mondayToFriday).map(\.name)
        }
        #expect(names("2028-01-01", "2028-12-31") == ["once"])
        #expect(names("2026-01-01", "2026-12-31") == [])
    }
}
