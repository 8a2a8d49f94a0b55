import Dates

extension Recurrence {
    /// The recurrence whose phrase tells a reader what this one means.
    ///
    /// A recurrence rule becomes a recurrence with the same days from the rule's first day on, if
    /// there is one. For example, `FREQ=YEARLY;BYMONTH=9;BYDAY=1MO` becomes the first Monday of
    /// September. Other recurrences are returned unchanged. The result is nil for a rule that no
    /// phrase describes, so that its dates have to be given instead.
    package var inWords: Recurrence? {
        switch self {
        case .rrule(let rule, let from, days: 1): rule.recurrence(from: from)
        case .rrule: nil
        case .deadline(let days, let kind): days.inWords.map { .deadline($0, kind) }
        default: self
        }
    }
}

extension RecurrenceRule {
    /// Returns a recurrence without a rule that has the same days from `from` on; nil if none has.
    fileprivate func recurrence(from: Day) -> Recurrence? {
        guard byWeekNumber.isEmpty, byYearDay.isEmpty, bySetPosition.isEmpty else { return nil }
        switch frequency {
        case .daily: return everyDay(from: from)
        case .weekly: return everyWeek(from: from)
        case .monthly: return everyMonth(from: from)
        case .yearly: return everyYear(from: from)
        }
    }

    private func everyDay(from: Day) -> Recurrence? {
        guard byMonth.isEmpty, byMonthDay.isEmpty, byDay.isEmpty, bound == .none else { return nil }
        return .every(interval, .days, from: from)
    }

    private func everyWeek(from: Day) -> Recurrence? {
        guard byMonth.isEmpty, byMonthDay.isEmpty else { return nil }
        let weekdays = byDay.isEmpty ? [from.weekday] : byDay.map(\.weekday)
        if interval == 1 {
            switch bound {
            case .none: return .weekly(weekdays, from: from, until: nil)
            case .until(let last): return .weekly(weekdays, from: from, until: last)
            case .count: return nil
            }
        }
        guard bound == .none, weekdays == [from.weekday] else { return nil }
        return .every(interval, .weeks, from: from)
    }

    private func everyMonth(from: Day) -> Recurrence? {
        guard interval == 1, bound == .none, byMonth.isEmpty else { return nil }
        if byDay.isEmpty {
            if byMonthDay == [-1] { return .everyPeriod(.last, working: false, .month) }
            let days = byMonthDay.isEmpty ? [from.dayOfMonth] : byMonthDay
            guard days.allSatisfy({ (1...28).contains($0) }) else { return nil }
            return days.count == 1 ? .everyMonth(day: days[0]) : .everyMonthDays(days)
        }
        guard byMonthDay.isEmpty, byDay.count == 1, let ordinal = Recurrence.Ordinal(rawValue: byDay[0].ordinal) else {
            return nil
        }
        return .weekdayOfEvery(ordinal, byDay[0].weekday, .month)
    }

    private func everyYear(from: Day) -> Recurrence? {
        guard interval == 1, bound == .none, byMonth.count <= 1 else { return nil }
        if byDay.isEmpty {
            guard byMonthDay.count <= 1, byMonth.count == byMonthDay.count else { return nil }
            let month = byMonth.first ?? from.month
            if byMonthDay == [-1] { return .lastDay(ofMonth: month) }
            guard let date = MonthDay(month: month, day: byMonthDay.first ?? from.dayOfMonth),
                (date.month, date.day) != (2, 29)
            else { return nil }
            return .day(date)
        }
        guard byMonth.count == 1, byMonthDay.isEmpty, byDay.count == 1,
            let ordinal = Recurrence.Ordinal(rawValue: byDay[0].ordinal)
        else { return nil }
        return .weekday(ordinal, byDay[0].weekday, ofMonth: byMonth[0])
    }
}
