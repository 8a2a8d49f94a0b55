/// What has happened, durably: which reminders fired, to whom they went, what each attempt brought.
///
/// One process owns a ledger. Its calls come from one thread and block until the answer is durable; when a
/// writing call returns, a power cut does not undo it; when it throws, nothing of it happened.
/// Every engine must pass the behaviour suite in `Tests/LedgersTests`.
public protocol Ledger: EvaluationReads {
    /// The wall clock was ahead and is right: deletes what was recorded after `now` as missed or superseded, unless it was so by the
    /// right clock too; announcements that fired after it are dated `now`; no delivery waits longer than a retry can. Returns how
    /// many were deleted.
    func takeBack(recordedAfter now: Instant) throws(LedgerFailure) -> Int

    /// One evaluation's result in one transaction, `lookedUntil` with it: occurrences that have another name, reminders that
    /// fire with their (first) deliveries, reminders recorded as superseded or missed, fingerprints of completed ones.
    /// Older pending deliveries of the same occurrence with the same dates, recipient and channel become `superseded`.
    /// `lookedUntil` never moves back.
    ///
    /// Returns the reminders that this call wrote. A reminder that was there already is left as it is and is not among them.
    func fire(_ look: LookResult) throws(LedgerFailure) -> Set<ReminderKey>

    /// More deliveries of fired reminders, all parts in one transaction: the rest of a large firing, or of recipients whom a
    /// reminder names and who have none. A delivery that was superseded, or cancelled for a revivable reason, is pending again;
    /// any other that is there is left as it is. A superseded reminder becomes a fired one. Returns how many deliveries each part wrote.
    func extend(_ parts: [FiringPart]) throws(LedgerFailure) -> [Int]
    /// Cancels up to `limit` pending deliveries of a reminder. Returns how many; fewer than `limit`: all of them.
    func withdraw(_ reminder: ReminderKey, why: WithdrawalReason, limit: Int) throws(LedgerFailure) -> Int

    /// Takes up to `limit` deliveries of each channel that are pending, due for a try at `now` and before their deadline,
    /// as the request chooses; marks them in flight with one more attempt, in one transaction, which also writes down `records`
    /// first, as `record` does.
    func claim(
        _ requests: [ClaimRequest], recording records: [DeliveryRecord], now: Instant
    ) throws(LedgerFailure) -> [Claim]
    /// What a claim at `now` could take of what stands under these names, in the order of the queue, at most `limit`, after `place`
    /// (nil: from the first).
    func waiting(
        names: [String], after place: WaitingDelivery?, now: Instant, limit: Int
    ) throws(LedgerFailure) -> [WaitingDelivery]
    /// Outcomes of attempts and what comes next, in one transaction. Records of deliveries that are not there are ignored.
    /// A delivery whose occurrence changed during the attempt becomes `cancelled` where it would be pending again.
    func record(_ records: [DeliveryRecord]) throws(LedgerFailure)

    /// Deliveries marked in flight: at a start, those a crash left behind.
    func inFlight() throws(LedgerFailure) -> [Claim]
    /// Pending deliveries whose deadline is at or before `now`, at most `limit`.
    func expired(now: Instant, limit: Int) throws(LedgerFailure) -> [Claim]
    /// The earliest instant at which a pending delivery of one of these channels wants a try or expires; nil when none waits.
    func nextWake(channels: [String]) throws(LedgerFailure) -> Instant?

    /// This ledger is older than what is known to have happened: keeps everything pending from being sent, and
    /// remembers that what fell due after its `lookedUntil` up to `until` is for a person to decide. Deliveries in flight are
    /// left to `Dispatcher.recover`.
    func hold(until: Instant) throws(LedgerFailure)
    /// The person's answer: records `look`, whose `lookedUntil` replaces the ledger's even when it is earlier, and begins to
    /// let go of what is held; `continueRelease` does the rest. Until it has, `held` still names what waits.
    func release(_ look: LookResult, sendsPending: Bool) throws(LedgerFailure)
    /// Makes up to `limit` held deliveries due at once, or cancels them, as `release` was asked to; ends the hold with the
    /// last of them. True while there is more to do; false too where nothing is being released.
    func continueRelease(limit: Int) throws(LedgerFailure) -> Bool

    /// The channels that have pending deliveries, whether they are configured or not.
    func waitingChannels() throws(LedgerFailure) -> [String]
    /// What waits for this channel, at most `limit`, is `cancelled` in one transaction. Returns it, with its attempts so far.
    func cancelWaiting(channel: String, limit: Int) throws(LedgerFailure) -> [Claim]
    /// Goes through up to `limit` deliveries that wait for this channel, from `place` on (nil: the first), and cancels those
    /// whose recipient (UTF-8) `isTheirs` denies, as `via changed`. `next`: where to go on; nil at the end.
    func withdrawStrangers(
        channel: String, from place: WaitingPlace?, limit: Int, isTheirs: (UnsafeBufferPointer<UInt8>) -> Bool
    ) throws(LedgerFailure) -> (withdrawn: Int, next: WaitingPlace?)
    /// Makes what waits for a later try on this channel since one before `before` due for it at `now`, where that try failed because of the
    /// destination or of us (`Scope.server`, `us`, `comparison`): the destination answers again. What the destination asked to wait (load,
    /// greylisting, a full mailbox), what waits after an unknown outcome, and what a hold keeps back stays so.
    func advance(channel: String, triedBefore before: Instant, to now: Instant) throws(LedgerFailure)
    /// The wall clock was set back by `step`: what waits for a later try wants it that much earlier, up to `limit` deliveries
    /// from `place` on (nil: the first). What was never tried waits for its due, which is civil. `next`: where to go on.
    func bringRetriesForward(
        by step: Span, now: Instant, from place: WaitingPlace?, limit: Int
    ) throws(LedgerFailure) -> WaitingPlace?
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
    /// An operator's retry, a part at a time: of the failed deliveries that `selection` names, those with their deadline after
    /// `now` become pending, in one transaction. Looks at up to `limit` of all that failed, from `place` on (nil: the first);
    /// named ids are looked at all at once.
    func retry(
        _ selection: FailedSelection, from place: FailedPlace?, limit: Int, now: Instant
    ) throws(LedgerFailure) -> RetriedPart

    /// Forgets deliveries, and their attempts, of occurrences that are long over: those of which every reminder, whatever became of it,
    /// had its deadline before `instant`. Looks at up to `limit` of them and goes on from there at the next call.
    ///
    /// Nothing pending or in flight is touched. Reminders stay for ever, so that what fired once never fires again; an occurrence is
    /// forgotten whole, so `shares(of:in:)` knows everybody of it or nobody, and nobody is asked for any more:
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
        /// nil for an ordinary reminder. A change also marks what is in flight of its occurrence: it is not tried again.
        public let change: Change?
        /// The campaign's title when it fired: what is left to say of one that goes.
        public let title: String
        /// The names under which earlier rows of its occurrence stand (`formerly`), its own left out.
        public let formerOccurrences: [OccurrenceKey]
        /// `lookedUntil` of the evaluation before the one that fires it; nil where that is not known.
        public let lookedBefore: Instant?
        /// For a change: the occurrence's days as they were notified last.
        public let formerDates: ClosedRange<Day>?
        /// Reminders of the occurrence that it takes the place of though their rows have a later due.
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
    /// What is superseded here is closed: nobody gets it by joining later. Said of a new ledger and of what a person drops.
    public var isFinal: Bool
    /// By identity as stored: the fingerprint of the recipients a reminder names, for those whose deliveries are complete.
    public var named: [ReminderKey: UInt64]
    /// Occurrences that go under another name from now on.
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

/// An occurrence whose phrase was written another way, so that it has another name.
public struct OccurrenceRename: Hashable, Sendable {
    /// As the rows have it.
    public let from: OccurrenceKey
    public let to: String

    public init(from: OccurrenceKey, to: String) {
        self.from = from
        self.to = to
    }
}

/// Deliveries of a reminder that is recorded already.
public struct FiringPart: Sendable {
    /// As stored.
    public let reminder: ReminderKey
    /// In recipient order.
    public let deliveries: [NewDelivery]
    /// The last recipient written when more are to follow; nil when complete.
    public let cursor: String?
    /// With the last part: the fingerprint of the recipients it names.
    public let named: UInt64?
    /// The dates, deadline and occurrence's name that hold now, where the row has others; the rest of it is not looked at.
    public let dates: Reminder?
    /// The campaign's title, for a superseded reminder that becomes a fired one.
    public let title: String
    /// The names under which rows of its occurrence stand.
    public let formerOccurrences: [OccurrenceKey]
    /// As in `LookResult.Firing`.
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
    /// The recipient was named only after the reminder was due: the message is no late one.
    public let joined: Bool
    /// The names under which a delivery of the same reminder to the same recipient by the same channel may stand from before a
    /// rename: it is this one then.
    public let formerly: [Slot]

    /// Whose, and by what channel.
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

    /// The name that claims bear.
    public let channel: String
    public let limit: Int
    public let choice: Choice
    /// The names under which its deliveries stand.
    public let names: [String]

    public init(channel: String, limit: Int, choice: Choice = .queue, names: [String]? = nil) {
        self.channel = channel
        self.limit = limit
        self.choice = choice
        self.names = names ?? [channel]
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
public struct StoredReminder: Hashable, Codable, Sendable {
    public let reminder: Reminder
    public let firedAt: Instant
    public let late: Bool
    /// What it announces, for the reminders `moved N`; nil for ordinary ones.
    public let change: Change?
    /// The campaign's title when it fired.
    public let title: String
    /// `lookedUntil` of the evaluation before the one that fired it; nil in rows of version 0.1.0.
    public let lookedBefore: Instant?
    /// For a change: the occurrence's days as they were notified before; nil in rows of version 0.1.0.
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

/// What an occurrence about which someone was told has become.
public enum Change: String, Hashable, Codable, Sendable, CaseIterable {
    /// It has another start or end.
    case moved
    /// It does not take place any more.
    case gone
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

/// How far a pass through what waits for one channel has come; means something to the ledger it is from.
public struct WaitingPlace: Hashable, Sendable {
    public let channel: String
    public let notBefore: Instant
    public let delivery: Int64

    public init(channel: String, notBefore: Instant, delivery: Int64) {
        self.channel = channel
        self.notBefore = notBefore
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
    /// The recipient was named only after the reminder was due.
    public let joined: Bool

    public init(
        id: DeliveryID, stored: StoredReminder, recipient: String, channel: String, attempt: Int, unknowns: Int, crashes: Int,
        uncounted: Int = 0, refusals: Int = 0, joined: Bool = false
    ) {
        self.uncounted = uncounted
        self.refusals = refusals
        self.joined = joined
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
        /// Pending, and kept back by a hold until a person releases it.
        case held
        case delivered, unknown, dead
        case cancelled(WithdrawalReason)
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
    /// A campaign as the ledger has it.
    public struct CampaignName: Hashable, Sendable {
        public let plan: String
        public let campaign: String

        public init(plan: String, campaign: String) {
            self.plan = plan
            self.campaign = campaign
        }
    }

    /// Campaign id, or `plan/campaign`.
    public var plan: String?
    public var campaign: String?
    /// Names that it had before: of any of them too.
    public var formerCampaigns: [CampaignName] = []
    public var recipient: String?
    /// Ids that the recipient had before.
    public var formerRecipients: [String] = []
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
    /// Of a cancelled or superseded delivery; nil in rows of version 0.1.0.
    public let why: WithdrawalReason?
    public let attempts: [Attempt]

    public init(
        stored: StoredReminder, delivery: DeliveryID?, recipient: String?, channel: String?, state: String,
        why: WithdrawalReason? = nil, attempts: [Attempt]
    ) {
        self.why = why
        self.stored = stored
        self.delivery = delivery
        self.recipient = recipient
        self.channel = channel
        self.state = state
        self.attempts = attempts
    }
}
