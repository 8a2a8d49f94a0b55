import Dates

public struct ClaimRequest: Hashable, Sendable {
    /// Which of the due deliveries to claim.
    public enum Choice: Hashable, Sendable {
        /// In the order of the instant from which each may be sent. For a first attempt, that is
        /// the due time.
        case queue
        /// Deliveries that were attempted before and whose wait is over.
        ///
        /// If there are none, as `queue`.
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
    /// The instant from which it may be sent.
    public let notBefore: Instant

    public init(place: LedgerCursor, recipient: String, notBefore: Instant) {
        self.place = place
        self.recipient = recipient
        self.notBefore = notBefore
    }
}
