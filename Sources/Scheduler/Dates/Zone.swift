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
struct Stretch {
    var start: Int64
    var end: Int64
    /// Seconds east of Greenwich.
    var offset: Int
}
