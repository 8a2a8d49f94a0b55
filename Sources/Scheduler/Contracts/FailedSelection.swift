/// Failed deliveries (dead or unknown) that an operator names for another try; nil fields do not narrow.
public struct FailedSelection: Hashable, Sendable {
    /// At most `partLimit`.
    public var ids: [DeliveryID]?
    /// Of one of these, as the ledger has them.
    public var campaigns: Set<HistoryFilter.CampaignName>?
    public var channels: Set<String>?
    /// Of reminders due at or after it.
    public var since: Instant?

    /// Deliveries that one transaction looks at: few enough that the loop's thread is back in a fifth of a second.
    public static let partLimit = 5_000

    public init(
        ids: [DeliveryID]? = nil, campaigns: Set<HistoryFilter.CampaignName>? = nil, channels: Set<String>? = nil,
        since: Instant? = nil
    ) {
        self.ids = ids
        self.campaigns = campaigns
        self.channels = channels
        self.since = since
    }
}

/// How far a retry has come among the failed deliveries; means something to the ledger it is from.
public struct FailedPlace: Codable, Hashable, Sendable {
    public let state: String
    public let reminder: Int64
    public let delivery: Int64

    public init(state: String, reminder: Int64, delivery: Int64) {
        self.state = state
        self.reminder = reminder
        self.delivery = delivery
    }
}

/// What one part of a retry came to.
public struct RetriedPart: Hashable, Sendable {
    /// Pending again.
    public var retried: [DeliveryID] = []
    /// Failed, but their deadline is past: left as they are.
    public var expired: [DeliveryID] = []
    /// Where the next part begins; nil where everything has been looked at.
    public var next: FailedPlace?

    public init() {}
}
