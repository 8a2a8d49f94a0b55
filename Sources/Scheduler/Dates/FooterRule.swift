/// A POSIX TZ string (IEEE 1003.1, 8.3; RFC 9636, 3.3.1).
///
/// The string gives the standard time of a zone. For a zone with daylight saving time, the string
/// also gives the daylight saving time and the two days of the year on which the clocks change.
struct FooterRule: Hashable, Sendable {
    /// The offset of standard time, in seconds east of Greenwich.
    let standard: Int
    /// The daylight saving time; nil if the zone has none.
    let daylight: Daylight?

    struct Daylight: Hashable, Sendable {
        /// The offset in seconds east of Greenwich. In Dublin, it is less than that of standard
        /// time.
        let offset: Int
        let start: YearlyTurn
        let end: YearlyTurn
    }

    var offsets: [Int32] { [Int32(standard)] + (daylight.map { [Int32($0.offset)] } ?? []) }

    /// The years 0000...9999, in seconds since 1970.
    ///
    /// RFC 3339 can express only these years. In all other years the rule gives standard time.
    static let span = (-62_167_219_200 as Int64)...(253_402_300_799 as Int64)

    /// Returns the stretch that contains `seconds`, limited to the UTC year of `seconds`.
    ///
    /// Daylight saving time that starts in year y lasts until the next end, which is in the same
    /// year or, in the southern hemisphere, in year y + 1. Because times of day range from −167 to
    /// 167 hours, a change of year y may fall in a neighbouring year, and periods of daylight
    /// saving time may touch or overlap. Such periods are merged. For example,
    /// `EST5EDT,0/0,J365/25` is always daylight saving time. If `seconds` is in year y, only
    /// periods that begin in the years y − 2 to y + 1 can touch that year.
    func stretch(at seconds: Int64) -> Stretch {
        guard seconds >= FooterRule.span.lowerBound else {
            return Stretch(start: .min, end: FooterRule.span.lowerBound, offset: standard)
        }
        guard seconds <= FooterRule.span.upperBound else {
            return Stretch(start: FooterRule.span.upperBound + 1, end: .max, offset: standard)
        }
        guard let daylight else {
            return Stretch(start: FooterRule.span.lowerBound, end: FooterRule.span.upperBound + 1, offset: standard)
        }
        let year = Day(number: Int(seconds).flooredQuotient(86_400)).year
        var stretch = Stretch(
            start: Int64(CivilYear(year).firstDay) * 86_400, end: Int64(CivilYear(year + 1).firstDay) * 86_400, offset: standard)
        // The period of daylight saving time found so far. Later periods that touch it are merged
        // into it.
        var summer: (start: Int64, end: Int64)?
        var civilYear = CivilYear(year - 2)
        var ending = daylight.end.seconds(in: civilYear) - Int64(daylight.offset)
        for begun in (year - 2)...(year + 1) {
            let start = daylight.start.seconds(in: civilYear) - Int64(standard)
            let sameYear = ending
            civilYear = CivilYear(begun + 1)
            ending = daylight.end.seconds(in: civilYear) - Int64(daylight.offset)
            let end = start <= sameYear ? sameYear : ending
            // A start and an end at the same instant cancel out.
            guard start < end else { continue }
            if let open = summer, start > open.end {
                if seconds < open.end { break }
                stretch.start = max(stretch.start, open.end)
                summer = (start, end)
            } else {
                summer = (summer?.start ?? start, max(summer?.end ?? end, end))
            }
        }
        guard let summer else { return stretch }
        if seconds < summer.start {
            stretch.end = min(stretch.end, summer.start)
        } else if seconds < summer.end {
            stretch = Stretch(
                start: max(stretch.start, summer.start), end: min(stretch.end, summer.end), offset: daylight.offset)
        } else {
            stretch.start = max(stretch.start, summer.end)
        }
        return stretch
    }
}

/// The first day, the months and the length of a year, for `YearlyTurn`.
///
/// `Day` could compute the same values. This type needs less time for them, because one call of
/// `FooterRule.stretch(at:)` computes up to nine changes of the clocks.
struct CivilYear {
    /// 1 January, in days since 1970-01-01.
    let firstDay: Int
    let isLeap: Bool

    /// - Parameter year: at least −400.
    init(_ year: Int) {
        let before = year + 399
        firstDay = before * 365 + before / 4 - before / 100 + before / 400 - 865_259
        isLeap = Day.isLeap(year)
    }

    /// Returns the first day of a month, 1...12, in days since 1970-01-01.
    func first(ofMonth month: Int) -> Int {
        // From March on, the month lengths repeat every five months, which have 153 days.
        month <= 2 ? firstDay + (month - 1) * 31 : firstDay + (153 * month - 457) / 5 + (isLeap ? 60 : 59)
    }

    func length(ofMonth month: Int) -> Int {
        month == 2 ? (isLeap ? 29 : 28) : (month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31)
    }
}

/// A yearly change of the clocks: its day in each year, and its civil time on that day.
struct YearlyTurn: Hashable, Sendable {
    enum Date: Hashable, Sendable {
        /// `Jn`, the n-th day of the year, 1...365, counted without 29 February. J60 is always 1
        /// March.
        case dayWithoutLeapDay(Int)
        /// `n`, the number of days after 1 January, 0...365. 29 February is counted.
        case day(Int)
        /// `Mm.w.d`, the w-th weekday d (0 is Sunday) of month m. Week 5 means the last such
        /// weekday.
        case weekday(month: Int, week: Int, weekday: Int)
    }

    let date: Date
    /// The time that the clocks show just before the change, in seconds after 00:00.
    ///
    /// The range is −167 to 167 hours.
    let time: Int

    /// Returns the civil time of the change in a year, in seconds since civil 1970-01-01T00:00:00.
    func seconds(in year: CivilYear) -> Int64 {
        let number: Int
        switch date {
        case .dayWithoutLeapDay(let n):
            number = year.firstDay + n - (n >= 60 && year.isLeap ? 0 : 1)
        case .day(let n):
            number = year.firstDay + n
        case .weekday(let month, let week, let weekday):
            let first = year.first(ofMonth: month)
            // 1970-01-01 was a Thursday, which is weekday 4 (Sunday is 0).
            let shift = (weekday - first - 4).flooredRemainder(7) + (week - 1) * 7
            number = first + (shift < year.length(ofMonth: month) ? shift : shift - 7)
        }
        return Int64(number) * 86_400 + Int64(time)
    }
}

/// Reads a POSIX TZ string: `std offset [dst [offset] , start[/time] , end[/time]]`.
struct RuleParser {
    private let text: [UInt8]
    private var position = 0

    init(_ text: [UInt8]) { self.text = text }

    mutating func rule() throws(ZoneError.Problem) -> FooterRule {
        try name()
        // POSIX offsets are positive west of Greenwich.
        let standard = -(try clock(hours: 24))
        guard position < text.count else { return FooterRule(standard: standard, daylight: nil) }
        try name()
        var offset = standard + 3_600
        if let byte = peek, byte != UInt8(ascii: ",") { offset = -(try clock(hours: 24)) }
        let start = try turn()
        let end = try turn()
        guard position == text.count else { throw fault("the end") }
        return FooterRule(standard: standard, daylight: .init(offset: offset, start: start, end: end))
    }

    private var peek: UInt8? { position < text.count ? text[position] : nil }

    /// Returns an error that quotes the first 60 bytes of the text.
    ///
    /// Unprintable bytes and quotation marks are shown as "?".
    private func fault(_ expected: String) -> ZoneError.Problem {
        let shown = text.prefix(60).map { (0x20...0x7e).contains($0) && $0 != UInt8(ascii: "\"") ? $0 : UInt8(ascii: "?") }
        return .footer(String(decoding: shown, as: UTF8.self), expected: "\(expected) at \(position)")
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(ZoneError.Problem) {
        guard take(character) else { throw fault("\"\(character)\"") }
    }

    /// Skips an abbreviation: three or more letters, or letters, digits and signs between < and >.
    private mutating func name() throws(ZoneError.Problem) {
        let quoted = take("<")
        let start = position
        while let byte = peek, RuleParser.isLetter(byte) || (quoted && RuleParser.isDigitOrSign(byte)) { position += 1 }
        guard position - start >= 3 else { throw fault("a zone's abbreviation") }
        if quoted { try expect(">") }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isDigitOrSign(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
    }

    /// Reads `[+-]hh[:mm[:ss]]` and returns the seconds. `hours` is the maximum of `hh`.
    private mutating func clock(hours: Int) throws(ZoneError.Problem) -> Int {
        let isNegative = take("-")
        if !isNegative { _ = take("+") }
        var seconds = try number(0...hours, "hours") * 3_600
        if take(":") {
            seconds += try number(0...59, "minutes") * 60
            if take(":") { seconds += try number(0...59, "seconds") }
        }
        return isNegative ? -seconds : seconds
    }

    /// Reads one change of the clocks, `,date[/time]`.
    private mutating func turn() throws(ZoneError.Problem) -> YearlyTurn {
        try expect(",")
        let date: YearlyTurn.Date
        if take("J") {
            date = .dayWithoutLeapDay(try number(1...365, "a day from 1 to 365"))
        } else if take("M") {
            let month = try number(1...12, "a month")
            try expect(".")
            let week = try number(1...5, "a week from 1 to 5")
            try expect(".")
            date = .weekday(month: month, week: week, weekday: try number(0...6, "a weekday from 0 to 6"))
        } else {
            date = .day(try number(0...365, "a day from 0 to 365"))
        }
        // TZif version 2 allows times of 0...24 hours, version 3 allows −167...167. The wider range
        // is accepted in both, because it does no harm in files of version 2.
        return YearlyTurn(date: date, time: take("/") ? try clock(hours: 167) : 7_200)
    }

    /// Reads a number of one to three digits in `range`. `what` names the number in the error.
    private mutating func number(_ range: ClosedRange<Int>, _ what: String) throws(ZoneError.Problem) -> Int {
        let start = position
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), position - start < 3 { position += 1 }
        guard let value = decimal(text[start..<position]), range.contains(value) else {
            position = start
            throw fault(what)
        }
        return value
    }
}
