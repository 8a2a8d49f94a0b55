// The series of recurrences: several occurrences in a span, with their names.

extension Recurrence {
    /// One occurrence a year, named after the year.
    ///
    /// Covers the years of `span` and the `reach` years before it.
    static func yearly(
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

    static func windows(_ from: MonthDay, _ to: MonthDay, _ span: ClosedRange<Day>) -> [OccurrenceDates] {
        let wraps = to < from
        return yearly(span, reach: wraps ? 1 : 0) { year in
            guard let start = Day(year, from.month, from.day), let end = Day(wraps ? year + 1 : year, to.month, to.day)
            else { return nil }
            return (start, end)
        }
    }

    /// One occurrence for each lunar year.
    ///
    /// Lunar year Y runs from January or February of Y to January or February of Y + 1. A window
    /// that ends in the next lunar year may therefore end in Y + 2.
    static func lunar(_ from: LunarMonthDay, _ to: LunarMonthDay, _ span: ClosedRange<Day>) -> [OccurrenceDates] {
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

    /// One day in each month or quarter, named `2027-04` or `2027-Q2`.
    static func monthly(
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

    /// One day every `count` units from `start` on.
    ///
    /// Months are counted from `start`, not from the preceding occurrence. A series from the 31st
    /// therefore has the last day of shorter months, and the 31st again in longer ones.
    static func stepping(
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

    static func months(_ from: Int, _ to: Int, _ span: ClosedRange<Day>) -> [OccurrenceDates] {
        let wraps = to < from
        return yearly(span, reach: wraps ? 1 : 0) { year in
            (Day.first(ofMonth: from, year: year), Day.last(ofMonth: to, year: wraps ? year + 1 : year))
        }
    }

    /// Several days of every month, named by their dates.
    static func everyMonth(_ days: [Int], _ span: ClosedRange<Day>) -> [OccurrenceDates] {
        days.flatMap { day in monthly(span, months: 1) { year, month in Day(year, month, day) } }
            .map { OccurrenceDates(name: $0.start.description, start: $0.start, end: $0.end) }
            .sorted { $0.start < $1.start }
    }

    /// The `number`-th working day of a month, or nil if the month has fewer.
    static func workingDay(_ number: Int, _ year: Int, _ month: Int, _ workingDays: WorkingCalendar) -> Day? {
        let last = Day.last(ofMonth: month, year: year)
        return workingDays.working(number, after: Day.first(ofMonth: month, year: year) - 1).flatMap { $0 <= last ? $0 : nil }
    }

    /// Each of the weekdays from `from` to `until`, both included.
    static func weekly(_ weekdays: [Weekday], _ from: Day?, _ until: Day?, _ span: ClosedRange<Day>) -> [OccurrenceDates] {
        let lower = max(span.lowerBound, from ?? plannableDays.lowerBound, plannableDays.lowerBound)
        let upper = min(span.upperBound, until ?? plannableDays.upperBound, plannableDays.upperBound)
        guard lower <= upper else { return [] }
        var found: [OccurrenceDates] = []
        var monday = lower - (lower.weekday.rawValue - 1)
        while monday <= upper {
            defer { monday = monday + 7 }
            for weekday in weekdays {
                let day = monday + (weekday.rawValue - 1)
                guard (lower...upper).contains(day) else { continue }
                found.append(OccurrenceDates(name: day.description, start: day, end: day))
            }
        }
        return found
    }

    /// The deadlines of a recurrence of single days.
    ///
    /// An eve has the name of the day that the phrase names, because several eves may be in one
    /// year or month (1 January and 31 December 2023 are eves of first Mondays of January). Only a
    /// series that is named by dates has the date of the eve.
    func deadlines(
        _ deadline: Deadline, _ span: ClosedRange<Day>, _ workingDays: WorkingCalendar
    ) -> [OccurrenceDates] {
        guard deadline == .before else { return occurrences(overlapping: span, workingDays: workingDays) }
        let isNamedByDate =
            switch self {
            case .weekly, .everyMonthDays: true
            default: false
            }
        return occurrences(overlapping: (span.lowerBound + 1)...(span.upperBound + 1), workingDays: workingDays).map {
            let eve = $0.start - 1
            return OccurrenceDates(name: isNamedByDate ? eve.description : $0.name, start: eve, end: eve)
        }
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
    /// The civil day of this date in a lunar year, or nil if that year does not have this month.
    public func day(inLunarYear year: Int) -> Day? {
        guard let day = day ?? LunarCalendar.monthLength(year: year, month: month, isLeap: isLeap) else { return nil }
        return LunarCalendar.day(LunarDay(year: year, month: month, day: day, isLeap: isLeap))
    }

    /// Whether this date is earlier than `other` in any lunar year.
    ///
    /// A leap month is later than the regular month with the same number. The last day of a month
    /// is later than every numbered day.
    func isBefore(_ other: LunarMonthDay) -> Bool {
        (month, isLeap ? 1 : 0, day ?? 30) < (other.month, other.isLeap ? 1 : 0, other.day ?? 30)
    }
}
