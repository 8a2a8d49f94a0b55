import Dates

/// A reminder as its row stores it.
public struct StoredReminder: Hashable, Codable, Sendable {
    public let reminder: Reminder
    public let firedAt: Instant
    public let late: Bool
    /// The change that it announces, for the reminders `moved N`; nil for ordinary ones.
    public let change: Change?
    /// The campaign's title when it fired.
    public let title: String
    /// `lookedUntil` of the evaluation before the one that fired it; nil in rows of version 0.1.0.
    public let lookedBefore: Instant?
    /// For a change: the occurrence's days as notified before; nil in rows of version 0.1.0.
    public let formerDates: ClosedRange<Day>?

    public init(
        reminder: Reminder, firedAt: Instant, late: Bool, change: Change? = nil, title: String = "",
        lookedBefore: Instant? = nil, formerDates: ClosedRange<Day>? = nil
    ) {
        self.reminder = reminder
        self.firedAt = firedAt
        self.late = late
        self.change = change
        self.title = title
        self.lookedBefore = lookedBefore
        self.formerDates = formerDates
    }
}

/// The change of an occurrence of which someone was notified.
public enum Change: String, Hashable, Codable, Sendable, CaseIterable {
    /// The occurrence has another start or end.
    case moved
    /// The occurrence does not take place any more.
    case gone
}
