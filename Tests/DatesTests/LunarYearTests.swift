import Support
import Testing

@testable import Dates
@testable import Plans
@testable import Scheduler

/// Checks that `years` and `except` of lunar dates mean the Gregorian year of the start.
///
/// The name of an occurrence is its lunar year.
@Suite("Lunar dates by Gregorian years")
struct LunarYearTests {
    private static func campaign(
        _ when: Recurrence, years: ClosedRange<Int> = Day.plannableYears, exceptions: [String: Campaign.Exception] = [:]
    ) -> Campaign {
        plan(when, [(.onTheDay, ["a"])], years: years, exceptions: exceptions).campaigns[0]
    }

    private static func list(_ campaign: Campaign, _ years: ClosedRange<Int>) -> [String] {
        let span = Day.first(ofMonth: 1, year: years.lowerBound)...Day.last(ofMonth: 12, year: years.upperBound)
        return campaign.occurrences(overlapping: span, workingDays: .mondayToFriday).map { "\($0.name) \($0.start)" }
    }

    @Test(
        "Finding 6: `years` selects the occurrences that start in these years",
        arguments: [
            ("lunar 23/12", 2027...2027, ["2026 2027-01-30"]),
            ("ngày cuối tháng Chạp", 2027...2199, ["2026 2027-02-05", "2027 2028-01-25", "2028 2029-02-12"]),
            ("lunar 23/12 - 7/1", 2027...2027, ["2026 2027-01-30"]),
            // The year 2026 has two occurrences, and the year 2025 has none.
            ("lunar 15/11", 2026...2026, ["2025 2026-01-03", "2026 2026-12-23"]), ("lunar 15/11", 2025...2025, []),
            ("lunar 1/1", 2027...2027, ["2027 2027-02-06"]), ("lunar 15/8", 2027...2027, ["2027 2027-09-15"]),
        ])
    func years(phrase: String, years: ClosedRange<Int>, expected: [String]) throws {
        #expect(Self.list(Self.campaign(try Recurrence(phrase: phrase), years: years), 2025...2029) == expected)
    }

    @Test("Finding 6: if two occurrences start in an `except` year, `none` removes both and dates move the nearer one")
    func keys() throws {
        let kitchen = try Recurrence(phrase: "lunar 23/12")
        let moved = Day(2027, 1, 29)!...Day(2027, 1, 29)!
        #expect(try kitchen.exceptionKey("2027").names(for: moved) == ["2026"])
        let twice = try Recurrence(phrase: "lunar 15/11").exceptionKey("2026")
        #expect(twice.names(for: nil) == ["2025", "2026"])
        #expect(twice.names(for: Day(2026, 1, 10)!...Day(2026, 1, 12)!) == ["2025"])
        #expect(twice.names(for: Day(2026, 12, 1)!...Day(2026, 12, 1)!) == ["2026"])
        #expect(throws: PhraseRefusal("nothing starts in 2025", hints: ["2026"])) {
            try Recurrence(phrase: "lunar 15/11").exceptionKey("2025")
        }
        let campaign = Self.campaign(kitchen, exceptions: ["2026": .dates(start: moved.lowerBound, end: moved.upperBound)])
        #expect(Self.list(campaign, 2027...2028) == ["2026 2027-01-29", "2027 2028-01-19"])
        #expect(Self.list(campaign, 2026...2026) == ["2025 2026-02-10"])
        #expect(
            kitchen.exceptionKey(of: OccurrenceDates(name: "2026", start: Day(2027, 1, 30)!, end: Day(2027, 1, 30)!)) == "2027")
    }

    @Test(
        "Finding 6: dates over 60 days from those of the phrase are stray, with the year that they would fit",
        arguments: [
            // Plans for version 0.1.0 have the key 2025, because that version used the lunar year.
            ("lunar 23/12", "2025", "2027-01-29", StrayException(days: 353, natural: Day(2026, 2, 10)!, year: 2027)),
            ("lunar 23/12", "2026", "2027-01-29", nil), ("lunar 23/12", "2026", "2027-03-31", nil),
            ("lunar 23/12", "2026", "2027-04-01", StrayException(days: 61, natural: Day(2027, 1, 30)!, year: nil)),
            ("lunar 15/6 leap", "2037", "2037-07-28", nil),
            ("28/6", "2027", "2028-06-28", StrayException(days: 366, natural: Day(2027, 6, 28)!, year: 2028)),
            ("28/6", "2027", "2027-09-28", StrayException(days: 92, natural: Day(2027, 6, 28)!, year: nil)),
            ("day 25 of every month", "2027-04", "2028-04-25", StrayException(days: 366, natural: Day(2027, 4, 25)!, year: nil)),
            ("2027-04-15", "once", "2027-08-15", StrayException(days: 122, natural: Day(2027, 4, 15)!, year: nil)),
            ("lunar 15/6 leap", "2036", "2037-07-28", StrayException(days: 356, natural: Day(2036, 8, 6)!, year: nil)),
        ] as [(String, String, String, StrayException?)])
    func strays(phrase: String, name: String, date: String, expected: StrayException?) throws {
        let day = try #require(Day(date))
        #expect(try Recurrence(phrase: phrase).stray(day...day, from: name, workingDays: .mondayToFriday) == expected)
    }

    @Test("Finding 18: the lunar phrase for each day of 1970 to 2199 names that day (fault 147)")
    func everyDay() {
        let plannable = Recurrence.plannableDays
        var named: Set<LunarMonthDay> = []
        var missing = Set(plannable.lowerBound.number...plannable.upperBound.number)
        for number in plannable.lowerBound.number...plannable.upperBound.number {
            let day = Day(number: Int(number))
            guard let lunar = LunarCalendar.lunarDay(of: day) else {
                Issue.record("\(day) has no lunar date")
                continue
            }
            // A lunar month has 29 or 30 days, so the 30th is always the last day.
            // `LunarMonthDay` has no 30th, so the test uses the last day (nil).
            let phrase = LunarMonthDay(month: lunar.month, day: lunar.day == 30 ? nil : lunar.day, isLeap: lunar.isLeap)
            guard named.insert(phrase).inserted else { continue }
            for dates in Self.campaign(.lunar(phrase)).occurrences(overlapping: plannable, workingDays: .mondayToFriday) {
                missing.remove(dates.start.number)
            }
        }
        #expect(missing.map { "\(Day(number: Int($0)))" }.sorted() == [])
        #expect(named.count > 12 * 30)
    }
}
