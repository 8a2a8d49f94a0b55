import Dates
import Diagnostics

// The meaning of dates and windows as written, and refusals of days that do not exist.

extension WhenParser {
    func single(_ piece: DatePiece) throws(PhraseProblem) -> Recurrence {
        if isLunar || piece.isLunar { return try lunarSingle(piece) }
        try checkSolar([piece])
        guard let day = piece.day else { return .lastDay(ofMonth: piece.month) }
        if piece.year != nil {
            let day = try civilDay(piece, day: day)
            try check(piece, against: day)
            return .once(from: day, to: day)
        }
        try refuseChecks(of: piece)
        let date = try monthDay(piece, day: day)
        guard date == Self.leapDay else { return .day(date) }
        let hints = Recurrence.LeapDayPolicy.allCases.map { spell(.leapDay($0)) }
        throw .refused("29 February is missing in most years; say what happens then", hints: hints, at: piece.start)
    }

    private static let leapDay = MonthDay(month: 2, day: 29)

    /// The window between two solar dates.
    ///
    /// If only the last day has a year, the first day is in the same year, or in the year before if
    /// it would be later.
    func solarWindow(_ written: DatePiece, _ last: DatePiece) throws(PhraseProblem) -> Recurrence {
        var first = written
        try checkSolar([first, last])
        if first.year == nil, let year = last.year {
            first.year = (first.month, first.day ?? 0) > (last.month, last.day ?? 31) ? year - 1 : year
        }
        guard (first.year == nil) == (last.year == nil) else { throw oneSided(first, last) }
        let from = try endOfWindow(first)
        let to = try endOfWindow(last)
        if first.year != nil {
            let start = try civilDay(first, day: from)
            let end = try civilDay(last, day: to)
            guard start <= end else {
                throw .refused("this window ends before it starts", hints: [spellWindow(end...start)], at: last.start)
            }
            try check(first, against: start)
            try check(last, against: end)
            return .once(from: start, to: end)
        }
        try refuseChecks(of: first)
        try refuseChecks(of: last)
        let dates = (try monthDay(first, day: from), try monthDay(last, day: to))
        for (date, piece) in [(dates.0, first), (dates.1, last)] where date == Self.leapDay {
            throw .refused("29 February is missing in most years", hints: hints(["28/2", "1/3"], for: piece), at: piece.start)
        }
        return .window(from: dates.0, to: dates.1)
    }

    /// The day of the month of one end of a solar window.
    ///
    /// Refuses `last day of …`, because both ends must be dates.
    private func endOfWindow(_ piece: DatePiece) throws(PhraseProblem) -> Int {
        if let day = piece.day { return day }
        let length = Day.length(ofMonth: piece.month, year: 2001)
        let dates = piece.month == 2 ? ["28/2", "1/3"] : ["\(length)/\(piece.month)"]
        throw .refused("a window is written with its first and last day", hints: hints(dates, for: piece), at: piece.start)
    }

    /// The refusal of a window with a year at its first day only, such as `15/11/2026 - 15/1`.
    private func oneSided(_ first: DatePiece, _ last: DatePiece) -> PhraseProblem {
        let message: LocalizedText = "this window has a year on one side only"
        guard let from = first.day.flatMap({ MonthDay(month: first.month, day: $0) }),
            let to = last.day.flatMap({ MonthDay(month: last.month, day: $0) }),
            let year = first.year, Day.plannableYears.contains(year)
        else { return .refused(message, at: first.start) }
        let start = Day.clamped(year, from.month, from.day)
        let end = Day.clamped(to < from ? year + 1 : year, to.month, to.day)
        return .refused(message, hints: tried([spellWindow(start...end)]), at: first.start)
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

    func lunarWindow(_ first: DatePiece, _ last: DatePiece) throws(PhraseProblem) -> Recurrence {
        if !isLunar, !first.isLunar || !last.isLunar {
            let piece = first.isLunar ? last : first
            let hint = "âm lịch " + replacing(from: piece.start, to: piece.start, with: "")
            throw .refused("one side of this window is lunar, the other is not marked", hints: tried([hint]), at: piece.start)
        }
        try refuseChecks(of: first)
        try refuseChecks(of: last)
        return .lunarWindow(from: try lunarDay(first, isSide: true), to: try lunarDay(last, isSide: true))
    }

    /// A lunar date every year or, with a year, once.
    private func lunarSingle(_ piece: DatePiece) throws(PhraseProblem) -> Recurrence {
        let date = try lunarDay(piece)
        try refuseChecks(of: piece)
        guard let year = piece.year else { return .lunar(date) }
        guard Day.plannableYears.contains(year) else { throw Self.yearOutside(at: piece.start) }
        let days = Recurrence.lunar(date).occurrences(
            overlapping: Day.first(ofMonth: 1, year: year)...Day.last(ofMonth: 12, year: year), workingDays: .mondayToFriday
        ).map(\.start)
        let ofLunarYear = date.day(inLunarYear: year)
        if days.count == 1, days[0] == ofLunarYear { return .once(from: days[0], to: days[0]) }
        // A day of the last lunar months is in the civil year after. Nobody can know which of the
        // two years the writer counted.
        let both = Set(days + [ofLunarYear].compactMap { $0 }).sorted()
        throw .refused(
            both.isEmpty
                ? "there is no such lunar day in \(year)"
                : "\(year) may be the lunar or the civil year here; write the solar date",
            hints: both.map(spellDay), at: piece.start)
    }

    /// - Parameter isSide: whether the date is one end of a window, which takes no lunar year.
    private func lunarDay(_ piece: DatePiece, isSide: Bool = false) throws(PhraseProblem) -> LunarMonthDay {
        try checkMonth(piece)
        if let year = piece.year, isSide {
            throw .refused("a lunar window takes no year; write `years: \(year)` beside it for one year", at: piece.start)
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
            let message: LocalizedText =
                day == 30 ? "half of the lunar months have no day 30" : "a lunar month has at most 30 days"
            throw .refused(message, hints: hints([last], for: piece), at: piece.start)
        }
        if piece.isMung, day > 10 {
            let month = piece.isLunar ? (piece.month == 1 ? " tháng Giêng" : " tháng Chạp") : "/\(piece.month)"
            throw .refused("\"mùng\" is used for the days 1 to 10", hints: hints(["\(day)\(month)"], for: piece), at: piece.start)
        }
        return LunarMonthDay(month: piece.month, day: day, isLeap: piece.isLeap)
    }

    /// The month and day of a date without a year. Throws a refusal if no year has such a day.
    private func monthDay(_ piece: DatePiece, day: Int) throws(PhraseProblem) -> MonthDay {
        try checkMonth(piece)
        if let date = MonthDay(month: piece.month, day: day) { return date }
        throw noSuchDay(piece, day, length: Day.length(ofMonth: piece.month, year: 2024), year: nil)
    }

    /// The civil day of a date with a year. Throws a refusal if that year has no such day.
    ///
    /// The piece must have a year.
    func civilDay(_ piece: DatePiece, day: Int) throws(PhraseProblem) -> Day {
        let year = piece.year ?? 0
        try checkMonth(piece)
        guard Day.plannableYears.contains(year) else {
            if (1_000..<Day.plannableYears.lowerBound).contains(year), day <= Day.length(ofMonth: piece.month, year: 2024) {
                throw .refused(
                    "the year \(year) is before 1970; for the same day in every year, for example \"\(day)/\(piece.month)\"",
                    at: piece.start)
            }
            let full = year < 100 ? hints(["\(day)/\(piece.month)/\(2000 + year)"], for: piece) : []
            throw Self.yearOutside(at: piece.start, hints: full)
        }
        if let found = Day(year, piece.month, day) { return found }
        throw noSuchDay(piece, day, length: Day.length(ofMonth: piece.month, year: year), year: year)
    }

    private func noSuchDay(_ piece: DatePiece, _ day: Int, length: Int, year: Int?) -> PhraseProblem {
        if day < 1 { return .refused("days count from 1", at: piece.start) }
        let name = LocalizedText(lookedUp: Recurrence.english(piece.month))
        guard piece.month == 2 else {
            let last = year.map { spellDay(Day.clamped($0, piece.month, length)) } ?? "\(length)/\(piece.month)"
            return .refused("\(name) has \(length) days", hints: hints([last], for: piece), at: piece.start)
        }
        guard let year else {
            let last = isVietnamese ? "ngày cuối tháng 2" : "last day of February"
            return .refused("\(name) has at most 29 days", hints: hints([last, "28/2", "1/3"], for: piece), at: piece.start)
        }
        return .refused(
            "\(name) \(year) has \(length) days",
            hints: hints([Day.clamped(year, 2, length), Day.clamped(year, 3, 1)].map(spellDay), for: piece), at: piece.start)
    }

    /// Checks that the month is 1 to 12. For a larger month, the hint swaps day and month.
    private func checkMonth(_ piece: DatePiece) throws(PhraseProblem) {
        guard !(1...12).contains(piece.month) else { return }
        guard piece.month > 12 else { throw .refused("there is no month \(PhraseToken.shown(piece.month))", at: piece.start) }
        throw .refused(
            "dates here are day/month, and there is no month \(PhraseToken.shown(piece.month))", hints: tried([swapped()]),
            at: piece.start)
    }

    /// The phrase with day and month swapped in every `12/25` and `2026-25-12`.
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
    mutating func takeLeapDayPolicy(after piece: DatePiece) -> Recurrence.LeapDayPolicy? {
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
