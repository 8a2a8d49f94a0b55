// Zones: civil time and the time line
//
// An instant is a point on the time line; a day and a time of day are what people write. A zone says how far the clocks
// of a place are ahead of UTC at each instant (the offset), so one way is a plain lookup: every instant has exactly one civil time.
//
// The other way is not. When clocks go forward, civil times are left out (a *gap*): 02:30 on 29 March 2026 never came in
// Berlin. When they go back, civil times come twice (a *fold*). Both are ordinary: a zone may skip a whole day (Apia left
// out 30 December 2011), turn at midnight (Cairo, so a day may begin at 01:00), by half an hour (Lord Howe), by two (Troll),
// call its winter time the daylight one (Dublin), or go back for one month of the Moon (Casablanca). So `resolve` names the
// three answers, and `instant` has the one policy of the contract: in a gap the first instant after it, in a fold the first
// of the two. (Java's and Temporal's "compatible" would move 02:30 to 03:30, as far past the gap as it lay within.)
//
// How `resolve` finds them: the time line is cut into *stretches* of one offset. With an offset o, civil time L is the instant
// L − o, and it counts if it lies in the stretch. Only stretches that touch the window from L − (the zone's greatest
// offset) to L − (its least) can hold one. None holds one: L lies in a gap, and the first stretch to begin with its clocks
// past L is the first instant after. Two hold one: a fold. Nothing is assumed of how far turns lie apart.
//
// Where the offsets come from: the system's compiled zone files, handed in as bytes (RFC 9636, TZif versions 1 to 4).
// Version 2 and later hold a list of transitions with 64-bit times, and a footer, a POSIX TZ string such as
// `CET-1CEST,M3.5.0,M10.5.0/3`, that goes on for ever after the last of them. Some systems list turns up to 2037
// ("fat" files), others stop where the footer's rule begins ("slim"): both give the same answers here.
//
// The bytes are not trusted. Every count and index is checked before it is used, the size is bounded, and what is wrong
// is named in a `ZoneError`.

/// A time zone: its name, and its offset from UTC at every instant.
///
/// A value made from one TZif file; two are equal when name and rules are. Names are not looked at: only those on the
/// system's list should be asked for.
public struct Zone: Hashable, Sendable {
    /// As the plan wrote it, `Asia/Ho_Chi_Minh`.
    public let name: String

    /// Where the offset changes, in seconds since 1970, ascending.
    private let transitions: [Int64]
    /// The offset from `transitions[i]` on.
    private let offsets: [Int32]
    /// The offset before the first transition.
    private let firstOffset: Int32
    /// What holds from `ruleFrom` on; nil: the last transition holds for ever.
    private let rule: FooterRule?
    /// Seconds since 1970; `Int64.max` without a rule.
    private let ruleFrom: Int64
    /// No offset of this zone lies outside these.
    private let leastOffset: Int64
    private let greatestOffset: Int64

    /// Reads a compiled zone file.
    ///
    /// - Parameter tzif: the whole file, as RFC 9636 describes it, at most `TZif.byteLimit` bytes. Files of the `right/`
    ///   tree are refused: they count leap seconds, and instants here do not.
    /// - Throws: `ZoneError` for anything that is not such a file; no bytes trap.
    public init(name: String, tzif: [UInt8]) throws(ZoneError) {
        let file: TZif
        do {
            file = try TZif(tzif)
        } catch {
            throw ZoneError(zone: name, problem: error)
        }
        self.init(name: name, file: file)
    }

    private init(name: String, file: TZif) {
        self.name = name
        firstOffset = file.firstOffset
        rule = file.rule
        // Without transitions the footer holds for all time.
        ruleFrom = file.rule == nil ? .max : file.transitions.last?.time ?? .min
        var times: [Int64] = []
        var offsets: [Int32] = []
        // Changes of name alone are not turns of the clock.
        for transition in file.transitions where transition.offset != (offsets.last ?? firstOffset) {
            times.append(transition.time)
            offsets.append(transition.offset)
        }
        transitions = times
        self.offsets = offsets
        let all = offsets + [firstOffset] + (file.rule.map(\.offsets) ?? [])
        leastOffset = Int64(all.min() ?? 0)
        greatestOffset = Int64(all.max() ?? 0)
    }

    /// Coordinated Universal Time, from no file.
    public static let utc = Zone(name: "UTC", file: TZif(fixedOffset: 0))

    /// By the name and the size: equal zones hash alike, and those that differ mostly differ in their names.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(transitions.count)
        hasher.combine(rule)
    }

    // MARK: From instants to civil time

    /// Seconds east of Greenwich: 25 200 for Hanoi.
    public func offset(at instant: Instant) -> Int {
        stretch(at: instant.seconds).offset
    }

    /// What the clocks show, to the second. Instants outside 0000-01-03...9999-12-29 count as the nearest within: there
    /// every `Day` prints, and has room on both sides.
    public func civil(at instant: Instant) -> CivilTime {
        let seconds = Zone.clamped(instant)
        let offset = stretch(at: seconds).offset
        return CivilTime(seconds: seconds + Int64(offset), offset: offset)
    }

    /// RFC 3339 to the second, in this zone's offset: `2027-11-15T08:00:00+07:00`. Reads back as the same second (within
    /// the years that `civil` keeps to).
    ///
    /// RFC 3339 writes offsets in whole minutes. An offset with seconds (local mean time, before the standard zones) is cut
    /// towards zero to its minute, and the time is given in that offset, so that the text still names the same instant.
    public func rfc3339(_ instant: Instant) -> String {
        let seconds = Zone.clamped(instant)
        let minutes = stretch(at: seconds).offset / 60
        let civil = CivilTime(seconds: seconds + Int64(minutes) * 60, offset: minutes * 60)
        let clock = [civil.secondOfDay / 3_600, civil.secondOfDay / 60 % 60, civil.secondOfDay % 60].map { padded($0, 2) }
        let sign = minutes < 0 ? "-" : "+"
        let offset = "\(sign)\(padded(abs(minutes) / 60, 2)):\(padded(abs(minutes) % 60, 2))"
        return "\(civil.day)T\(clock.joined(separator: ":"))\(offset)"
    }

    private static func clamped(_ instant: Instant) -> Int64 {
        // No offset reaches two days (`TZif.offsetRange`).
        let margin: Int64 = 2 * 86_400
        return min(max(instant.seconds, FooterRule.span.lowerBound + margin), FooterRule.span.upperBound - margin)
    }

    // MARK: From civil time to instants

    /// What a civil time means: an instant, none (a gap) or two (a fold).
    public enum Resolution: Hashable, Sendable {
        /// Came once.
        case unique(Instant)
        /// Never came; `after` is the first instant after the gap.
        case gap(after: Instant)
        /// Came twice. (If it came more often, these are the first two.)
        case fold(first: Instant, second: Instant)
    }

    /// The instants at which the clocks show this time of this day.
    public func resolve(_ day: Day, _ time: TimeOfDay) -> Resolution {
        resolve(local: Int64(day.number) * 86_400 + Int64(time.minuteOfDay) * 60)
    }

    /// The instant that a civil time stands for: in a gap the first one after it, in a fold the first of the two
    /// (contract, "remind").
    public func instant(_ day: Day, _ time: TimeOfDay) -> Instant {
        instant(local: Int64(day.number) * 86_400 + Int64(time.minuteOfDay) * 60)
    }

    /// 00:00 of the day, by the policy of `instant`: where clocks go forward at midnight, the first instant of the day.
    public func startOfDay(_ day: Day) -> Instant {
        instant(local: Int64(day.number) * 86_400)
    }

    /// 24:00 of the day, which is 00:00 of the next, by the same policy.
    public func endOfDay(_ day: Day) -> Instant {
        instant(local: (Int64(day.number) + 1) * 86_400)
    }

    private func instant(local: Int64) -> Instant {
        switch resolve(local: local) {
        case .unique(let instant): instant
        case .gap(let after): after
        case .fold(let first, _): first
        }
    }

    /// `local`: civil time in seconds since civil 1970-01-01T00:00:00. The way is described at the head of the file.
    private func resolve(local: Int64) -> Resolution {
        let latest = local - leastOffset
        var stretch = stretch(at: local - greatestOffset)
        var first: Int64?
        var afterGap: Int64?
        while true {
            let candidate = local - Int64(stretch.offset)
            if candidate < stretch.start {
                afterGap = afterGap ?? stretch.start
            } else if candidate < stretch.end {
                if let first { return .fold(first: Instant(seconds: first), second: Instant(seconds: candidate)) }
                first = candidate
            }
            guard stretch.end <= latest else { break }
            stretch = self.stretch(at: stretch.end)
        }
        if let first { return .unique(Instant(seconds: first)) }
        // The last stretch holds `latest`, by when the clocks have reached `local` whatever their offset: without a
        // candidate some stretch began past it.
        return .gap(after: Instant(seconds: afterGap ?? latest))
    }

    /// The stretch that holds `seconds`. It may be cut shorter than it is: its neighbour then has the same offset.
    private func stretch(at seconds: Int64) -> Stretch {
        if let rule, seconds >= ruleFrom {
            var stretch = rule.stretch(at: seconds)
            stretch.start = max(stretch.start, ruleFrom)
            return stretch
        }
        // How many transitions lie at or before `seconds`.
        var low = 0
        var high = transitions.count
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle] <= seconds { low = middle + 1 } else { high = middle }
        }
        return Stretch(
            start: low == 0 ? .min : transitions[low - 1],
            end: low == transitions.count ? ruleFrom : min(transitions[low], ruleFrom),
            offset: Int(low == 0 ? firstOffset : offsets[low - 1]))
    }
}

/// What the clocks of a zone show at an instant.
public struct CivilTime: Hashable, Sendable {
    public let day: Day
    /// 0..<86 400.
    public let secondOfDay: Int
    /// Seconds east of Greenwich.
    public let offset: Int

    /// `seconds`: since civil 1970-01-01T00:00:00.
    fileprivate init(seconds: Int64, offset: Int) {
        day = Day(number: Int(seconds).flooredQuotient(86_400))
        secondOfDay = Int(seconds).flooredRemainder(86_400)
        self.offset = offset
    }
}

/// A zone file that cannot be used, and why.
public struct ZoneError: Error, Hashable, Sendable, CustomStringConvertible {
    public let zone: String
    public let problem: Problem

    public enum Problem: Error, Hashable, Sendable {
        /// Does not begin with `TZif`.
        case notTZif
        /// A version byte that no RFC defines.
        case version(UInt8)
        /// More bytes than any real zone has.
        case tooLarge(Int)
        /// Ends within the part that is named.
        case truncated(String)
        /// Bytes after the end.
        case trailing(Int)
        /// A count of the header that is zero, too large, or does not fit the others.
        case count(String, Int)
        /// Counts leap seconds (the `right/` tree).
        case leapSeconds
        /// A transition that is not after the one before it, or further than 2⁵⁹ s from 1970; its position from 0.
        case transition(Int)
        /// A local time type that names no abbreviation, has an offset beyond −24:59:59...+25:59:59 or a flag that is neither
        /// 0 nor 1, or a transition to a type that is not there; the type's position from 0.
        case type(Int)
        /// The POSIX TZ string, and what was expected where it stops making sense.
        case footer(String, expected: String)
    }

    public var description: String {
        let reason =
            switch problem {
            case .notTZif: "is not a compiled zone file (TZif)"
            case .version(let byte): "has the unknown TZif version \(byte)"
            case .tooLarge(let bytes): "has \(bytes) bytes; a zone file has at most \(TZif.byteLimit)"
            case .truncated(let part): "ends within \(part)"
            case .trailing(let bytes): "goes on for \(bytes) bytes after its end"
            case .count(let what, let count): "has an impossible number of \(what): \(count)"
            case .leapSeconds: "counts leap seconds; use the zone of the same name outside right/"
            case .transition(let index): "has its transition \(index) out of order or out of range"
            case .type(let index): "has an impossible local time type \(index)"
            case .footer(let text, let expected): "has the rule \"\(text)\", where \(expected) was expected"
            }
        return "the zone file of \(zone) \(reason)"
    }
}

// MARK: - Stretches

/// Part of the time line with one offset, in seconds since 1970; `end` is not part of it.
private struct Stretch {
    var start: Int64
    var end: Int64
    /// Seconds east of Greenwich.
    var offset: Int
}

// MARK: - The footer's rule

/// A POSIX TZ string (IEEE 1003.1, 8.3; RFC 9636, 3.3.1): standard time, and for most zones a daylight time and
/// the two days of the year on which the clocks turn.
private struct FooterRule: Hashable, Sendable {
    /// Seconds east of Greenwich.
    let standard: Int
    let daylight: Daylight?

    struct Daylight: Hashable, Sendable {
        /// Seconds east of Greenwich; less than standard time in Dublin.
        let offset: Int
        let start: YearlyTurn
        let end: YearlyTurn
    }

    var offsets: [Int32] { [Int32(standard)] + (daylight.map { [Int32($0.offset)] } ?? []) }

    /// The years 0000...9999, which RFC 3339 can write, in seconds since 1970. Outside them there is standard time only.
    static let span = (-62_167_219_200 as Int64)...(253_402_300_799 as Int64)

    /// The stretch that holds `seconds`, cut to its year of UTC.
    ///
    /// The daylight time of year y lasts from its start to the end that follows: of the same year, or where the end comes
    /// first (in the south) of the next. Times of day reach from −167 to 167 hours, so that a turn of year y may fall in
    /// a neighbouring year, and daylight times may touch or overlap (then they are one: `EST5EDT,0/0,J365/25` is daylight
    /// time for ever). What begins in years y − 2 to y + 1 is all that can touch year y.
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
        // The daylight time being put together; it grows while the next one touches it.
        var summer: (start: Int64, end: Int64)?
        var civilYear = CivilYear(year - 2)
        var ending = daylight.end.seconds(in: civilYear) - Int64(daylight.offset)
        for begun in (year - 2)...(year + 1) {
            let start = daylight.start.seconds(in: civilYear) - Int64(standard)
            let sameYear = ending
            civilYear = CivilYear(begun + 1)
            ending = daylight.end.seconds(in: civilYear) - Int64(daylight.offset)
            let end = start <= sameYear ? sameYear : ending
            // Turns that fall on one instant cancel out.
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

/// What a rule asks of a year; `Day` answers too, but a rule asks for ten days at a time, in the innermost loop.
private struct CivilYear {
    /// 1 January, in days since 1970.
    let firstDay: Int
    let isLeap: Bool

    /// `year` is at least −400.
    init(_ year: Int) {
        let before = year + 399
        firstDay = before * 365 + before / 4 - before / 100 + before / 400 - 865_259
        isLeap = Day.isLeap(year)
    }

    /// The first day of a month, 1...12, in days since 1970.
    func first(ofMonth month: Int) -> Int {
        // From March on the lengths repeat every five months, 153 days.
        month <= 2 ? firstDay + (month - 1) * 31 : firstDay + (153 * month - 457) / 5 + (isLeap ? 60 : 59)
    }

    func length(ofMonth month: Int) -> Int {
        month == 2 ? (isLeap ? 29 : 28) : (month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31)
    }
}

/// A day of every year and the civil time on it at which clocks turn.
private struct YearlyTurn: Hashable, Sendable {
    enum Date: Hashable, Sendable {
        /// `Jn`, 1...365: 29 February is never counted, so J60 is always 1 March.
        case dayWithoutLeapDay(Int)
        /// `n`, 0...365: 29 February is counted.
        case day(Int)
        /// `Mm.w.d`: the week-th such weekday (0 is Sunday) of the month; week 5 is the last.
        case weekday(month: Int, week: Int, weekday: Int)
    }

    let date: Date
    /// Seconds after 00:00 by the clocks before the turn; from −167 to 167 hours.
    let time: Int

    /// In seconds since civil 1970-01-01T00:00:00.
    func seconds(in year: CivilYear) -> Int64 {
        let number: Int
        switch date {
        case .dayWithoutLeapDay(let n):
            number = year.firstDay + n - (n >= 60 && year.isLeap ? 0 : 1)
        case .day(let n):
            number = year.firstDay + n
        case .weekday(let month, let week, let weekday):
            let first = year.first(ofMonth: month)
            // 1970-01-01 was a Thursday, 4 counted from Sunday.
            let shift = (weekday - first - 4).flooredRemainder(7) + (week - 1) * 7
            number = first + (shift < year.length(ofMonth: month) ? shift : shift - 7)
        }
        return Int64(number) * 86_400 + Int64(time)
    }
}

// MARK: - The file

/// The content of a TZif file (RFC 9636, 3), checked.
private struct TZif: Sendable {
    struct Transition {
        var time: Int64
        var offset: Int32
    }

    var firstOffset: Int32
    var transitions: [Transition]
    var rule: FooterRule?

    /// Real files have under 6 000 bytes.
    static let byteLimit = 131_072
    /// Real files have under 400.
    static let transitionLimit = 4_096
    /// As RFC 9636 asks, 3.2: more than −25 and less than +26 hours.
    static let offsetRange = -89_999...93_599

    init(fixedOffset: Int32) {
        firstOffset = fixedOffset
        transitions = []
        rule = nil
    }

    init(_ bytes: [UInt8]) throws(ZoneError.Problem) {
        guard bytes.count <= TZif.byteLimit else { throw .tooLarge(bytes.count) }
        var reader = ByteReader(bytes)
        var header = try Header(&reader)
        // Version 1 has one block, with 32-bit times. Later ones repeat it with 64 bits and add the footer.
        guard header.version > 0 else {
            (firstOffset, transitions) = try TZif.block(header, timeSize: 4, &reader)
            rule = nil
            guard reader.remaining == 0 else { throw .trailing(reader.remaining) }
            return
        }
        try reader.skip(header.blockSize(timeSize: 4), "its version 1 data")
        header = try Header(&reader)
        guard header.version > 0 else { throw .version(header.version) }
        (firstOffset, transitions) = try TZif.block(header, timeSize: 8, &reader)
        rule = try TZif.footer(&reader)
        guard reader.remaining == 0 else { throw .trailing(reader.remaining) }
    }

    struct Header {
        /// 0, or the ASCII digit.
        var version: UInt8
        var utFlags, standardFlags, leaps, times, types, characters: Int

        init(_ reader: inout ByteReader) throws(ZoneError.Problem) {
            for expected in "TZif".utf8 where reader.next() != expected { throw .notTZif }
            guard let version = reader.next() else { throw .truncated("its header") }
            guard version == 0 || (UInt8(ascii: "2")...UInt8(ascii: "9")).contains(version) else { throw .version(version) }
            self.version = version
            try reader.skip(15, "its header")
            utFlags = Int(try reader.integer(4, "its header"))
            standardFlags = Int(try reader.integer(4, "its header"))
            leaps = Int(try reader.integer(4, "its header"))
            times = Int(try reader.integer(4, "its header"))
            types = Int(try reader.integer(4, "its header"))
            characters = Int(try reader.integer(4, "its header"))
        }

        /// Counts are 32 bits wide, so that no sum of them overflows.
        func blockSize(timeSize: Int) -> Int {
            times * (timeSize + 1) + types * 6 + characters + leaps * (timeSize + 4) + standardFlags + utFlags
        }

        func check() throws(ZoneError.Problem) {
            guard leaps == 0 else { throw .leapSeconds }
            guard times <= TZif.transitionLimit else { throw .count("transitions", times) }
            guard (1...256).contains(types) else { throw .count("local time types", types) }
            // Type records point into the abbreviations with one byte; the longest may go on from there.
            guard (1...512).contains(characters) else { throw .count("abbreviation characters", characters) }
            guard standardFlags == 0 || standardFlags == types else { throw .count("standard/wall flags", standardFlags) }
            guard utFlags == 0 || utFlags == types else { throw .count("UT/local flags", utFlags) }
        }
    }

    private static func block(
        _ header: Header, timeSize: Int, _ reader: inout ByteReader
    ) throws(ZoneError.Problem) -> (firstOffset: Int32, transitions: [Transition]) {
        try header.check()
        guard reader.remaining >= header.blockSize(timeSize: timeSize) else { throw .truncated("its data") }
        var times: [Int64] = []
        for index in 0..<header.times {
            let raw = try reader.integer(timeSize, "its transition times")
            let time = timeSize == 4 ? Int64(Int32(truncatingIfNeeded: raw)) : Int64(bitPattern: raw)
            // −2⁵⁹ is the Big Bang to the zone compiler; nothing lies before it.
            guard time >= -(1 << 59), time <= 1 << 59, times.last.map({ $0 < time }) ?? true else { throw .transition(index) }
            times.append(time)
        }
        var indices: [Int] = []
        for _ in times { indices.append(Int(try reader.integer(1, "its transition types"))) }
        var types: [(offset: Int32, abbreviation: Int)] = []
        for index in 0..<header.types {
            let offset = Int32(truncatingIfNeeded: try reader.integer(4, "its local time types"))
            let isDaylight = try reader.integer(1, "its local time types")
            let abbreviation = Int(try reader.integer(1, "its local time types"))
            guard offsetRange.contains(Int(offset)), isDaylight <= 1 else { throw .type(index) }
            types.append((offset, abbreviation))
        }
        var characters: [UInt8] = []
        for _ in 0..<header.characters { characters.append(UInt8(try reader.integer(1, "its abbreviations"))) }
        for (index, type) in types.enumerated() {
            guard type.abbreviation < characters.count, characters[type.abbreviation...].contains(0) else { throw .type(index) }
        }
        // The flags say how a POSIX string without a rule would be read: not used, as there is none here.
        try reader.skip(header.standardFlags + header.utFlags, "its flags")
        var transitions: [Transition] = []
        for (time, type) in zip(times, indices) {
            guard type < types.count else { throw .type(type) }
            transitions.append(Transition(time: time, offset: types[type].offset))
        }
        return (types[0].offset, transitions)
    }

    /// A newline, the POSIX TZ string, a newline. An empty string: nobody knows what comes after the last transition, which then
    /// goes on.
    private static func footer(_ reader: inout ByteReader) throws(ZoneError.Problem) -> FooterRule? {
        guard let start = reader.next() else { throw .truncated("its footer") }
        guard start == UInt8(ascii: "\n") else { throw .footer("", expected: "a line of its own") }
        var text: [UInt8] = []
        while let byte = reader.next() {
            if byte == UInt8(ascii: "\n") {
                if text.isEmpty { return nil }
                var parser = RuleParser(text)
                return try parser.rule()
            }
            text.append(byte)
        }
        throw .truncated("its footer")
    }
}

/// Big-endian numbers from bytes; never past the end.
private struct ByteReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var remaining: Int { bytes.count - position }

    mutating func next() -> UInt8? {
        guard remaining > 0 else { return nil }
        position += 1
        return bytes[position - 1]
    }

    /// `part` is what the file ends within if it does.
    mutating func skip(_ count: Int, _ part: String) throws(ZoneError.Problem) {
        guard remaining >= count else { throw .truncated(part) }
        position += count
    }

    mutating func integer(_ size: Int, _ part: String) throws(ZoneError.Problem) -> UInt64 {
        guard remaining >= size else { throw .truncated(part) }
        var value: UInt64 = 0
        for _ in 0..<size {
            value = value << 8 | UInt64(bytes[position])
            position += 1
        }
        return value
    }
}

/// Reads a POSIX TZ string: `std offset [dst [offset] , start[/time] , end[/time]]`.
private struct RuleParser {
    private let text: [UInt8]
    private var position = 0

    init(_ text: [UInt8]) { self.text = text }

    mutating func rule() throws(ZoneError.Problem) -> FooterRule {
        try name()
        // POSIX counts westwards.
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

    /// The text is quoted in the error, cut and made printable.
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

    /// Three or more letters, or between < and > letters, digits and signs. Not kept.
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

    /// `[+-]hh[:mm[:ss]]` in seconds.
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

    /// `,date[/time]`.
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
        // Version 3 widened the time from 0...24 hours; it is harmless in files that say 2.
        return YearlyTurn(date: date, time: take("/") ? try clock(hours: 167) : 7_200)
    }

    /// One to three digits.
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
