import Dates
import Randomness
import Scheduler

extension RandomSource {
    mutating func span(_ least: TimeSpan, _ most: TimeSpan) -> TimeSpan {
        TimeSpan(milliseconds: Int64.random(in: least.milliseconds...most.milliseconds, using: &self))
    }

    /// Returns a random span with this mean. Short spans are frequent, and long spans are rare.
    mutating func around(_ mean: TimeSpan) -> TimeSpan {
        let shape = -Double.random(in: Double.leastNonzeroMagnitude..<1, using: &self).logarithm
        return TimeSpan(milliseconds: max(1, Int64(Double(mean.milliseconds) * min(shape, 8))))
    }
}

extension RandomSource {
    /// Returns a random recurrence.
    ///
    /// If it names a date, the date is near `near`.
    mutating func recurrence(near: Day) -> Recurrence {
        let month = number(1...12)
        switch number(0...17) {
        case 0: return .day(monthDay())
        case 1, 17: return .window(from: monthDay(), to: monthDay())
        case 2: return .month(month)
        case 3: return .quarter(number(1...4), one(of: [nil, .early, .mid, .late]))
        case 4: return .partOfMonth(month, one(of: Recurrence.Part.allCases))
        case 5: return .lastDay(ofMonth: month)
        case 6: return .lunar(lunarDay())
        case 7: return .lunar(LunarMonthDay(month: number(3...8), day: one(of: [1, 15, 29, nil]), isLeap: chance(0.3)))
        case 8: return .lunarWindow(from: lunarDay(), to: lunarDay())
        case 9: return .weekday(one(of: Recurrence.Ordinal.allCases), one(of: Weekday.allCases), ofMonth: month)
        case 10: return .workingDay(one(of: Recurrence.Edge.allCases), ofMonth: month)
        case 11: return .everyMonth(day: number(1...28))
        case 12:
            return .everyPeriod(
                one(of: Recurrence.Edge.allCases), working: chance(0.5), one(of: Recurrence.Period.allCases))
        case 13: return .every(number(2...6), .weeks, from: near + number(-300...300))
        case 14:
            let from = near + number(-30...600)
            return .once(from: from, to: from + one(of: [0, 0, number(0...90)]))
        case 15: return .leapDay(one(of: Recurrence.LeapDayPolicy.allCases))
        default: return rule(from: near + number(-400...100))
        }
    }

    /// Returns a random time of day of an event, with or without an end.
    mutating func eventTime() -> EventTime {
        let start = TimeOfDay(hour: number(6...21), minute: one(of: [0, 30]))!
        let end = TimeOfDay(hour: start.hour + number(1...2), minute: start.minute)
        return EventTime(start: start, end: chance(0.5) ? end : nil)
    }

    /// - Parameter hasTime: whether the occurrence has a time, from which hours are counted back.
    mutating func leadRule(hasTime: Bool) -> LeadRule {
        if hasTime, chance(0.3) { return chance(0.5) ? .before(number(1...72), .hours) : .before(number(5...180), .minutes) }
        let unit = one(of: LeadUnit.calendarUnits)
        let most = unit == .days ? 60 : unit == .weeks ? 8 : unit == .months ? 3 : 25
        let count = number(1...most)
        switch number(0...9) {
        case 0...3: return .before(count, unit)
        case 4: return .beforeEnd(count, unit)
        case 5: return .afterEnd(count, unit)
        case 6, 7: return .onTheDay
        case 8: return .onTheLastDay
        default: return .weekly(one(of: Weekday.allCases))
        }
    }

    /// Returns a random day of the year except 29 February, which has phrases of its own.
    private mutating func monthDay() -> MonthDay {
        let month = number(1...12)
        return MonthDay(month: month, day: number(1...Day.length(ofMonth: month, year: 2001))) ?? monthDay()
    }

    private mutating func lunarDay() -> LunarMonthDay {
        LunarMonthDay(month: number(1...12), day: one(of: [nil, number(1...29), number(1...29)]))
    }

    private mutating func rule(from start: Day) -> Recurrence {
        let weekday = one(of: ["MO", "TU", "WE", "TH", "FR", "SA", "SU"])
        let rule =
            switch number(0...2) {
            case 0: "FREQ=WEEKLY;INTERVAL=\(number(2...9));BYDAY=\(weekday)"
            case 1: "FREQ=MONTHLY;INTERVAL=\(number(1...5));BYDAY=\(one(of: [-2, -1, 1, 2, 3]))\(weekday)"
            default: "FREQ=YEARLY;BYYEARDAY=\(number(1...365)),-\(number(1...365))"
            }
        guard let recurrence = try? Recurrence(phrase: "rrule \(rule) from \(start)") else {
            preconditionFailure("the simulator wrote a phrase that is refused: \(rule)")
        }
        return recurrence
    }
}

extension Double {
    /// The natural logarithm, precise to a few digits, without a mathematics library.
    fileprivate var logarithm: Double {
        let reduced = significand
        let z = (reduced - 1) / (reduced + 1)
        let series = 2 * (z + z * z * z / 3 + z * z * z * z * z / 5 + z * z * z * z * z * z * z / 7)
        return Double(exponent) * 0.693_147_180_559_945_3 + series
    }
}
