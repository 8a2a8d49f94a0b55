import Dates

/// A reminder: one lead of one occurrence of a campaign.
///
/// A reminder is derived from the plan and is not stored before it is due. A change of the hour, of
/// the rule for rest days or of the working days can change `due`, but never the identity (`key`).
/// Therefore a recipient never gets the same reminder twice.
public struct Reminder: Hashable, Codable, Sendable {
    public let key: ReminderKey
    /// The name of the occurrence within its campaign.
    public let occurrence: String
    public let start: Day
    public let end: Day
    /// The time of day of the occurrence; nil if it has none.
    public let time: EventTime?
    public let due: Instant
    /// The instant from which the reminder is no longer sent.
    ///
    /// The deadline is the end of the occurrence's time on its last day or, without a time, 24:00
    /// of that day. For a lead after the end, it is 14 days after `due`.
    public let deadline: Instant

    public init(
        key: ReminderKey, occurrence: String, start: Day, end: Day, time: EventTime? = nil, due: Instant, deadline: Instant
    ) {
        self.time = time
        self.key = key
        self.occurrence = occurrence
        self.start = start
        self.end = end
        self.due = due
        self.deadline = deadline
    }

    /// The days and the time of the occurrence.
    public var dates: OccurrenceDates { OccurrenceDates(name: occurrence, start: start, end: end, time: time) }

    public var occurrenceKey: OccurrenceKey {
        OccurrenceKey(plan: key.plan, campaign: key.campaign, occurrence: occurrence)
    }
}

/// The identity of a reminder.
public struct ReminderKey: Hashable, Codable, Sendable {
    public let plan: String
    public let campaign: String
    public let lead: String
    /// The civil day from which the lead is counted.
    ///
    /// The anchor is the first day of the occurrence. For a lead relative to the end, the anchor is
    /// the last day, and for a weekly lead, it is the weekday itself.
    public let anchor: Day

    public init(plan: String, campaign: String, lead: String, anchor: Day) {
        self.plan = plan
        self.campaign = campaign
        self.lead = lead
        self.anchor = anchor
    }
}

/// The identity of an occurrence.
public struct OccurrenceKey: Hashable, Codable, Sendable {
    public let plan: String
    public let campaign: String
    public let occurrence: String

    public init(plan: String, campaign: String, occurrence: String) {
        self.plan = plan
        self.campaign = campaign
        self.occurrence = occurrence
    }
}
