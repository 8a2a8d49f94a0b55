import Foundation
import Support
import Testing

@testable import Dates
@testable import Plans
@testable import Scheduler

@Suite("The lunar calendar")
struct LunarCalendarTests {
    /// One line of `lunar.tsv`.
    struct OracleMonth {
        let start: Day
        let number: Int
        let isLeap: Bool
    }

    static func vectors(_ name: String) throws -> [[String]] {
        let file = PackageRoot.path("Tests/Oracles/vectors/\(name)")
        return try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").map {
            $0.split(separator: "\t").map(String.init)
        }
    }

    static func oracleMonths() throws -> [OracleMonth] {
        try vectors("lunar.tsv").map { fields in
            OracleMonth(
                start: try #require(Day(fields[0])), number: try #require(Int(fields[1])), isLeap: fields[2] == "leap")
        }
    }

    static let firstDay = Day(1970, 1, 1)!
    static let lastDay = Day(2199, 12, 31)!

    @Test("Every day from 1970-01-01 to 2199-12-31 has the lunar date that the oracle computes")
    func agreesWithTheOracle() throws {
        let months = try Self.oracleMonths()
        // The number of a lunar year is the Gregorian year in which its month 1 begins.
        var year = 1969
        var compared = 0
        var differing: [Day] = []
        for (month, next) in zip(months, months.dropFirst()) {
            if month.number == 1, !month.isLeap { year = month.start.year }
            for offset in 0..<(next.start - month.start) {
                let day = month.start + offset
                guard (Self.firstDay...Self.lastDay).contains(day) else { continue }
                let expected = LunarDay(year: year, month: month.number, day: offset + 1, isLeap: month.isLeap)
                compared += 1
                if LunarCalendar.lunarDay(of: day) != expected { differing.append(day) }
            }
        }
        #expect(compared == 84_006)
        #expect(differing.isEmpty, "\(differing.count) days differ, the first on \(differing.first?.description ?? "")")
    }

    @Test("The vectors cover all plannable years, and the events near midnight are listed with their margins")
    func vectorsAreWhole() throws {
        let months = try Self.oracleMonths()
        #expect(try #require(months.first).start <= Self.firstDay)
        #expect(try #require(months.last).start > Self.lastDay)
        #expect(zip(months, months.dropFirst()).allSatisfy { (29...30).contains($1.start - $0.start) })
        let events = try Self.vectors("lunar-near-midnight.tsv")
        #expect(events.count == 30)
        for event in events {
            let margin = try #require(Int(event[2]))
            #expect(abs(margin) <= (event[0] < "2100" ? 120 : 360), "\(event)")
        }
    }

    @Test(
        "Known lunar dates fall on the civil days of the Vietnamese almanac",
        arguments: [
            (2027, 8, 15, "2027-09-15"), (2034, 8, 15, "2034-09-26"), (2041, 8, 15, "2041-09-09"),
            (2030, 1, 1, "2030-02-02"), (1985, 1, 1, "1985-01-21"), (2007, 1, 1, "2007-02-17"),
            (1976, 1, 1, "1976-01-31"), (2000, 1, 1, "2000-02-05"), (2024, 1, 1, "2024-02-10"),
            (2025, 1, 1, "2025-01-29"), (2026, 1, 1, "2026-02-17"), (2027, 1, 1, "2027-02-06"),
            (2025, 3, 10, "2025-04-07"), (2026, 3, 10, "2026-04-26"),
            (2025, 11, 15, "2026-01-03"), (2026, 11, 15, "2026-12-23"), (2026, 12, 23, "2027-01-30"),
        ])
    func knownDays(year: Int, month: Int, day: Int, civil: String) throws {
        let lunar = LunarDay(year: year, month: month, day: day)
        let expected = try #require(Day(civil))
        #expect(LunarCalendar.day(lunar) == expected)
        #expect(LunarCalendar.lunarDay(of: expected) == lunar)
    }

    @Test(
        "Leap months are those of the Vietnamese calendar, also if they differ from the Chinese ones",
        arguments: [
            (1984, nil), (1985, 2), (1987, 7), (2004, 2), (2017, 6), (2020, 4), (2022, nil), (2023, 2), (2025, 6), (2026, nil),
            (2028, 5), (2031, 3), (2033, 11), (2034, nil),
        ] as [(Int, Int?)])
    func leapMonths(year: Int, month: Int?) {
        #expect(LunarCalendar.leapMonth(ofYear: year) == month)
    }

    @Test("A leap sixth month comes in the years of the contract's example, and 15/11 twice in Gregorian 2026")
    func rareDays() {
        let leapSixth = (2026...2090).filter {
            LunarCalendar.day(LunarDay(year: $0, month: 6, day: 15, isLeap: true)) != nil
        }
        #expect(leapSixth == [2036, 2055, 2074])
        let days = (0..<365).map { Day(2026, 1, 1)! + $0 }
            .filter { LunarCalendar.lunarDay(of: $0).map { $0.month == 11 && $0.day == 15 } ?? false }
        #expect(days.map(\.month) == [1, 12])
    }

    @Test("Every day of the table converts back to itself, and lunar days follow one another")
    func roundTrip() throws {
        var day = try #require(LunarCalendar.day(LunarDay(year: LunarCalendar.years.lowerBound, month: 1, day: 1)))
        #expect(LunarCalendar.lunarDay(of: day - 1) == nil)
        var previous: LunarDay?
        while let lunar = LunarCalendar.lunarDay(of: day) {
            try #require(LunarCalendar.day(lunar) == day)
            let length = LunarCalendar.monthLength(year: lunar.year, month: lunar.month, isLeap: lunar.isLeap)
            if let previous, lunar.day != 1 {
                try #require(lunar.day == previous.day + 1)
                try #require((lunar.year, lunar.month, lunar.isLeap) == (previous.year, previous.month, previous.isLeap))
            }
            try #require(length.map { (29...30).contains($0) && lunar.day <= $0 } ?? false)
            previous = lunar
            day = day + 1
        }
        #expect(previous?.year == LunarCalendar.years.upperBound)
        #expect(previous?.month == 12)
    }

    @Test("A year has months 1 to 12 and at most one leap month, which repeats the number that it follows")
    func yearsAreWhole() throws {
        for year in LunarCalendar.years {
            let regular = (1...12).compactMap { LunarCalendar.day(LunarDay(year: year, month: $0, day: 1)) }
            try #require(regular.count == 12 && regular == regular.sorted() && regular[0].year == year)
            let leaps = (1...12).filter { LunarCalendar.monthLength(year: year, month: $0, isLeap: true) != nil }
            try #require(leaps == (LunarCalendar.leapMonth(ofYear: year).map { [$0] } ?? []))
            guard let leap = leaps.first else { continue }
            let start = try #require(LunarCalendar.day(LunarDay(year: year, month: leap, day: 1, isLeap: true)))
            let length = try #require(LunarCalendar.monthLength(year: year, month: leap))
            try #require(start == regular[leap - 1] + length)
        }
    }

    @Test(
        "Lunar days that do not exist have no civil day",
        arguments: [
            LunarDay(year: 2027, month: 8, day: 0), LunarDay(year: 2027, month: 8, day: 31),
            LunarDay(year: 2027, month: 0, day: 1),
            LunarDay(year: 2027, month: 13, day: 1), LunarDay(year: 2027, month: 6, day: 15, isLeap: true),
            LunarDay(year: 2026, month: 12, day: 30), LunarDay(year: 1968, month: 12, day: 1),
            LunarDay(year: 2201, month: 1, day: 1),
            LunarDay(year: .min, month: 1, day: 1), LunarDay(year: .max, month: .max, day: .max, isLeap: true),
        ])
    func absentDays(lunar: LunarDay) {
        #expect(LunarCalendar.day(lunar) == nil)
    }

    @Test("Civil days and years outside the table have no lunar date")
    func outsideTheTable() {
        for day in [Day(1969, 2, 15)!, Day(2201, 2, 4)!, Day(number: Int(Int32.min)), Day(number: Int(Int32.max))] {
            #expect(LunarCalendar.lunarDay(of: day) == nil)
        }
        #expect(LunarCalendar.lunarDay(of: Day(1969, 2, 16)!) == LunarDay(year: 1969, month: 1, day: 1))
        #expect(LunarCalendar.lunarDay(of: Day(2201, 2, 3)!) == LunarDay(year: 2200, month: 12, day: 29))
        #expect(LunarCalendar.leapMonth(ofYear: 1968) == nil)
        #expect(LunarCalendar.monthLength(year: 2201, month: 1) == nil)
    }
}
