/// Which days people work: weekly rest days, holidays by rule, and dated, cited exceptions.
///
/// Read from `working-days/*.yaml` (contract, "Working days").
public struct WorkingCalendar: Sendable {
    /// A holiday that comes by rule, e.g. `2/9`, `lunar 10/3`.
    public struct Holiday: Hashable, Sendable {
        public let title: String
        public let when: Recurrence
        /// Gregorian years of the start in which the rule holds.
        public let years: ClosedRange<Int>
        public let cite: String

        public init(title: String, when: Recurrence, years: ClosedRange<Int>, cite: String) {
            self.title = title
            self.when = when
            self.years = years
            self.cite = cite
        }
    }

    /// Why a day is worked or not.
    public enum Status: Hashable, Sendable {
        case working
        /// A rest day of the week that an exception makes a working day.
        case workingBySwap(cite: String)
        case weeklyRest
        case holiday(title: String)
        /// Off by a dated exception.
        case offByDecision(cite: String)

        public var isWorking: Bool {
            switch self {
            case .working, .workingBySwap: true
            case .weeklyRest, .holiday, .offByDecision: false
            }
        }
    }

    public let weeklyRest: Set<Weekday>
    public let holidays: [Holiday]
    /// Dated days off and on, each with the decision it comes from.
    public let off: [Day: String]
    public let work: [Day: String]
    /// Years for which the official decision has been entered; outside them the days are only computed.
    public let officialYears: Set<Int>
    /// Every day that a holiday rule names, by day, with the holiday's title.
    let holidayTitles: [Day: String]

    public init(
        weeklyRest: Set<Weekday>, holidays: [Holiday], off: [Day: String], work: [Day: String], officialYears: Set<Int>
    ) {
        self.weeklyRest = weeklyRest
        self.holidays = holidays
        self.off = off
        self.work = work
        self.officialYears = officialYears
        self.holidayTitles = WorkingCalendar.expand(holidays)
    }

    /// Monday to Friday, no holidays: what holds where a plan's working calendar is not asked for.
    public static let mondayToFriday = WorkingCalendar(
        weeklyRest: [.saturday, .sunday], holidays: [], off: [:], work: [:], officialYears: [])

    public func status(of day: Day) -> Status {
        if let cite = off[day] { return .offByDecision(cite: cite) }
        if let cite = work[day] { return .workingBySwap(cite: cite) }
        if let title = holidayTitles[day] { return .holiday(title: title) }
        return weeklyRest.contains(day.weekday) ? .weeklyRest : .working
    }

    public func isWorking(_ day: Day) -> Bool { status(of: day).isWorking }

    /// The first working day at or after `day`. Bounded: nil when none lies within `searchLimit` days.
    public func working(atOrAfter day: Day) -> Day? {
        (0...Self.searchLimit).lazy.map { day + $0 }.first(where: isWorking)
    }

    /// The last working day at or before `day`; nil as above.
    public func working(atOrBefore day: Day) -> Day? {
        (0...Self.searchLimit).lazy.map { day - $0 }.first(where: isWorking)
    }

    /// The `count`-th working day strictly before `day` (`count` ≥ 1); nil where the calendar rests longer than `searchLimit`.
    public func working(_ count: Int, before day: Day) -> Day? {
        var found = day
        for _ in 0..<count {
            guard let next = working(atOrBefore: found - 1) else { return nil }
            found = next
        }
        return found
    }

    /// The `count`-th working day strictly after `day`; nil as above.
    public func working(_ count: Int, after day: Day) -> Day? {
        var found = day
        for _ in 0..<count {
            guard let next = working(atOrAfter: found + 1) else { return nil }
            found = next
        }
        return found
    }

    /// No office rests longer than this; a calendar that does (all seven days of the week) is refused when read.
    static let searchLimit = 60

    private static func expand(_ holidays: [Holiday]) -> [Day: String] {
        var titles: [Day: String] = [:]
        for holiday in holidays {
            let years = holiday.years
            let span = Day.first(ofMonth: 1, year: years.lowerBound)...Day.last(ofMonth: 12, year: years.upperBound)
            // A holiday's own rule never asks for working days: the reader refuses such phrases.
            for dates in holiday.when.occurrences(overlapping: span, workingDays: .mondayToFriday) {
                for offset in 0...(dates.end - dates.start) where titles[dates.start + offset] == nil {
                    titles[dates.start + offset] = holiday.title
                }
            }
        }
        return titles
    }
}
