/// The due day of a reminder, relative to an occurrence.
///
/// A `remind` phrase has this rule and optionally a time of day, which is not part of the rule.
public enum LeadRule: Hashable, Sendable {
    /// `30 days before`, `5 working days before`, `2 hours before`, counted back from the start.
    ///
    /// In this case and in all others with a count, the count is at least 1. Hours and minutes
    /// occur in this case only. They need an occurrence with a time of day, and count back from it.
    case before(Int, LeadUnit)
    /// `on the day`: the day on which the occurrence starts.
    case onTheDay
    /// `3 days before the end`.
    case beforeEnd(Int, LeadUnit)
    /// `on the last day`.
    case onTheLastDay
    /// `10 days after the end`.
    case afterEnd(Int, LeadUnit)
    /// `every Monday during`: each such weekday within the occurrence, both ends included.
    ///
    /// Each of these days is an anchor of its own.
    case weekly(Weekday)
    /// `every day from 5 days before`: each day from 5 days before the start to the start.
    ///
    /// Each of these days is an anchor of its own. The count is at most 730.
    case daily(Int)
}

public enum LeadUnit: Hashable, Sendable, CaseIterable {
    case days, weeks, months, workingDays, hours, minutes

    /// The units of a calendar, which every lead with a count can use.
    public static let calendarUnits: [LeadUnit] = [.days, .weeks, .months, .workingDays]

    /// The largest count of a lead in this unit.
    public var limit: Int {
        switch self {
        case .days: 730
        case .weeks: 104
        case .months: 24
        case .workingDays: 500
        case .hours: 72
        case .minutes: 4_320
        }
    }
}
