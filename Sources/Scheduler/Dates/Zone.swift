// Zones: civil time and the time line
//
// An instant is a point on the time line. A civil time is a day and a time of day, as people write
// it. A zone gives the offset at each instant: how far the clocks of a place are ahead of UTC.
// Every instant therefore has exactly one civil time, found by a lookup.
//
// A civil time may have no instant or more than one. When clocks go forward, some civil times do
// not occur (a *gap*): Berlin had no 02:30 on 29 March 2026. When clocks go back, some civil times
// occur twice (a *fold*). Zones have gaps and folds of many kinds:
// - A zone may skip a whole day (Apia skipped 30 December 2011).
// - Clocks may change at midnight, so that a day begins at 01:00 (Cairo).
// - Clocks may change by half an hour (Lord Howe) or by two hours (Troll).
// - Daylight saving time may be the time of winter (Dublin).
// - Clocks may go back for one lunar month (Casablanca).
//
// `resolve` returns one of three results. `instant` applies the policy of plans: the first
// instant after a gap, and the first of the two instants of a fold. (Java and Temporal have another
// policy, "compatible". It moves 02:30 to 03:30, which is as long after the gap as 02:30 is after
// the beginning of the gap.)
//
// `resolve` divides the time line into *stretches* of one offset. In a stretch with offset o, civil
// time L is the instant L − o. That instant counts if it is in the stretch. Only stretches that
// touch the window from L − (the zone's greatest offset) to L − (the zone's least offset) can
// contain such an instant. If no stretch contains one, L is in a gap. The first instant after the
// gap is then the start of the first stretch in which the clocks already show a time after L when
// the stretch begins. If two stretches contain such an instant, L is in a fold. The algorithm
// assumes no minimum distance between changes of the clocks.
//
// The offsets come from the system's compiled zone files, which the caller passes as bytes (RFC
// 9636, TZif versions 1 to 4). Version 2 and later have a list of transitions with 64-bit times,
// and a footer. The footer is a POSIX TZ string such as `CET-1CEST,M3.5.0,M10.5.0/3`, which applies
// without end after the last transition. Some systems list changes up to 2037 ("fat" files). Others
// end the list where the footer's rule begins ("slim" files). Both kinds of file give the same
// results here.
//
// The bytes are not trusted. Every count and index is checked before it is used, and the size is
// limited. A `ZoneError` names the problem.

/// A time zone: its name, and its offset from UTC at every instant.
///
/// The value is made from one TZif file. Two zones are equal if their names and rules are equal.
/// The name is not checked, so callers should use only names from the system's list.
public struct Zone: Hashable, Sendable {
    /// The name as in the plan, `Asia/Ho_Chi_Minh`.
    public let name: String

    /// The instants at which the offset changes, in seconds since 1970, ascending.
    private let transitions: [Int64]
    /// `offsets[i]` is the offset from `transitions[i]` on.
    private let offsets: [Int32]
    /// The offset before the first transition, in seconds east of Greenwich.
    private let firstOffset: Int32
    /// The rule that applies from `ruleFrom` on.
    ///
    /// If nil, the offset of the last transition applies without end.
    private let rule: FooterRule?
    /// The instant at which `rule` begins to apply, in seconds since 1970.
    ///
    /// `Int64.max` if there is no rule.
    private let ruleFrom: Int64
    /// The least and the greatest offset of this zone, in seconds.
    private let leastOffset: Int64
    private let greatestOffset: Int64

    /// Reads a compiled zone file.
    ///
    /// - Parameter tzif: the whole file, as RFC 9636 describes it, at most `TZif.byteLimit` bytes.
    ///   Files of the `right/` tree are refused, because they count leap seconds and `Instant` does
    ///   not.
    /// - Throws: `ZoneError` for anything that is not such a file. No input causes a trap.
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
        // If there are no transitions, the footer applies to all time.
        ruleFrom = file.rule == nil ? .max : file.transitions.last?.time ?? .min
        var times: [Int64] = []
        var offsets: [Int32] = []
        // A transition that changes only the abbreviation does not change the clocks.
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

    /// Coordinated Universal Time. It needs no file.
    public static let utc = Zone(name: "UTC", file: TZif(fixedOffset: 0))

    /// Hashes the name, the number of transitions and the rule.
    ///
    /// The transitions are left out, because different zones usually differ in their names.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(transitions.count)
        hasher.combine(rule)
    }

    // MARK: From instants to civil time

    /// Returns the offset in seconds east of Greenwich, for example 25 200 for Hanoi.
    public func offset(at instant: Instant) -> Int {
        stretch(at: instant.seconds).offset
    }

    /// Returns the time that the clocks show, to the second.
    ///
    /// An instant outside 0000-01-03...9999-12-29 counts as the nearest instant within that range.
    /// Within that range, the civil year has four digits at any offset.
    public func civil(at instant: Instant) -> CivilTime {
        let seconds = Zone.clamped(instant)
        let offset = stretch(at: seconds).offset
        return CivilTime(seconds: seconds + Int64(offset), offset: offset)
    }

    /// Returns RFC 3339 text to the second in this zone, such as `2027-11-15T08:00:00+07:00`.
    ///
    /// If the instant is in the range of `civil(at:)`, reading the text gives the same second
    /// again. RFC 3339 writes offsets in whole minutes. An offset with seconds (local mean time,
    /// before the standard zones) is truncated towards zero to whole minutes. The civil time is
    /// computed with the truncated offset, so that the text still represents the same instant.
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
        // No offset is as large as two days (`TZif.offsetRange`).
        let margin: Int64 = 2 * 86_400
        return min(max(instant.seconds, FooterRule.span.lowerBound + margin), FooterRule.span.upperBound - margin)
    }

    // MARK: From civil time to instants

    /// The meaning of a civil time: one instant, none (a gap) or two (a fold).
    public enum Resolution: Hashable, Sendable {
        /// The civil time occurred once.
        case unique(Instant)
        /// The civil time did not occur. `after` is the first instant after the gap.
        case gap(after: Instant)
        /// The civil time occurred twice or more often. The values are its first two instants.
        case fold(first: Instant, second: Instant)
    }

    /// Returns the instants at which the clocks show this time of this day.
    public func resolve(_ day: Day, _ time: TimeOfDay) -> Resolution {
        resolve(local: Int64(day.number) * 86_400 + Int64(time.minuteOfDay) * 60)
    }

    /// Returns the instant of a civil time.
    ///
    /// In a gap, returns the first instant after the gap. In a fold, returns the first of the two
    /// instants.
    public func instant(_ day: Day, _ time: TimeOfDay) -> Instant {
        instant(local: Int64(day.number) * 86_400 + Int64(time.minuteOfDay) * 60)
    }

    /// Returns the instant of 00:00 of the day.
    ///
    /// Gaps and folds are resolved as in `instant(_:_:)`. If the clocks go forward at midnight, the
    /// result is the first instant of the day.
    public func startOfDay(_ day: Day) -> Instant {
        instant(local: Int64(day.number) * 86_400)
    }

    /// Returns the instant of 24:00 of the day, which is 00:00 of the next day.
    ///
    /// Gaps and folds are resolved as in `instant(_:_:)`.
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

    /// Finds the instants of a civil time, as described at the top of this file.
    ///
    /// - Parameter local: civil time in seconds since civil 1970-01-01T00:00:00.
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
        // The last stretch contains `latest`. At that instant the clocks show `local` or later at
        // any offset. As there is no candidate, the clocks of some stretch were already past
        // `local` when that stretch began.
        return .gap(after: Instant(seconds: afterGap ?? latest))
    }

    /// Returns the stretch that contains `seconds`, or a part of that stretch.
    ///
    /// If the result is only a part, the stretch that begins at its end has the same offset.
    private func stretch(at seconds: Int64) -> Stretch {
        if let rule, seconds >= ruleFrom {
            var stretch = rule.stretch(at: seconds)
            stretch.start = max(stretch.start, ruleFrom)
            return stretch
        }
        // Binary search for the number of transitions at or before `seconds`.
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

/// The time that the clocks of a zone show at an instant.
public struct CivilTime: Hashable, Sendable {
    public let day: Day
    /// The civil time of day in seconds, 0..<86 400.
    public let secondOfDay: Int
    /// The offset in seconds east of Greenwich.
    public let offset: Int

    /// - Parameter seconds: civil time in seconds since civil 1970-01-01T00:00:00.
    fileprivate init(seconds: Int64, offset: Int) {
        day = Day(number: Int(seconds).flooredQuotient(86_400))
        secondOfDay = Int(seconds).flooredRemainder(86_400)
        self.offset = offset
    }
}

/// The reason why a zone file cannot be used.
public struct ZoneError: Error, Hashable, Sendable, CustomStringConvertible {
    public let zone: String
    public let problem: Problem

    public enum Problem: Error, Hashable, Sendable {
        /// The file does not begin with `TZif`.
        case notTZif
        /// The version byte is not 0 or an ASCII digit from 2 to 9, or is 0 in the second header.
        case version(UInt8)
        /// The file is larger than `TZif.byteLimit`. The value is its size in bytes.
        case tooLarge(Int)
        /// The file ends within one of its parts. The value is the name of that part.
        case truncated(String)
        /// The file has bytes after the end of its content. The value is the number of these bytes.
        case trailing(Int)
        /// A count in the header is zero, too large, or does not agree with the other counts.
        ///
        /// The values are the name of what is counted, and the count.
        case count(String, Int)
        /// The file counts leap seconds (the `right/` tree).
        case leapSeconds
        /// A transition is not later than the one before it, or is more than 2⁵⁹ s from 1970.
        ///
        /// The value is the position of the transition, from 0.
        case transition(Int)
        /// A local time type is invalid, or a transition refers to a type that does not exist.
        ///
        /// A type is invalid if it has no abbreviation, an offset outside −24:59:59...+25:59:59, or
        /// a flag that is neither 0 nor 1. The value is the type's position from 0.
        case type(Int)
        /// The POSIX TZ string is invalid.
        ///
        /// The values are the string and a description of what was expected at the first error.
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

/// A part of the time line with one offset, in seconds since 1970. `end` is not included.
struct Stretch {
    var start: Int64
    var end: Int64
    /// The offset in seconds east of Greenwich.
    var offset: Int
}
