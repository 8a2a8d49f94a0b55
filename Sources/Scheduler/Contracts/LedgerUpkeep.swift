import Dates

/// The part of a ledger that deletes what nobody needs any more.
public protocol LedgerUpkeep: AnyObject {
    /// Deletes the deliveries, and their attempts, of occurrences that are long over. An occurrence
    /// is long over if all of its reminders, in any state, had their deadline before `instant`.
    /// Checks up to `limit` deliveries and continues from there at the next call.
    ///
    /// Nothing pending or in flight is deleted. The ledger never deletes reminders, so that none of them
    /// fires twice. The deliveries of an occurrence are deleted all together, so `shares(of:in:)`
    /// returns all recipients of an occurrence or none. An evaluation never asks for the others: a
    /// lead that could still go out, or a change that would be announced, keeps all deliveries of
    /// its occurrence.
    func prune(endedBefore instant: Instant, limit: Int) throws(LedgerFailure) -> Pruned
}

/// The result of one call of `prune`.
public struct Pruned: Hashable, Sendable {
    /// How many deliveries this call deleted.
    public let deliveries: Int
    /// Everything has been checked. The next call starts from the beginning.
    public let isComplete: Bool

    public init(deliveries: Int, isComplete: Bool) {
        self.deliveries = deliveries
        self.isComplete = isComplete
    }
}
