/// What has happened, durably: which reminders fired, to whom they went, what each attempt brought.
///
/// One process owns a ledger. Its calls come from one thread and block until the answer is durable; when a
/// writing call returns, a power cut does not undo it; when it throws, nothing of it happened.
/// Every engine must pass the behaviour suite in `Tests/LedgersTests`.
public protocol Ledger: AnyObject {
    /// A rehearsal's ledger is marked inside and never used for the real thing.
    var isRehearsal: Bool { get }
    /// The `now` of the last completed look.
    func lookedUntil() throws(LedgerFailure) -> Instant

    /// The reminders of these occurrences that have a row, fired or not.
    func recorded(of occurrences: [OccurrenceKey]) throws(LedgerFailure) -> Set<ReminderKey>
    /// Who was given something of this occurrence: recipients of `directory` with a delivery that is not cancelled.
    func given(of occurrence: OccurrenceKey, to directory: Directory) throws(LedgerFailure) -> Given

    /// One look's result in one transaction, `lookedUntil` with it: reminders that fire with their (first) deliveries,
    /// reminders recorded as superseded or missed. A reminder already there is left as it is, with its deliveries.
    /// Older pending deliveries of the same occurrence, recipient and channel become `superseded`.
    /// `lookedUntil` never moves back.
    func fire(_ look: LookResult) throws(LedgerFailure)

    /// More deliveries of reminders whose firings were too large for one transaction, all parts in one.
    func extend(_ parts: [FiringPart]) throws(LedgerFailure)
    /// Fired reminders whose deliveries are not all written yet, with the cursor: the last recipient written.
    func unfinished() throws(LedgerFailure) -> [(reminder: StoredReminder, cursor: String)]

    /// Takes up to `limit` deliveries of each channel that are pending, due for a try at `now` and before their deadline,
    /// as the request chooses; marks them in flight with one more attempt, in one transaction, which also writes down `records`
    /// first, as `record` does.
    func claim(
        _ requests: [ClaimRequest], recording records: [DeliveryRecord], now: Instant
    ) throws(LedgerFailure) -> [Claim]
    /// What a claim at `now` could take of this channel, in the order of the queue, at most `limit`, after `place` (nil: from the first).
    func waiting(
        channel: String, after place: WaitingDelivery?, now: Instant, limit: Int
    ) throws(LedgerFailure) -> [WaitingDelivery]
    /// Outcomes of attempts and what comes next, in one transaction. Records of deliveries that are not there are ignored.
    func record(_ records: [DeliveryRecord]) throws(LedgerFailure)

    /// Deliveries marked in flight: at a start, those a crash left behind.
    func inFlight() throws(LedgerFailure) -> [Claim]
    /// Pending deliveries whose deadline is at or before `now`, at most `limit`.
    func expired(now: Instant, limit: Int) throws(LedgerFailure) -> [Claim]
    /// The earliest instant at which a pending delivery of one of these channels wants a try or expires; nil when none waits.
    func nextWake(channels: [String]) throws(LedgerFailure) -> Instant?

    /// This ledger is older than what is known to have happened: keeps everything pending or in flight from being sent, and
    /// remembers that what fell due after its `lookedUntil` up to `until` is for a person to decide.
    func hold(until: Instant) throws(LedgerFailure)
    /// The dues that wait for a person; nil where nothing is held.
    func held() throws(LedgerFailure) -> ClosedRange<Instant>?
    /// The person's answer: records `look`, whose `lookedUntil` replaces the ledger's even when it is earlier, ends the hold, and
    /// makes what it held pending due at once, or cancels it.
    func release(_ look: LookResult, sendsPending: Bool) throws(LedgerFailure)

    /// Occurrences with a fired reminder whose last day, as told, is `day` or later; in the order they were first told.
    func toldOccurrences(endingOnOrAfter day: Day) throws(LedgerFailure) -> [ToldOccurrence]
    /// Who was told of an occurrence: recipients of `directory` with a delivery accepted, perhaps accepted, or in flight.
    func recipientsTold(of occurrence: OccurrenceKey, among directory: Directory) throws(LedgerFailure) -> Positions
    /// Recipients of `directory` for whom something of an occurrence waits or was cancelled, `change` left aside; and those of
    /// them whom an attempt may have reached.
    func waited(
        for occurrence: OccurrenceKey, besides change: ReminderKey, among directory: Directory
    ) throws(LedgerFailure) -> (everyone: Positions, perhapsTold: Positions)

    /// The channels that have pending deliveries, whether they are configured or not.
    func waitingChannels() throws(LedgerFailure) -> [String]
    /// What waits for this channel, at most `limit`, is `cancelled` in one transaction. Returns it, with its attempts so far.
    func cancelWaiting(channel: String, limit: Int) throws(LedgerFailure) -> [Claim]
    /// Makes what waits for a later try on this channel since one before `before` due for it at `now`, where that try failed because of the
    /// destination or of us (`Scope.server`, `us`, `comparison`): the destination answers again. What the destination asked to wait (load,
    /// greylisting, a full mailbox), what waits after an unknown outcome, and what a hold keeps back stays so.
    func advance(channel: String, triedBefore before: Instant, to now: Instant) throws(LedgerFailure)
    /// Every reader of a live reminder (deadline after `now`) to whom no delivery was accepted or may have been, and who
    /// either has nothing pending or in flight any more, or was told of it first at or before `patience(fired, deadline)`.
    ///
    /// They are looked for a part at a time, for half a million may wait: among the next `limit` deliveries that wait or were
    /// given up, from `place` on (nil: the first). `next`: where to go on; nil at the end. A reader comes once in a part, and may come again in a
    /// later one. What waits for a channel of `parked` counts as given up.
    func unreached(
        now: Instant, from place: UnreachedPlace?, parked: Set<String>, limit: Int
    ) throws(LedgerFailure) -> (readers: [Unreached], next: UnreachedPlace?)
    /// Writes deliveries by other channels for such readers; what still waits for them is `cancelled`, all in one transaction.
    func reroute(_ readers: [Reroute]) throws(LedgerFailure)
    /// An operator's retry: those of `ids` that are dead or unknown, with their deadline after `now`, become pending. Returns them.
    func retry(_ ids: [DeliveryID], now: Instant) throws(LedgerFailure) -> [DeliveryID]

    /// Forgets deliveries, and their attempts, of occurrences that are long over: those of which every reminder, whatever became of it,
    /// had its deadline before `instant`. Looks at up to `limit` of them and goes on from there at the next call.
    ///
    /// Nothing pending or in flight is touched. Reminders stay for ever, so that what fired once never fires again; an occurrence is
    /// forgotten whole, so `given(of:to:)` and `recipientsTold(of:among:)` know everybody of it or nobody, and nobody is asked for any more:
    /// a lead that could still go out, and a change that would be told, keep all of their occurrence.
    func prune(endedBefore instant: Instant, limit: Int) throws(LedgerFailure) -> Pruned

    func history(_ filter: HistoryFilter) throws(LedgerFailure) -> [HistoryRow]
    /// Number of deliveries by state.
    func counts() throws(LedgerFailure) -> [DeliveryState: Int]
}

/// The ledger could not do what was asked. Nothing of the call happened.
public enum LedgerFailure: Error, Hashable, Sendable {
    /// No space: hold, and try again later.
    case full
    /// The disk or the file is broken: stop sending, exit.
    case broken(String)
}

/// What one call of `prune` came to.
public struct Pruned: Hashable, Sendable {
    /// Forgotten by this call.
    public let deliveries: Int
    /// Everything has been looked at: the next call begins anew.
    public let isComplete: Bool

    public init(deliveries: Int, isComplete: Bool) {
        self.deliveries = deliveries
        self.isComplete = isComplete
    }
}

/// What the ledger knows of some occurrences.
public struct Told: Sendable {
    /// Reminders that have a row, fired or not.
    public var recorded: Set<ReminderKey>
    /// By occurrence; those of which nothing was given, or nothing is asked, are left out.
    public var given: [OccurrenceKey: Given]

    public init(recorded: Set<ReminderKey> = [], given: [OccurrenceKey: Given] = [:]) {
        self.recorded = recorded
        self.given = given
    }
}

/// Who was given something of one occurrence, by the dues of what they were given.
///
/// A set of positions for each due: of half a million people 62 kB each, where a dictionary by id took thirty megabytes.
public struct Given: Hashable, Sendable {
    public private(set) var shares: [Share] = []

    public struct Share: Hashable, Sendable {
        public let due: Instant
        public fileprivate(set) var recipients: Positions
    }

    public init() {}

    public var isEmpty: Bool { shares.isEmpty }

    public mutating func add(_ recipients: Positions, due: Instant) {
        guard !recipients.isEmpty else { return }
        if let known = shares.firstIndex(where: { $0.due == due }) {
            shares[known].recipients = shares[known].recipients.union(recipients)
        } else {
            shares.append(Share(due: due, recipients: recipients))
        }
    }

    /// Everyone who was given anything.
    public var everyone: Positions { shares.reduce(Positions()) { $0.union($1.recipients) } }

    /// Who was given something due then or later.
    public func at(orAfter due: Instant) -> Positions {
        shares.reduce(Positions()) { $1.due >= due ? $0.union($1.recipients) : $0 }
    }
}

/// What one look decided, as the ledger stores it.
public struct LookResult: Sendable {
    public struct Firing: Sendable {
        public let reminder: Reminder
        public let firedAt: Instant
        /// Fired more than 15 minutes after its due.
        public let late: Bool
        /// In recipient order.
        public let deliveries: [NewDelivery]
        /// The last recipient written when more are to follow by `extend`, empty where that is nobody; nil when complete.
        public let cursor: String?
        /// nil for an ordinary reminder. A change first makes everything pending of its occurrence `cancelled`.
        public let change: Change?
        /// The campaign's title when it fired: what is left to say of one that goes.
        public let title: String

        public init(
            reminder: Reminder, firedAt: Instant, late: Bool, deliveries: [NewDelivery], cursor: String? = nil,
            change: Change? = nil, title: String = ""
        ) {
            self.reminder = reminder
            self.firedAt = firedAt
            self.late = late
            self.deliveries = deliveries
            self.cursor = cursor
            self.change = change
            self.title = title
        }

        /// As the reminder's row holds it.
        public var stored: StoredReminder {
            StoredReminder(reminder: reminder, firedAt: firedAt, late: late, change: change, title: title)
        }
    }

    public let lookedUntil: Instant
    public var firings: [Firing]
    public var superseded: [Reminder]
    public var missed: [Reminder]

    public init(lookedUntil: Instant, firings: [Firing] = [], superseded: [Reminder] = [], missed: [Reminder] = []) {
        self.lookedUntil = lookedUntil
        self.firings = firings
        self.superseded = superseded
        self.missed = missed
    }
}

/// Deliveries of a reminder that has fired already.
public struct FiringPart: Sendable {
    public let reminder: ReminderKey
    /// In recipient order.
    public let deliveries: [NewDelivery]
    /// The last recipient written when more are to follow; nil when complete.
    public let cursor: String?

    public init(reminder: ReminderKey, deliveries: [NewDelivery], cursor: String?) {
        self.reminder = reminder
        self.deliveries = deliveries
        self.cursor = cursor
    }
}

public struct NewDelivery: Hashable, Sendable {
    public let id: DeliveryID
    public let recipient: String
    public let channel: String

    public init(id: DeliveryID, recipient: String, channel: String) {
        self.id = id
        self.recipient = recipient
        self.channel = channel
    }
}

public struct ClaimRequest: Hashable, Sendable {
    /// Which of those that are due.
    public enum Choice: Hashable, Sendable {
        /// In the order of the instant from which each wants its try: its due for a first try.
        case queue
        /// Those that were tried before and whose wait is over; where there are none, as `queue`.
        case waited
        /// Those at these places (`WaitingDelivery.place`).
        case these([Int64])
    }

    public let channel: String
    public let limit: Int
    public let choice: Choice

    public init(channel: String, limit: Int, choice: Choice = .queue) {
        self.channel = channel
        self.limit = limit
        self.choice = choice
    }
}

/// A delivery that a claim could take.
public struct WaitingDelivery: Hashable, Sendable {
    /// Means something to the ledger it is from.
    public let place: Int64
    public let recipient: String
    /// When it wants its try.
    public let notBefore: Instant

    public init(place: Int64, recipient: String, notBefore: Instant) {
        self.place = place
        self.recipient = recipient
        self.notBefore = notBefore
    }
}

/// A reminder as its row holds it.
public struct StoredReminder: Hashable, Sendable {
    public let reminder: Reminder
    public let firedAt: Instant
    public let late: Bool
    /// What it announces, for the reminders `moved N`; nil for ordinary ones.
    public let change: Change?
    /// The campaign's title when it fired.
    public let title: String

    public init(reminder: Reminder, firedAt: Instant, late: Bool, change: Change? = nil, title: String = "") {
        self.reminder = reminder
        self.firedAt = firedAt
        self.late = late
        self.change = change
        self.title = title
    }
}

/// What an occurrence about which someone was told has become.
public enum Change: String, Hashable, Sendable, CaseIterable {
    /// It has another start or end.
    case moved
    /// It does not take place any more.
    case gone
}

/// An occurrence about which someone may have been told, as it was told last.
public struct ToldOccurrence: Hashable, Sendable {
    public let key: OccurrenceKey
    public let title: String
    public let start: Day
    public let end: Day
    /// What was announced last; nil where nothing was.
    public let change: Change?
    /// How many changes were announced.
    public let changes: Int

    public init(key: OccurrenceKey, title: String, start: Day, end: Day, change: Change?, changes: Int) {
        self.key = key
        self.title = title
        self.start = start
        self.end = end
        self.change = change
        self.changes = changes
    }
}

/// A reader whom no channel has reached yet.
public struct Unreached: Hashable, Sendable {
    public let stored: StoredReminder
    public let recipient: String
    /// The channels tried or waiting, sorted.
    public let channels: [String]
    /// Nothing is pending or in flight any more.
    public let isExhausted: Bool

    public init(stored: StoredReminder, recipient: String, channels: [String], isExhausted: Bool) {
        self.stored = stored
        self.recipient = recipient
        self.channels = channels
        self.isExhausted = isExhausted
    }

    /// How long the `via` channels have before `otherwise` takes their place: 24 hours, or half the time to the
    /// deadline, whichever is shorter (contract, section 2).
    public static func patience(firedAt: Instant, deadline: Instant) -> Span {
        min(.hours(24), Span(milliseconds: (deadline - firedAt).milliseconds / 2))
    }
}

/// How far a search for readers whom nothing has reached has come; means something to the ledger it is from.
public struct UnreachedPlace: Hashable, Sendable {
    /// nil: among what was given up.
    public let channel: String?
    public let deadline: Instant
    public let reminder: Int64
    public let delivery: Int64

    public init(channel: String?, deadline: Instant, reminder: Int64, delivery: Int64) {
        self.channel = channel
        self.deadline = deadline
        self.reminder = reminder
        self.delivery = delivery
    }
}

/// A reader whom nothing has reached, and the deliveries by other channels that are to.
public struct Reroute: Sendable {
    public let reader: Unreached
    public let deliveries: [NewDelivery]

    public init(_ reader: Unreached, to deliveries: [NewDelivery]) {
        self.reader = reader
        self.deliveries = deliveries
    }
}

/// A delivery taken for an attempt, with what the dispatcher needs to decide and render.
public struct Claim: Sendable {
    public let id: DeliveryID
    public let stored: StoredReminder
    public let recipient: String
    public let channel: String
    /// The number of this attempt, from 1.
    public let attempt: Int
    /// Attempts whose outcome stayed unknown before this one.
    public let unknowns: Int
    /// How often it was in flight when the process died; and how often alone.
    public let crashes: Int
    /// Attempts before this one that cost nothing (`Receipt.isUncounted`).
    public let uncounted: Int
    /// Refusals before this one that end it when they come again (`Receipt.countsTwice`).
    public let refusals: Int

    public init(
        id: DeliveryID, stored: StoredReminder, recipient: String, channel: String, attempt: Int, unknowns: Int, crashes: Int,
        uncounted: Int = 0, refusals: Int = 0
    ) {
        self.uncounted = uncounted
        self.refusals = refusals
        self.id = id
        self.stored = stored
        self.recipient = recipient
        self.channel = channel
        self.attempt = attempt
        self.unknowns = unknowns
        self.crashes = crashes
    }
}

/// The end of one attempt and where the delivery goes from it.
public struct DeliveryRecord: Sendable {
    public let id: DeliveryID
    public let attempt: Int
    /// When the attempt ended.
    public let at: Instant
    /// nil where there was no attempt (expired, cancelled, superseded): no line in the attempt journal then.
    public let receipt: Receipt?
    public let next: Next
    /// It ended because the process died.
    public let crashed: Bool

    public enum Next: Hashable, Sendable {
        case pending(notBefore: Instant)
        case delivered, unknown, dead, cancelled
    }

    public init(id: DeliveryID, attempt: Int, at: Instant, receipt: Receipt?, next: Next, crashed: Bool = false) {
        self.id = id
        self.attempt = attempt
        self.at = at
        self.receipt = receipt
        self.next = next
        self.crashed = crashed
    }
}

/// Which rows `history` shows; nil fields do not filter.
public struct HistoryFilter: Sendable {
    /// Campaign id, or `plan/campaign`.
    public var plan: String?
    public var campaign: String?
    public var recipient: String?
    /// Reminders due at or after it.
    public var since: Instant?
    /// The most recent this many.
    public var limit: Int
    /// Deliveries in these states only; and reminders (superseded, missed) without deliveries when nil or named.
    public var states: Set<String>?

    public init(
        plan: String? = nil, campaign: String? = nil, recipient: String? = nil, since: Instant? = nil, limit: Int = 1_000,
        states: Set<String>? = nil
    ) {
        self.plan = plan
        self.campaign = campaign
        self.recipient = recipient
        self.since = since
        self.limit = limit
        self.states = states
    }
}

/// One line of `history`: a delivery with its attempts, or a reminder that was sent to no one.
public struct HistoryRow: Sendable {
    public struct Attempt: Hashable, Sendable {
        public let at: Instant
        public let outcome: Outcome
        public let code: Int?
        public let reply: String

        public init(at: Instant, outcome: Outcome, code: Int?, reply: String) {
            self.at = at
            self.outcome = outcome
            self.code = code
            self.reply = reply
        }
    }

    public let stored: StoredReminder
    /// nil with `recipient` and `channel` for a reminder without deliveries.
    public let delivery: DeliveryID?
    public let recipient: String?
    public let channel: String?
    /// A `DeliveryState` or, without delivery, a `ReminderState`.
    public let state: String
    public let attempts: [Attempt]

    public init(
        stored: StoredReminder, delivery: DeliveryID?, recipient: String?, channel: String?, state: String, attempts: [Attempt]
    ) {
        self.stored = stored
        self.delivery = delivery
        self.recipient = recipient
        self.channel = channel
        self.state = state
        self.attempts = attempts
    }
}
