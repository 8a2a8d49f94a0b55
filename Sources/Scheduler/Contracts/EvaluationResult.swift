import Dates

/// The decisions of one evaluation, in the form in which the ledger stores them.
public struct EvaluationResult: Sendable {
    /// A reminder that fires, with its first deliveries.
    public struct Firing: Sendable {
        public let reminder: Reminder
        public let firedAt: Instant
        /// Whether the reminder fired more than 15 minutes after it was due.
        public let late: Bool
        /// The first deliveries of the reminder, in recipient order.
        public let deliveries: [NewDelivery]
        /// The last recipient in `deliveries`, if `extend` writes further deliveries later.
        ///
        /// nil if there are no further deliveries. Empty if `extend` writes all deliveries.
        public let cursor: String?
        /// The announced change; nil for an ordinary reminder.
        ///
        /// The ledger marks the in-flight deliveries of a changed occurrence, so that they are not
        /// retried.
        public let change: Change?
        /// The campaign's title when the reminder fired.
        ///
        /// If the occurrence was removed, no other text about it is known.
        public let title: String
        /// Former names under which rows of the occurrence are stored (`formerly`).
        ///
        /// The current name is not included.
        public let formerOccurrences: [OccurrenceKey]
        /// The time of the previous evaluation; nil if not known.
        public let lookedBefore: Instant?
        /// The occurrence's days as last announced; nil for an ordinary reminder or if not known.
        public let formerDates: ClosedRange<Day>?
        /// The occurrence's time of day as last announced; nil if it had none.
        public let formerTime: EventTime?
        /// Reminders that this one replaces although the ledger has a later due time for them.
        public let overtaken: [ReminderKey]

        public init(
            reminder: Reminder, firedAt: Instant, late: Bool, deliveries: [NewDelivery], cursor: String? = nil,
            change: Change? = nil, title: String = "", formerOccurrences: [OccurrenceKey] = [], lookedBefore: Instant? = nil,
            formerDates: ClosedRange<Day>? = nil, formerTime: EventTime? = nil, overtaken: [ReminderKey] = []
        ) {
            self.formerTime = formerTime
            self.overtaken = overtaken
            self.reminder = reminder
            self.firedAt = firedAt
            self.late = late
            self.deliveries = deliveries
            self.cursor = cursor
            self.change = change
            self.title = title
            self.formerOccurrences = formerOccurrences
            self.lookedBefore = lookedBefore
            self.formerDates = formerDates
        }

        /// The reminder as it is stored in its row.
        public var stored: StoredReminder {
            StoredReminder(
                reminder: reminder, firedAt: firedAt, late: late, change: change, title: title, lookedBefore: lookedBefore,
                formerDates: formerDates, formerTime: formerTime)
        }
    }

    public let lookedUntil: Instant
    public var firings: [Firing]
    public var superseded: [Reminder]
    public var missed: [Reminder]
    /// Whether the reminders in `superseded` can never get deliveries.
    ///
    /// If true, recipients who are added later do not get them either. True for a new ledger and
    /// for reminders that an operator drops.
    public var isFinal: Bool
    /// For reminders without missing deliveries, the fingerprint of the recipients that they name.
    ///
    /// The key is the identity under which the reminder is stored.
    public var named: [ReminderKey: UInt64]
    /// Occurrences that this evaluation renames in the ledger.
    public var renames: [OccurrenceRename]

    public init(
        lookedUntil: Instant, firings: [Firing] = [], superseded: [Reminder] = [], missed: [Reminder] = [],
        isFinal: Bool = false, named: [ReminderKey: UInt64] = [:], renames: [OccurrenceRename] = []
    ) {
        self.lookedUntil = lookedUntil
        self.firings = firings
        self.superseded = superseded
        self.missed = missed
        self.isFinal = isFinal
        self.named = named
        self.renames = renames
    }
}

/// An occurrence that gets a new name because its phrase was reworded.
public struct OccurrenceRename: Hashable, Sendable {
    /// The occurrence under the name that it has in the ledger.
    public let from: OccurrenceKey
    /// The new name of the occurrence.
    public let to: String

    public init(from: OccurrenceKey, to: String) {
        self.from = from
        self.to = to
    }
}

/// Further deliveries of a reminder that is already recorded, or a part of them.
public struct FiringPart: Sendable {
    /// The identity as stored.
    public let reminder: ReminderKey
    /// The deliveries of this part, in recipient order.
    public let deliveries: [NewDelivery]
    /// The last recipient in `deliveries`, if more parts follow; empty if `deliveries` is empty.
    ///
    /// nil in the last part. Also nil if the reminder is already complete and its dates do not
    /// change.
    public let cursor: String?
    /// The fingerprint of the recipients that the reminder names; nil except in the last part.
    public let named: UInt64?
    /// The reminder with its current dates, deadline and occurrence name.
    ///
    /// nil if the row already has these values. The other fields of the reminder are ignored.
    public let dates: Reminder?
    /// The campaign's title, which is stored if the reminder was superseded and now fires.
    ///
    /// Empty if the current plans do not contain the reminder.
    public let title: String
    /// Names under which rows of the occurrence are stored.
    ///
    /// The current name may be missing, because the ledger adds it.
    public let formerOccurrences: [OccurrenceKey]
    /// Reminders that this one replaces, as in `EvaluationResult.Firing`.
    public let overtaken: [ReminderKey]

    public init(
        reminder: ReminderKey, deliveries: [NewDelivery], cursor: String?, named: UInt64? = nil, dates: Reminder? = nil,
        title: String = "", formerOccurrences: [OccurrenceKey] = [], overtaken: [ReminderKey] = []
    ) {
        self.overtaken = overtaken
        self.title = title
        self.reminder = reminder
        self.deliveries = deliveries
        self.cursor = cursor
        self.named = named
        self.dates = dates
        self.formerOccurrences = formerOccurrences
    }
}
