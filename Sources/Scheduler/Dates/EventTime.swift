/// The time of day at which an event takes place: its start and, if known, its end.
///
/// On several days, the start belongs to the first day and the end to the last day. The end may
/// then be earlier in the day than the start.
public struct EventTime: Hashable, Sendable {
    public let start: TimeOfDay
    /// The end of the event; nil if only the start is known.
    public let end: TimeOfDay?

    public init(start: TimeOfDay, end: TimeOfDay? = nil) {
        self.start = start
        self.end = end
    }

    /// The assumed length of an event without an end.
    public static let defaultLength = TimeSpan.hours(1)

    /// Returns the instant at which an event is over whose last day is `lastDay`.
    ///
    /// Without an end, the event is over one hour after its start. A deadline without an end is
    /// over at its start, because its only time is the deadline itself.
    public func end(on lastDay: Day, in zone: Zone, isDeadline: Bool) -> Instant {
        if let end { return zone.instant(lastDay, end) }
        let start = zone.instant(lastDay, start)
        return isDeadline ? start : start + EventTime.defaultLength
    }
}

extension EventTime: CustomStringConvertible, Codable {
    /// The time as plans write it: `14:00 - 16:30`, or `14:00` without an end.
    public var description: String { end.map { "\(start) - \($0)" } ?? start.description }

    /// The time without spaces, as the ledger stores it: `14:00-16:30`, or `14:00`.
    public var stored: String { end.map { "\(start)-\($0)" } ?? start.description }

    /// Reads the form of `stored`. Returns nil for any other text.
    public init?(stored text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { TimeOfDay(String($0)) }
        guard parts.count <= 2, let start = parts[0] else { return nil }
        guard parts.count == 2 else {
            self.init(start: start)
            return
        }
        guard let end = parts[1] else { return nil }
        self.init(start: start, end: end)
    }

    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let time = EventTime(stored: text) else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not a time of day"))
        }
        self = time
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(stored)
    }
}
