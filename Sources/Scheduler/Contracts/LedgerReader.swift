/// The part of a ledger that reports may read.
public protocol LedgerReader: LedgerState {
    func history(_ filter: HistoryFilter) throws(LedgerFailure) -> [HistoryRow]

    /// Number of deliveries by state.
    func counts() throws(LedgerFailure) -> [DeliveryState: Int]
}
