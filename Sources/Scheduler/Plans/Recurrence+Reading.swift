import Dates

// The parser applies these changes to a recurrence after it has read the phrase.

extension Recurrence {
    /// Returns a weekly series without a first day with `day` as its first day.
    ///
    /// The result has no first day if `day` is after the last day of the series. For a deadline,
    /// the series inside it changes. Any other recurrence is returned unchanged.
    public func beginning(_ day: Day?) -> Recurrence {
        switch self {
        case .weekly(let weekdays, nil, let until):
            .weekly(weekdays, from: day.flatMap { first in until.map { first <= $0 } ?? true ? first : nil }, until: until)
        case .deadline(let days, let deadline): .deadline(days.beginning(day), deadline)
        default: self
        }
    }

    /// The dates of this recurrence in one year; nil if it does not come in that year.
    func only(in year: Int) -> Recurrence? {
        let span = Day.first(ofMonth: 1, year: year)...Day.last(ofMonth: 12, year: year)
        return occurrences(overlapping: span, workingDays: .mondayToFriday).first { $0.start.year == year }
            .map { .once(from: $0.start, to: $0.end) }
    }

    /// Returns the deadline for a phrase such as `by June`; nil if this recurrence allows none.
    ///
    /// Days, months and quarters allow a deadline. For a period, `by` ends on its last day, and
    /// `before` ends on the day before its first day.
    ///
    /// - Parameter isDatedPeriod: whether a dated window was written as a month or quarter.
    func deadline(_ deadline: Deadline, isDatedPeriod: Bool) -> Recurrence? {
        func edge(_ first: (day: Int, month: Int), _ last: Recurrence) -> Recurrence? {
            let start = MonthDay(month: first.month, day: first.day).map { Recurrence.day($0) }
            return (deadline == .by ? last : start).map { .deadline($0, deadline) }
        }
        switch self {
        case .day, .lastDay, .lunar, .weekday, .workingDay, .everyMonth, .everyMonthDays, .everyQuarter, .everyPeriod,
            .weekdayOfEvery, .workingDayOfEveryMonth, .weekly, .leapDay:
            return .deadline(self, deadline)
        case .once(let from, let to):
            guard from == to || isDatedPeriod else { return nil }
            let day = deadline == .by ? to : from
            return .deadline(.once(from: day, to: day), deadline)
        case .month(let month): return edge((1, month), .lastDay(ofMonth: month))
        case .half(let half):
            let first = half == .first ? 1 : 7
            return edge((1, first), .lastDay(ofMonth: first + 5))
        case .quarter(let quarter, let part):
            let first = quarter * 3 - 2
            return edge((1, first + (part?.rawValue ?? 0)), .lastDay(ofMonth: part.map { first + $0.rawValue } ?? first + 2))
        case .partOfMonth(let month, let part):
            let last =
                part == .late
                ? .lastDay(ofMonth: month) : MonthDay(month: month, day: part == .early ? 10 : 20).map { Recurrence.day($0) }
            return last.flatMap { edge((part.rawValue * 10 + 1, month), $0) }
        case .window, .months, .lunarWindow, .every, .listed, .deadline, .rrule: return nil
        }
    }

    /// The phrase in one of the languages, with the year of dates at the beginning or at the end.
    func spelled(isVietnamese: Bool, yearFirst: Bool) -> String {
        switch self {
        case .once(let from, let to):
            if yearFirst { return phrase }
            guard isVietnamese else { return (from...to).slashed }
            return from == to ? "ngày \(from.slashed)" : "từ \(from.slashed) đến \(to.slashed)"
        case .listed(let dates): return dates.map { yearFirst ? $0.phrase : $0.slashed }.joined(separator: ", ")
        case .deadline(let days, let deadline):
            let word = isVietnamese ? (deadline == .by ? "chậm nhất" : "trước") : deadline == .by ? "by" : "before"
            return "\(word) \(days.spelled(isVietnamese: isVietnamese, yearFirst: yearFirst))"
        default: return isVietnamese ? vietnamesePhrase : phrase
        }
    }
}
