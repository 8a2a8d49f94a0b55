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
