import Dates

/// The part of a ledger that carries out an operator's decisions: holds and retries.
public protocol OperatedLedger: LedgerState {
    /// Holds a ledger that is older than events that are known to have happened.
    ///
    /// No pending delivery is sent. An operator has to decide about reminders that fell due after
    /// `lookedUntil` up to `until`. `Dispatcher.recover` handles deliveries in flight.
    ///
    /// One call marks the ledger as held and keeps back up to `limit` deliveries. Returns whether
    /// more are left. The call is then made again with the same arguments, also after a crash.
    func hold(until: Instant, limit: Int) throws(LedgerFailure) -> Bool

    /// Carries out an operator's answer to a hold.
    ///
    /// Records `look`, whose `lookedUntil` replaces the ledger's even if it is earlier, and begins
    /// to release what is held. `continueRelease` does the rest. Until it has finished, `held`
    /// still returns the held range.
    func release(_ look: EvaluationResult, sendsPending: Bool) throws(LedgerFailure)

    /// Runs one part of an operator's retry of failed deliveries.
    ///
    /// Deliveries that `selection` contains become pending if their deadline is after `now`. One
    /// transaction checks up to `limit` of all failed deliveries, from `place` on (nil for the
    /// first). If `selection` has ids, all of them are checked at once.
    func retry(
        _ selection: FailedSelection, from place: LedgerCursor?, limit: Int, now: Instant
    ) throws(LedgerFailure) -> RetriedPart
}

extension OperatedLedger {
    /// Holds the ledger and keeps back every pending delivery, in parts.
    public func hold(until: Instant) throws(LedgerFailure) {
        while try hold(until: until, limit: 5_000) {}
    }
}
