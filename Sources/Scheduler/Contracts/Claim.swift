import Dates

public struct ClaimRequest: Hashable, Sendable {
    /// Which of the due deliveries to claim.
    public enum Choice: Hashable, Sendable {
        /// In the order of the instant from which each may be tried. For a first try, that is the
        /// due time.
        case queue
        /// Deliveries that were tried before and whose wait is over; if there are none, as `queue`.
        case waited
        /// The deliveries at these places (`WaitingDelivery.place`).
        case these([LedgerCursor])
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
    public let place: LedgerCursor
    public let recipient: String
    /// From when on it may be tried.
    public let notBefore: Instant

    public init(place: LedgerCursor, recipient: String, notBefore: Instant) {
        self.place = place
        self.recipient = recipient
        self.notBefore = notBefore
    }
}

/// The right to record the outcome of one attempt. Only a claim has one.
public struct ClaimToken: Hashable, Sendable {
    public let delivery: DeliveryID
    /// The number of the attempt, from 1.
    public let attempt: Int

    init(delivery: DeliveryID, attempt: Int) {
        self.delivery = delivery
        self.attempt = attempt
    }
}

/// A delivery as its row holds it.
public struct StoredDelivery: Hashable, Sendable {
    public let id: DeliveryID
    public let stored: StoredReminder
    public let recipient: String
    public let channel: String
    /// The number of its attempts so far.
    public let attempts: Int

    public init(id: DeliveryID, stored: StoredReminder, recipient: String, channel: String, attempts: Int) {
        self.id = id
        self.stored = stored
        self.recipient = recipient
        self.channel = channel
        self.attempts = attempts
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

    public var token: ClaimToken { ClaimToken(delivery: id, attempt: attempt) }
    /// The delivery, with this attempt.
    public var delivery: StoredDelivery {
        StoredDelivery(id: id, stored: stored, recipient: recipient, channel: channel, attempts: attempt)
    }

    /// Only a ledger makes claims, when it has marked the delivery as in flight.
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
    public let token: ClaimToken
    /// When the attempt ended.
    public let at: Instant
    /// nil if the claim was given up without an attempt, or its outcome is already recorded. Then
    /// the attempt journal gets no line.
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

    public var id: DeliveryID { token.delivery }
    public var attempt: Int { token.attempt }

    public init(_ token: ClaimToken, at: Instant, receipt: Receipt?, next: Next, crashed: Bool = false) {
        self.token = token
        self.at = at
        self.receipt = receipt
        self.next = next
        self.crashed = crashed
    }
}
