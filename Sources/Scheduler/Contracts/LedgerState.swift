import Dates

/// How far a ledger is, and whether it is held.
public protocol LedgerState: AnyObject {
    /// A rehearsal's ledger is marked inside and never used for the real thing.
    var isRehearsal: Bool { get }
    /// The `now` of the last completed evaluation.
    func lookedUntil() throws(LedgerFailure) -> Instant
    /// The range of due times that wait for a person's decision; nil if nothing is held.
    func held() throws(LedgerFailure) -> ClosedRange<Instant>?
}
