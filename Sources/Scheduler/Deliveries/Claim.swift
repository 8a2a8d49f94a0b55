import Dates

/// The right to record the outcome of one attempt.
///
/// Only a claim provides a token (`Claim.token`).
public struct ClaimToken: Hashable, Sendable {
    public let delivery: DeliveryID
    /// The number of the attempt, from 1.
    public let attempt: Int

    init(delivery: DeliveryID, attempt: Int) {
        self.delivery = delivery
        self.attempt = attempt
    }
}

/// A delivery as it is stored in the ledger.
public struct StoredDelivery: Hashable, Sendable {
    public let id: DeliveryID
    public let stored: StoredReminder
    public let recipient: String
    public let channel: String
    /// The number of attempts so far.
    public let attempts: Int

    public init(id: DeliveryID, stored: StoredReminder, recipient: String, channel: String, attempts: Int) {
        self.id = id
        self.stored = stored
        self.recipient = recipient
        self.channel = channel
        self.attempts = attempts
    }
}

/// A delivery that was claimed for an attempt.
///
/// The claim has all data that the retry policy and the rendering of the message need.
public struct Claim: Sendable {
    public let id: DeliveryID
    public let stored: StoredReminder
    public let recipient: String
    public let channel: String
    /// The number of this attempt, from 1.
    public let attempt: Int
    /// The number of earlier attempts whose outcome is still unknown.
    public let unknowns: Int
    /// The number of crashes while the delivery was in flight.
    ///
    /// After the second crash, the delivery is sent alone (`QuarantinePolicy`).
    public let crashes: Int
    /// The number of earlier attempts that do not count as tries (`Receipt.isUncounted`).
    public let uncounted: Int
    /// The number of earlier refusals that allowed only one more attempt (`Receipt.countsTwice`).
    public let refusals: Int
    /// Whether the recipient was added only after the reminder was due.
    public let joined: Bool

    public var token: ClaimToken { ClaimToken(delivery: id, attempt: attempt) }
    /// The delivery as it is stored in the ledger. Its number of attempts includes this attempt.
    public var delivery: StoredDelivery {
        StoredDelivery(id: id, stored: stored, recipient: recipient, channel: channel, attempts: attempt)
    }

    /// Only a ledger creates claims, after it has marked the delivery as in flight.
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

/// The end of one attempt, and the next state of the delivery.
public struct DeliveryRecord: Sendable {
    public let token: ClaimToken
    /// When the attempt ended.
    public let at: Instant
    /// The receipt of the attempt.
    ///
    /// nil if there was no attempt, or if its outcome is already recorded. In that case, no attempt
    /// is added to the delivery's history.
    public let receipt: Receipt?
    public let next: Next
    /// Whether the attempt ended because the process died.
    public let crashed: Bool

    public enum Next: Hashable, Sendable {
        case pending(notBefore: Instant)
        /// The delivery is pending, but a hold blocks it until an operator ends the hold.
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
