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
            let refusal = PhraseCorrection.refusal(
                of: phrase, problem: error.refusal, examples: WhenParser.examples, parse: WhenParser.verdict)
            let checked = HintCheck.checked(refusal, of: phrase)
            throw checked.hints.isEmpty ? WhenParser.severalDates(phrase) ?? checked : checked
        } catch {
            throw HintCheck.checked(error.refusal, of: phrase)
        }
    }
}

/// Reads one phrase from left to right.
///
/// An alternative of the grammar consumes either all of its tokens or none.
///
/// Both languages use the terms of the vocabulary. If the word order of English and Vietnamese
/// differs, the parser accepts both orders. The parser first removes `âm lịch` or `lunar` before or
/// after the phrase. These words apply to the whole phrase. `PreparedPhrase` removes the words
/// without a date first.
struct WhenParser {
    let phrase: String
    let tokens: [PhraseToken]
    var index = 0
    /// Whether the phrase as a whole is marked as lunar.
    let isLunar: Bool
    /// Whether `dương lịch` says that the dates are solar.
    let isSolar: Bool
    /// Whether the phrase is in Vietnamese. Hints are in the language of the phrase.
    let isVietnamese: Bool
    /// Whether a date is written with the year first. Hints keep the order of the writer.
    let hasISODates: Bool
    let deadline: Recurrence.Deadline?
    /// The offset of `hằng năm` behind the phrase; nil without these words.
    let yearlyOffset: Int?
    /// The brackets that repeat a date and have not been checked against it yet.
    var notes: [PreparedPhrase.Note]
    /// Whether the phrase read so far is a month, a quarter or another period with its year.
    var isDatedPeriod = false
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
        "rrule FREQ=YEARLY;BYMONTH=9;BYDAY=1MO from 2026-01-01", "June 2026", "April - September", "first half of the year",
        "every Monday", "first Friday of every month", "day 1 and 15 of every month", "5th working day of every month",
        "2026-04-15, 2026-05-20", "by 15/11", "before 15/11",
        "ngày 28/6", "từ 1/6 đến 30/6", "tháng 6", "quý 2", "đầu quý 2", "đầu tháng 6", "ngày cuối tháng 6",
        "âm lịch 15/8", "rằm tháng 8", "mùng 1 tháng Giêng", "âm lịch 23/12 - 7/1", "thứ hai đầu tiên của tháng 9",
        "ngày làm việc đầu tiên của tháng 4", "ngày 25 hằng tháng", "ngày cuối hằng tháng", "2 tuần một lần từ 2026-01-05",
        "ngày 15 tháng 4 năm 2026", "29/2 hoặc 28/2", "tháng 6/2026", "từ tháng 4 đến tháng 9", "6 tháng đầu năm", "năm 2027",
        "thứ hai hằng tuần", "thứ sáu đầu tiên hằng tháng", "ngày 1 và 15 hằng tháng", "ngày 20 tháng cuối quý",
        "ngày làm việc thứ 5 hằng tháng", "chậm nhất ngày 15/11", "trước ngày 15/11",
    ].map(PhraseCorrection.Example.init)

    static func parse(_ phrase: String, seeksHints: Bool = true) throws(PhraseProblem) -> Recurrence {
        if phrase.utf8.count > lengthLimit, phrase.unicodeScalars.count > lengthLimit {
            if let list = try DateList.recurrence(phrase) { return list }
            throw .refused("a phrase has at most \(lengthLimit) characters", at: lengthLimit)
        }
        if let rule = try RulePhrase.recurrence(phrase) { return rule }
        if let list = try DateList.recurrence(phrase) { return list }
        var parser = try WhenParser(phrase, seeksHints: seeksHints)
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
            let hasISODates = PhraseLexer.tokens(phrase).contains { if case .iso = $0.kind { true } else { false } }
            return .stands(
                canonical: recurrence.spelled(isVietnamese: PhraseCorrection.isVietnamese(phrase), yearFirst: hasISODates))
        } catch {
            return error.isSyntax ? .noPhrase : .refused(error.refusal)
        }
    }

    init(_ phrase: String, seeksHints: Bool = true) throws(PhraseProblem) {
        let pieces = PhraseLexer.pieces(phrase)
        let all = PhraseLexer.tokens(pieces)
        let prepared = try PreparedPhrase(all)
        self.phrase = phrase
        self.seeksHints = seeksHints
        isVietnamese = PhraseCorrection.isVietnamese(pieces)
        tokens = prepared.tokens
        isLunar = prepared.isLunar
        isSolar = prepared.isSolar
        deadline = prepared.deadline
        yearlyOffset = prepared.yearlyOffset
        notes = prepared.notes
        hasISODates = all.contains { if case .iso = $0.kind { true } else { false } }
    }

    /// Reads the tokens of a note in brackets. Its dates are lunar.
    init(note: [PhraseToken], of other: WhenParser) {
        phrase = other.phrase
        tokens = note
        isLunar = true
        isSolar = false
        isVietnamese = other.isVietnamese
        hasISODates = other.hasISODates
        seeksHints = false
        deadline = nil
        yearlyOffset = nil
        notes = []
    }

    // MARK: The grammar

    private mutating func recurrence() throws(PhraseProblem) -> Recurrence {
        guard !tokens.isEmpty else { throw .syntax("the phrase is empty", at: 0) }
        if let feast = tokens.first(where: { $0.kind == .term(.solarTerm) }) {
            throw .refused(
                "\"\(feast.text)\" goes by the sun, and its date differs from year to year; write its date with the year",
                at: feast.offset)
        }
        if let feast = tokens.first(where: { $0.kind == .term(.solarNewYear) }) {
            throw .refused("\"\(feast.text)\" is 1 January", hints: tokens.count == 1 ? ["1/1"] : [], at: feast.offset)
        }
        let found: Recurrence
        if let undated = try undated() {
            if isLunar { throw notLunar(undated) }
            found = undated
        } else {
            found = try dates()
        }
        guard atEnd else { throw nonsense() }
        if let note = notes.first { throw .refused("these brackets have no date to be checked against", at: note.dateEnd) }
        if let yearlyOffset, found.naming != .year {
            throw .refused("this does not come once every year", at: yearlyOffset)
        }
        guard let deadline else { return found }
        guard let day = found.deadline(deadline, isDatedPeriod: isDatedPeriod) else {
            throw .refused("a deadline is one day, a month or a quarter", at: tokens[0].offset)
        }
        return day
    }

    /// Reads every kind of phrase except dates and windows of dates, for which it returns nil.
    private mutating func undated() throws(PhraseProblem) -> Recurrence? {
        if let found = try wholeYear() { return found }
        if let found = try halfYear() { return try finish(found) }
        if let found = try weekly() { return found }
        if let found = try stepping() { return try finish(found) }
        if let found = try daysOfEveryMonth() { return try finish(found) }
        if let found = try numberedWorkingDay() { return try finish(found) }
        if let found = try edgeDay() { return try finish(found) }
        if let found = try weekdayOfMonth() { return try finish(found) }
        if let found = try months() { return found }
        if let found = try partOrQuarter() { return try finish(found) }
        if let found = try wholeMonth() { return try finish(found) }
        return nil
    }

    private func notLunar(_ recurrence: Recurrence) -> PhraseProblem {
        .refused("only dates and windows of dates can be lunar", hints: [spell(recurrence)], at: 0)
    }

    /// Reads the year behind a recurrence, if one follows: `June 2026`, `tháng 6/2026`.
    ///
    /// With a year, a recurrence that comes once a year becomes its dates in that year.
    private mutating func finish(_ recurrence: Recurrence) throws(PhraseProblem) -> Recurrence {
        guard !atEnd else { return recurrence }
        let place = offset
        guard let year = try takeYearBehind(), atEnd else { throw nonsense() }
        guard recurrence.naming == .year, !recurrence.usesWorkingDays, let dates = recurrence.only(in: year) else {
            throw .refused(
                "this takes no year; write `years: \(year)` beside it for one year", hints: [spell(recurrence)], at: place)
        }
        isDatedPeriod = true
        return dates
    }

    /// Reads `/2026`, `-2026`, `năm 2026` or ` 2026`. The year must be 1970 to 2199.
    mutating func takeYearBehind() throws(PhraseProblem) -> Int? {
        let start = index
        if kind() == .slash || kind() == .term(.year) || kind() == .term(.to) && tokens[index].isDash { index += 1 }
        guard case .number(let year, digits: 4) = kind() else {
            index = start
            return nil
        }
        guard Day.plannableYears.contains(year) else { throw Self.yearOutside(at: offset) }
        index += 1
        return year
    }

    /// Reads `year 2027` or `năm 2027`.
    private mutating func wholeYear() throws(PhraseProblem) -> Recurrence? {
        guard kind() == .term(.year), case .number(let year, digits: 4) = kind(ahead: 1), tokens.count == 2 else { return nil }
        guard Day.plannableYears.contains(year) else { throw Self.yearOutside(at: tokens[1].offset) }
        index += 2
        isDatedPeriod = true
        return .once(from: Day.first(ofMonth: 1, year: year), to: Day.last(ofMonth: 12, year: year))
    }

    static func yearOutside(at offset: Int, hints: [String] = []) -> PhraseProblem {
        .refused("years are 1970 to 2199, in four digits", hints: hints, at: offset)
    }

    /// The refusal of a phrase that joins several dates with `or` or `and`; nil for other phrases.
    static func severalDates(_ phrase: String) -> PhraseRefusal? {
        let joint = PhraseLexer.tokens(phrase).dropFirst().first { $0.kind == .term(.or) || $0.kind == .term(.and) }
        return joint.map { PhraseRefusal("a phrase names one day or one window; take two campaigns", offset: $0.offset) }
    }
}
