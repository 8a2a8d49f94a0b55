import Dates
import Diagnostics

// Reads days that are counted within a month or a quarter.

extension WhenParser {
    /// Reads the first or last day or working day of a month or of every month or quarter.
    ///
    /// Examples: `last working day of June`, `first day of every quarter`, `ngày cuối hằng tháng`,
    /// `ngày làm việc đầu tiên của tháng 4`.
    ///
    /// The last day of one month may also begin a lunar date or a window. Returns nil for these,
    /// and `dates()` reads them.
    mutating func edgeDay() throws(PhraseProblem) -> Recurrence? {
        let start = index
        guard let (edge, working) = takeEdgeOfDays() else {
            index = start
            return nil
        }
        _ = take(.of)
        if take(.every) {
            if take(.month) { return .everyPeriod(edge, working: working, .month) }
            if take(.quarter) { return .everyPeriod(edge, working: working, .quarter) }
            throw nonsense()
        }
        let place = offset
        if let quarter = try quarter() {
            let month = edge == .first ? quarter * 3 - 2 : quarter * 3
            throw .refused(
                edge == .first
                    ? "the first day of one quarter is named by its month"
                    : "the last day of one quarter is named by its month",
                hints: [spell(Self.edge(edge, working, month))], at: place)
        }
        guard let month = try month() else {
            if !isLunar, let number = takeNumber(), atEnd, (1...12).contains(number) {
                throw .refused("the month is a name here", hints: [spell(Self.edge(edge, working, number))], at: place)
            }
            index = start
            return nil
        }
        let isLast = edge == .last && !working
        if isLast, isLunar || month.isLunar || kind() == .term(.to) || kind() == .term(.leap) {
            index = start
            return nil
        }
        if month.isLunar || isLunar {
            let hints = working ? [] : [spell(.lunar(LunarMonthDay(month: month.number, day: 1)))]
            throw .refused("only dates and windows of dates can be lunar", hints: hints, at: place)
        }
        if !isLast, !working {
            throw .refused(
                "the first day of one month is written as its date", hints: [spell(Self.edge(edge, working, month.number))],
                at: tokens[start].offset)
        }
        return Self.edge(edge, working, month.number)
    }

    private static func edge(_ edge: Recurrence.Edge, _ working: Bool, _ month: Int) -> Recurrence {
        if working { return .workingDay(edge, ofMonth: month) }
        if edge == .last { return .lastDay(ofMonth: month) }
        return MonthDay(month: month, day: 1).map { .day($0) } ?? .month(month)
    }

    /// Reads `first working day`, `ngày làm việc đầu tiên` or `ngày cuối`.
    private mutating func takeEdgeOfDays() -> (Recurrence.Edge, working: Bool)? {
        if let edge = takeEdge() {
            let working = take(.working)
            return take(.day) ? (edge, working) : nil
        }
        guard take(.day) else { return nil }
        let working = take(.working)
        return takeEdge().map { ($0, working) }
    }

    private mutating func takeEdge() -> Recurrence.Edge? {
        if take(.ordinal(.first)) || take(.dau) { return .first }
        return take(.ordinal(.last)) || take(.cuoi) ? .last : nil
    }

    /// Reads `first Monday of September` or `thứ hai đầu tiên của tháng 9`.
    mutating func weekdayOfMonth() throws(PhraseProblem) -> Recurrence? {
        let start = index
        if isWeekdayBesideDate { return nil }
        var ordinal = takeOrdinal()
        var hasFifth = ordinal == nil && take(.fifth)
        guard let weekday = takeWeekday() else {
            index = start
            return nil
        }
        if ordinal == nil, !hasFifth { ordinal = takeOrdinal() ?? takeVietnameseOrdinal() }
        hasFifth = hasFifth || (ordinal == nil && (take(.fifth) || take(.thu(5))))
        _ = take(.of)
        if kind() == .term(.every), let period = period(ahead: 1) {
            let place = tokens[start].offset
            index += 2
            if let ordinal { return .weekdayOfEvery(ordinal, weekday, period) }
            if hasFifth, period == .month {
                throw .refused(
                    "not every month has a fifth one", hints: [spell(.weekdayOfEvery(.last, weekday, .month))], at: place)
            }
            throw .refused(
                "which \(LocalizedText(lookedUp: weekday.english)) is not said: first, second, third, fourth or last",
                hints: [.first, .last].map { spell(.weekdayOfEvery($0, weekday, period)) }, at: place)
        }
        let place = offset
        guard let month = try month() else {
            if ordinal == nil, atEnd, !hasFifth {
                throw .refused(
                    "it is not said how often this weekday comes", hints: [spell(.weekly([weekday], from: nil, until: nil))],
                    at: place)
            }
            throw nonsense()
        }
        if month.isLunar || isLunar { throw .refused("weekdays are counted in solar months only", at: place) }
        let ends: [Recurrence] = [.first, .last].map { .weekday($0, weekday, ofMonth: month.number) }
        if hasFifth {
            throw .refused("not every month has a fifth one", hints: [spell(ends[1])], at: tokens[start].offset)
        }
        guard let ordinal else {
            throw .refused(
                "which \(LocalizedText(lookedUp: weekday.english)) of the month is not said: first, second, third, fourth or last",
                hints: ends.map(spell), at: tokens[start].offset)
        }
        return .weekday(ordinal, weekday, ofMonth: month.number)
    }

    private mutating func takeOrdinal() -> Recurrence.Ordinal? {
        guard case .term(.ordinal(let ordinal)) = kind() else { return nil }
        index += 1
        return ordinal
    }

    /// Reads a Vietnamese ordinal after a weekday.
    ///
    /// In this position, `thứ hai` means "second". `đầu` and `cuối` are accepted for "first" and
    /// "last".
    private mutating func takeVietnameseOrdinal() -> Recurrence.Ordinal? {
        if take(.dau) { return .first }
        if take(.cuoi) { return .last }
        guard case .term(.thu(let number)) = kind(), (2...4).contains(number) else { return nil }
        index += 1
        return Recurrence.Ordinal(rawValue: number)
    }
}
