/// A point on the time line, in milliseconds since 1970-01-01T00:00:00Z.
///
/// Leap seconds are not counted, as in POSIX time. Due times are whole seconds. Lateness is
/// measured in milliseconds.
public struct Instant: Hashable, Comparable, Codable, Sendable {
    public let milliseconds: Int64

    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    public init(seconds: Int64) {
        self.milliseconds = seconds * 1_000
    }

    /// The number of whole seconds since 1970-01-01T00:00:00Z, rounded towards minus infinity.
    public var seconds: Int64 { Int64(Int(milliseconds).flooredQuotient(1_000)) }

    public static func < (a: Instant, b: Instant) -> Bool { a.milliseconds < b.milliseconds }
    public static func + (a: Instant, span: TimeSpan) -> Instant { Instant(milliseconds: a.milliseconds + span.milliseconds) }
    public static func - (a: Instant, span: TimeSpan) -> Instant { Instant(milliseconds: a.milliseconds - span.milliseconds) }
    public static func - (later: Instant, earlier: Instant) -> TimeSpan {
        TimeSpan(milliseconds: later.milliseconds - earlier.milliseconds)
    }

    public static let distantPast = Instant(milliseconds: -(1 << 60))
    public static let distantFuture = Instant(milliseconds: 1 << 60)
}

/// A length of time in milliseconds. It may be negative.
public struct TimeSpan: Hashable, Comparable, Sendable {
    public let milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }
    public static func seconds(_ n: Int64) -> TimeSpan { TimeSpan(milliseconds: n * 1_000) }
    public static func minutes(_ n: Int64) -> TimeSpan { seconds(n * 60) }
    public static func hours(_ n: Int64) -> TimeSpan { seconds(n * 3_600) }
    public static func days(_ n: Int64) -> TimeSpan { seconds(n * 86_400) }

    public static func < (a: TimeSpan, b: TimeSpan) -> Bool { a.milliseconds < b.milliseconds }
    public static func - (a: TimeSpan, b: TimeSpan) -> TimeSpan { TimeSpan(milliseconds: a.milliseconds - b.milliseconds) }
    public static let zero = TimeSpan(milliseconds: 0)
}

/// A time of day on the civil clock, to the minute, 00:00 to 23:59.
public struct TimeOfDay: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let minuteOfDay: Int16

    /// Creates a time of day; nil if `hour` is outside 0...23 or `minute` is outside 0...59.
    public init?(hour: Int, minute: Int) {
        guard (0...23).contains(hour), (0...59).contains(minute) else { return nil }
        minuteOfDay = Int16(hour * 60 + minute)
    }

    /// Reads `HH:MM` or `H:MM`. Returns nil for any other text.
    public init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 2, (1...2).contains(parts[0].count), parts[1].count == 2,
            let hour = decimal(parts[0]), let minute = decimal(parts[1])
        else { return nil }
        self.init(hour: hour, minute: minute)
    }

    public static let midnight = TimeOfDay(hour: 0, minute: 0)!

    public var hour: Int { Int(minuteOfDay) / 60 }
    public var minute: Int { Int(minuteOfDay) % 60 }
    public var description: String { "\(padded(hour, 2)):\(padded(minute, 2))" }
    public static func < (a: TimeOfDay, b: TimeOfDay) -> Bool { a.minuteOfDay < b.minuteOfDay }
}
