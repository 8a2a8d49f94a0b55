import Dates

/// One event of a calendar (RFC 5545, section 3.6.1).
///
/// All texts are in NFC. Their lines end in line feeds, and they have no other control characters
/// than tabs. An empty text has no property in the event.
public struct CalendarEvent: Hashable, Sendable {
    /// The time of an event.
    public enum Time: Hashable, Sendable {
        /// Whole days, both ends included.
        case days(ClosedRange<Day>)
        /// The instants of the begin and the end. They are equal for a point in time.
        case instants(ClosedRange<Instant>)
    }

    public enum Status: Hashable, Sendable {
        case confirmed, cancelled
    }

    /// The globally unique id, the same for all versions of the event.
    public let uid: String
    /// The number of the version, which grows with every change of the event.
    public let sequence: Int
    /// When this version of the event was made.
    public let changedAt: Instant
    public let status: Status
    public let time: Time
    public let summary: String
    public var description = ""
    public var location = ""
    /// A URI without white space; empty if there is none.
    public var url = ""
    public var categories: [String] = []

    public init(uid: String, sequence: Int, changedAt: Instant, status: Status, time: Time, summary: String) {
        self.uid = uid
        self.sequence = sequence
        self.changedAt = changedAt
        self.status = status
        self.time = time
        self.summary = summary
    }
}
