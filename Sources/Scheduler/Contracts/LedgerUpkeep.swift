import Dates

/// The part of a ledger that deletes data that is no longer needed.
public protocol LedgerUpkeep: AnyObject {
    /// Deletes the deliveries, and their attempts, of occurrences that are long over.
    ///
    /// An occurrence is long over if all of its reminders, in any state, had their deadline before
    /// `instant`. One call checks up to `limit` deliveries. The next call continues after the last
    /// checked delivery.
    ///
    /// Pending and in-flight deliveries are not deleted. Reminders are never deleted, so that none
    /// of them fires twice. The deliveries of an occurrence are kept while one of its leads could
    /// still be sent or a change would be announced. An evaluation therefore never needs a deleted
    /// delivery.
    func prune(endedBefore instant: Instant, limit: Int) throws(LedgerFailure) -> Pruned
}

/// The result of one call of `prune`.
public struct Pruned: Hashable, Sendable {
    /// The number of deliveries that this call deleted.
    public let deliveries: Int
    /// Whether all deliveries have been checked. The next call then starts from the beginning.
    public let isComplete: Bool

    public init(deliveries: Int, isComplete: Bool) {
        self.deliveries = deliveries
        self.isComplete = isComplete
    }
}
