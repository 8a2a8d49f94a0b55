import Dates

/// A request to claim deliveries of one channel.
public struct ClaimRequest: Hashable, Sendable {
    /// The deliveries to claim among those that are due.
    public enum Choice: Hashable, Sendable {
        /// All due deliveries, ordered by the instant from which each may be sent.
        ///
        /// For a first attempt, that instant is the due time.
        case queue
        /// Retries whose wait is over.
        ///
        /// If there are no such retries, the choice is the same as `queue`.
        case waited
        /// The due deliveries at these places in the queue (`WaitingDelivery.place`).
        case these([LedgerCursor])
    }

    /// The channel's current name. The returned claims have this name.
    public let channel: String
    /// The maximum number of deliveries to claim.
    public let limit: Int
    public let choice: Choice
    /// The current and former names under which the channel's deliveries are stored.
    public let names: [String]

    public init(channel: String, limit: Int, choice: Choice = .queue, names: [String]? = nil) {
        self.channel = channel
        self.limit = limit
        self.choice = choice
        self.names = names ?? [channel]
    }
}

/// A pending delivery that can be claimed.
public struct WaitingDelivery: Hashable, Sendable {
    public let place: LedgerCursor
    public let recipient: String
    /// The instant from which the delivery may be sent.
    public let notBefore: Instant

    public init(place: LedgerCursor, recipient: String, notBefore: Instant) {
        self.place = place
        self.recipient = recipient
        self.notBefore = notBefore
    }
}
