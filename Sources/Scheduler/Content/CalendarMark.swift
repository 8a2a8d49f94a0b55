import Dates
import Plans

/// The identity and version of an occurrence's event in the calendars of its recipients.
///
/// The mark does not depend on the time of a message, so every message of one version has the same.
public struct CalendarMark: Hashable, Codable, Sendable {
    /// The id of the event, the same for all its versions.
    public let uid: String
    /// The number of changes of the occurrence since it was first planned.
    public let sequence: Int
    /// When the occurrence changed last.
    public let changedAt: Instant

    public init(uid: String, sequence: Int, changedAt: Instant) {
        self.uid = uid
        self.sequence = sequence
        self.changedAt = changedAt
    }

    /// Creates the mark of an occurrence that has not changed.
    ///
    /// Its time is the date of the plan's document, or 1 January 2026 if that is not known.
    public init(unchanged key: OccurrenceKey, in plan: Plan?, _ campaign: Campaign?) {
        let date = plan?.source.date ?? Day.first(ofMonth: 1, year: 2026)
        self.init(uid: Self.uid(of: key, in: plan, campaign), sequence: 0, changedAt: Zone.utc.startOfDay(date))
    }

    /// Returns the id of an occurrence's event.
    ///
    /// The id consists of 128 bits of a SHA-256 hash over plan, campaign and occurrence, and of a
    /// domain. If the plan or the campaign was renamed, its oldest id counts.
    public static func uid(of key: OccurrenceKey, in plan: Plan?, _ campaign: Campaign?) -> String {
        let (plan, campaign) = (plan?.formerly.last ?? key.plan, campaign?.formerly.last ?? key.campaign)
        let digest = SHA256.digest(Array("\(plan)\n\(campaign)\n\(key.occurrence)\n".utf8))
        return base32(digest.prefix(16)) + "@remindd"
    }
}

/// A change of an occurrence that its event in calendars has to follow.
public struct CalendarChange: Hashable, Sendable {
    /// The data of an event by which the ledger recognizes a change that it has recorded before.
    public struct Event: Hashable, Sendable {
        public let start: Day
        public let end: Day
        /// The hours of the occurrence, such as `14:00 - 16:30`; empty if it takes whole days.
        public let time: String
        public let place: String
        public let title: String
        /// A fingerprint of the other texts of the event, such as its description and its link.
        public let texts: String
        /// Whether the occurrence no longer takes place. The other values are then the last ones.
        public let isGone: Bool

        public init(
            start: Day, end: Day, time: String = "", place: String = "", title: String, texts: String = "", isGone: Bool = false
        ) {
            self.start = start
            self.end = end
            self.time = time
            self.place = place
            self.title = title
            self.texts = texts
            self.isGone = isGone
        }
    }

    public enum Kind: Hashable, Sendable {
        /// The event differs from the one before the edit, or the occurrence has another name.
        case changed
        /// Only the id of the plan or the campaign changed.
        case renamed
        /// The occurrence is new. It may have been planned before, and removed.
        case returned
    }

    public let kind: Kind
    public let key: OccurrenceKey
    /// The key under which an earlier change of the occurrence may be recorded.
    ///
    /// Equal to `key` unless the plan, the campaign or the occurrence was renamed.
    public let formerKey: OccurrenceKey
    /// The id of the event if no change of the occurrence was recorded before.
    public let uid: String
    public let event: Event

    public init(_ kind: Kind, key: OccurrenceKey, formerKey: OccurrenceKey, uid: String, event: Event) {
        self.kind = kind
        self.key = key
        self.formerKey = formerKey
        self.uid = uid
        self.event = event
    }
}
