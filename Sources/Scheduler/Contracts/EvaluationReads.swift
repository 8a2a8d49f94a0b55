import Dates

/// The queries of an evaluation to the ledger. None of them writes.
///
/// A query names the identity of a reminder or an occurrence, and its result is per recipient. A
/// reminder that has fired stays open for recipients who have no standing delivery of it.
public protocol EvaluationReads: LedgerState {
    /// Returns the row of each stored identity, in the order of `keys`; nil without a row.
    func rows(of keys: [ReminderKey]) throws(LedgerFailure) -> [RecordedReminder?]
    /// Returns the deliveries of each fired reminder of an occurrence, by their meaning.
    ///
    /// The oldest reminder comes first. If an edit changed the days of a reminder, there is one
    /// more share for each earlier range of days, with the recipients to whom it was sent with
    /// those days. Recipients who are not in `directory` are left out.
    func shares(of occurrence: OccurrenceKey, in directory: RecipientDirectory) throws(LedgerFailure) -> [DeliveryShare]
    /// Returns occurrences with a fired reminder that end on `day` or later.
    ///
    /// Their last day as last notified counts. They are in the order of their last reminder.
    func notifiedOccurrences(endingOnOrAfter day: Day) throws(LedgerFailure) -> [NotifiedOccurrence]
    /// Returns the recipients who may have been sent a message after a change.
    ///
    /// The message is about one of these occurrences and was, or may have been, sent. Only
    /// recipients in `directory` count. Of the reminders, only those that fired before the change
    /// count, without cancellations.
    func notified(
        after change: ReminderKey, of occurrences: [OccurrenceKey], in directory: RecipientDirectory
    ) throws(LedgerFailure) -> RecipientSet
    /// Returns the highest N of the reminders `moved N` of a campaign; 0 if there is none.
    func highestChange(plan: String, campaign: String) throws(LedgerFailure) -> Int
    /// Returns fired reminders whose deliveries are not all written yet, by due.
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

/// A reminder's row, as far as it concerns recipients who have no delivery of it.
public struct RecordedReminder: Hashable, Codable, Sendable {
    /// The identity as stored.
    public let key: ReminderKey
    /// The occurrence's name in the row; empty if it is not known.
    public let occurrence: String
    /// The occurrence's days in the row.
    public let start: Day
    public let end: Day
    public let due: Instant
    public let deadline: Instant
    public let state: ReminderState
    /// Whether recipients without a delivery no longer get one.
    ///
    /// This is so if the reminder was missed, dropped by an operator, or superseded by a new
    /// ledger.
    public let isClosed: Bool
    /// Whether all of its deliveries are written.
    public let isComplete: Bool
    /// The fingerprint of the recipients it named when it was last completed.
    ///
    /// nil in rows of version 0.1.0.
    public let named: UInt64?
    /// Whether some deliveries were cancelled for a reason that may end.
    ///
    /// See `WithdrawalReason.isRevivable`.
    public let hasWithdrawn: Bool

    public init(
        key: ReminderKey, occurrence: String = "", start: Day, end: Day, due: Instant, deadline: Instant, state: ReminderState,
        isClosed: Bool = false, isComplete: Bool = true, named: UInt64? = nil, hasWithdrawn: Bool = false
    ) {
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

/// The deliveries of one fired reminder as sets of recipients. A set of half a million takes 62 kB.
///
/// A recipient with several channels is in the set of each of their deliveries.
public struct DeliveryShare: Sendable {
    public let stored: StoredReminder
    /// A number that grows with each reminder that fires.
    public let serial: Int64
    /// Accepted or perhaps accepted, in flight included.
    public var notified = RecipientSet()
    /// Perhaps accepted, then cancelled for a reason that may end. These recipients may not have
    /// the message.
    public var perhapsNotified = RecipientSet()
    /// Pending.
    public var waiting = RecipientSet()
    /// Given up, or cancelled for good.
    public var ended = RecipientSet()
    /// Cancelled for a reason that may end.
    public var withdrawn = RecipientSet()
    /// The recipients of `withdrawn` whose channel was removed or is no longer theirs.
    public var failedOver = RecipientSet()

    public init(stored: StoredReminder, serial: Int64) {
        self.stored = stored
        self.serial = serial
    }

    /// Whether the reminder states these days of the occurrence or, for nil, that the occurrence
    /// does not take place.
    func says(_ dates: OccurrenceDates?) -> Bool {
        guard let dates else { return stored.change == .gone }
        return stored.change != .gone && stored.reminder.start == dates.start && stored.reminder.end == dates.end
    }
}

/// An occurrence of which someone may have been notified, with the dates that were announced last.
public struct NotifiedOccurrence: Hashable, Codable, Sendable {
    public let key: OccurrenceKey
    public let title: String
    public let start: Day
    public let end: Day
    /// The change that was announced last, perhaps before the last reminder; nil if there was none.
    public let change: Announced?
    /// Whether some of its deliveries were cancelled for a reason that may end.
    public let hasWithdrawn: Bool
    /// A number that grows with each reminder that fires. Of two former names of an occurrence, the
    /// one with the higher number was notified last.
    public let serial: Int64
    /// The occurrence's days before each change that was announced under this name.
    public let formerDates: [ClosedRange<Day>]
    /// Whether reminders have stated different days of the occurrence.
    ///
    /// This is so if a change was announced and the reminders have different days, or if a reminder
    /// was sent with days that it no longer has. Reminders are compared only after a change was
    /// announced, because comparing them always would slow down every evaluation.
    public let hasSeveralDates: Bool

    /// A change that was announced.
    public struct Announced: Hashable, Codable, Sendable {
        public let change: Change
        public let reminder: RecordedReminder
        /// As `NotifiedOccurrence.serial`.
        public let serial: Int64

        public init(_ change: Change, _ reminder: RecordedReminder, serial: Int64) {
            self.change = change
            self.reminder = reminder
            self.serial = serial
        }
    }

    public init(
        key: OccurrenceKey, title: String, start: Day, end: Day, change: Announced? = nil, hasWithdrawn: Bool = false,
        serial: Int64 = 0, formerDates: [ClosedRange<Day>] = [], hasSeveralDates: Bool = false
    ) {
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

    /// Whether the two occurrences, each with its present and former days, share a day.
    func overlaps(_ other: NotifiedOccurrence) -> Bool {
        let (mine, others) = ([start...end] + formerDates, [other.start...other.end] + other.formerDates)
        return mine.contains { one in others.contains { one.overlaps($0) } }
    }
}
