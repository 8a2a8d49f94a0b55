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
        guard let first = try datePiece() else { throw nonsense() }
        if !hasFrom, let policy = takeLeapDayPolicy(after: first) { return .leapDay(policy) }
        if kind() == .term(.or) {
            guard first.day == 29, first.month == 2, first.year == nil else {
                throw .refused("a phrase names one day or one window", at: offset)
            }
            // The phrase is not one of the three spellings of a leap day. Skips the rest, so that
            // `single` refuses 29 February with the three spellings as hints.
            index = tokens.count
        }
        guard let dash = takeTo() else {
            guard atEnd, !hasFrom else { throw nonsense() }
            return try single(first)
        }
        guard let last = try datePiece(), atEnd else { throw nonsense() }
        try checkHyphen(dash)
        let lunarPieces = [first, last].filter(\.isLunar).count
        if isLunar || lunarPieces > 0 { return try lunarWindow(first, last) }
        return try solarWindow(first, last)
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
        let place = offset
        if case .iso(let year, let month, let day) = kind() {
            index += 1
            return DatePiece(day: day, month: month, year: year, start: place, end: tokens[index - 1].end)
        }
        var piece = DatePiece(day: nil, month: 0, start: place, end: place)
        if let month = try lastDayOfMonth() {
            piece.month = month.number
            piece.isLunar = month.isLunar
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
        if piece.day != nil { piece.year = takeYear(after: piece) }
        piece.end = tokens[index - 1].end
        return piece
    }

    /// Reads `last day of June` or `ngày cuối tháng Chạp`. Returns nil if no such text follows.
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
        guard let month = try month() else { return false }
        piece.month = month.number
        piece.isLunar = piece.isLunar || month.isLunar
        piece.isEnglish = month.isEnglish
        return true
    }

    /// Reads `/2026` or `năm 2026`, or ` 2026` after an English month; nil if no year follows.
    private mutating func takeYear(after piece: DatePiece) -> Int? {
        let start = index
        let isMarked = take(.slash) || take(.year)
        if isMarked || piece.isEnglish, let year = takeNumber() { return year }
        index = start
        return nil
    }

    // MARK: Refusals and hints for invalid dates

    /// Returns the refusal of `6/2026`, which is a month of one year.
    private func monthOfYear(_ month: Int, _ year: Int, _ place: Int) -> PhraseProblem {
        guard Day.plannableYears.contains(year) else { return Self.yearOutside(at: place) }
        guard (1...12).contains(month) else { return .refused("there is no month \(PhraseToken.shown(month))", at: place) }
        return oneYear(.month(month), year, at: place)
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
        if numbers.count == 1, (1...12).contains(numbers[0]) { throw oneYear(.month(numbers[0]), year, at: place) }
        guard numbers.count == 2, let day = Day(year, numbers[0], numbers[1]) else {
            guard numbers.isEmpty, tokens.count == 1 else { return }
            throw .refused("a whole year is written as a window", hints: ["\(year)-01-01 - \(year)-12-31"], at: place)
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

    private func hasMonth(ahead: Int) -> Bool {
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

// MARK: - The meaning of a date

extension WhenParser {
    private func single(_ piece: DatePiece) throws(PhraseProblem) -> Recurrence {
        if isLunar || piece.isLunar { return .lunar(try lunarDay(piece)) }
        try checkSolar([piece])
        guard let day = piece.day else { return .lastDay(ofMonth: piece.month) }
        if piece.year != nil {
            let day = try civilDay(piece, day: day)
            return .once(from: day, to: day)
        }
        let date = try monthDay(piece, day: day)
        guard date == Self.leapDay else { return .day(date) }
        let hints = Recurrence.LeapDayPolicy.allCases.map { spell(.leapDay($0)) }
        throw .refused("29 February is missing in most years; say what happens then", hints: hints, at: piece.start)
    }

    private static let leapDay = MonthDay(month: 2, day: 29)

    private func solarWindow(_ first: DatePiece, _ last: DatePiece) throws(PhraseProblem) -> Recurrence {
        try checkSolar([first, last])
        guard (first.year == nil) == (last.year == nil) else { throw oneSided(first, last) }
        let from = try endOfWindow(first)
        let to = try endOfWindow(last)
        if first.year != nil {
            let start = try civilDay(first, day: from)
            let end = try civilDay(last, day: to)
            guard start <= end else {
                throw .refused(
                    "this window ends before it starts", hints: [Recurrence.once(from: end, to: start).phrase], at: last.start)
            }
            return .once(from: start, to: end)
        }
        let dates = (try monthDay(first, day: from), try monthDay(last, day: to))
        for (date, piece) in [(dates.0, first), (dates.1, last)] where date == Self.leapDay {
            throw .refused("29 February is missing in most years", hints: hints(["28/2", "1/3"], for: piece), at: piece.start)
        }
        return .window(from: dates.0, to: dates.1)
    }

    /// Returns the day of the month of one end of a solar window.
    ///
    /// Refuses `last day of …`, because both ends must be dates.
    private func endOfWindow(_ piece: DatePiece) throws(PhraseProblem) -> Int {
        if let day = piece.day { return day }
        let length = Day.length(ofMonth: piece.month, year: 2001)
        let dates = piece.month == 2 ? ["28/2", "1/3"] : ["\(length)/\(piece.month)"]
        throw .refused("a window is written with its first and last day", hints: hints(dates, for: piece), at: piece.start)
    }

    /// Returns the refusal of a window with a year at one end only, such as `15/11 - 15/1/2027`.
    private func oneSided(_ first: DatePiece, _ last: DatePiece) -> PhraseProblem {
        let message = "this window has a year on one side only"
        guard let from = first.day.flatMap({ MonthDay(month: first.month, day: $0) }),
            let to = last.day.flatMap({ MonthDay(month: last.month, day: $0) }),
            let year = first.year ?? last.year, Day.plannableYears.contains(year)
        else { return .refused(message, at: first.start) }
        let wraps = to < from
        let startYear = first.year ?? (wraps ? year - 1 : year)
        let start = Day.clamped(startYear, from.month, from.day)
        let end = Day.clamped(last.year ?? (wraps ? year + 1 : year), to.month, to.day)
        let dated = Recurrence.once(from: start, to: end).phrase
        return .refused(message, hints: tried([dated, "\(from.phrase) - \(to.phrase)"]), at: first.start)
    }

    /// Refuses `mùng` and `nhuận` in dates that are not marked as lunar.
    private func checkSolar(_ pieces: [DatePiece]) throws(PhraseProblem) {
        guard let piece = pieces.first(where: \.needsLunar) else { return }
        let dates = pieces.compactMap { piece in piece.day.flatMap { MonthDay(month: piece.month, day: $0) } }
        let lunar = pieces.map { LunarMonthDay(month: $0.month, day: $0.day, isLeap: $0.isLeap) }
        for piece in pieces { try checkMonth(piece) }
        let asLunar: Recurrence = lunar.count == 2 ? .lunarWindow(from: lunar[0], to: lunar[1]) : .lunar(lunar[0])
        if piece.isLeap {
            throw .refused(
                "only lunar months have a leap month, and this date is not marked as lunar", hints: tried([spell(asLunar)]),
                at: piece.start)
        }
        let solar = dates.map(\.phrase).joined(separator: " - ")
        throw .refused(
            "\"mùng\" is used for lunar and for solar days", hints: tried([solar, asLunar.vietnamesePhrase]), at: piece.start)
    }

    private func lunarWindow(_ first: DatePiece, _ last: DatePiece) throws(PhraseProblem) -> Recurrence {
        if !isLunar, !first.isLunar || !last.isLunar {
            let piece = first.isLunar ? last : first
            let hint = "âm lịch " + replacing(from: piece.start, to: piece.start, with: "")
            throw .refused("one side of this window is lunar, the other is not marked", hints: tried([hint]), at: piece.start)
        }
        return .lunarWindow(from: try lunarDay(first, isSide: true), to: try lunarDay(last, isSide: true))
    }

    /// Returns the lunar date of a date as written. Refuses a date that cannot be lunar.
    ///
    /// - Parameter isSide: whether the date is one end of a window. If so, a refusal of its year
    ///   has no hint, because the hint would be a single date.
    private func lunarDay(_ piece: DatePiece, isSide: Bool = false) throws(PhraseProblem) -> LunarMonthDay {
        try checkMonth(piece)
        if let year = piece.year {
            let plain = LunarMonthDay(month: piece.month, day: piece.day, isLeap: piece.isLeap)
            throw .refused(
                "a lunar date takes no year; write `years: \(year)` beside it for one year",
                hints: isSide ? [] : tried([spell(.lunar(plain))]), at: piece.start)
        }
        if piece.isEnglish {
            let numbers = piece.day.map { "\($0)/\(piece.month)" } ?? "last day of \(piece.month)"
            throw .refused("lunar months are numbers", hints: hints([numbers], for: piece), at: piece.start)
        }
        guard let day = piece.day else { return LunarMonthDay(month: piece.month, day: nil, isLeap: piece.isLeap) }
        if day < 1 { throw .refused("days count from 1", at: piece.start) }
        if day >= 30 {
            let month = piece.isLunar ? (piece.month == 1 ? "Giêng" : "Chạp") : "\(piece.month)"
            let last =
                isVietnamese
                ? "ngày cuối tháng \(month)\(piece.isLeap ? " nhuận" : "")" : "last day of \(month)\(piece.isLeap ? " leap" : "")"
            let message = day == 30 ? "half of the lunar months have no day 30" : "a lunar month has at most 30 days"
            throw .refused(message, hints: hints([last], for: piece), at: piece.start)
        }
        if piece.isMung, day > 10 {
            let month = piece.isLunar ? (piece.month == 1 ? " tháng Giêng" : " tháng Chạp") : "/\(piece.month)"
            throw .refused("\"mùng\" is used for the days 1 to 10", hints: hints(["\(day)\(month)"], for: piece), at: piece.start)
        }
        return LunarMonthDay(month: piece.month, day: day, isLeap: piece.isLeap)
    }

    /// Returns the month and day of a date without a year. Refuses a day that no year has.
    private func monthDay(_ piece: DatePiece, day: Int) throws(PhraseProblem) -> MonthDay {
        try checkMonth(piece)
        if let date = MonthDay(month: piece.month, day: day) { return date }
        throw noSuchDay(piece, day, length: Day.length(ofMonth: piece.month, year: 2024), year: nil)
    }

    /// Returns the civil day of a date, which must have a year. Refuses a day that the year lacks.
    func civilDay(_ piece: DatePiece, day: Int) throws(PhraseProblem) -> Day {
        let year = piece.year ?? 0
        try checkMonth(piece)
        guard Day.plannableYears.contains(year) else {
            let full = year < 100 ? hints(["\(day)/\(piece.month)/\(2000 + year)"], for: piece) : []
            throw Self.yearOutside(at: piece.start, hints: full)
        }
        if let found = Day(year, piece.month, day) { return found }
        throw noSuchDay(piece, day, length: Day.length(ofMonth: piece.month, year: year), year: year)
    }

    private func noSuchDay(_ piece: DatePiece, _ day: Int, length: Int, year: Int?) -> PhraseProblem {
        if day < 1 { return .refused("days count from 1", at: piece.start) }
        let name = Recurrence.english(piece.month)
        guard piece.month == 2 else {
            let last = year.map { Day.clamped($0, piece.month, length).description } ?? "\(length)/\(piece.month)"
            return .refused("\(name) has \(length) days", hints: hints([last], for: piece), at: piece.start)
        }
        guard let year else {
            let last = isVietnamese ? "ngày cuối tháng 2" : "last day of February"
            return .refused("\(name) has at most 29 days", hints: hints([last, "28/2", "1/3"], for: piece), at: piece.start)
        }
        return .refused(
            "\(name) \(year) has \(length) days",
            hints: hints(["\(Day.clamped(year, 2, length))", "\(Day.clamped(year, 3, 1))"], for: piece), at: piece.start)
    }

    /// Checks that the month is 1 to 12. If it is larger, the hint has day and month swapped.
    private func checkMonth(_ piece: DatePiece) throws(PhraseProblem) {
        guard !(1...12).contains(piece.month) else { return }
        guard piece.month > 12 else { throw .refused("there is no month \(PhraseToken.shown(piece.month))", at: piece.start) }
        throw .refused(
            "dates here are day/month, and there is no month \(PhraseToken.shown(piece.month))", hints: tried([swapped()]),
            at: piece.start)
    }

    /// Returns the phrase with day and month swapped in dates such as `12/25` and `2026-25-12`.
    private func swapped() -> String {
        var out = phrase
        for (place, token) in tokens.enumerated().reversed() {
            let next = place + 2
            if case .iso(let year, let month, let day) = token.kind {
                out = out.replacing(token.offset..<token.end, with: "\(padded(year, 4))-\(padded(day, 2))-\(padded(month, 2))")
            }
            guard next < tokens.count, token.number != nil, tokens[place + 1].kind == .slash, tokens[next].number != nil,
                place == 0 || tokens[place - 1].kind != .slash
            else { continue }
            out = out.replacing(token.offset..<tokens[next].end, with: "\(tokens[next].text)/\(token.text)")
        }
        return out
    }

    /// Replaces the date in the phrase by each of `dates`.
    ///
    /// Returns the resulting phrases that are valid.
    private func hints(_ dates: [String], for piece: DatePiece) -> [String] {
        tried(dates.map { replacing(from: piece.start, to: piece.end, with: $0) })
    }

    /// Reads the rest of the phrase after `29/2`: `or 28/2`, `or 1/3` or `leap years only`.
    ///
    /// Returns nil if the rest is different.
    private mutating func takeLeapDayPolicy(after piece: DatePiece) -> Recurrence.LeapDayPolicy? {
        guard piece.day == 29, piece.month == 2, piece.year == nil, !isLunar, !piece.needsLunar else { return nil }
        let start = index
        if take(.leapYearsOnly), atEnd { return .leapYearsOnly }
        if take(.or), let other = try? datePiece(), atEnd, other.year == nil, !other.needsLunar {
            if other.day == 28, other.month == 2 { return .or28February }
            if other.day == 1, other.month == 3 { return .or1March }
        }
        index = start
        return nil
    }
}
