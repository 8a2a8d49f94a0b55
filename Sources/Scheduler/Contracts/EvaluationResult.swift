import Dates

/// The decisions of one evaluation, as the ledger stores them.
public struct EvaluationResult: Sendable {
    public struct Firing: Sendable {
        public let reminder: Reminder
        public let firedAt: Instant
        /// Fired more than 15 minutes after its due.
        public let late: Bool
        /// In recipient order.
        public let deliveries: [NewDelivery]
        /// The last recipient written if `extend` writes the rest, empty if that is nobody; nil if complete.
        public let cursor: String?
        /// nil for an ordinary reminder. A change also marks deliveries of its occurrence that are
        /// in flight: they are not tried again.
        public let change: Change?
        /// The campaign's title when it fired. For an occurrence that is gone, it is all that can
        /// still be announced.
        public let title: String
        /// Former names under which rows of its occurrence are stored (`formerly`), without the present name.
        public let formerOccurrences: [OccurrenceKey]
        /// `lookedUntil` of the evaluation before the one that fires it; nil where that is not known.
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

        /// As the reminder's row holds it.
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
    /// The superseded reminders are closed: recipients who join later do not get them. True for a
    /// new ledger and for what a person drops.
    public var isFinal: Bool
    /// The fingerprints of the recipients whom reminders name, by stored identity; only for reminders whose deliveries are complete.
    public var named: [ReminderKey: UInt64]
    /// Occurrences that have another name from now on.
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

/// An occurrence that has another name because its phrase was written another way.
public struct OccurrenceRename: Hashable, Sendable {
    /// The occurrence as it is stored.
    public let from: OccurrenceKey
    public let to: String

    public init(from: OccurrenceKey, to: String) {
        self.from = from
        self.to = to
    }
}

/// Further deliveries of a reminder that is already recorded.
public struct FiringPart: Sendable {
    /// As stored.
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
    /// The names under which rows of its occurrence stand.
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

public struct NewDelivery: Hashable, Sendable {
    public let id: DeliveryID
    public let recipient: String
    public let channel: String
    /// The recipient was named only after the reminder was due, so the message does not count as late.
    public let joined: Bool
    /// Names from before a rename, under which a delivery of the same reminder to the same recipient by the same channel may be stored.
    /// Such a delivery is this one.
    public let formerly: [Slot]

    /// The recipient and the channel of a delivery.
    public struct Slot: Hashable, Sendable {
        public let recipient: String
        public let channel: String

        public init(recipient: String, channel: String) {
            self.recipient = recipient
            self.channel = channel
        }
    }

    public init(id: DeliveryID, recipient: String, channel: String, joined: Bool = false, formerly: [Slot] = []) {
        self.id = id
        self.recipient = recipient
        self.channel = channel
        self.joined = joined
        self.formerly = formerly
    }
}
