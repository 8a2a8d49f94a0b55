/// Expands a recurrence into civil days.
///
/// The dates are computed from the years, months or steps that `span` touches, without scanning
/// days. Only RRULE scans days, within the bounds that `RecurrenceRule` describes.
extension Recurrence {
    /// Returns every occurrence that shares at least one day with `span`, in order of start.
    ///
    /// Starts are within 1970-01-01...2199-12-31. An end may be in 2200. A year in which the
    /// recurrence has no day (29 February, a leap month, a month without a working day) has no
    /// occurrence.
    public func occurrences(overlapping span: ClosedRange<Day>, workingDays: WorkingCalendar) -> [OccurrenceDates] {
        let found = unfiltered(overlapping: span, workingDays)
        return found.filter { $0.end >= span.lowerBound && $0.start <= span.upperBound && Self.isPlannable($0.start) }
    }

    private func unfiltered(overlapping span: ClosedRange<Day>, _ workingDays: WorkingCalendar) -> [OccurrenceDates] {
        switch self {
        case .day(let date): Self.yearly(span) { year in Self.single(Day(year, date.month, date.day)) }
        case .window(let from, let to): Self.windows(from, to, span)
        case .month(let month): Self.yearly(span) { year in Self.wholeMonth(month, year) }
        case .months(let from, let to): Self.months(from, to, span)
        case .half(let half): Self.yearly(span) { year in Self.half(half, year) }
        case .quarter(let quarter, let part): Self.yearly(span) { year in Self.quarter(quarter, part, year) }
        case .partOfMonth(let month, let part): Self.yearly(span) { year in Self.partOfMonth(month, part, year) }
        case .lastDay(let month): Self.yearly(span) { year in Self.single(Day.last(ofMonth: month, year: year)) }
        case .lunar(let date): Self.lunar(date, date, span)
        case .lunarWindow(let from, let to): Self.lunar(from, to, span)
        case .weekday(let ordinal, let weekday, let month):
            Self.yearly(span) { year in Self.single(Self.weekday(ordinal, weekday, month, year)) }
        case .workingDay(let edge, let month):
            Self.yearly(span) { year in
                Self.single(Self.edgeDay(edge, from: (year, month), months: 1, working: workingDays))
            }
        case .leapDay(let policy): Self.yearly(span) { year in Self.single(Self.leapDay(policy, year)) }
        case .everyMonth(let day): Self.monthly(span, months: 1) { year, month in Day(year, month, day) }
        case .everyMonthDays(let days): Self.everyMonth(days, span)
        case .everyQuarter(let day, let month):
            Self.monthly(span, months: 3) { year, first in Day(year, first + month - 1, day) }
        case .workingDayOfEveryMonth(let number):
            Self.monthly(span, months: 1) { year, month in Self.workingDay(number, year, month, workingDays) }
        case .weekdayOfEvery(let ordinal, let weekday, let period):
            Self.monthly(span, months: period.months) { year, month in
                Self.weekday(ordinal, weekday, ordinal == .last ? month + period.months - 1 : month, year)
            }
        case .weekly(let weekdays, let from, let until): Self.weekly(weekdays, from, until, span)
        case .everyPeriod(let edge, let working, let period):
            Self.monthly(span, months: period.months) { year, month in
                Self.edgeDay(
                    edge, from: (year, month), months: period.months, working: working ? workingDays : nil)
            }
        case .every(let count, let unit, let start): Self.stepping(count, unit, start, span)
        case .once(let from, let to): [OccurrenceDates(name: "once", start: from, end: to)]
        case .listed(let dates):
            dates.map { OccurrenceDates(name: $0.lowerBound.description, start: $0.lowerBound, end: $0.upperBound) }
        case .deadline(let days, let deadline): days.deadlines(deadline, span, workingDays)
        case .rrule(let rule, let start, let days):
            rule.days(from: start, in: (span.lowerBound - (days - 1))...span.upperBound).map {
                OccurrenceDates(name: $0.description, start: $0, end: $0 + (days - 1))
            }
        }
    }

    /// The first occurrence that ends on or after `day`, or nil if there is none up to 2199.
    public func firstOccurrence(endingOnOrAfter day: Day, workingDays: WorkingCalendar) -> OccurrenceDates? {
        let horizon = Self.plannableDays.upperBound
        var lower = day
        // Searches spans of 1, 3, 9, … years, because an occurrence may be decades away (for
        // example, in a certain leap month). No day is searched twice.
        var reach = 366
        while lower <= horizon {
            let upper = min(lower + reach, horizon)
            if let first = occurrences(overlapping: lower...upper, workingDays: workingDays).first { return first }
            lower = upper + 1
            reach *= 3
        }
        return nil
    }

    /// Whether the recurrence has no occurrence in 1970–2199.
    ///
    /// The phrase of such a recurrence is refused. The value is always false
    /// for a recurrence that depends on working days, whatever the working calendar is.
    public var namesNoDay: Bool {
        switch self {
        case .rrule(let rule, let start, _): rule.firstDay(from: start) == nil
        // Every lunar year has the twelve regular months, and each of them has a 29th. This case is
        // therefore decided without the table of lunar months.
        case .lunar(let day) where !day.isLeap: false
        case .lunarWindow(let from, let to) where !from.isLeap && !to.isLeap: false
        case .deadline(let days, .by): days.namesNoDay
        // The eve of the first day of 1970 is not plannable.
        case .deadline(.once(let day, _), .before): !Self.isPlannable(day - 1)
        case .deadline(let days, .before): days.namesNoDay
        case .lunar, .lunarWindow, .weekly:
            firstOccurrence(endingOnOrAfter: Self.plannableDays.lowerBound, workingDays: .mondayToFriday) == nil
        default: false
        }
    }

    /// Whether the dates depend on the working calendar.
    public var usesWorkingDays: Bool {
        switch self {
        case .workingDay, .workingDayOfEveryMonth: true
        case .deadline(let days, _): days.usesWorkingDays
        case .everyPeriod(_, let working, _): working
        default: false
        }
    }

    package static let plannableDays =
        Day.first(ofMonth: 1, year: Day.plannableYears.lowerBound)...Day.last(ofMonth: 12, year: Day.plannableYears.upperBound)

    private static func isPlannable(_ day: Day) -> Bool { plannableDays.contains(day) }
}

// MARK: - One occurrence of a year

extension Recurrence {
    typealias Dates = (start: Day, end: Day)

    private static func single(_ day: Day?) -> Dates? { day.map { ($0, $0) } }

    private static func wholeMonth(_ month: Int, _ year: Int) -> Dates {
        (Day.first(ofMonth: month, year: year), Day.last(ofMonth: month, year: year))
    }

    private static func quarter(_ quarter: Int, _ part: Part?, _ year: Int) -> Dates {
        let first = quarter * 3 - 2
        if let part { return wholeMonth(first + part.rawValue, year) }
        return (Day.first(ofMonth: first, year: year), Day.last(ofMonth: first + 2, year: year))
    }

    private static func half(_ half: Half, _ year: Int) -> Dates {
        let first = half == .first ? 1 : 7
        return (Day.first(ofMonth: first, year: year), Day.last(ofMonth: first + 5, year: year))
    }

    private static func partOfMonth(_ month: Int, _ part: Part, _ year: Int) -> Dates {
        let first = Day.first(ofMonth: month, year: year)
        return switch part {
        case .early: (first, first + 9)
        case .mid: (first + 10, first + 19)
        case .late: (first + 20, Day.last(ofMonth: month, year: year))
        }
    }

    static func weekday(_ ordinal: Ordinal, _ weekday: Weekday, _ month: Int, _ year: Int) -> Day {
        if ordinal == .last {
            let last = Day.last(ofMonth: month, year: year)
            return last - (last.weekday.rawValue - weekday.rawValue).flooredRemainder(7)
        }
        let first = Day.first(ofMonth: month, year: year)
        return first + (weekday.rawValue - first.weekday.rawValue).flooredRemainder(7) + 7 * (ordinal.rawValue - 1)
    }

    private static func leapDay(_ policy: LeapDayPolicy, _ year: Int) -> Day? {
        if let day = Day(year, 2, 29) { return day }
        return switch policy {
        case .or28February: Day(year, 2, 28)
        case .or1March: Day(year, 3, 1)
        case .leapYearsOnly: nil
        }
    }

    /// Returns the first or last day of the `months` months that begin with `from`.
    ///
    /// If `working` is given, returns the first or last working day of these months, or nil if
    /// these months have no working day.
    private static func edgeDay(
        _ edge: Edge, from: (year: Int, month: Int), months: Int, working: WorkingCalendar?
    ) -> Day? {
        let first = Day.first(ofMonth: from.month, year: from.year)
        let last = Day.last(ofMonth: from.month + months - 1, year: from.year)
        let day: Day? =
            switch edge {
            case .first: working.map { $0.working(atOrAfter: first) } ?? first
            case .last: working.map { $0.working(atOrBefore: last) } ?? last
            }
        return day.flatMap { (first...last).contains($0) ? $0 : nil }
    }
}
