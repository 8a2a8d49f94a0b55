import Dates

/// The part of a ledger that carries out an operator's decisions: holds and retries.
public protocol OperatedLedger: LedgerState {
    /// Starts a hold, because the ledger was replaced by an older copy.
    ///
    /// During a hold, no pending delivery is sent. An operator has to decide about reminders that
    /// fell due after `lookedUntil` up to `until`. `Dispatcher.recover` handles deliveries in
    /// flight.
    ///
    /// One call marks the ledger as held and blocks up to `limit` deliveries. Returns whether more
    /// pending deliveries are left. If true, the caller repeats the call with the same arguments,
    /// also after a crash.
    func hold(until: Instant, limit: Int) throws(LedgerFailure) -> Bool

    /// Carries out an operator's decision about a hold.
    ///
    /// Records `look` and begins to send the held deliveries or, if `sendsPending` is false, to
    /// cancel them. `continueRelease` does this in batches. Until it has finished, `held` still
    /// returns the held range. The `lookedUntil` of `look` replaces the ledger's value even if it
    /// is earlier.
    func release(_ look: EvaluationResult, sendsPending: Bool) throws(LedgerFailure)

    /// Retries failed deliveries that an operator selected, one part in each call.
    ///
    /// Deliveries that match `selection` become pending if their deadline is after `now`. One call
    /// is one transaction, which checks up to `limit` failed deliveries, starting at `place` (nil
    /// for the beginning). If `selection` has ids, one call checks all of them.
    func retry(
        _ selection: FailedSelection, from place: LedgerCursor?, limit: Int, now: Instant
    ) throws(LedgerFailure) -> RetriedPart
}

extension OperatedLedger {
    /// Starts a hold and blocks all pending deliveries, in batches of 5 000.
    public func hold(until: Instant) throws(LedgerFailure) {
        while try hold(until: until, limit: 5_000) {}
    }
}
