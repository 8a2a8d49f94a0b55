import Dates

/// The read-only ledger queries that an evaluation makes.
///
/// Queries about deliveries return sets of recipients, because an evaluation decides for each
/// recipient whether a fired reminder needs another delivery.
public protocol EvaluationReads: LedgerState {
    /// Returns the row for each stored identity, in the order of `keys`; nil if there is no row.
    func rows(of keys: [ReminderKey]) throws(LedgerFailure) -> [RecordedReminder?]
    /// Returns the deliveries of each fired reminder of an occurrence, grouped by state.
    ///
    /// The result is in the order in which the reminders fired. If an edit changed the days of a
    /// reminder, each earlier range of days has a `DeliveryShare` of its own. It contains the
    /// recipients to whom the reminder was sent with those days. Recipients who are not in
    /// `directory` are left out.
    func shares(of occurrence: OccurrenceKey, in directory: RecipientDirectory) throws(LedgerFailure) -> [DeliveryShare]
    /// Returns occurrences with a fired reminder that end on `day` or later.
    ///
    /// The end day is the one that was announced last. The occurrences are sorted by the time at
    /// which their last reminder fired.
    func notifiedOccurrences(endingOnOrAfter day: Day) throws(LedgerFailure) -> [NotifiedOccurrence]
    /// Returns the recipients to whom an older reminder may have been sent after a change notice.
    ///
    /// `change` is the key of the change notice. An older reminder is about one of `occurrences`
    /// and fired before the notice. Cancellation notices do not count as older reminders. Only
    /// recipients in `directory` are returned.
    func notified(
        after change: ReminderKey, of occurrences: [OccurrenceKey], in directory: RecipientDirectory
    ) throws(LedgerFailure) -> RecipientSet
    /// Returns the highest N of a campaign's change notices, which are named `moved N`; 0 if none.
    func highestChange(plan: String, campaign: String) throws(LedgerFailure) -> Int
    /// Returns fired reminders whose deliveries are not all written yet, ordered by due time.
    func unfinished() throws(LedgerFailure) -> [StoredReminder]
}

extension EvaluationReads {
    /// Returns the rows that exist for these stored identities.
    public func recorded(_ keys: [ReminderKey]) throws(LedgerFailure) -> [ReminderKey: RecordedReminder] {
        var found: [ReminderKey: RecordedReminder] = [:]
        for (key, row) in zip(keys, try rows(of: keys)) { found[key] = row }
        return found
    }
}

/// The data of a reminder's row from which an evaluation decides who still needs a delivery.
public struct RecordedReminder: Hashable, Codable, Sendable {
    /// The identity as stored.
    public let key: ReminderKey
    /// The name of the occurrence in the row; empty if the name is not known.
    public let occurrence: String
    /// The occurrence's days and its time of day in the row.
    public let start: Day
    public let end: Day
    public let time: EventTime?
    public let due: Instant
    public let deadline: Instant
    public let state: ReminderState
    /// Whether the reminder gets no further deliveries.
    ///
    /// True if the reminder was missed, dropped by an operator, or superseded when the ledger was
    /// new.
    public let isClosed: Bool
    /// Whether all deliveries of the reminder are written.
    public let isComplete: Bool
    /// The fingerprint of the recipients that the reminder named when it was last completed.
    ///
    /// nil in rows of version 0.1.0.
    public let named: UInt64?
    /// Whether some deliveries were cancelled for a temporary reason.
    ///
    /// See `WithdrawalReason.isRevivable`.
    public let hasWithdrawn: Bool

    public init(
        key: ReminderKey, occurrence: String = "", start: Day, end: Day, time: EventTime? = nil, due: Instant,
        deadline: Instant, state: ReminderState, isClosed: Bool = false, isComplete: Bool = true, named: UInt64? = nil,
        hasWithdrawn: Bool = false
    ) {
        self.time = time
        self.key = key
        self.occurrence = occurrence
        self.start = start
        self.end = end
        self.due = due
        self.deadline = deadline
        self.state = state
        self.isClosed = isClosed
        self.isComplete = isComplete
        self.named = named
        self.hasWithdrawn = hasWithdrawn
    }
}

extension RecordedReminder {
    /// The days and the time in the row.
    var dates: OccurrenceDates { OccurrenceDates(name: occurrence, start: start, end: end, time: time) }
}

/// The deliveries of one fired reminder, as sets of recipients.
///
/// A recipient with deliveries on several channels may be in several sets. A set of half a million
/// recipients uses 62 kB.
public struct DeliveryShare: Sendable {
    public let stored: StoredReminder
    /// The number of the reminder's row. It grows with each reminder that fires.
    public let serial: Int64
    /// Recipients of deliveries that were accepted, were perhaps accepted, or are in flight.
    public var notified = RecipientSet()
    /// Recipients who may have the message of a delivery that was cancelled for a temporary reason.
    public var perhapsNotified = RecipientSet()
    /// Recipients of pending deliveries.
    public var waiting = RecipientSet()
    /// Recipients of deliveries that were given up or cancelled for good.
    public var ended = RecipientSet()
    /// Recipients of deliveries that were cancelled for a temporary reason.
    public var withdrawn = RecipientSet()
    /// The recipients in `withdrawn` whose channel was removed, or who no longer use the channel.
    public var failedOver = RecipientSet()

    public init(stored: StoredReminder, serial: Int64) {
        self.stored = stored
        self.serial = serial
    }

    /// Returns whether the reminder has these days and this time.
    ///
    /// For nil, returns whether it is a cancellation notice.
    func says(_ dates: OccurrenceDates?) -> Bool {
        guard let dates else { return stored.change == .gone }
        return stored.change != .gone && dates.isSame(as: stored.reminder.dates)
    }
}

/// An occurrence whose recipients were or may have been notified, with its last announced dates.
public struct NotifiedOccurrence: Hashable, Codable, Sendable {
    public let key: OccurrenceKey
    public let title: String
    public let start: Day
    public let end: Day
    public let time: EventTime?
    /// The last announced change; nil if there was none. Reminders may have fired after the change.
    public let change: Announced?
    /// Whether some deliveries of the occurrence were cancelled for a temporary reason.
    public let hasWithdrawn: Bool
    /// The `DeliveryShare.serial` of the last reminder of the occurrence.
    ///
    /// If one occurrence is stored under two names, the one with the higher number was used last.
    public let serial: Int64
    /// The dates that the occurrence had before each of its announced changes.
    ///
    /// Only changes that were announced under the name in `key` are included.
    public let formerDates: [ClosedRange<Day>]
    /// Whether the reminders that were sent show more than one set of dates.
    ///
    /// True if the dates of a reminder changed after it was sent. Also true if two reminders have
    /// different dates and a change was announced. Without an announced change, reminders are not
    /// compared, because this would slow down every evaluation.
    public let hasSeveralDates: Bool

    /// A change that was announced.
    public struct Announced: Hashable, Codable, Sendable {
        public let change: Change
        public let reminder: RecordedReminder
        /// The number of the change notice, as in `NotifiedOccurrence.serial`.
        public let serial: Int64

        public init(_ change: Change, _ reminder: RecordedReminder, serial: Int64) {
            self.change = change
            self.reminder = reminder
            self.serial = serial
        }
    }

    public init(
        key: OccurrenceKey, title: String, start: Day, end: Day, time: EventTime? = nil, change: Announced? = nil,
        hasWithdrawn: Bool = false, serial: Int64 = 0, formerDates: [ClosedRange<Day>] = [], hasSeveralDates: Bool = false
    ) {
        self.time = time
        self.formerDates = formerDates
        self.hasSeveralDates = hasSeveralDates
        self.hasWithdrawn = hasWithdrawn
        self.key = key
        self.title = title
        self.start = start
        self.end = end
        self.change = change
        self.serial = serial
    }

    /// The days and the time that were announced last.
    var dates: OccurrenceDates { OccurrenceDates(name: key.occurrence, start: start, end: end, time: time) }

    /// Returns whether the two occurrences share a day, now or with their former days.
    func overlaps(_ other: NotifiedOccurrence) -> Bool {
        let (mine, others) = ([start...end] + formerDates, [other.start...other.end] + other.formerDates)
        return mine.contains { one in others.contains { one.overlaps($0) } }
    }
}
