import Dates

extension Recurrence {
    /// Reads a `when` phrase, English or Vietnamese.
    ///
    /// - Parameter seekingHints: whether to search for the nearest valid phrase. The search takes
    ///   some milliseconds.
    /// - Throws: `PhraseRefusal` if the text is not a phrase, if its days do not exist, if the
    ///   writer probably meant other days, or if it has no day in 1970–2199. If the text is not a
    ///   phrase, the hint is the nearest valid phrase.
    public init(phrase: String, seekingHints: Bool = true) throws(PhraseRefusal) {
        do {
            self = try WhenParser.parse(phrase)
        } catch  where error.isSyntax && seekingHints {
            throw PhraseCorrection.refusal(
                of: phrase, problem: error.refusal, examples: WhenParser.examples, parse: WhenParser.verdict)
        } catch {
            throw error.refusal
        }
    }
}

/// Reads one phrase from left to right.
///
/// An alternative of the grammar consumes either all of its tokens or none.
///
/// Both languages use the terms of the vocabulary. If the word order of English and Vietnamese
/// differs, the parser accepts both orders. The parser first removes `âm lịch` or `lunar` before or
/// after the phrase, because these words apply to the whole phrase.
struct WhenParser {
    let phrase: String
    let tokens: [PhraseToken]
    var index = 0
    /// Whether the phrase as a whole is marked as lunar.
    let isLunar: Bool
    /// Whether the phrase is in Vietnamese. Hints are in the language of the phrase.
    let isVietnamese: Bool
    /// Whether to search for hints.
    ///
    /// False while the parser checks a hint, so that the search does not recurse.
    let seeksHints: Bool

    /// The maximum length of a phrase in Unicode scalars.
    ///
    /// A rule that lists all 366 days of the year by number has some 1 500 characters.
    static let lengthLimit = 2_000

    /// Valid phrases of all kinds. The message shows the nearest example if no hint is found.
    static let examples = [
        "28/6", "28 June", "1/6 - 30/6", "June", "Q2", "early Q2", "early June", "last day of June", "lunar 15/8",
        "lunar last day of 12", "lunar 23/12 - 7/1", "first Monday of September", "last Friday of May",
        "first working day of April", "day 25 of every month", "last day of every month", "last working day of every quarter",
        "every 2 weeks from 2026-01-05", "2026-04-15", "2026-04-15 - 2026-04-30", "29/2 or 28/2",
        "rrule FREQ=YEARLY;BYMONTH=9;BYDAY=1MO from 2026-01-01",
        "ngày 28/6", "từ 1/6 đến 30/6", "tháng 6", "quý 2", "đầu quý 2", "đầu tháng 6", "ngày cuối tháng 6",
        "âm lịch 15/8", "rằm tháng 8", "mùng 1 tháng Giêng", "âm lịch 23/12 - 7/1", "thứ hai đầu tiên của tháng 9",
        "ngày làm việc đầu tiên của tháng 4", "ngày 25 hằng tháng", "ngày cuối hằng tháng", "2 tuần một lần từ 2026-01-05",
        "ngày 15 tháng 4 năm 2026", "29/2 hoặc 28/2",
    ].map(PhraseCorrection.Example.init)

    static func parse(_ phrase: String, seeksHints: Bool = true) throws(PhraseProblem) -> Recurrence {
        guard phrase.unicodeScalars.count <= lengthLimit else {
            throw .refused("a phrase has at most \(lengthLimit) characters", at: lengthLimit)
        }
        if let rule = try RulePhrase.recurrence(phrase) { return rule }
        var parser = WhenParser(phrase, seeksHints: seeksHints)
        let recurrence = try parser.recurrence()
        if recurrence.namesNoDay {
            throw .refused("this names no day from 1970 to 2199", at: 0)
        }
        return recurrence
    }

    /// Parses a candidate of the search for hints, and returns the result as a verdict.
    static func verdict(_ phrase: String) -> PhraseCorrection.Verdict {
        do {
            let recurrence = try parse(phrase)
            return .stands(canonical: PhraseCorrection.isVietnamese(phrase) ? recurrence.vietnamesePhrase : recurrence.phrase)
        } catch {
            return error.isSyntax ? .noPhrase : .refused(error.refusal)
        }
    }

    init(_ phrase: String, seeksHints: Bool = true) {
        self.phrase = phrase
        self.seeksHints = seeksHints
        let pieces = PhraseLexer.pieces(phrase)
        isVietnamese = PhraseCorrection.isVietnamese(pieces)
        var tokens = PhraseLexer.tokens(pieces)
        var isLunar = false
        if tokens.first?.kind == .term(.lunar) {
            tokens.removeFirst()
            isLunar = true
        }
        // `âm lịch` or `lunar` may also be at the end, or before a final `leap` or `nhuận`: "15/6
        // âm lịch nhuận".
        if let last = tokens.last(where: { $0.kind != .term(.leap) }), last.kind == .term(.lunar) {
            tokens.removeAll { $0.kind == .term(.lunar) && $0.offset == last.offset }
            isLunar = true
        }
        self.isLunar = isLunar
        self.tokens = tokens
    }

    // MARK: The grammar

    private mutating func recurrence() throws(PhraseProblem) -> Recurrence {
        guard !tokens.isEmpty else { throw .syntax("the phrase is empty", at: 0) }
        if tokens.count > 2, tokens.suffix(2).map(\.kind) == [.term(.every), .term(.year)] {
            let words = tokens.suffix(2).map(\.offset)
            let hints = tried([replacing(from: tokens[tokens.count - 3].end, to: phrase.unicodeScalars.count, with: "")])
            throw .refused("a date without a year comes every year", hints: hints, at: words[0])
        }
        if let undated = try undated() {
            if isLunar { throw notLunar(undated) }
            return undated
        }
        let dates = try dates()
        guard atEnd else { throw nonsense() }
        return dates
    }

    /// Reads every kind of phrase except dates and windows of dates, for which it returns nil.
    private mutating func undated() throws(PhraseProblem) -> Recurrence? {
        if let found = try stepping() { return try finish(found) }
        if let found = try dayOfEveryMonth() { return try finish(found) }
        if let found = try edgeDay() { return try finish(found) }
        if let found = try weekdayOfMonth() { return try finish(found) }
        if let found = try partOrQuarter() { return try finish(found) }
        if let found = try wholeMonth() { return try finish(found) }
        return nil
    }

    /// Reads `every 2 weeks from 2026-01-05` or `2 tuần một lần từ 2026-01-05`.
    private mutating func stepping() throws(PhraseProblem) -> Recurrence? {
        let start = index
        let isEnglish = take(.every)
        if isEnglish, case .term(.weekday(let weekday)) = kind() { throw everyWeekday(weekday) }
        let count = takeNumber() ?? 1
        let counted = index > start + (isEnglish ? 1 : 0)
        guard isEnglish || counted, let (unit, factor) = takeStepUnit(), isEnglish || takeOnce() else {
            index = start
            return nil
        }
        let step = count > 1_000_000 ? count : count * factor
        let spelt = Recurrence.every(max(1, min(step, unit.limit)), unit, from: Self.exampleStart)
        guard take(.from) else {
            guard atEnd else { throw nonsense() }
            throw .refused("a step needs the day it starts from", hints: [spell(spelt)], at: offset)
        }
        let place = offset
        guard let piece = try datePiece() else {
            throw .refused("a step starts from one dated day, such as \(Self.exampleStart)", hints: [], at: place)
        }
        guard piece.year != nil, let day = piece.day, !piece.needsLunar else {
            throw .refused("a step starts from one dated day, such as \(Self.exampleStart)", hints: [spell(spelt)], at: place)
        }
        let from = try civilDay(piece, day: day)
        guard (1...unit.limit).contains(step) else {
            throw .refused("a step is 1 to \(unit.limit) \(unit.english(2))", at: tokens[start].offset)
        }
        return .every(step, unit, from: from)
    }

    /// The start day in hints that need a start day. It is a Monday.
    private static let exampleStart = Day.clamped(2026, 1, 5)

    private mutating func takeStepUnit() -> (Recurrence.StepUnit, factor: Int)? {
        if take(.day) { return (.days, 1) }
        if take(.week) { return (.weeks, 1) }
        if take(.month) { return (.months, 1) }
        if take(.quarter) { return (.months, 3) }
        if take(.year) { return (.months, 12) }
        return nil
    }

    private mutating func takeOnce() -> Bool {
        let start = index
        if take(.once) || (takeNumber() == 1 && take(.times)) { return true }
        index = start
        return false
    }

    private func everyMonth(_ ordinal: Recurrence.Ordinal, _ weekday: Weekday) -> PhraseProblem {
        let rule = RecurrenceRule(frequency: .monthly, byDay: [.init(ordinal: ordinal.rawValue, weekday: weekday)])
        let hint = Recurrence.rrule(rule, from: Day.clamped(2026, 1, 1))
        return .refused(
            "a weekday of every month is written as a rule with the day it starts from", hints: [hint.phrase], at: offset)
    }

    private func everyWeekday(_ weekday: Weekday) -> PhraseProblem {
        let rule = RecurrenceRule(frequency: .weekly, byDay: [.init(weekday: weekday)])
        let hint = Recurrence.rrule(rule, from: Day.clamped(2026, 1, 1))
        return .refused(
            "every week's \(weekday.english) is written as a rule with the day it starts from", hints: [hint.phrase], at: offset)
    }

    /// Reads `day 25 of every month` or `ngày 25 hằng tháng`.
    private mutating func dayOfEveryMonth() throws(PhraseProblem) -> Recurrence? {
        let start = index
        guard take(.day), let day = takeNumber() else {
            index = start
            return nil
        }
        if atEnd, (1...28).contains(day) {
            throw .refused("the month is missing", hints: [spell(.everyMonth(day: day))], at: offset)
        }
        let isMonthly = (take(.of) && take(.every)) || take(.every)
        guard isMonthly, take(.month) else {
            index = start
            return nil
        }
        if (1...28).contains(day) { return .everyMonth(day: day) }
        let last = spell(.everyPeriod(.last, working: false, .month))
        let message =
            (29...31).contains(day) ? "not every month has a day \(day)" : "there is no day \(PhraseToken.shown(day)) of a month"
        throw .refused(message, hints: day >= 29 ? [last] : [], at: tokens[start + 1].offset)
    }

    /// Reads the first or last day or working day of a month or of every month or quarter.
    ///
    /// Examples: `last working day of June`, `first day of every quarter`, `ngày cuối hằng tháng`,
    /// `ngày làm việc đầu tiên của tháng 4`.
    ///
    /// The last day of one month may also begin a lunar date or a window. In these cases, returns
    /// nil, and `dates()` reads the phrase.
    private mutating func edgeDay() throws(PhraseProblem) -> Recurrence? {
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
                "the \(edge == .first ? "first" : "last") day of one quarter is named by its month",
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
    private mutating func weekdayOfMonth() throws(PhraseProblem) -> Recurrence? {
        let start = index
        var ordinal = takeOrdinal()
        var hasFifth = ordinal == nil && take(.fifth)
        guard let weekday = takeWeekday() else {
            index = start
            return nil
        }
        if ordinal == nil, !hasFifth { ordinal = takeOrdinal() ?? takeVietnameseOrdinal() }
        hasFifth = hasFifth || (ordinal == nil && (take(.fifth) || take(.thu(5))))
        if kind() == .term(.every), kind(ahead: 1) == .term(.week), index + 2 == tokens.count { throw everyWeekday(weekday) }
        _ = take(.of)
        if let ordinal, take(.every), take(.month), atEnd { throw everyMonth(ordinal, weekday) }
        let place = offset
        guard let month = try month() else {
            if ordinal == nil, atEnd { throw everyWeekday(weekday) }
            throw nonsense()
        }
        if month.isLunar || isLunar { throw .refused("weekdays are counted in solar months only", at: place) }
        let ends: [Recurrence] = [.first, .last].map { .weekday($0, weekday, ofMonth: month.number) }
        if hasFifth {
            throw .refused("not every month has a fifth one", hints: [spell(ends[1])], at: tokens[start].offset)
        }
        guard let ordinal else {
            throw .refused(
                "which \(weekday.english) of the month is not said: first, second, third, fourth or last",
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

    /// Reads `early Q2`, `đầu quý 2`, `early June`, `đầu tháng 6` or `Q2`.
    private mutating func partOrQuarter() throws(PhraseProblem) -> Recurrence? {
        let start = index
        guard let part = takePart() else {
            return try quarter().map { .quarter($0, nil) }
        }
        _ = take(.of)
        if let quarter = try quarter() { return .quarter(quarter, part) }
        if take(.year), atEnd { throw partOfYear(part) }
        guard let month = try month() else {
            index = start
            return nil
        }
        if month.isLunar || isLunar {
            let (first, last): (Int, Int?) =
                switch part {
                case .early: (1, 10)
                case .mid: (11, 20)
                case .late: (21, nil)
                }
            let window = Recurrence.lunarWindow(
                from: LunarMonthDay(month: month.number, day: first), to: LunarMonthDay(month: month.number, day: last))
            throw .refused("only dates and windows of dates can be lunar", hints: [spell(window)], at: tokens[start].offset)
        }
        return .partOfMonth(month.number, part)
    }

    private func partOfYear(_ part: Recurrence.Part) -> PhraseProblem {
        let hints: [Recurrence] =
            switch part {
            case .early: [.quarter(1, nil), .month(1)]
            case .mid: [.quarter(2, .late), .month(6)]
            case .late: [.quarter(4, nil), .month(12)]
            }
        return .refused("a part of the year is a quarter or a month", hints: hints.map(spell), at: 0)
    }

    private mutating func takePart() -> Recurrence.Part? {
        if take(.dau) { return .early }
        if take(.cuoi) { return .late }
        guard case .term(.part(let part)) = kind() else { return nil }
        index += 1
        return part
    }

    /// Reads `Q2`, `quý 2` or `quý II`.
    private mutating func quarter() throws(PhraseProblem) -> Int? {
        let start = index
        guard take(.q) || take(.quarter) else { return nil }
        if case .term(.roman(let number)) = kind() {
            index += 1
            return number
        }
        let place = offset
        guard let number = takeNumber() else {
            index = start
            return nil
        }
        guard (1...4).contains(number) else { throw .refused("quarters are 1 to 4", at: place) }
        return number
    }

    /// Reads `June` or `tháng 6`.
    ///
    /// Refuses similar phrases such as `June 28`, with the phrase that was probably meant as the
    /// hint.
    private mutating func wholeMonth() throws(PhraseProblem) -> Recurrence? {
        let start = index
        let place = offset
        guard let month = try month() else { return nil }
        if month.isEnglish, let day = takeNumber() {
            if day <= 31 {
                if tokens.indices.contains(index), tokens[index].text == "," { index += 1 }
                let year = takeNumber()
                let date = "\(day) \(Recurrence.english(month.number))" + (year.map { " \($0)" } ?? "")
                throw .refused("the day comes before the month", hints: tried([date]), at: place)
            }
            index -= 1
        }
        let afterMonth = index
        if take(.to), let last = try self.month(), atEnd, !month.isLunar, !last.isLunar, !isLunar {
            let end = last.number == 2 ? 28 : Day.length(ofMonth: last.number, year: 2001)
            throw .refused(
                "a window is written with its first and last day", hints: ["1/\(month.number) - \(end)/\(last.number)"], at: place
            )
        }
        index = afterMonth
        if month.isLunar || isLunar {
            guard atEnd else {
                index = start
                return nil
            }
            let window = Recurrence.lunarWindow(
                from: LunarMonthDay(month: month.number, day: 1), to: LunarMonthDay(month: month.number, day: nil))
            let first = month.isLunar && month.number == 1 ? ["mùng 1 tháng Giêng"] : []
            throw .refused("a whole lunar month is written as a window", hints: [spell(window)] + first, at: place)
        }
        return .month(month.number)
    }

    private func notLunar(_ recurrence: Recurrence) -> PhraseProblem {
        .refused("only dates and windows of dates can be lunar", hints: [spell(recurrence)], at: 0)
    }

    /// Checks that nothing follows the recurrence.
    ///
    /// If a year follows, refuses the phrase. The hint has the dates in that year.
    private mutating func finish(_ recurrence: Recurrence) throws(PhraseProblem) -> Recurrence {
        guard !atEnd else { return recurrence }
        let place = offset
        _ = take(.slash) || take(.year)
        guard case .number(let year, digits: 4) = kind(), index == tokens.count - 1 else { throw nonsense() }
        guard Day.plannableYears.contains(year) else { throw Self.yearOutside(at: tokens[index].offset) }
        throw oneYear(recurrence, year, at: place)
    }

    /// Returns the refusal of a yearly phrase with a year, such as `June 2026`.
    func oneYear(_ recurrence: Recurrence, _ year: Int, at place: Int) -> PhraseProblem {
        let span = Day.first(ofMonth: 1, year: year)...Day.last(ofMonth: 12, year: year)
        let dates = recurrence.occurrences(overlapping: span, workingDays: .mondayToFriday).filter { $0.name == String(year) }
        guard !recurrence.usesWorkingDays, let first = dates.first else {
            return .refused(
                "this comes every year; write `years: \(year)` beside it for one year", hints: [spell(recurrence)], at: place)
        }
        return .refused(
            "an event of one year only is written with its dates",
            hints: [Recurrence.once(from: first.start, to: first.end).phrase], at: place)
    }

    static func yearOutside(at offset: Int, hints: [String] = []) -> PhraseProblem {
        .refused("years are 1970 to 2199, in four digits", hints: hints, at: offset)
    }
}
