import Dates

/// The failed deliveries (dead or unknown) that an operator wants to retry.
///
/// A field that is nil does not filter.
public struct FailedSelection: Hashable, Sendable {
    /// Selects only deliveries with these ids. There are at most `partLimit` ids.
    public var ids: [DeliveryID]?
    /// Selects only deliveries of these campaigns.
    ///
    /// A campaign is given by its name in the ledger.
    public var campaigns: Set<HistoryFilter.CampaignName>?
    public var channels: Set<String>?
    /// Selects only deliveries of reminders due at or after this instant.
    public var since: Instant?

    /// The maximum number of deliveries that one transaction checks.
    ///
    /// With this limit, a transaction blocks the loop's thread for at most 0.2 s.
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
    /// The place at which the next part begins; nil if all failed deliveries have been checked.
    public var next: LedgerCursor?

    public init() {}
}
