import Dates

/// The failed deliveries (dead or unknown) that an operator wants to try again; a nil field does not narrow.
public struct FailedSelection: Hashable, Sendable {
    /// At most `partLimit`.
    public var ids: [DeliveryID]?
    /// Only deliveries of these campaigns, named as in the ledger.
    public var campaigns: Set<HistoryFilter.CampaignName>?
    public var channels: Set<String>?
    /// Only deliveries of reminders due at or after this instant.
    public var since: Instant?

    /// The most deliveries that one transaction checks, so that it keeps the loop's thread for at most 0.2 s.
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

/// A position among the failed deliveries where a retry continues. Only the ledger that returned it
/// can use it.
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

/// The result of one part of a retry.
public struct RetriedPart: Hashable, Sendable {
    /// Deliveries that are pending again.
    public var retried: [DeliveryID] = []
    /// Failed deliveries that are left unchanged because their deadline is past.
    public var expired: [DeliveryID] = []
    /// Where the next part begins; nil if everything has been checked.
    public var next: FailedPlace?

    public init() {}
}
