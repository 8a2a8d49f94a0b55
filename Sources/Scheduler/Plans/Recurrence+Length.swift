import Dates

extension Recurrence {
    /// Whether this recurrence comes every year, or even more often, without an end.
    public var comesForEver: Bool {
        switch self {
        case .once, .listed: false
        case .weekly(_, _, let until): until == nil
        case .rrule(let rule, _, _): rule.bound == .none
        case .deadline(let days, _): days.comesForEver
        default: true
        }
    }

    /// Whether there may be several occurrences in one year by one rule, not by a list of dates.
    public var isSeries: Bool {
        switch self {
        case .listed: false
        case .deadline(let days, _): days.isSeries
        default: naming.isSeveralAYear
        }
    }

    /// The windows with years that this recurrence names; empty if it names none.
    public var datedWindows: [ClosedRange<Day>] {
        switch self {
        case .once(let from, let to): [from...to]
        case .listed(let dates): dates
        default: []
        }
    }
}

extension ClosedRange<Day> {
    /// The number of days, both ends included.
    public var dayCount: Int { upperBound - lowerBound + 1 }

    /// The number of whole years from the first day to the day after the last, and the days left.
    public var length: (years: Int, days: Int) {
        let end = upperBound + 1
        var years = end.year - lowerBound.year
        while years > 0, lowerBound.adding(months: 12 * years) > end { years -= 1 }
        return (years, end - lowerBound.adding(months: 12 * years))
    }
}
