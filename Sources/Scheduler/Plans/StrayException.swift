import Dates

/// An exception's dates that lie far from those the phrase gives: most likely written under another year (contract, "Identity").
public struct StrayException: Hashable, Sendable {
    /// From the start that the phrase gives to the exception's start, either way.
    public let days: Int
    /// The start that the phrase gives.
    public let natural: Day
    /// The year under which the dates would be near; nil where there is none.
    public let year: Int?

    /// Dates up to this far from the phrase's own are a postponement that offices do decide: a season, not a year.
    public static let limit_days = 60
}

extension Recurrence {
    /// How far `dates` lie from the occurrence `name` as the phrase alone has it; nil up to 60 days, and where no such occurrence
    /// comes.
    public func stray(_ dates: ClosedRange<Day>, from name: String, workingDays: WorkingCalendar) -> StrayException? {
        let start = dates.lowerBound
        guard let natural = occurrence(named: name, workingDays: workingDays) else { return nil }
        let days = abs(start - natural.start)
        guard days > StrayException.limit_days else { return nil }
        let limit = StrayException.limit_days
        let near = naming != .year ? [] : occurrences(overlapping: (start - limit)...(start + limit), workingDays: workingDays)
        let nearest = near.filter { abs(start - $0.start) <= limit && $0.start.year != natural.start.year }
            .min { abs(start - $0.start) < abs(start - $1.start) }
        return StrayException(days: days, natural: natural.start, year: nearest?.start.year)
    }
}
