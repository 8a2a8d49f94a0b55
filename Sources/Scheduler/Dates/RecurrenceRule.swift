/// A recurrence rule of RFC 5545 (section 3.3.10) for whole days.
///
/// FREQ is DAILY, WEEKLY, MONTHLY or YEARLY.
///
/// Lists are sorted and have no duplicates, so that equal rules are equal values.
/// `RecurrenceRule.init(text:)` checks which parts are allowed with which frequency. The other
/// initializer does not check its lists.
///
/// ### Expansion
///
/// Time is divided into periods of the frequency's length. The first period contains the start day.
/// Counted from that period, only every `interval`-th period is used. The candidates of a period
/// are all of its days that match every given part. BYSETPOS then selects among them. Days before
/// the start are dropped. COUNT and UNTIL end the rule.
///
/// The start day is an instance only if it matches the rule. If a rule leaves out necessary parts
/// (FREQ=MONTHLY alone), the expansion uses the month, the day of the month or the weekday of the
/// start day.
///
/// python-dateutil expands rules in the same way, and the tests use it as their oracle. In a few
/// places python-dateutil departs from the RFC and this type does not. The tests and
/// `docs/developer/decisions/0003-own-rrule.md` list these places.
///
/// ### Bounds
///
/// The expansion examines no day after 2199-12-31. From any start, it examines at most 84 006 days,
/// so a rule without any day (BYMONTH=2;BYMONTHDAY=30) is detected in a few milliseconds.
public struct RecurrenceRule: Hashable, Sendable {
    public enum Frequency: String, Hashable, Sendable, CaseIterable {
        case daily = "DAILY"
        case weekly = "WEEKLY"
        case monthly = "MONTHLY"
        case yearly = "YEARLY"
    }

    /// The part that ends the rule, if any. A rule without such a part ends with the year 2199.
    public enum Bound: Hashable, Sendable {
        case none
        /// The number of instances, 1...`countLimit`, counted from the start day.
        case count(Int)
        /// The last day on which an instance may fall, included.
        case until(Day)
    }

    /// An entry of BYDAY, such as `MO` or `-1FR`.
    ///
    /// The ordinal 0 means every such weekday of the period. Other ordinals are -53...53 and count
    /// within the month (FREQ=MONTHLY, or YEARLY with BYMONTH) or within the year.
    public struct WeekdayNumber: Hashable, Comparable, Sendable {
        public let ordinal: Int
        public let weekday: Weekday

        public init(ordinal: Int = 0, weekday: Weekday) {
            self.ordinal = ordinal
            self.weekday = weekday
        }

        public static func < (a: WeekdayNumber, b: WeekdayNumber) -> Bool {
            (a.weekday.rawValue, a.ordinal) < (b.weekday.rawValue, b.ordinal)
        }
    }

    public let frequency: Frequency
    /// The value of INTERVAL, 1...`intervalLimit`.
    public let interval: Int
    public let bound: Bound
    /// The months in BYMONTH, 1...12; empty without BYMONTH.
    public let byMonth: [Int]
    /// The week numbers in BYWEEKNO, -53...53 without 0; only with YEARLY.
    public let byWeekNumber: [Int]
    /// The days of the year in BYYEARDAY, -366...366 without 0; only with YEARLY.
    public let byYearDay: [Int]
    /// The days of the month in BYMONTHDAY, -31...31 without 0; not with WEEKLY.
    public let byMonthDay: [Int]
    /// The entries of BYDAY.
    public let byDay: [WeekdayNumber]
    /// The positions in BYSETPOS, -366...366 without 0.
    public let bySetPosition: [Int]
    /// WKST, the first day of the week. It affects WEEKLY rules with an INTERVAL, and week numbers.
    public let weekStart: Weekday

    /// The maximum of `interval`, which is more than the number of days in 1970–2199.
    ///
    /// With a larger interval, a rule would have only its first period.
    package static let intervalLimit = 100_000
    /// The maximum of COUNT, which is more than the number of days in 1970–2199.
    package static let countLimit = 100_000

    package init(
        frequency: Frequency, interval: Int = 1, bound: Bound = .none, byMonth: [Int] = [], byWeekNumber: [Int] = [],
        byYearDay: [Int] = [], byMonthDay: [Int] = [], byDay: [WeekdayNumber] = [], bySetPosition: [Int] = [],
        weekStart: Weekday = .monday
    ) {
        self.frequency = frequency
        self.interval = interval
        self.bound = bound
        self.byMonth = Set(byMonth).sorted()
        self.byWeekNumber = Set(byWeekNumber).sorted()
        self.byYearDay = Set(byYearDay).sorted()
        self.byMonthDay = Set(byMonthDay).sorted()
        self.byDay = Set(byDay).sorted()
        self.bySetPosition = Set(bySetPosition).sorted()
        self.weekStart = weekStart
    }

    /// Returns the instances of this rule from `start` on that are in `span`, in order.
    ///
    /// No instance is after 2199-12-31. Without COUNT the expansion begins with `span`. With COUNT
    /// it begins with `start`, because every instance must be counted.
    public func days(from start: Day, in span: ClosedRange<Day>) -> [Day] {
        var days: [Day] = []
        forEachDay(from: start, in: span) { day in
            days.append(day)
            return true
        }
        return days
    }

    /// Returns the first instance of this rule from `start` on; nil if there is none up to 2199.
    public func firstDay(from start: Day) -> Day? {
        var first: Day?
        forEachDay(from: start, in: start...max(start, Self.horizon)) { day in
            first = day
            return false
        }
        return first
    }

    private static let horizon = Day.last(ofMonth: 12, year: Day.plannableYears.upperBound)

    /// Calls `body` with each instance in `span`, in order, until `body` returns false.
    private func forEachDay(from start: Day, in span: ClosedRange<Day>, _ body: (Day) -> Bool) {
        var last = min(span.upperBound, Self.horizon)
        if case .until(let until) = bound { last = min(last, until) }
        let first = max(span.lowerBound, start)
        guard first <= last else { return }
        var left = Int.max
        if case .count(let count) = bound { left = count }
        let filter = DayFilter(rule: self, start: start)
        guard !filter.missesItsWeekdays, filter.hasPossibleMonth else { return }
        var period = left == Int.max ? filter.period(of: first) : 0
        var candidates: [Day] = []
        var barren: Set<YearShape.Pattern> = []
        while filter.firstDay(ofPeriod: period) <= last {
            if let next = filter.periodAfterBarrenMonth(period) {
                period = next
                continue
            }
            candidates.removeAll(keepingCapacity: true)
            filter.appendDays(ofPeriod: period, to: &candidates, barren: &barren)
            for day in picked(candidates) where day >= start {
                guard left > 0, day <= last else { return }
                left -= 1
                if day >= first, !body(day) { return }
            }
            period += 1
        }
    }

    /// Applies BYSETPOS.
    ///
    /// Returns the candidates at the positions in `bySetPosition`, counted from the beginning or
    /// end of the period.
    private func picked(_ candidates: [Day]) -> [Day] {
        guard !bySetPosition.isEmpty, !candidates.isEmpty else { return candidates }
        let places = bySetPosition.map { $0 > 0 ? $0 - 1 : candidates.count + $0 }.filter(candidates.indices.contains)
        return Set(places).sorted().map { candidates[$0] }
    }
}

/// A rule prepared for expansion.
///
/// If the rule leaves out a necessary part, the part is taken from the start day. Lists are stored
/// as bit masks.
private struct DayFilter {
    let frequency: RecurrenceRule.Frequency
    let interval: Int
    let start: Day
    let weekStart: Weekday
    /// Bit n is set if month n matches. 0 matches every month.
    var months: UInt32 = 0
    var monthDays: UInt32 = 0
    /// Bit n is set if the n-th day from the end of the month matches.
    ///
    /// If this mask and `monthDays` are both 0, every day of the month matches.
    var monthDaysFromEnd: UInt32 = 0
    /// Bit n is set if every ISO weekday n of a period matches.
    ///
    /// If this mask is 0 and `numbered` is empty, every weekday matches.
    var weekdays: UInt32 = 0
    /// The entries of BYDAY with an ordinal.
    var numbered: [RecurrenceRule.WeekdayNumber] = []
    /// Whether ordinals of weekdays count within the month instead of the year.
    let countsInMonth: Bool
    /// Element n is true if BYYEARDAY contains n; empty without BYYEARDAY.
    var yearDays: [Bool] = []
    /// Element n is true if BYYEARDAY contains -n; empty without BYYEARDAY.
    var yearDaysFromEnd: [Bool] = []
    let weekNumbers: Set<Int>

    init(rule: RecurrenceRule, start: Day) {
        frequency = rule.frequency
        interval = rule.interval
        self.start = start
        weekStart = rule.weekStart
        countsInMonth = rule.frequency == .monthly || !rule.byMonth.isEmpty
        weekNumbers = Set(rule.byWeekNumber)
        if !rule.byYearDay.isEmpty {
            yearDays = Array(repeating: false, count: 367)
            yearDaysFromEnd = yearDays
            for day in rule.byYearDay { if day > 0 { yearDays[day] = true } else { yearDaysFromEnd[-day] = true } }
        }
        for month in rule.byMonth { months |= 1 << month }
        for day in rule.byMonthDay {
            if day > 0 { monthDays |= 1 << day } else { monthDaysFromEnd |= 1 << -day }
        }
        for entry in rule.byDay {
            if entry.ordinal == 0 { weekdays |= 1 << entry.weekday.rawValue } else { numbered.append(entry) }
        }
        guard rule.byWeekNumber.isEmpty, rule.byYearDay.isEmpty, rule.byMonthDay.isEmpty, rule.byDay.isEmpty else { return }
        let fields = start.fields
        switch frequency {
        case .yearly:
            if months == 0 { months = 1 << fields.month }
            monthDays = 1 << fields.day
        case .monthly: monthDays = 1 << fields.day
        case .weekly: weekdays = 1 << start.weekday.rawValue
        case .daily: break
        }
    }

    // MARK: Periods. Period 0 contains the start day

    /// Returns the number of the last period that begins at or before `day`.
    ///
    /// `day` must not be before the start day.
    func period(of day: Day) -> Int {
        let distance =
            switch frequency {
            case .daily: day - start
            case .weekly: (day - weekBegin(start)) / 7
            case .monthly: monthIndex(day) - monthIndex(start)
            case .yearly: day.year - start.year
            }
        return distance / interval
    }

    func firstDay(ofPeriod period: Int) -> Day {
        let step = period * interval
        return switch frequency {
        case .daily: start + step
        case .weekly: weekBegin(start) + 7 * step
        case .monthly: Day.first(ofMonth: start.month + step, year: start.year)
        case .yearly: Day.first(ofMonth: 1, year: start.year + step)
        }
    }

    /// Whether a DAILY rule steps by whole weeks from a weekday that is not in BYDAY.
    ///
    /// Such a rule matches no day.
    var missesItsWeekdays: Bool {
        frequency == .daily && interval.isMultiple(of: 7) && weekdays != 0 && weekdays & 1 << start.weekday.rawValue == 0
    }

    /// Whether at least one matching month is long enough for a matching day of the month.
    var hasPossibleMonth: Bool {
        monthDays == 0 || monthDaysFromEnd != 0
            || (1...12).contains { passes(month: $0) && monthDays & ((1 << Day.length(ofMonth: $0, year: 2000) - 1) << 1) != 0 }
    }

    /// Returns the first period after the month of `period`, if no day of the month can match.
    ///
    /// Returns nil if a day of the month may match, and for rules that are not DAILY.
    func periodAfterBarrenMonth(_ period: Int) -> Int? {
        guard frequency == .daily, months | monthDays | monthDaysFromEnd != 0 else { return nil }
        let (year, month, _) = firstDay(ofPeriod: period).fields
        let length = Day.length(ofMonth: month, year: year)
        let all: UInt32 = (1 << length - 1) << 1
        let hasDays = monthDays | monthDaysFromEnd == 0 || (monthDays | monthDaysFromEnd) & all != 0
        guard !passes(month: month) || !hasDays else { return nil }
        return (Day.first(ofMonth: month + 1, year: year) - start + interval - 1) / interval
    }

    /// Appends the matching days of a period.
    ///
    /// - Parameter barren: patterns of years without a matching day. Years with these patterns are
    ///   skipped, and new patterns are added.
    func appendDays(ofPeriod period: Int, to days: inout [Day], barren: inout Set<YearShape.Pattern>) {
        let first = firstDay(ofPeriod: period)
        switch frequency {
        case .daily:
            if passes(first) { days.append(first) }
        case .weekly:
            for offset in 0..<7 where passes(first + offset) { days.append(first + offset) }
        case .monthly:
            appendDays(ofMonthFrom: first, year: nil, to: &days)
        case .yearly:
            let year = YearShape(first.year, weekStart: weekStart)
            guard !barren.contains(year.pattern) else { return }
            let before = days.count
            for month in 1...12 {
                appendDays(ofMonthFrom: Day.first(ofMonth: month, year: first.year), year: year, to: &days)
            }
            if days.count == before { barren.insert(year.pattern) }
        }
    }

    private func weekBegin(_ day: Day) -> Day {
        day - (day.weekday.rawValue - weekStart.rawValue).flooredRemainder(7)
    }

    private func monthIndex(_ day: Day) -> Int {
        let fields = day.fields
        return fields.year * 12 + fields.month
    }

    // MARK: Which days pass

    /// Returns whether a day matches a DAILY or WEEKLY rule.
    ///
    /// Such rules have no ordinals, year days or week numbers.
    private func passes(_ day: Day) -> Bool {
        let (year, month, dayOfMonth) = day.fields
        return passes(month: month)
            && passes(dayOfMonth: dayOfMonth, monthLength: Day.length(ofMonth: month, year: year))
            && (weekdays == 0 || weekdays & 1 << day.weekday.rawValue != 0)
    }

    private func passes(month: Int) -> Bool { months == 0 || months & 1 << month != 0 }

    private func passes(dayOfMonth: Int, monthLength: Int) -> Bool {
        (monthDays | monthDaysFromEnd == 0) || monthDays & 1 << dayOfMonth != 0
            || monthDaysFromEnd & 1 << (monthLength - dayOfMonth + 1) != 0
    }

    /// Appends the matching days of the month that begins on `first`.
    ///
    /// `year` is nil unless the rule is YEARLY.
    private func appendDays(ofMonthFrom first: Day, year: YearShape?, to days: inout [Day]) {
        let (civilYear, month, _) = first.fields
        guard passes(month: month) else { return }
        let length = Day.length(ofMonth: month, year: civilYear)
        let firstWeekday = first.weekday.rawValue
        for dayOfMonth in 1...length {
            guard passes(dayOfMonth: dayOfMonth, monthLength: length) else { continue }
            let day = first + (dayOfMonth - 1)
            if weekdays != 0 || !numbered.isEmpty {
                let place = countsInMonth ? dayOfMonth : day - (year?.first ?? first) + 1
                let size = countsInMonth ? length : year?.length ?? length
                let weekday = (firstWeekday + dayOfMonth - 2) % 7 + 1
                guard passes(weekday: weekday, place: place, size: size) else { continue }
            }
            if let year, !passes(yearDay: day - year.first + 1, in: year) { continue }
            days.append(day)
        }
    }

    /// Returns whether at least one entry of BYDAY matches.
    ///
    /// For example, `MO,1TU` matches every Monday and the first Tuesday.
    ///
    /// - Parameters:
    ///   - weekday: the ISO number of the day's weekday.
    ///   - place: the number of the day in the month or year, from 1.
    ///   - size: the number of days in that month or year.
    private func passes(weekday: Int, place: Int, size: Int) -> Bool {
        if weekdays & 1 << weekday != 0 { return true }
        if numbered.isEmpty { return false }
        return numbered.contains { entry in
            guard entry.weekday.rawValue == weekday else { return false }
            return entry.ordinal > 0 ? (place - 1) / 7 + 1 == entry.ordinal : (size - place) / 7 + 1 == -entry.ordinal
        }
    }

    private func passes(yearDay: Int, in year: YearShape) -> Bool {
        if !yearDays.isEmpty, !yearDays[yearDay], !yearDaysFromEnd[year.length - yearDay + 1] { return false }
        return weekNumbers.isEmpty || year.passes(yearDay: yearDay, weekNumbers: weekNumbers)
    }
}

/// The length and the weeks of a year.
///
/// Week 1 is the first week with at least four days in the year. This is the rule of ISO 8601,
/// which RFC 5545 extends to any first day of the week.
private struct YearShape {
    let first: Day
    let length: Int
    /// The day of the year on which week 1 begins, -2...4.
    let weekOne: Int
    let weekCount: Int
    let lastYearsWeekCount: Int

    /// The properties of a year that decide which of its days match.
    ///
    /// Years with equal patterns have the same matching days.
    struct Pattern: Hashable {
        let length, weekday, weekCount, lastYearsWeekCount: Int
    }

    var pattern: Pattern {
        Pattern(
            length: length, weekday: first.weekday.rawValue, weekCount: weekCount, lastYearsWeekCount: lastYearsWeekCount)
    }

    init(_ year: Int, weekStart: Weekday) {
        first = Day.first(ofMonth: 1, year: year)
        length = Day.isLeap(year) ? 366 : 365
        func begin(_ year: Int) -> Day {
            // 4 January is always in week 1.
            let fourth = Day.first(ofMonth: 1, year: year) + 3
            return fourth - (fourth.weekday.rawValue - weekStart.rawValue).flooredRemainder(7)
        }
        let this = begin(year)
        weekOne = this - first + 1
        weekCount = (begin(year + 1) - this) / 7
        lastYearsWeekCount = (this - begin(year - 1)) / 7
    }

    /// Returns whether a day of the year is in one of the weeks.
    ///
    /// Days at the edges of a year may belong to the last week of the year before or to week 1 of
    /// the year after. A negative number counts from the end of the year to which the week belongs.
    /// As in python-dateutil, week 1 of the year after matches only the positive number 1.
    func passes(yearDay: Int, weekNumbers: Set<Int>) -> Bool {
        if yearDay < weekOne { return weekNumbers.contains(lastYearsWeekCount) || weekNumbers.contains(-1) }
        let week = (yearDay - weekOne) / 7 + 1
        if week > weekCount { return weekNumbers.contains(1) }
        return weekNumbers.contains(week) || weekNumbers.contains(week - weekCount - 1)
    }
}
