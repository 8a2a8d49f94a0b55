import Dates
import Randomness
import Scheduler

extension RandomSource {
    /// Returns random dates that are near `dates` but not equal to them.
    mutating func otherDates(than dates: OccurrenceDates) -> (start: Day, end: Day) {
        let start = dates.start + one(of: [0, number(1...20), -number(1...20), number(30...200)])
        let end = max(start, dates.end + one(of: [0, number(0...20), -number(0...10)]))
        return start == dates.start && end == dates.end ? (start, end + 1) : (start, end)
    }

    /// Returns another phrase that has an occurrence with these dates; nil if there is none.
    mutating func phrase(start: Day, end: Day, besides phrase: Recurrence) -> Recurrence? {
        var phrases: [Recurrence] = [.once(from: start, to: end)]
        let isLeapDay = { (day: Day) in day.month == 2 && day.dayOfMonth == 29 }
        if start == end {
            phrases += singleDay(start, isLeapDay: isLeapDay(start))
        } else if end - start < 300 {
            if !isLeapDay(start), !isLeapDay(end) { phrases.append(.window(from: monthDay(start), to: monthDay(end))) }
            if let from = lunar(start), let to = lunar(end) { phrases.append(.lunarWindow(from: from, to: to)) }
        }
        phrases.removeAll { $0 == phrase }
        return phrases.isEmpty ? nil : one(of: phrases)
    }

    private mutating func singleDay(_ day: Day, isLeapDay: Bool) -> [Recurrence] {
        var phrases: [Recurrence] = [
            .every(number(4...30), .weeks, from: day), .every(number(1...9), .months, from: day),
        ]
        if !isLeapDay { phrases.append(.day(monthDay(day))) }
        if day.dayOfMonth <= 28 { phrases.append(.everyMonth(day: day.dayOfMonth)) }
        if let lunar = lunar(day) { phrases.append(.lunar(lunar)) }
        let rules = [
            "FREQ=YEARLY;BYMONTH=\(day.month);BYMONTHDAY=\(day.dayOfMonth) from \(day - number(0...400))",
            "FREQ=MONTHLY;INTERVAL=\(number(1...6));BYMONTHDAY=\(day.dayOfMonth) from \(day)",
        ]
        return phrases + rules.compactMap { try? Recurrence(phrase: "rrule \($0)") }
    }

    private func monthDay(_ day: Day) -> MonthDay { MonthDay(month: day.month, day: day.dayOfMonth)! }

    /// Returns the lunar date of a day; nil outside the range of the lunar calendar.
    ///
    /// Day 30 is returned as the last day of the month.
    private func lunar(_ day: Day) -> LunarMonthDay? {
        LunarCalendar.lunarDay(of: day).map {
            LunarMonthDay(month: $0.month, day: $0.day == 30 ? nil : $0.day, isLeap: $0.isLeap)
        }
    }
}
