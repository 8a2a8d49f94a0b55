import Dates

/// The part of a ledger that carries out decisions of a person: holds and retries.
public protocol OperatedLedger: LedgerState {
    /// Holds a ledger that is older than what is known to have happened. No pending delivery is
    /// sent. A person has to decide about what fell due after `lookedUntil` up to `until`.
    /// Deliveries in flight are left to `Dispatcher.recover`.
    ///
    /// One call marks the ledger as held and keeps back up to `limit` deliveries. Returns whether
    /// more are left. The call is then made again with the same arguments, also after a crash.
    func hold(until: Instant, limit: Int) throws(LedgerFailure) -> Bool

    /// Carries out a person's answer to a hold. Records `look`, whose `lookedUntil` replaces the
    /// ledger's even if it is earlier, and begins to release what is held. `continueRelease` does
    /// the rest. Until it has finished, `held` still returns the held range.
    func release(_ look: EvaluationResult, sendsPending: Bool) throws(LedgerFailure)

    /// Runs one part of an operator's retry: failed deliveries that `selection` names become pending if their deadline is after `now`.
    /// One transaction checks up to `limit` of all failed deliveries, from `place` on (nil: the
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
