/// The durable record of what has happened: which reminders fired, to whom, and the outcome of each attempt.
///
/// One process owns a ledger. Its calls come from one thread and block until the result is durable.
/// Once a writing call has returned, a power cut does not undo it. If a call throws, none of its
/// changes were made. Every engine must pass the behaviour suite in `Tests/LedgersTests`.
public protocol Ledger: EvaluationReads {
    /// Corrects the ledger after the wall clock was ahead and was set right. Deletes reminders that
    /// were recorded after `now` as missed or superseded, unless they are so by the right clock
    /// too. Announcements that fired after `now` get `now` as their time. No delivery waits longer
    /// than a retry can. Returns how many reminders were deleted.
    func takeBack(recordedAfter now: Instant) throws(LedgerFailure) -> Int

    /// Writes the result of one evaluation, including its `lookedUntil`, in one transaction. The
    /// result consists of renamed occurrences, reminders that fire with their (first) deliveries,
    /// reminders recorded as superseded or missed, and fingerprints of completed reminders. Older
    /// pending deliveries of the same occurrence with the same dates, recipient and channel become
    /// `superseded`. `lookedUntil` never moves back.
    ///
    /// Returns the reminders that this call wrote. A reminder that already exists is left unchanged
    /// and is not returned.
    func fire(_ look: LookResult) throws(LedgerFailure) -> Set<ReminderKey>

    /// Writes further deliveries of recorded reminders, all parts in one transaction. They are the
    /// rest of a large firing, or they are for recipients whom a reminder names and who have no
    /// delivery. A delivery that was superseded, or cancelled for a revivable reason, becomes
    /// pending again; any other existing delivery is left unchanged. A superseded reminder becomes
    /// a fired one. Returns how many deliveries each part wrote.
    func extend(_ parts: [FiringPart]) throws(LedgerFailure) -> [Int]
    /// Cancels up to `limit` pending deliveries of a reminder. Returns how many; fewer than `limit`
    /// means that none is left.
    func withdraw(_ reminder: ReminderKey, why: WithdrawalReason, limit: Int) throws(LedgerFailure) -> Int

    /// Claims up to `limit` deliveries of each channel that are pending, due for a try at `now` and
    /// before their deadline, as each request chooses. One transaction first records `records`, as
    /// `record` does, and then marks the claimed deliveries in flight with one more attempt.
    func claim(
        _ requests: [ClaimRequest], recording records: [DeliveryRecord], now: Instant
    ) throws(LedgerFailure) -> [Claim]
    /// Deliveries stored under these channel names that a claim at `now` could take, in the order of the queue.
    /// Returns at most `limit`, after `place` (nil: from the first).
    func waiting(
        names: [String], after place: WaitingDelivery?, now: Instant, limit: Int
    ) throws(LedgerFailure) -> [WaitingDelivery]
    /// Records the outcomes of attempts and what comes next, in one transaction. Records of
    /// deliveries that do not exist are ignored. A delivery whose occurrence changed during the
    /// attempt becomes `cancelled` instead of pending.
    func record(_ records: [DeliveryRecord]) throws(LedgerFailure)

    /// Deliveries marked in flight. At a start, these are the ones that a crash left behind.
    func inFlight() throws(LedgerFailure) -> [Claim]
    /// Pending deliveries whose deadline is at or before `now`, at most `limit`.
    func expired(now: Instant, limit: Int) throws(LedgerFailure) -> [Claim]
    /// The earliest instant at which a pending delivery of one of these channels is to be tried or expires; nil if none is pending.
    func nextWake(channels: [String]) throws(LedgerFailure) -> Instant?

    /// Holds a ledger that is older than what is known to have happened. No pending delivery is
    /// sent. A person has to decide about what fell due after `lookedUntil` up to `until`.
    /// Deliveries in flight are left to `Dispatcher.recover`.
    func hold(until: Instant) throws(LedgerFailure)
    /// Carries out a person's answer to a hold. Records `look`, whose `lookedUntil` replaces the
    /// ledger's even if it is earlier, and begins to release what is held. `continueRelease` does
    /// the rest. Until it has finished, `held` still returns the held range.
    func release(_ look: LookResult, sendsPending: Bool) throws(LedgerFailure)
    /// Makes up to `limit` held deliveries due at once, or cancels them, as `release` was asked to.
    /// The hold ends with the last of them. Returns true while there is more to do, and false if
    /// nothing is being released.
    func continueRelease(limit: Int) throws(LedgerFailure) -> Bool

    /// The channels that have pending deliveries, whether they are configured or not.
    func waitingChannels() throws(LedgerFailure) -> [String]
    /// Cancels up to `limit` pending deliveries of this channel in one transaction. Returns them
    /// with their attempts so far.
    func cancelWaiting(channel: String, limit: Int) throws(LedgerFailure) -> [Claim]
    /// Checks up to `limit` deliveries that wait for this channel, from `place` on (nil: the first).
    /// Cancels those whose recipient (UTF-8) `isTheirs` denies, as `via changed`. `next` is where
    /// to continue; nil at the end.
    func withdrawStrangers(
        channel: String, from place: WaitingPlace?, limit: Int, isTheirs: (UnsafeBufferPointer<UInt8>) -> Bool
    ) throws(LedgerFailure) -> (withdrawn: Int, next: WaitingPlace?)
    /// Makes retries on this channel due at `now`, because its server has recovered. It affects
    /// deliveries whose last try was before `before` and failed because of the server or of us
    /// (`Scope.server`, `us`, `comparison`). Deliveries keep their wait if the server asked for it
    /// (load, greylisting, a full mailbox), after an unknown outcome, and under a hold.
    func advance(channel: String, triedBefore before: Instant, to now: Instant) throws(LedgerFailure)
    /// Makes retries due earlier by `step`, because the wall clock was set back by that much.
    /// Changes up to `limit` deliveries from `place` on (nil: the first). Deliveries that were
    /// never tried wait for their due time, which is civil time. Returns where to continue.
    func bringRetriesForward(
        by step: Span, now: Instant, from place: WaitingPlace?, limit: Int
    ) throws(LedgerFailure) -> WaitingPlace?
    /// Recipients of live reminders (deadline after `now`) for whom no delivery was accepted, or may have been.
    /// Either nothing is pending or in flight for them any more, or their `via` channels have had
    /// their time since the reminder fired (`Unreached.patience`).
    ///
    /// The search runs in parts, because half a million deliveries may wait. A part covers the next
    /// `limit` deliveries that wait or were given up, from `place` on (nil: the first). `next` is
    /// where to continue; nil at the end. A recipient appears once in a part, and may appear again
    /// in a later one. Deliveries that wait for a channel of `parked` count as given up.
    func unreached(
        now: Instant, from place: UnreachedPlace?, parked: Set<String>, limit: Int
    ) throws(LedgerFailure) -> (readers: [Unreached], next: UnreachedPlace?)
    /// Writes deliveries on other channels for such recipients and cancels what still waits for them, in one transaction.
    func reroute(_ readers: [Reroute]) throws(LedgerFailure)
    /// Runs one part of an operator's retry: failed deliveries that `selection` names become pending if their deadline is after `now`.
    /// One transaction checks up to `limit` of all failed deliveries, from `place` on (nil: the
    /// first). If `selection` has ids, all of them are checked at once.
    func retry(
        _ selection: FailedSelection, from place: FailedPlace?, limit: Int, now: Instant
    ) throws(LedgerFailure) -> RetriedPart

    /// Deletes the deliveries, and their attempts, of occurrences that are long over. An occurrence
    /// is long over if all of its reminders, in any state, had their deadline before `instant`.
    /// Checks up to `limit` deliveries and continues from there at the next call.
    ///
    /// Nothing pending or in flight is deleted. The ledger never deletes reminders, so that none of them
    /// fires twice. The deliveries of an occurrence are deleted all together, so `shares(of:in:)`
    /// returns all recipients of an occurrence or none. An evaluation never asks for the others: a
    /// lead that could still go out, or a change that would be announced, keeps all deliveries of
    /// its occurrence.
    func prune(endedBefore instant: Instant, limit: Int) throws(LedgerFailure) -> Pruned

    func history(_ filter: HistoryFilter) throws(LedgerFailure) -> [HistoryRow]
    /// Number of deliveries by state.
    func counts() throws(LedgerFailure) -> [DeliveryState: Int]
}

/// A call of the ledger failed. None of its changes were made.
public enum LedgerFailure: Error, Hashable, Sendable {
    /// The disk has no space. Send nothing, and try again later.
    case full
    /// The disk or the file is broken. Stop sending and exit.
    case broken(String)
}

/// The result of one call of `prune`.
public struct Pruned: Hashable, Sendable {
    /// How many deliveries this call deleted.
    public let deliveries: Int
    /// Everything has been checked. The next call starts from the beginning.
    public let isComplete: Bool

    public init(deliveries: Int, isComplete: Bool) {
        self.deliveries = deliveries
        self.isComplete = isComplete
    }
}

/// The decisions of one evaluation, as the ledger stores them.
public struct LookResult: Sendable {
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

public struct ClaimRequest: Hashable, Sendable {
    /// Which of the due deliveries to claim.
    public enum Choice: Hashable, Sendable {
        /// In the order of the instant from which each may be tried. For a first try, that is the
        /// due time.
        case queue
        /// Deliveries that were tried before and whose wait is over; if there are none, as `queue`.
        case waited
        /// The deliveries at these places (`WaitingDelivery.place`).
        case these([Int64])
    }

    /// The channel name that the claims get.
    public let channel: String
    public let limit: Int
    public let choice: Choice
    /// The channel names under which its deliveries are stored.
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
    /// A position that only the ledger that returned it can use.
    public let place: Int64
    public let recipient: String
    /// From when on it may be tried.
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
    /// The change that it announces, for the reminders `moved N`; nil for ordinary ones.
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

/// How an occurrence has changed of which someone was notified.
public enum Change: String, Hashable, Codable, Sendable, CaseIterable {
    /// It has another start or end.
    case moved
    /// It does not take place any more.
    case gone
}

/// A recipient whom no channel has reached yet.
public struct Unreached: Hashable, Sendable {
    public let stored: StoredReminder
    public let recipient: String
    /// The channels that were tried or on which a delivery waits, sorted.
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

/// A position in the search for recipients whom nothing has reached. Only the ledger that returned
/// it can use it.
public struct UnreachedPlace: Hashable, Sendable {
    /// nil while the search is among deliveries that were given up.
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

/// A position among the deliveries that wait for one channel. Only the ledger that returned it can
/// use it.
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

/// A recipient whom nothing has reached, and the new deliveries on other channels.
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
    /// How often it was in flight when the process died. After the second time it was alone in
    /// flight.
    public let crashes: Int
    /// Earlier attempts that do not count as tries (`Receipt.isUncounted`).
    public let uncounted: Int
    /// Earlier refusals that end the delivery if they are repeated (`Receipt.countsTwice`).
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

/// The end of one attempt, and what becomes of the delivery.
public struct DeliveryRecord: Sendable {
    public let id: DeliveryID
    public let attempt: Int
    /// When the attempt ended.
    public let at: Instant
    /// nil if there was no attempt (expired, cancelled, superseded). Then the attempt journal gets
    /// no line.
    public let receipt: Receipt?
    public let next: Next
    /// The attempt ended because the process died.
    public let crashed: Bool

    public enum Next: Hashable, Sendable {
        case pending(notBefore: Instant)
        /// Pending, but under a hold until a person releases it.
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
    /// The name of a campaign as it is stored in the ledger.
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
    /// Former names of the campaign. Rows under any of them are shown too.
    public var formerCampaigns: [CampaignName] = []
    public var recipient: String?
    /// Ids that the recipient had before.
    public var formerRecipients: [String] = []
    /// Reminders due at or after it.
    public var since: Instant?
    /// Shows this many of the most recent rows.
    public var limit: Int
    /// Shows only deliveries in these states. Reminders without deliveries (superseded, missed) are
    /// shown if this is nil or names their state.
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
    /// Why a delivery was cancelled or superseded; nil in rows of version 0.1.0.
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
