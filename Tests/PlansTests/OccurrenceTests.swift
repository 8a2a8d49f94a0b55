import Dates
import Randomness
import Scheduler
import Testing

@Suite("Occurrences")
struct OccurrenceTests {
    private static func years(_ first: Int, _ last: Int) -> ClosedRange<Day> {
        Day.clamped(first, 1, 1)...Day.clamped(last, 12, 31)
    }

    /// Returns occurrences as `name start/end`, or as `name start` for a single day.
    private static func list(
        _ phrase: String, _ span: ClosedRange<Day>, workingDays: WorkingCalendar = .mondayToFriday
    ) throws -> [String] {
        try Recurrence(phrase: phrase).occurrences(overlapping: span, workingDays: workingDays).map {
            "\($0.name) \($0.start)" + ($0.start == $0.end ? "" : "/\($0.end)")
        }
    }

    @Test(
        "A yearly phrase has one occurrence each year",
        arguments: [
            ("28/6", ["2026 2026-06-28", "2027 2027-06-28"]),
            ("1/6 - 30/6", ["2026 2026-06-01/2026-06-30", "2027 2027-06-01/2027-06-30"]),
            ("February", ["2026 2026-02-01/2026-02-28", "2027 2027-02-01/2027-02-28"]),
            ("Q2", ["2026 2026-04-01/2026-06-30", "2027 2027-04-01/2027-06-30"]),
            ("early Q2", ["2026 2026-04-01/2026-04-30", "2027 2027-04-01/2027-04-30"]),
            ("mid Q1", ["2026 2026-02-01/2026-02-28", "2027 2027-02-01/2027-02-28"]),
            ("late Q4", ["2026 2026-12-01/2026-12-31", "2027 2027-12-01/2027-12-31"]),
            ("early June", ["2026 2026-06-01/2026-06-10", "2027 2027-06-01/2027-06-10"]),
            ("mid June", ["2026 2026-06-11/2026-06-20", "2027 2027-06-11/2027-06-20"]),
            ("late February", ["2026 2026-02-21/2026-02-28", "2027 2027-02-21/2027-02-28"]),
            ("last day of February", ["2026 2026-02-28", "2027 2027-02-28"]),
            ("first Monday of September", ["2026 2026-09-07", "2027 2027-09-06"]),
            ("fourth Thursday of November", ["2026 2026-11-26", "2027 2027-11-25"]),
            ("last Friday of May", ["2026 2026-05-29", "2027 2027-05-28"]),
            ("last Sunday of May", ["2026 2026-05-31", "2027 2027-05-30"]),
            ("first working day of August", ["2026 2026-08-03", "2027 2027-08-02"]),
            ("last working day of January", ["2026 2026-01-30", "2027 2027-01-29"]),
            ("lunar 15/8", ["2026 2026-09-25", "2027 2027-09-15"]),
        ])
    func yearly(phrase: String, expected: [String]) throws {
        #expect(try Self.list(phrase, Self.years(2026, 2027)) == expected)
    }

    @Test("A window that ends in the next year is named by the year of its start and found in both years")
    func windowOverNewYear() throws {
        let all = ["2025 2025-11-15/2026-01-15", "2026 2026-11-15/2027-01-15"]
        #expect(try Self.list("15/11 - 15/1", Self.years(2026, 2026)) == all)
        let day = Day.clamped(2026, 1, 15)
        #expect(try Self.list("15/11 - 15/1", day...day) == [all[0]])
        #expect(try Self.list("15/11 - 15/1", (day + 1)...(day + 1)).isEmpty)
    }

    @Test("A window whose ends are the same day is one day every year")
    func windowOfOneDay() throws {
        #expect(try Self.list("1/6 - 1/6", Self.years(2026, 2026)) == ["2026 2026-06-01"])
    }

    @Test("Fault 48: each of the three phrases for 29 February gives its days from 2024 to 2032")
    func leapDay() throws {
        let span = Self.years(2024, 2032)
        #expect(
            try Self.list("29/2 or 28/2", span) == [
                "2024 2024-02-29", "2025 2025-02-28", "2026 2026-02-28", "2027 2027-02-28", "2028 2028-02-29", "2029 2029-02-28",
                "2030 2030-02-28", "2031 2031-02-28", "2032 2032-02-29",
            ])
        #expect(
            try Self.list("29/2 or 1/3", span) == [
                "2024 2024-02-29", "2025 2025-03-01", "2026 2026-03-01", "2027 2027-03-01", "2028 2028-02-29", "2029 2029-03-01",
                "2030 2030-03-01", "2031 2031-03-01", "2032 2032-02-29",
            ])
        #expect(try Self.list("29/2 leap years only", span) == ["2024 2024-02-29", "2028 2028-02-29", "2032 2032-02-29"])
    }

    @Test("Mid-Autumn and Tết fall on the Vietnamese days when the Chinese days differ")
    func lunarDays() throws {
        #expect(try Self.list("lunar 1/1", Self.years(2030, 2030)) == ["2030 2030-02-02"])
        #expect(try Self.list("rằm tháng 8", Self.years(2034, 2034)) == ["2034 2034-09-26"])
        #expect(try Self.list("rằm tháng 8", Self.years(2041, 2041)) == ["2041 2041-09-09"])
    }

    @Test("A lunar date that falls twice in a Gregorian year is named by its two lunar years")
    func lunarTwice() throws {
        #expect(try Self.list("lunar 15/11", Self.years(2026, 2026)) == ["2025 2026-01-03", "2026 2026-12-23"])
    }

    @Test("Lunar windows may contain the lunar new year, and the last lunar day is the 29th or the 30th")
    func lunarWindows() throws {
        #expect(
            try Self.list("lunar 23/12 - 7/1", Self.years(2026, 2026)) == ["2025 2026-02-10/2026-02-23"])
        #expect(
            try Self.list("lunar 23/12 - 7/1", Self.years(2027, 2028))
                == ["2026 2027-01-30/2027-02-12", "2027 2028-01-19/2028-02-01"])
        #expect(try Self.list("ngày cuối tháng Chạp", Self.years(2026, 2027)) == ["2025 2026-02-16", "2026 2027-02-05"])
    }

    @Test("Input 38: a leap month comes only in the years that have it")
    func leapMonth() throws {
        #expect(
            try Self.list("lunar 15/6 leap", Self.years(2026, 2080)).map { $0.prefix(4) } == ["2036", "2055", "2074"])
    }

    @Test("Occurrences that come several times a year are named by month, quarter or start")
    func severalAYear() throws {
        let firstHalf = Day.clamped(2026, 1, 1)...Day.clamped(2026, 6, 30)
        #expect(
            try Self.list("day 25 of every month", firstHalf) == [
                "2026-01 2026-01-25", "2026-02 2026-02-25", "2026-03 2026-03-25", "2026-04 2026-04-25", "2026-05 2026-05-25",
                "2026-06 2026-06-25",
            ])
        #expect(try Self.list("last day of every quarter", firstHalf) == ["2026-Q1 2026-03-31", "2026-Q2 2026-06-30"])
        #expect(try Self.list("first working day of every quarter", firstHalf) == ["2026-Q1 2026-01-01", "2026-Q2 2026-04-01"])
        #expect(
            try Self.list("last working day of every month", Day.clamped(2026, 1, 1)...Day.clamped(2026, 3, 31)) == [
                "2026-01 2026-01-30", "2026-02 2026-02-27", "2026-03 2026-03-31",
            ])
        #expect(
            try Self.list("every 2 weeks from 2026-01-05", Day.clamped(2026, 1, 1)...Day.clamped(2026, 2, 2)) == [
                "2026-01-05 2026-01-05", "2026-01-19 2026-01-19", "2026-02-02 2026-02-02",
            ])
        #expect(
            try Self.list("every 1 month from 2026-01-31", Day.clamped(2026, 2, 1)...Day.clamped(2026, 4, 30)) == [
                "2026-02-28 2026-02-28", "2026-03-31 2026-03-31", "2026-04-30 2026-04-30",
            ])
        #expect(
            try Self.list("rrule FREQ=YEARLY;BYMONTH=9;BYDAY=1MO from 2026-01-01", Self.years(2026, 2027)) == [
                "2026-09-07 2026-09-07", "2027-09-06 2027-09-06",
            ])
    }

    @Test("A dated phrase has one occurrence")
    func once() throws {
        #expect(try Self.list("2026-04-15 - 2026-04-30", Self.years(2026, 2026)) == ["once 2026-04-15/2026-04-30"])
        #expect(try Self.list("2026-04-15", Self.years(2027, 2027)).isEmpty)
    }

    @Test("A month without a working day has no occurrence")
    func noWorkingDay() throws {
        let off = Dictionary(uniqueKeysWithValues: (0..<30).map { (Day.clamped(2026, 4, 1) + $0, "closed") })
        let closed = WorkingCalendar(weeklyRest: [], holidays: [], off: off, work: [:], officialYears: [])
        #expect(try Self.list("first working day of April", Self.years(2026, 2027), workingDays: closed) == ["2027 2027-04-01"])
        #expect(try Self.list("last working day of every quarter", Self.years(2026, 2026), workingDays: closed).count == 4)
    }

    @Test("Starts are within 1970 to 2199, and ends may be later")
    func bounds() throws {
        let all = Day.clamped(1960, 1, 1)...Day.clamped(2210, 1, 1)
        let windows = try Self.list("15/11 - 15/1", all)
        #expect(windows.count == 230)
        #expect(windows.first == "1970 1970-11-15/1971-01-15")
        #expect(windows.last == "2199 2199-11-15/2200-01-15")
        #expect(try Self.list("lunar 29/11", all).first == "1969 1970-01-06")
        #expect(try Self.list("every 1000 days from 1970-01-01", all).last == "2199-12-26 2199-12-26")
    }

    @Test("Random recurrences give the occurrences that overlap a span, in order and with unique names")
    func spansAgreeWithTheWhole() {
        var dice = RandomSource(seed: 7)
        let everything = Self.years(1970, 2199)
        for _ in 0..<1_500 {
            let recurrence = dice.recurrence()
            let whole = recurrence.occurrences(overlapping: everything, workingDays: .mondayToFriday)
            #expect(Set(whole.map(\.name)).count == whole.count, "\(recurrence.phrase)")
            #expect(whole.allSatisfy { $0.start <= $0.end })
            #expect(zip(whole, whole.dropFirst()).allSatisfy { $0.start < $1.start }, "\(recurrence.phrase)")
            for _ in 0..<4 {
                let lower = Day(number: dice.number(0...84_005))
                let span = lower...(lower + dice.number(0...900))
                let found = recurrence.occurrences(overlapping: span, workingDays: .mondayToFriday)
                #expect(
                    found == whole.filter { $0.start <= span.upperBound && $0.end >= span.lowerBound },
                    "\(recurrence.phrase) in \(span)")
            }
        }
    }

    @Test("The first occurrence that ends on or after a day is found, however far away it is")
    func firstNotOver() throws {
        let day = Day.clamped(2026, 12, 20)
        func first(_ phrase: String) throws -> String? {
            try Recurrence(phrase: phrase).firstOccurrence(endingOnOrAfter: day, workingDays: .mondayToFriday)?.name
        }
        #expect(try first("15/11 - 15/1") == "2026")
        #expect(try first("1/6") == "2027")
        #expect(try first("lunar 15/6 leap") == "2036")
        #expect(try first("2026-12-19") == nil)
        #expect(try first("2026-12-20") == "once")
    }

    @Test("`namesNoDay` is true for exactly the lunar phrases without an occurrence in 1970 to 2199")
    func lunarNaming() {
        let first = Day.first(ofMonth: 1, year: Day.plannableYears.lowerBound)
        func isNever(_ recurrence: Recurrence) -> Bool {
            recurrence.firstOccurrence(endingOnOrAfter: first, workingDays: .mondayToFriday) == nil
        }
        var never = 0
        for month in 1...12 {
            for day in [1, 15, 29, nil] {
                for isLeap in [false, true] {
                    let day = LunarMonthDay(month: month, day: day, isLeap: isLeap)
                    let other = LunarMonthDay(month: month % 12 + 1, day: 3, isLeap: false)
                    let named: [Recurrence] = [
                        .lunar(day), .lunarWindow(from: day, to: other), .lunarWindow(from: other, to: day),
                    ]
                    for recurrence in named {
                        #expect(recurrence.namesNoDay == isNever(recurrence), "\(recurrence.phrase)")
                        never += recurrence.namesNoDay ? 1 : 0
                    }
                }
            }
        }
        #expect(never > 0, "some leap months never come")
    }
}
