import Dates

/// The part of a ledger that reports may read.
public protocol LedgerReader: LedgerState {
    func history(_ filter: HistoryFilter) throws(LedgerFailure) -> [HistoryRow]

    /// Returns the number of deliveries in each state.
    func counts() throws(LedgerFailure) -> [DeliveryState: Int]

    /// Returns the number of failed deliveries, and how many of them can still be sent at `now`.
    func failedDeliveries(now: Instant) throws(LedgerFailure) -> FailedDeliveries
}
