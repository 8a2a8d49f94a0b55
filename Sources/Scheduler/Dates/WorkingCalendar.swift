/// The working calendar: weekly rest days, holidays by rule, and exceptions for single dates.
///
/// The calendar is read from `working-days/*.yaml`.
public struct WorkingCalendar: Sendable {
    /// A holiday defined by a rule, such as `2/9` or `lunar 10/3`.
    public struct Holiday: Hashable, Sendable {
        public let title: String
        public let when: Recurrence
        /// The Gregorian years in which the rule applies.
        ///
        /// A holiday of several days belongs to the year of its first day.
        public let years: ClosedRange<Int>
        public let cite: String

        public init(title: String, when: Recurrence, years: ClosedRange<Int>, cite: String) {
            self.title = title
            self.when = when
            self.years = years
            self.cite = cite
        }
    }

    /// Why a day is a working day or not.
    public enum Status: Hashable, Sendable {
        case working
        /// A working day because of an exception for this date. `cite` is the official decision.
        case workingBySwap(cite: String)
        case weeklyRest
        case holiday(title: String)
        /// A day off because of an exception for this date. `cite` is the official decision.
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
    /// Single dates that are days off, each with the official decision that declares it.
    public let off: [Day: String]
    /// Single dates that are working days, each with the official decision that declares it.
    public let work: [Day: String]
    /// The years for which the official decisions have been entered.
    ///
    /// In other years the working days follow only from the rules.
    public let officialYears: Set<Int>
    /// The titles of the holidays by rule, keyed by each day that is such a holiday.
    let holidayTitles: [Day: String]
    /// The days for which `isWorking` is true, as bits for fast searches.
    package let workedDays: WorkedDays

    public init(
        weeklyRest: Set<Weekday>, holidays: [Holiday], off: [Day: String], work: [Day: String], officialYears: Set<Int>
    ) {
        self.weeklyRest = weeklyRest
        self.holidays = holidays
        self.off = off
        self.work = work
        self.officialYears = officialYears
        holidayTitles = WorkingCalendar.expand(holidays)
        // A later call of `set` overrides an earlier call. The order is therefore the reverse of
        // the precedence in `status(of:)`.
        var worked = WorkedDays(weeklyRest: weeklyRest)
        for day in holidayTitles.keys { worked.set(day, isWorked: false) }
        for day in work.keys { worked.set(day, isWorked: true) }
        for day in off.keys { worked.set(day, isWorked: false) }
        workedDays = worked
    }

    /// Monday to Friday without holidays.
    ///
    /// This calendar is used if the result does not depend on the plan's working calendar.
    public static let mondayToFriday = WorkingCalendar(
        weeklyRest: [.saturday, .sunday], holidays: [], off: [:], work: [:], officialYears: [])

    public func status(of day: Day) -> Status {
        if let cite = off[day] { return .offByDecision(cite: cite) }
        if let cite = work[day] { return .workingBySwap(cite: cite) }
        if let title = holidayTitles[day] { return .holiday(title: title) }
        return weeklyRest.contains(day.weekday) ? .weeklyRest : .working
    }

    public func isWorking(_ day: Day) -> Bool { status(of: day).isWorking }

    /// Returns the first working day at or after `day`; nil if there is none before 2211.
    public func working(atOrAfter day: Day) -> Day? { workedDays.day(1, atOrAfter: day) }

    /// Returns the last working day at or before `day`; nil if there is none after 1959.
    public func working(atOrBefore day: Day) -> Day? { workedDays.day(1, atOrBefore: day) }

    /// Returns the `count`-th working day strictly before `day` (`count` ≥ 1).
    ///
    /// Returns nil if there are not that many working days after 1959.
    public func working(_ count: Int, before day: Day) -> Day? { workedDays.day(count, atOrBefore: day - 1) }

    /// Returns the `count`-th working day strictly after `day` (`count` ≥ 1).
    ///
    /// Returns nil if there are not that many working days before 2211.
    public func working(_ count: Int, after day: Day) -> Day? { workedDays.day(count, atOrAfter: day + 1) }

    private static func expand(_ holidays: [Holiday]) -> [Day: String] {
        var titles: [Day: String] = [:]
        for holiday in holidays {
            let years = holiday.years
            let span = Day.first(ofMonth: 1, year: years.lowerBound)...Day.last(ofMonth: 12, year: years.upperBound)
            // The choice of the working calendar has no effect here. The rule of a holiday never
            // depends on working days, because the reader refuses such phrases.
            for dates in holiday.when.occurrences(overlapping: span, workingDays: .mondayToFriday)
            where years.contains(dates.start.year) {
                for offset in 0...(dates.end - dates.start) where titles[dates.start + offset] == nil {
                    titles[dates.start + offset] = holiday.title
                }
            }
        }
        return titles
    }
}
