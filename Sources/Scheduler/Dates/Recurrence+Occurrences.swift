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
        let found =
            switch self {
            case .day(let date): Self.yearly(span) { year in Self.single(Day(year, date.month, date.day)) }
            case .window(let from, let to): Self.windows(from, to, span)
            case .month(let month): Self.yearly(span) { year in Self.wholeMonth(month, year) }
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
            case .everyPeriod(let edge, let working, let period):
                Self.monthly(span, months: period.months) { year, month in
                    Self.edgeDay(
                        edge, from: (year, month), months: period.months, working: working ? workingDays : nil)
                }
            case .every(let count, let unit, let start): Self.stepping(count, unit, start, span)
            case .once(let from, let to): [OccurrenceDates(name: "once", start: from, end: to)]
            case .rrule(let rule, let start):
                rule.days(from: start, in: span).map { OccurrenceDates(name: $0.description, start: $0, end: $0) }
            }
        return found.filter { $0.end >= span.lowerBound && $0.start <= span.upperBound && Self.isPlannable($0.start) }
    }

    /// Returns the first occurrence that ends on or after `day`; nil if there is none up to 2199.
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
        case .rrule(let rule, let start): rule.firstDay(from: start) == nil
        // Every lunar year has the twelve regular months, and each of them has a 29th. The next two
        // cases are therefore decided without the table of lunar months.
        case .lunar(let day) where !day.isLeap: false
        case .lunarWindow(let from, let to) where !from.isLeap && !to.isLeap: false
        case .lunar, .lunarWindow:
            firstOccurrence(endingOnOrAfter: Self.plannableDays.lowerBound, workingDays: .mondayToFriday) == nil
        default: false
        }
    }

    /// Whether the dates depend on the working calendar.
    public var usesWorkingDays: Bool {
        switch self {
        case .workingDay: true
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
    private typealias Dates = (start: Day, end: Day)

    private static func single(_ day: Day?) -> Dates? { day.map { ($0, $0) } }

    private static func wholeMonth(_ month: Int, _ year: Int) -> Dates {
        (Day.first(ofMonth: month, year: year), Day.last(ofMonth: month, year: year))
    }

    private static func quarter(_ quarter: Int, _ part: Part?, _ year: Int) -> Dates {
        let first = quarter * 3 - 2
        if let part { return wholeMonth(first + part.rawValue, year) }
        return (Day.first(ofMonth: first, year: year), Day.last(ofMonth: first + 2, year: year))
    }

    private static func partOfMonth(_ month: Int, _ part: Part, _ year: Int) -> Dates {
        let first = Day.first(ofMonth: month, year: year)
        return switch part {
        case .early: (first, first + 9)
        case .mid: (first + 10, first + 19)
        case .late: (first + 20, Day.last(ofMonth: month, year: year))
        }
    }

    private static func weekday(_ ordinal: Ordinal, _ weekday: Weekday, _ month: Int, _ year: Int) -> Day {
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

// MARK: - Series

extension Recurrence {
    /// Returns one occurrence a year, named after the year.
    ///
    /// The result covers the years of `span` and the `reach` years before `span`.
    private static func yearly(
        _ span: ClosedRange<Day>, reach: Int = 0, _ dates: (Int) -> Dates?
    ) -> [OccurrenceDates] {
        let first = max(span.lowerBound.year - reach, Day.plannableYears.lowerBound)
        let last = min(span.upperBound.year, Day.plannableYears.upperBound)
        guard first <= last else { return [] }
        var found: [OccurrenceDates] = []
        found.reserveCapacity(last - first + 1)
        for year in first...last {
            guard let (start, end) = dates(year) else { continue }
            found.append(OccurrenceDates(name: String(year), start: start, end: end))
        }
        return found
    }

    private static func windows(_ from: MonthDay, _ to: MonthDay, _ span: ClosedRange<Day>) -> [OccurrenceDates] {
        let wraps = to < from
        return yearly(span, reach: wraps ? 1 : 0) { year in
            guard let start = Day(year, from.month, from.day), let end = Day(wraps ? year + 1 : year, to.month, to.day)
            else { return nil }
            return (start, end)
        }
    }

    /// Returns one occurrence for each lunar year that may overlap `span`.
    ///
    /// Lunar year Y runs from January or February of Y to January or February of Y + 1. A window
    /// that ends in the next lunar year may therefore end in Y + 2.
    private static func lunar(_ from: LunarMonthDay, _ to: LunarMonthDay, _ span: ClosedRange<Day>) -> [OccurrenceDates] {
        let wraps = to.isBefore(from)
        // Includes the lunar year 1969, because its last days are in 1970.
        let first = max(span.lowerBound.year - 2, Day.plannableYears.lowerBound - 1)
        let last = min(span.upperBound.year, Day.plannableYears.upperBound)
        guard first <= last else { return [] }
        var found: [OccurrenceDates] = []
        for year in first...last {
            guard let start = from.day(inLunarYear: year), let end = to.day(inLunarYear: wraps ? year + 1 : year),
                start <= end
            else { continue }
            found.append(OccurrenceDates(name: String(year), start: start, end: end))
        }
        return found
    }

    /// Returns one day in each month or quarter, named `2027-04` or `2027-Q2`.
    private static func monthly(
        _ span: ClosedRange<Day>, months: Int, _ day: (_ year: Int, _ month: Int) -> Day?
    ) -> [OccurrenceDates] {
        let lower = max(span.lowerBound, plannableDays.lowerBound).fields
        let upper = min(span.upperBound, plannableDays.upperBound).fields
        let first = (lower.year * 12 + lower.month - 1) / months
        let last = (upper.year * 12 + upper.month - 1) / months
        guard first <= last else { return [] }
        return (first...last).compactMap { index in
            let year = index * months / 12
            let month = index * months % 12 + 1
            return day(year, month).map { day in
                let name = months == 3 ? "\(year)-Q\(month / 3 + 1)" : "\(year)-\(padded(month, 2))"
                return OccurrenceDates(name: name, start: day, end: day)
            }
        }
    }

    /// Returns one day every `count` units from `start` on.
    ///
    /// Months are counted from `start`, not from the preceding occurrence. If a series starts on a
    /// 31st, its occurrences in shorter months are on the last day, and those in longer months are
    /// on the 31st again.
    private static func stepping(
        _ count: Int, _ unit: StepUnit, _ start: Day, _ span: ClosedRange<Day>
    ) -> [OccurrenceDates] {
        let lower = max(span.lowerBound, start)
        let upper = min(span.upperBound, plannableDays.upperBound)
        guard lower <= upper else { return [] }
        var found: [OccurrenceDates] = []
        func append(_ day: Day) { found.append(OccurrenceDates(name: day.description, start: day, end: day)) }
        switch unit {
        case .days, .weeks:
            let step = unit == .weeks ? 7 * count : count
            var day = start + (lower - start + step - 1) / step * step
            while day <= upper {
                append(day)
                day = day + step
            }
        case .months:
            let ahead = (lower.year - start.year) * 12 + lower.month - start.month
            var steps = ahead / count
            while case let day = start.adding(months: steps * count), day <= upper {
                if day >= lower { append(day) }
                steps += 1
            }
        }
        return found
    }
}

extension Recurrence.Period {
    /// The length of the period in months.
    var months: Int {
        switch self {
        case .month: 1
        case .quarter: 3
        }
    }
}

extension LunarMonthDay {
    /// Returns the civil day of this date in a lunar year; nil if the year has no such month.
    public func day(inLunarYear year: Int) -> Day? {
        guard let day = day ?? LunarCalendar.monthLength(year: year, month: month, isLeap: isLeap) else { return nil }
        return LunarCalendar.day(LunarDay(year: year, month: month, day: day, isLeap: isLeap))
    }

    /// Returns whether this date is earlier in the lunar year than `other`.
    ///
    /// A leap month is later than the regular month with the same number. The last day of a month
    /// is later than every numbered day of the month.
    func isBefore(_ other: LunarMonthDay) -> Bool {
        (month, isLeap ? 1 : 0, day ?? 30) < (other.month, other.isLeap ? 1 : 0, other.day ?? 30)
    }
}
