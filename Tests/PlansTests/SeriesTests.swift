import Dates
import Randomness
import Support
import Testing

@testable import Plans
@testable import Scheduler

/// The kinds of recurrence since 0.2.0, compared with a search over all days.
@Suite("Series compared with a search over all days")
struct SeriesTests {
    /// The days 1995 to 2031. The search visits each of them.
    private static let span = Day.clamped(1995, 1, 1)...Day.clamped(2031, 12, 31)
    private static let days = (0...(span.upperBound - span.lowerBound)).map { span.lowerBound + $0 }

    /// Whether a day belongs to an occurrence, by counting days one at a time.
    private static func isIn(_ recurrence: Recurrence, _ day: Day) -> Bool {
        let (_, month, dayOfMonth) = day.fields
        switch recurrence {
        case .months(let from, let to): return from < to ? (from...to).contains(month) : month >= from || month <= to
        case .half(let half): return (month <= 6) == (half == .first)
        case .everyMonthDays(let days): return days.contains(dayOfMonth)
        case .everyQuarter(let number, let place): return dayOfMonth == number && (month - 1) % 3 == place - 1
        case .workingDayOfEveryMonth(let number):
            let before = (0..<dayOfMonth).filter { WorkingCalendar.mondayToFriday.isWorking(day - $0) }.count
            return WorkingCalendar.mondayToFriday.isWorking(day) && before == number
        case .weekdayOfEvery(let ordinal, let weekday, let period):
            guard day.weekday == weekday else { return false }
            let place = ordinal == .last ? same(day, period, step: 7) : same(day, period, step: -7)
            return place == (ordinal == .last ? 0 : ordinal.rawValue - 1)
        case .weekly(let weekdays, let from, let until):
            return weekdays.contains(day.weekday) && day >= from ?? day && day <= until ?? day
        case .listed(let dates): return dates.contains { $0.contains(day) }
        default: return false
        }
    }

    /// The number of days at this distance from one another that stay in the month or quarter.
    private static func same(_ day: Day, _ period: Recurrence.Period, step: Int) -> Int {
        func index(_ day: Day) -> Int { day.year * 12 + (period == .month ? day.month - 1 : (day.month - 1) / 3 * 3) }
        var count = 0
        while index(day + step * (count + 1)) == index(day) { count += 1 }
        return count
    }

    @Test("Each kind has exactly the days that a search over 37 years finds")
    func search() {
        var dice = RandomSource(seed: 21)
        var kinds = 0
        for _ in 0..<160 {
            let recurrence = dice.newer()
            if case .rrule = recurrence { continue }
            kinds += 1
            let found = recurrence.occurrences(overlapping: Self.span, workingDays: .mondayToFriday)
            var covered = Set<Day>()
            for occurrence in found {
                for offset in 0...(occurrence.end - occurrence.start) { covered.insert(occurrence.start + offset) }
            }
            let expected = Set(Self.days.filter { Self.isIn(recurrence, $0) })
            #expect(covered.intersection(Self.days) == expected, "\(recurrence.phrase)")
        }
        #expect(kinds > 100)
    }

    @Test("A rule for several days has the days after each day of the rule, named by its first day")
    func ruleForDays() throws {
        let when = try Recurrence(phrase: "rrule FREQ=YEARLY;BYMONTH=9;BYDAY=1MO from 2026-01-01 for 3 days")
        let found = when.occurrences(
            overlapping: Day.clamped(2027, 9, 8)...Day.clamped(2027, 9, 8), workingDays: .mondayToFriday)
        #expect(found.map { "\($0.name) \($0.start) \($0.end)" } == ["2027-09-06 2027-09-06 2027-09-08"])
        #expect(throws: PhraseRefusal("occurrences of this rule would share days", offset: 33)) {
            try Recurrence(phrase: "rrule FREQ=DAILY from 2026-01-01 for 2 days")
        }
    }

    @Test("A deadline is the day or its eve, under the name of the day")
    func deadlines() throws {
        func list(_ phrase: String, _ from: String, _ to: String) throws -> [String] {
            try Recurrence(phrase: phrase).occurrences(overlapping: Day(from)!...Day(to)!, workingDays: .mondayToFriday)
                .map { "\($0.name) \($0.start)" + ($0.start == $0.end ? "" : "?") }
        }
        #expect(try list("by 15/11", "2027-01-01", "2027-12-31") == ["2027 2027-11-15"])
        #expect(try list("before 15/11", "2027-01-01", "2027-12-31") == ["2027 2027-11-14"])
        #expect(try list("before 1/1", "2026-06-01", "2027-06-01") == ["2027 2026-12-31"])
        #expect(
            try list("before day 1 of every month", "2026-12-01", "2027-01-31") == ["2027-01 2026-12-31", "2027-02 2027-01-31"])
        #expect(try list("trước tháng 6", "2027-01-01", "2027-12-31") == ["2027 2027-05-31"])
        #expect(try list("hết quý II/2027", "2027-01-01", "2027-12-31") == ["once 2027-06-30"])
        #expect(
            try list("trước thứ hai hằng tuần", "2027-01-01", "2027-01-10") == ["2027-01-03 2027-01-03", "2027-01-10 2027-01-10"])
        let eve = try Recurrence(phrase: "before 1/1")
        #expect(try eve.exceptionKey("2026") == .occurrence("2027"))
        #expect(eve.occurrence(named: "2027", workingDays: .mondayToFriday)?.start == Day("2026-12-31"))
        #expect(try Recurrence(phrase: "before day 1 of every month").exceptionKey("2027-01") == .occurrence("2027-01"))
    }

    @Test("Deadlines of random days are these days or the days before")
    func randomDeadlines() {
        var dice = RandomSource(seed: 8)
        var count = 0
        while count < 120 {
            guard case .deadline(let days, let deadline) = dice.recurrence() else { continue }
            count += 1
            let inner = days.occurrences(overlapping: Self.span, workingDays: .mondayToFriday).map(\.start)
            let outer = Recurrence.deadline(days, deadline).occurrences(overlapping: Self.span, workingDays: .mondayToFriday)
            let shift = deadline == .before ? 1 : 0
            let expected = inner.map { $0 - shift }.filter(Self.span.contains)
            let last = days.occurrences(
                overlapping: (Self.span.upperBound + 1)...(Self.span.upperBound + 1), workingDays: .mondayToFriday)
            #expect(outer.map(\.start) == expected + (shift == 1 ? last.map { $0.start - 1 } : []), "\(days.phrase)")
        }
    }

    @Test("Five thousand dates are read as one list, and one more is refused")
    func longList() throws {
        let dates = (0..<5_000).map { "\(Day.clamped(1980, 1, 1) + 3 * $0) - \(Day.clamped(1980, 1, 1) + 3 * $0 + 1)" }
        let list = try Recurrence(phrase: dates.joined(separator: ", "))
        #expect(list.occurrences(overlapping: Recurrence.plannableDays, workingDays: .mondayToFriday).count == 5_000)
        #expect(throws: PhraseRefusal.self) { try Recurrence(phrase: (dates + ["2199-01-01"]).joined(separator: ", ")) }
    }

    @Test("A dated deadline can be moved by an exception")
    func movedDeadline() throws {
        let day = Day.clamped(2027, 6, 20)
        let campaign = Campaign(
            id: "c", title: "C", when: try Recurrence(phrase: "before 10/3/2027"), writtenWhen: "",
            exceptions: ["once": .dates(start: day, end: day)], leads: [])
        #expect(
            campaign.occurrences(overlapping: day...day, workingDays: .mondayToFriday)
                == [OccurrenceDates(name: "once", start: day, end: day)])
    }

    @Test("A daily lead counts from each day up to the start, and from no day twice")
    func dailyLead() throws {
        let lead = Lead(id: "l", rule: try LeadRule(phrase: "every day from 9 days before"), at: TimeOfDay("08:00")!, notify: [])
        let campaign = Campaign(id: "c", title: "C", when: try Recurrence(phrase: "every Monday"), writtenWhen: "", leads: [lead])
        func anchors(_ day: String) -> [String] {
            let start = Day(day)!
            return campaign.anchors(
                of: lead, in: OccurrenceDates(name: day, start: start, end: start), workingDays: .mondayToFriday
            ).map(\.description)
        }
        #expect(anchors("2027-03-08") == (2...8).map { "2027-03-0\($0)" })
        #expect(
            LeadRule.daily(2).anchors(of: OccurrenceDates(name: "", start: Day("2027-03-08")!, end: Day("2027-03-09")!))
                == ["2027-03-06", "2027-03-07", "2027-03-08"].map { Day($0)! })
    }

    @Test("A weekly series begins with the given day if it has no first day")
    func beginning() throws {
        let day = Day.clamped(2026, 3, 2)
        #expect(try Recurrence(phrase: "every Monday").beginning(day).phrase == "every Monday from 2026-03-02")
        #expect(try Recurrence(phrase: "every Monday until 2020-01-01").beginning(day).phrase == "every Monday until 2020-01-01")
        #expect(try Recurrence(phrase: "every Monday from 2020-01-01").beginning(day).phrase == "every Monday from 2020-01-01")
        #expect(try Recurrence(phrase: "by every Monday").beginning(day).phrase == "by every Monday from 2026-03-02")
    }
}
