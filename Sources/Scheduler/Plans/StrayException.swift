import Dates

/// An exception with dates far from the dates of the phrase.
///
/// The exception was most likely written under the wrong year.
public struct StrayException: Hashable, Sendable {
    /// The number of days between the start in the phrase and the start in the exception.
    ///
    /// Never negative.
    public let days: Int
    /// The start of the occurrence according to the phrase.
    public let natural: Day
    /// Another year whose occurrence starts near the start in the exception; nil if there is none.
    ///
    /// Near means at most `limit_days` away. If several years qualify, this is the nearest. Always
    /// nil if the recurrence does not name its occurrences by year.
    public let year: Int?

    /// The maximum of `days` at which an exception does not count as stray.
    ///
    /// Offices postpone an occurrence by up to a season, but not by a year.
    public static let limit_days = 60
}

extension Recurrence {
    /// Returns a value if an exception that moves the occurrence `name` to `dates` is stray.
    ///
    /// The start of `dates` is compared with the start by the phrase. Returns nil if the starts are
    /// at most 60 days apart or if there is no such occurrence.
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
