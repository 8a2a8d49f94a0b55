/// The dates of a campaign: the meaning of one `when` phrase, independent of language and spelling.
///
/// Every case produces whole civil days. `OccurrenceDates.name` describes how the occurrences are
/// named.
public enum Recurrence: Hashable, Sendable {
    /// `28/6`, one day every year. 29 February has a case of its own, `leapDay`.
    case day(MonthDay)
    /// `1/6 - 30/6`, a window every year. Neither end is ever 29 February.
    ///
    /// If `to` is before `from`, the window ends in the next year.
    case window(from: MonthDay, to: MonthDay)
    /// `June`.
    case month(Int)
    /// `April - September`: whole months, every year.
    ///
    /// If `to` is before `from`, the last month is in the next year. The two are never equal.
    case months(from: Int, to: Int)
    /// `first half of the year`: January to June or July to December.
    case half(Half)
    /// `Q2`, or its first, second or third month: `early Q2`.
    case quarter(Int, Part?)
    /// `early June` is 1–10, `mid June` is 11–20, `late June` is 21 to the end of the month.
    case partOfMonth(Int, Part)
    /// `last day of June`.
    case lastDay(ofMonth: Int)
    /// `lunar 15/8`, `lunar 15/6 leap`, `lunar last day of 12`.
    case lunar(LunarMonthDay)
    /// `lunar 23/12 - 7/1`. If `to` is before `from`, the window ends in the next lunar year.
    case lunarWindow(from: LunarMonthDay, to: LunarMonthDay)
    /// `first Monday of September`, `last Friday of May`.
    case weekday(Ordinal, Weekday, ofMonth: Int)
    /// `first working day of April`, `last working day of June`.
    case workingDay(Edge, ofMonth: Int)
    /// `day 25 of every month`; the day is 1...28.
    case everyMonth(day: Int)
    /// `day 1 and 15 of every month`: at least two days, sorted, each 1...28.
    case everyMonthDays([Int])
    /// `day 20 of the last month of every quarter`.
    ///
    /// The month is 1...3, counted within the quarter. The day exists in each of these months.
    case everyQuarter(day: Int, month: Int)
    /// `5th working day of every month`; the number is 2...23.
    ///
    /// A month with fewer working days has no occurrence.
    case workingDayOfEveryMonth(Int)
    /// `first Friday of every month`, `last Monday of every quarter`.
    case weekdayOfEvery(Ordinal, Weekday, Period)
    /// `every Wednesday and Saturday from 2026-06-27 until 2026-09-30`.
    ///
    /// The weekdays are sorted and there is at least one. Without `from`, the series begins in
    /// 1970; the reader of plans sets `from` to the date of the plan's document.
    case weekly([Weekday], from: Day?, until: Day?)
    /// `last day of every month`, `first working day of every quarter`.
    case everyPeriod(Edge, working: Bool, Period)
    /// `every 2 weeks from 2026-01-05`.
    ///
    /// The count is 1...`StepUnit.limit`. Months are counted from `from`. In a month that is too
    /// short, the occurrence is on the last day.
    case every(Int, StepUnit, from: Day)
    /// `2026-04-15`, `2026-04-15 - 2026-04-30`. `from` and `to` are equal for a single day.
    case once(from: Day, to: Day)
    /// `2024-09-17, 2026-09-25 - 2026-09-27`: at least two days or windows, sorted.
    ///
    /// No two of them share a day.
    case listed([ClosedRange<Day>])
    /// `by 15/11`, `before 15/11`: a recurrence of single days, each of which is a deadline.
    ///
    /// The occurrence of `before` is the day before. The inner recurrence is never a deadline.
    indirect case deadline(Recurrence, Deadline)
    /// 29 February, with a policy for years without that day.
    case leapDay(LeapDayPolicy)
    /// `rrule FREQ=… from 2026-01-01`: the days from `from` on that match the rule.
    ///
    /// `from` itself is included only if it matches the rule. Each occurrence has `days` days, at
    /// most 366.
    case rrule(RecurrenceRule, from: Day, days: Int = 1)

    /// Whether each occurrence is a deadline (`by 15/11`).
    public var isDeadline: Bool {
        if case .deadline = self { return true }
        return false
    }

    public enum Part: Int, Hashable, Sendable, CaseIterable { case early = 0, mid, late }
    public enum Ordinal: Int, Hashable, Sendable, CaseIterable { case first = 1, second, third, fourth, last = -1 }
    public enum Edge: Hashable, Sendable, CaseIterable { case first, last }
    public enum Period: Hashable, Sendable, CaseIterable { case month, quarter }
    public enum Half: Int, Hashable, Sendable, CaseIterable { case first = 1, second }
    /// Whether the last day of a deadline is the day itself (`by`) or its eve (`before`).
    public enum Deadline: Hashable, Sendable, CaseIterable { case by, before }
    public enum StepUnit: Hashable, Sendable, CaseIterable { case days, weeks, months }
    public enum LeapDayPolicy: Hashable, Sendable, CaseIterable { case or28February, or1March, leapYearsOnly }
}

/// A month and a day of the month, which together exist in at least one year.
///
/// `month` is 1...12 and `day` is 1...31.
public struct MonthDay: Hashable, Comparable, Sendable {
    public let month: Int
    public let day: Int

    /// Creates a month and day; nil if no year has such a day.
    public init?(month: Int, day: Int) {
        guard (1...12).contains(month), day >= 1, day <= Day.length(ofMonth: month, year: 2024) else { return nil }
        self.month = month
        self.day = day
    }

    public static func < (a: MonthDay, b: MonthDay) -> Bool { (a.month, a.day) < (b.month, b.day) }
}

/// A day of a Vietnamese lunar month in any lunar year.
public struct LunarMonthDay: Hashable, Sendable {
    /// The number of the month, 1...12.
    public let month: Int
    /// The day of the month, 1...29; nil for the last day of the month, which is the 29th or 30th.
    ///
    /// The value 30 is not used, because half of the months have no 30th.
    public let day: Int?
    /// Whether the month is the leap month with the number `month`.
    ///
    /// If so, the date exists only in years with this leap month.
    public let isLeap: Bool

    public init(month: Int, day: Int?, isLeap: Bool = false) {
        self.month = month
        self.day = day
        self.isLeap = isLeap
    }
}

/// One occurrence of a recurrence: its name, its civil days, both ends included, and its time.
///
/// The name is unique within the recurrence. A recurrence has no time of day; the campaign adds it.
public struct OccurrenceDates: Hashable, Sendable {
    /// The name of the occurrence.
    ///
    /// The form depends on the recurrence:
    /// - at most once a year: the year of the start, `2027`; for lunar dates, the Gregorian year in
    ///   which the lunar year begins
    /// - a dated day or window: `once`
    /// - monthly: `2027-04`
    /// - quarterly: `2027-Q2`
    /// - `every`, `rrule`, weekly series, lists and several days of a month: the civil start date
    public let name: String
    public let start: Day
    /// The last day of the occurrence, never before `start`.
    public let end: Day
    /// The time of day; nil if the campaign has none.
    public let time: EventTime?

    public init(name: String, start: Day, end: Day, time: EventTime? = nil) {
        self.name = name
        self.start = start
        self.end = end
        self.time = time
    }

    /// Returns whether the days and the time are the same. The names may differ.
    public func isSame(as other: OccurrenceDates) -> Bool {
        start == other.start && end == other.end && time == other.time
    }
}
