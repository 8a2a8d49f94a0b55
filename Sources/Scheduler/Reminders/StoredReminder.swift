import Dates

/// A recorded reminder, with the data of its row in the ledger.
public struct StoredReminder: Hashable, Codable, Sendable {
    public let reminder: Reminder
    public let firedAt: Instant
    public let late: Bool
    /// The announced change if the reminder is a change notice (`moved N`); nil if it is not.
    public let change: Change?
    /// The campaign's title when the reminder fired.
    public let title: String
    /// The time of the last evaluation before the reminder fired.
    ///
    /// nil in rows of version 0.1.0.
    public let lookedBefore: Instant?
    /// The occurrence's days before the announced change.
    ///
    /// nil for ordinary reminders and in rows of version 0.1.0.
    public let formerDates: ClosedRange<Day>?
    /// The occurrence's time of day before the announced change; nil if it had none.
    public let formerTime: EventTime?

    public init(
        reminder: Reminder, firedAt: Instant, late: Bool, change: Change? = nil, title: String = "",
        lookedBefore: Instant? = nil, formerDates: ClosedRange<Day>? = nil, formerTime: EventTime? = nil
    ) {
        self.reminder = reminder
        self.firedAt = firedAt
        self.late = late
        self.change = change
        self.title = title
        self.lookedBefore = lookedBefore
        self.formerDates = formerDates
        self.formerTime = formerTime
    }
}

/// A change of an occurrence that recipients were already notified of.
public enum Change: String, Hashable, Codable, Sendable, CaseIterable {
    /// The start, the end or the time of the occurrence changed.
    case moved
    /// The occurrence no longer takes place.
    case gone
}
