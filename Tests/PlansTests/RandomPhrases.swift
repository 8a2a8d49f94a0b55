import Randomness
import Support

@testable import Dates
@testable import Plans
@testable import Scheduler

/// Makes random recurrences and leads of every kind.
extension RandomSource {
    /// Returns a random recurrence of any kind that a phrase can describe.
    mutating func recurrence() -> Recurrence {
        let month = number(1...12)
        switch number(0...27) {
        case 17...26: return newer()
        case 27:
            let inner = deadlineDay()
            return .deadline(inner, one(of: Recurrence.Deadline.allCases))
        case 0: return .day(monthDay())
        case 1: return .window(from: monthDay(), to: monthDay())
        case 2: return .month(month)
        case 3: return .quarter(number(1...4), one(of: [nil, .early, .mid, .late]))
        case 4: return .partOfMonth(month, one(of: Recurrence.Part.allCases))
        case 5: return .lastDay(ofMonth: month)
        case 6: return .lunar(lunarDay())
        case 7: return .lunar(LunarMonthDay(month: number(3...8), day: one(of: [1, 15, 29, nil]), isLeap: true))
        case 8: return .lunarWindow(from: lunarDay(), to: lunarDay())
        case 9: return .weekday(one(of: Recurrence.Ordinal.allCases), one(of: Weekday.allCases), ofMonth: month)
        case 10: return .workingDay(one(of: Recurrence.Edge.allCases), ofMonth: month)
        case 11: return .everyMonth(day: number(1...28))
        case 12:
            return .everyPeriod(
                one(of: Recurrence.Edge.allCases), working: one(of: [true, false]), one(of: Recurrence.Period.allCases))
        case 13:
            let unit = one(of: Recurrence.StepUnit.allCases)
            return .every(one(of: [1, 2, 3, number(1...unit.limit)]), unit, from: day())
        case 14:
            let from = day()
            return .once(from: from, to: one(of: [from, min(from + number(0...400), Day.clamped(2199, 12, 31))]))
        case 15: return .leapDay(one(of: Recurrence.LeapDayPolicy.allCases))
        default: return .rrule(rule(), from: Day.clamped(number(1970...2100), month, 1))
        }
    }

    /// A random recurrence of a kind that 0.1.0 did not have, except deadlines.
    mutating func newer() -> Recurrence {
        let weekday = one(of: Weekday.allCases)
        switch number(0...8) {
        case 0:
            let from = number(1...12)
            return .months(from: from, to: (from + number(0...10)) % 12 + 1)
        case 1: return .half(one(of: Recurrence.Half.allCases))
        case 2: return .everyMonthDays(Set([number(1...14), number(15...28), number(1...28)]).sorted())
        case 3:
            let month = number(1...3)
            return .everyQuarter(day: number(1...(month == 2 ? 28 : 30)), month: month)
        case 4: return .workingDayOfEveryMonth(number(2...23))
        case 5:
            return .weekdayOfEvery(one(of: Recurrence.Ordinal.allCases), weekday, one(of: Recurrence.Period.allCases))
        case 6:
            let days = Set((0..<number(1...4)).map { _ in one(of: Weekday.allCases) }).sorted()
            let from = Day(number: number(0...80_000))
            return .weekly(days, from: one(of: [nil, from]), until: one(of: [nil, from + number(7...4_000)]))
        case 7:
            var next = number(0...70_000)
            return .listed(
                (0..<number(2...6)).map { _ in
                    let start = next + number(1...900)
                    next = start + one(of: [0, number(0...30)])
                    return Day(number: start)...Day(number: next)
                })
        default:
            let rule = RecurrenceRule(frequency: .yearly, byMonth: [number(1...12)], byDay: [.init(ordinal: 1, weekday: weekday)])
            return .rrule(rule, from: Day.clamped(number(1970...2100), 1, 1), days: number(2...40))
        }
    }

    /// A random recurrence of single days that a deadline may name.
    private mutating func deadlineDay() -> Recurrence {
        while true {
            let inner = recurrence()
            switch inner {
            case .day, .lastDay, .lunar, .weekday, .workingDay, .everyMonth, .everyMonthDays, .everyQuarter, .everyPeriod,
                .weekdayOfEvery, .workingDayOfEveryMonth, .weekly, .leapDay:
                return inner
            case .once(let from, let to) where from == to && from.number > 0: return inner
            default: continue
            }
        }
    }

    mutating func lead() -> LeadPhrase {
        if chance(0.1) {
            let unit = one(of: [LeadUnit.hours, .minutes])
            return LeadPhrase(rule: .before(number(1...unit.limit), unit), at: nil)
        }
        let unit = one(of: LeadUnit.calendarUnits)
        let count = one(of: [1, 2, number(1...unit.limit), unit.limit])
        let rule: LeadRule =
            switch number(0...6) {
            case 6: .daily(one(of: [1, 2, number(1...730)]))
            case 0: .before(count, unit)
            case 1: .beforeEnd(count, unit)
            case 2: .afterEnd(count, unit)
            case 3: .onTheDay
            case 4: .onTheLastDay
            default: .weekly(one(of: Weekday.allCases))
            }
        return LeadPhrase(rule: rule, at: one(of: [nil, TimeOfDay(hour: number(0...23), minute: number(0...59))]))
    }

    private mutating func day() -> Day { Day(number: number(0...84_005)) }

    /// Returns a random day of the year except 29 February, which has phrases of its own.
    private mutating func monthDay() -> MonthDay {
        let month = number(1...12)
        return MonthDay(month: month, day: number(1...Day.length(ofMonth: month, year: 2001))) ?? monthDay()
    }

    private mutating func lunarDay() -> LunarMonthDay {
        LunarMonthDay(month: number(1...12), day: one(of: [nil, number(1...29), number(1...29)]))
    }

    /// Returns a random rule with at least one day.
    private mutating func rule() -> RecurrenceRule {
        let weekdays = [RecurrenceRule.WeekdayNumber(weekday: one(of: Weekday.allCases)), .init(weekday: .friday)]
        let interval = number(1...5)
        let start = one(of: Weekday.allCases)
        let bound: RecurrenceRule.Bound = one(of: [.none, .count(number(1...50)), .until(Day.clamped(number(2130...2199), 5, 5))])
        switch number(0...4) {
        case 0: return RecurrenceRule(frequency: .daily, interval: interval, bound: bound, byMonth: [number(1...6), 9])
        case 1: return RecurrenceRule(frequency: .weekly, interval: interval, bound: bound, byDay: weekdays, weekStart: start)
        case 2:
            let numbered = RecurrenceRule.WeekdayNumber(ordinal: one(of: [-2, -1, 1, 2, 3]), weekday: one(of: Weekday.allCases))
            return RecurrenceRule(frequency: .monthly, interval: interval, bound: bound, byDay: [numbered] + weekdays)
        case 3:
            return RecurrenceRule(
                frequency: .yearly, interval: interval, bound: bound, byWeekNumber: [number(1...52), -1], byDay: weekdays,
                bySetPosition: [1], weekStart: start)
        default:
            return RecurrenceRule(
                frequency: .yearly, interval: interval, bound: bound, byYearDay: [number(1...365), -number(1...365)])
        }
    }
}
