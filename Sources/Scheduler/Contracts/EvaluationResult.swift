import Dates

/// The decisions of one evaluation, as the ledger stores them.
public struct EvaluationResult: Sendable {
    public struct Firing: Sendable {
        public let reminder: Reminder
        public let firedAt: Instant
        /// Whether it fired more than 15 minutes after its due.
        public let late: Bool
        /// In recipient order.
        public let deliveries: [NewDelivery]
        /// The last recipient written if `extend` writes the rest; nil if complete.
        ///
        /// Empty if no recipient was written.
        public let cursor: String?
        /// nil for an ordinary reminder. A change also marks deliveries of its occurrence that are
        /// in flight, so that they are not repeated.
        public let change: Change?
        /// The campaign's title when it fired. For an occurrence that was removed, no other text is
        /// known.
        public let title: String
        /// Former names under which rows of its occurrence are stored (`formerly`).
        ///
        /// The present name is left out.
        public let formerOccurrences: [OccurrenceKey]
        /// `lookedUntil` of the evaluation before the one that fires it; nil if that is not known.
        public let lookedBefore: Instant?
        /// For a change: the occurrence's days as they were notified last.
        public let formerDates: ClosedRange<Day>?
        /// Reminders of the occurrence that it replaces although their rows have a later due time.
        public let overtaken: [ReminderKey]

        public init(
            reminder: Reminder, firedAt: Instant, late: Bool, deliveries: [NewDelivery], cursor: String? = nil,
            change: Change? = nil, title: String = "", formerOccurrences: [OccurrenceKey] = [], lookedBefore: Instant? = nil,
            formerDates: ClosedRange<Day>? = nil, overtaken: [ReminderKey] = []
        ) {
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

        /// The reminder as its row stores it.
        public var stored: StoredReminder {
            StoredReminder(
                reminder: reminder, firedAt: firedAt, late: late, change: change, title: title, lookedBefore: lookedBefore,
                formerDates: formerDates)
        }
    }

    public let lookedUntil: Instant
    public var firings: [Firing]
    public var superseded: [Reminder]
    public var missed: [Reminder]
    /// Whether the superseded reminders are closed.
    ///
    /// Recipients who join later do not get them. True for a new ledger and for reminders that an
    /// operator drops.
    public var isFinal: Bool
    /// The fingerprints of the recipients whom reminders name, by stored identity.
    ///
    /// Contains only reminders whose deliveries are complete.
    public var named: [ReminderKey: UInt64]
    /// Occurrences that this evaluation renames.
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

/// An occurrence that has another name because its phrase was written in another way.
public struct OccurrenceRename: Hashable, Sendable {
    /// The occurrence as stored.
    public let from: OccurrenceKey
    public let to: String

    public init(from: OccurrenceKey, to: String) {
        self.from = from
        self.to = to
    }
}

/// Further deliveries of a reminder that is already recorded.
public struct FiringPart: Sendable {
    /// The identity as stored.
    public let reminder: ReminderKey
    /// In recipient order.
    public let deliveries: [NewDelivery]
    /// The last recipient written if more are to follow; nil if complete.
    public let cursor: String?
    /// The fingerprint of the recipients whom it names; set in the last part.
    public let named: UInt64?
    /// The present dates, deadline and occurrence name, if the row has others. Its other fields are
    /// ignored.
    public let dates: Reminder?
    /// The campaign's title, for a superseded reminder that becomes a fired one.
    public let title: String
    /// The names under which rows of its occurrence are stored.
    public let formerOccurrences: [OccurrenceKey]
    /// As in `EvaluationResult.Firing`.
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
