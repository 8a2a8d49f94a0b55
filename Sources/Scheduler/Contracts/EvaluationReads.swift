/// What an evaluation asks the ledger. Nothing here writes.
///
/// Everything is asked by the identity of a reminder or by occurrence, and answered per recipient: a reminder that has fired
/// is not closed for recipients who have no standing delivery of it.
public protocol EvaluationReads: AnyObject {
    /// A rehearsal's ledger is marked inside and never used for the real thing.
    var isRehearsal: Bool { get }
    /// The `now` of the last completed evaluation.
    func lookedUntil() throws(LedgerFailure) -> Instant
    /// The due times that wait for a person; nil where nothing is held.
    func held() throws(LedgerFailure) -> ClosedRange<Instant>?

    /// The row of each stored identity, in the order of `keys`; nil where it has none.
    func rows(of keys: [ReminderKey]) throws(LedgerFailure) -> [RecordedReminder?]
    /// The deliveries of every fired reminder of an occurrence, by what they mean for its recipients, oldest reminder first. A reminder that
    /// an edit gave other days has a share of its own for each days before, with those who were sent it with them.
    /// Recipients who are not in `directory` are left out.
    func shares(of occurrence: OccurrenceKey, in directory: Directory) throws(LedgerFailure) -> [DeliveryShare]
    /// Occurrences with a fired reminder whose last day, as last notified, is `day` or later; in the order of their last reminder.
    func notifiedOccurrences(endingOnOrAfter day: Day) throws(LedgerFailure) -> [NotifiedOccurrence]
    /// Recipients of `directory` who were notified, or perhaps notified, of these occurrences by reminders that fired before a change of
    /// them: those whose messages were sent before the change fired, or those whose messages were sent later.
    func notified(
        _ side: ChangeSide, _ change: ReminderKey, of occurrences: [OccurrenceKey], in directory: Directory
    ) throws(LedgerFailure) -> Positions
    /// The highest N of the reminders `moved N` of a campaign; 0 where there is none.
    func highestChange(plan: String, campaign: String) throws(LedgerFailure) -> Int
    /// Fired reminders whose deliveries are not all written yet, by due.
    func unfinished() throws(LedgerFailure) -> [StoredReminder]
}

extension EvaluationReads {
    /// The rows that exist for these stored identities.
    public func recorded(_ keys: [ReminderKey]) throws(LedgerFailure) -> [ReminderKey: RecordedReminder] {
        var found: [ReminderKey: RecordedReminder] = [:]
        for (key, row) in zip(keys, try rows(of: keys)) { found[key] = row }
        return found
    }
}

/// When a message was sent, seen from a change of its occurrence.
public enum ChangeSide: String, Codable, Sendable {
    case before
    case after
}

/// What a reminder's row says about the recipients who have no delivery of it.
public struct RecordedReminder: Hashable, Codable, Sendable {
    /// As stored.
    public let key: ReminderKey
    /// The occurrence's name, as the row has it; empty where that is not known.
    public let occurrence: String
    /// The occurrence's days, as the row has them.
    public let start: Day
    public let end: Day
    public let due: Instant
    public let deadline: Instant
    public let state: ReminderState
    /// Nobody gets it any more who has no delivery of it: it was missed, dropped by a person, or superseded by a new ledger.
    public let isClosed: Bool
    /// Its deliveries are all written.
    public let isComplete: Bool
    /// The fingerprint of the recipients it named when it was last completed; nil in rows of version 0.1.0.
    public let named: UInt64?
    /// It has deliveries that were cancelled for a reason that may end (`WithdrawalReason.isRevivable`).
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

/// The deliveries of one fired reminder, as sets of recipients: of half a million recipients 62 kB each.
///
/// A recipient with several channels is in every set that one of his deliveries belongs to.
public struct DeliveryShare: Sendable {
    public let stored: StoredReminder
    /// Grows with each reminder that fires.
    public let serial: Int64
    /// Accepted or perhaps accepted, in flight included.
    public var notified = Positions()
    /// Perhaps accepted, and then cancelled for a reason that may end: they do not have it for sure.
    public var perhapsNotified = Positions()
    /// Pending.
    public var waiting = Positions()
    /// Given up, or cancelled for good.
    public var ended = Positions()
    /// Cancelled for a reason that may end.
    public var withdrawn = Positions()
    /// Of `withdrawn`, those whose channel is gone or is no longer theirs.
    public var rerouted = Positions()

    public init(stored: StoredReminder, serial: Int64) {
        self.stored = stored
        self.serial = serial
    }

    /// Whether it says that the occurrence takes place on these days; nil: that it does not take place.
    func says(_ dates: OccurrenceDates?) -> Bool {
        guard let dates else { return stored.change == .gone }
        return stored.change != .gone && stored.reminder.start == dates.start && stored.reminder.end == dates.end
    }
}

/// An occurrence about which someone may have been notified, with the dates that were said last.
public struct NotifiedOccurrence: Hashable, Codable, Sendable {
    public let key: OccurrenceKey
    public let title: String
    public let start: Day
    public let end: Day
    /// What was announced of it last, perhaps before its last reminder; nil where nothing was.
    public let change: Announced?
    /// Some of its deliveries were cancelled for a reason that may end.
    public let hasWithdrawn: Bool
    /// Grows with each reminder that fires: of two former names of one occurrence the higher was notified last.
    public let serial: Int64
    /// The days that it had before each change that was announced under this name.
    public let formerDates: [ClosedRange<Day>]
    /// A change of it was announced, and its reminders say different days; or a reminder of it was sent with other days than it has. (Else
    /// nobody looks: it would cost every evaluation.)
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

    /// Whether the days that the two have, or had before a change, have one in common.
    func overlaps(_ other: NotifiedOccurrence) -> Bool {
        let (mine, others) = ([start...end] + formerDates, [other.start...other.end] + other.formerDates)
        return mine.contains { one in others.contains { one.overlaps($0) } }
    }
}

/// Why a delivery is not sent any more. The spellings are those of `history`.
public enum WithdrawalReason: String, Hashable, Sendable, CaseIterable {
    /// The occurrence has other dates.
    case changed
    /// The occurrence, its campaign or its plan is gone.
    case gone
    /// The recipient has left the configuration.
    case recipientGone = "recipient gone"
    /// The channel has left the configuration.
    case channelGone = "channel gone"
    /// The recipient's `via` and `otherwise` name other channels.
    case viaChanged = "via changed"
    /// Channels of `otherwise` took over; they may go away in their turn.
    case failedOver = "failed over"
    /// A person dropped it (`release --drop`).
    case dropped
    /// A later lead of the occurrence took its place; of superseded deliveries only.
    case laterLead = "later lead"

    /// Such a delivery becomes pending again when the reason ends: the edit that caused it may be taken back.
    public var isRevivable: Bool {
        switch self {
        case .changed, .gone, .recipientGone, .channelGone, .viaChanged, .failedOver: true
        case .dropped, .laterLead: false
        }
    }
}
