import Dates

// Reads dates and windows of dates, solar and lunar, with and without a year.

/// A date as written. The date may be solar or lunar, and the day may not exist.
struct DatePiece {
    /// The day of the month; nil for the last day of the month.
    var day: Int?
    var month: Int
    var year: Int?
    /// Whether the date has a word that is always lunar: `rằm`, `tháng Giêng`, `tháng Chạp`.
    var isLunar = false
    /// Whether `mùng` comes before the day.
    var isMung = false
    /// Whether `leap` or `nhuận` follows the month.
    var isLeap = false
    /// Whether the date is written in English, as in `28 June`.
    var isEnglish = false
    /// The weekdays beside the date, with their offsets. They are checked against it.
    var weekdays: [(weekday: Weekday, offset: Int)] = []
    /// The brackets behind the date that repeat it.
    var note: PreparedPhrase.Note?
    /// The offsets of the date's beginning and end in the phrase, in Unicode scalars.
    var start: Int
    var end: Int

    /// Whether the date has a word that is always lunar or, like `mùng`, sometimes lunar.
    var needsLunar: Bool { isLunar || isMung || isLeap }
}

extension WhenParser {
    /// Reads a date, a window of dates, or a leap day with its policy (`29/2 or 28/2`).
    ///
    /// Examples: `28/6`, `1/6 - 30/6`, `lunar 23/12 - 7/1`, `2026-04-15 - 2026-04-30`.
    mutating func dates() throws(PhraseProblem) -> Recurrence {
        let hasFrom = take(.from)
        if let (first, last) = try sharedMonth() { return try window(first, last) }
        guard let first = try datePiece() else { throw nonsense() }
        if !hasFrom, let policy = takeLeapDayPolicy(after: first) { return .leapDay(policy) }
        if kind() == .term(.or) {
            guard first.day == 29, first.month == 2, first.year == nil else {
                throw .refused("a phrase names one day or one window; take two campaigns", at: offset)
            }
            // The phrase is not one of the three spellings of a leap day. Skips the rest, so that
            // `single` refuses 29 February with the three spellings as hints.
            index = tokens.count
        }
        if kind() == .term(.and) { throw .refused("a phrase names one day or one window; take two campaigns", at: offset) }
        guard let dash = takeTo() else {
            guard atEnd, !hasFrom else { throw nonsense() }
            if isSolar, first.isLunar { throw bothCalendars(first) }
            return try single(first)
        }
        guard let last = try datePiece(), atEnd else { throw nonsense() }
        try checkHyphen(dash)
        return try window(first, last)
    }

    private func window(_ first: DatePiece, _ last: DatePiece) throws(PhraseProblem) -> Recurrence {
        if isSolar, first.isLunar || last.isLunar { throw bothCalendars(first) }
        if isLunar || first.isLunar || last.isLunar { return try lunarWindow(first, last) }
        return try solarWindow(first, last)
    }

    private func bothCalendars(_ piece: DatePiece) -> PhraseProblem {
        .refused("a date is either lunar or solar", at: piece.start)
    }

    /// Reads a window whose month is written once: `1-30/6/2017`, `từ ngày 1 đến ngày 10/6`.
    private mutating func sharedMonth() throws(PhraseProblem) -> (DatePiece, DatePiece)? {
        let start = index
        let place = offset
        _ = take(.day)
        let isMung = take(.mung)
        guard case .number(let day, digits: 1...2) = kind(), kind(ahead: 1) == .term(.to) else {
            index = start
            return nil
        }
        let end = tokens[index].end
        index += 2
        guard let last = try? datePiece(), atEnd, let lastDay = last.day, last.month > 0 else {
            index = start
            return nil
        }
        guard day <= lastDay else { throw .refused("this window ends before it starts", at: place) }
        var first = DatePiece(day: day, month: last.month, start: place, end: end)
        (first.isLunar, first.isLeap, first.isMung) = (last.isLunar, last.isLeap, isMung)
        return (first, last)
    }

    private mutating func takeTo() -> PhraseToken? {
        guard take(.to) else { return nil }
        return tokens[index - 1]
    }

    /// Requires spaces around a hyphen next to an ISO date, because the date itself has hyphens.
    private func checkHyphen(_ dash: PhraseToken) throws(PhraseProblem) {
        guard dash.text == "-", let place = tokens.firstIndex(where: { $0.offset == dash.offset }) else { return }
        let isTight = !dash.hasSpaceBefore || !tokens[place + 1].hasSpaceBefore
        let besideISO = [place - 1, place + 1].contains { index in
            guard tokens.indices.contains(index), case .iso = tokens[index].kind else { return false }
            return true
        }
        guard isTight, besideISO else { return }
        let before = tokens[place - 1].end
        let after = tokens[place + 1].offset
        throw .refused(
            "the hyphen between two dates needs spaces here", hints: tried([replacing(from: before, to: after, with: " - ")]),
            at: dash.offset)
    }

    // MARK: Reading one date

    /// Reads one date as written, without checking that the day exists.
    ///
    /// Returns nil if no date begins here.
    mutating func datePiece() throws(PhraseProblem) -> DatePiece? {
        let start = index
        var before: (weekday: Weekday, offset: Int)?
        if isWeekdayBesideDate {
            let place = offset
            before = takeWeekday().map { ($0, place) }
            takeComma()
        }
        guard var piece = try bareDate() else {
            index = start
            return nil
        }
        if let before { piece.weekdays.append(before) }
        let behind = index
        takeComma()
        let place = offset
        if let weekday = takeWeekday() { piece.weekdays.append((weekday, place)) } else { index = behind }
        if let found = notes.firstIndex(where: { $0.dateEnd == tokens[index - 1].end }) { piece.note = notes.remove(at: found) }
        return piece
    }

    /// Whether a weekday is next and a date follows it, as in `thứ Hai, ngày 15/11/2027`.
    var isWeekdayBesideDate: Bool {
        guard tokens.indices.contains(index), tokens[index].isWeekday else { return false }
        var next = index + 1
        func kind(_ index: Int) -> PhraseToken.Kind? { tokens.indices.contains(index) ? tokens[index].kind : nil }
        if tokens.indices.contains(next), tokens[next].text == "," { next += 1 }
        if kind(next) == .term(.day) { next += 1 }
        if kind(next) == .term(.mung) || kind(next) == .term(.fullMoon) { return true }
        if case .iso = kind(next) { return true }
        guard case .number(_, digits: 1...2) = kind(next) else { return false }
        return kind(next + 1) == .slash || hasMonth(ahead: next + 1 - self.index)
            || kind(next + 1) == .term(.to) && !(tokens[next + 1].isDash && kind(next + 2) == nil)
    }

    /// Reads a date without the words that are checked against it.
    private mutating func bareDate() throws(PhraseProblem) -> DatePiece? {
        let start = index
        let place = offset
        if case .iso(let year, let month, let day) = kind() {
            index += 1
            return DatePiece(day: day, month: month, year: year, start: place, end: tokens[index - 1].end)
        }
        var piece = DatePiece(day: nil, month: 0, start: place, end: place)
        if let month = try lastDayOfMonth() {
            piece.month = month.number
            piece.isLunar = month.isLunar
        } else if let feast = takeFeast() {
            (piece.day, piece.month) = feast.date
            piece.isLunar = true
        } else {
            _ = take(.day)
            if take(.fullMoon) {
                piece.day = 15
                piece.isLunar = true
            } else {
                piece.isMung = take(.mung)
                let dayIndex = index
                guard let day = takeNumber() else {
                    index = start
                    return nil
                }
                try checkOrder(dayIndex)
                piece.day = day
            }
            guard try takeMonth(of: &piece) else {
                try explainMissingMonth(piece, from: start)
                index = start
                return nil
            }
        }
        piece.isLeap = take(.leap)
        if piece.day != nil || piece.isLunar || isLunar { piece.year = takeYear(after: piece) }
        piece.end = tokens[index - 1].end
        return piece
    }

    /// Reads the name of a feast, with or without `ngày`.
    private mutating func takeFeast() -> Feast? {
        let start = index
        _ = take(.day)
        guard case .term(.feast(let feast)) = kind() else {
            index = start
            return nil
        }
        index += 1
        return feast
    }

    /// Reads `last day of June` or `ngày cuối tháng Chạp`.
    ///
    /// In a lunar phrase, the month may be a number: `last day of 12`.
    private mutating func lastDayOfMonth() throws(PhraseProblem) -> Month? {
        let start = index
        let isEnglish = take(.ordinal(.last)) && take(.day)
        if !isEnglish {
            index = start
            guard take(.day), take(.cuoi) || take(.ordinal(.last)) else {
                index = start
                return nil
            }
        }
        _ = take(.of)
        if let month = try month() { return month }
        let place = offset
        guard isLunar, let number = takeNumber() else {
            index = start
            return nil
        }
        guard (1...12).contains(number) else { throw .refused("there is no month \(PhraseToken.shown(number))", at: place) }
        return Month(number: number, isLunar: false, isEnglish: false)
    }

    /// Reads the month after a day: `/6`, `tháng 6`, `June`. Returns false if no month follows.
    private mutating func takeMonth(of piece: inout DatePiece) throws(PhraseProblem) -> Bool {
        if kind() == .slash, case .number(let number, let digits) = kind(ahead: 1) {
            index += 2
            if digits == 4, let day = piece.day, !piece.isMung { throw monthOfYear(day, number, piece.start) }
            piece.month = number
            return true
        }
        // Without `mùng`, a number before "Tết" counts the days of the month before (28 Tết).
        if piece.isMung, take(.feast(.newYear)) {
            piece.month = 1
            piece.isLunar = true
            return true
        }
        guard let month = try month() else { return false }
        piece.month = month.number
        piece.isLunar = piece.isLunar || month.isLunar
        piece.isEnglish = month.isEnglish
        return true
    }

    /// Reads `/2026`, `năm 2026`, ` 2026`, or `, 2026` after an English month.
    private mutating func takeYear(after piece: DatePiece) -> Int? {
        let start = index
        if take(.slash) || take(.year), let year = takeNumber() { return year }
        index = start
        if piece.isEnglish { takeComma() }
        if case .number(let year, let digits) = kind(), digits == 4 || piece.isEnglish && start == index {
            index += 1
            return year
        }
        index = start
        return nil
    }

    // MARK: Refusals and hints for invalid dates

    /// The refusal of `6/2026`, which may be a month or a day whose month is missing.
    private func monthOfYear(_ month: Int, _ year: Int, _ place: Int) -> PhraseProblem {
        guard Day.plannableYears.contains(year) else { return Self.yearOutside(at: place) }
        guard (1...12).contains(month) else { return .refused("there is no month \(PhraseToken.shown(month))", at: place) }
        let hint = isVietnamese ? "tháng \(month)/\(year)" : "\(Recurrence.english(month)) \(year)"
        return .refused("a month with its year needs a word", hints: tokens.count == 3 ? [hint] : [], at: place)
    }

    /// Refuses `2026/04/15` and `2026-4-5`, because only ISO dates may begin with the year.
    private func checkOrder(_ dayIndex: Int) throws(PhraseProblem) {
        guard case .number(let year, digits: 4) = tokens[dayIndex].kind else { return }
        let place = tokens[dayIndex].offset
        var numbers: [Int] = []
        var next = dayIndex + 1
        while numbers.count < 2, tokens.indices.contains(next + 1), tokens[next].kind == .slash || tokens[next].isDash,
            let number = tokens[next + 1].number
        {
            numbers.append(number)
            next += 2
        }
        guard Day.plannableYears.contains(year) else { throw Self.yearOutside(at: place) }
        if numbers.count == 1, (1...12).contains(numbers[0]) { throw monthOfYear(numbers[0], year, place) }
        guard numbers.count == 2, let day = Day(year, numbers[0], numbers[1]) else {
            guard numbers.isEmpty, tokens.count == 1 else { return }
            throw .refused("a whole year needs a word", hints: [isVietnamese ? "năm \(year)" : "year \(year)"], at: place)
        }
        let hint = replacing(from: place, to: tokens[next - 1].end, with: day.description)
        throw .refused("dates are written \(day) or \(day.slashed)", hints: tried([hint]), at: place)
    }

    /// Refuses a day that no valid month follows: `15-11`, `15.11`, `1 - 30/6`.
    private mutating func explainMissingMonth(_ piece: DatePiece, from start: Int) throws(PhraseProblem) {
        guard !atEnd, let day = piece.day else { return }
        let joined = tokens[index]
        let isJoint = joined.isDash || joined.text == "."
        if isJoint, case .number = kind(ahead: 1), kind(ahead: 2) != .slash, !hasMonth(ahead: 2) {
            throw .refused(
                "day and month are joined by \"/\"", hints: tried([withSlashes()]), at: joined.offset)
        }
        guard joined.kind == .term(.to) else { return }
        index += 1
        guard let last = try datePiece(), last.day != nil else { return }
        let month = last.isLunar && last.month == 1 ? " tháng Giêng" : last.isLunar ? " tháng Chạp" : "/\(last.month)"
        let dayToken = tokens[start...].first { $0.number == day }
        guard let place = dayToken?.end else { return }
        throw .refused(
            "each end of a window has its month", hints: tried([replacing(from: place, to: place, with: month)]), at: piece.start)
    }

    func hasMonth(ahead: Int) -> Bool {
        switch kind(ahead: ahead) {
        case .term(.month), .term(.monthName), .term(.monthWord), .term(.lunarMonth): true
        default: false
        }
    }

    /// Returns the phrase with slashes in its dates instead of hyphens and dots.
    ///
    /// Only the marks between a day and a month, and between a month and a year, are replaced.
    private func withSlashes() -> String {
        var out = phrase
        var shift = 0
        /// How many numbers of the current date have been seen so far.
        var numbers = 0
        for (place, token) in tokens.enumerated() {
            if token.number != nil { numbers += 1 }
            guard token.isDash || token.text == ".", place > 0, place + 1 < tokens.count, tokens[place - 1].number != nil,
                case .number(_, let digits) = tokens[place + 1].kind, !isSlash(place - 2), !isSlash(place + 2),
                numbers == 1 || numbers == 2 && digits == 4
            else {
                if token.number == nil { numbers = 0 }
                continue
            }
            let joint = tokens[place - 1].end + shift..<tokens[place + 1].offset + shift
            out = out.replacing(joint, with: "/")
            shift += 1 - joint.count
        }
        return out
    }

    private func isSlash(_ place: Int) -> Bool { tokens.indices.contains(place) && tokens[place].kind == .slash }
}
