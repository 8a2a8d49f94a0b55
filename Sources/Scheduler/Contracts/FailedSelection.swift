import Dates

/// The failed deliveries (dead or unknown) that an operator wants to retry. A nil field does not
/// filter.
public struct FailedSelection: Hashable, Sendable {
    /// At most `partLimit`.
    public var ids: [DeliveryID]?
    /// Only deliveries of these campaigns, named as in the ledger.
    public var campaigns: Set<HistoryFilter.CampaignName>?
    public var channels: Set<String>?
    /// Only deliveries of reminders due at or after this instant.
    public var since: Instant?

    /// The maximum number of deliveries that one transaction checks.
    ///
    /// It then takes at most 0.2 s of the loop's thread.
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

/// The result of one part of a retry.
public struct RetriedPart: Hashable, Sendable {
    /// Deliveries that are pending again.
    public var retried: [DeliveryID] = []
    /// Failed deliveries that are unchanged because their deadline is past.
    public var expired: [DeliveryID] = []
    /// The place where the next part begins; nil if everything has been checked.
    public var next: LedgerCursor?

    public init() {}
}
