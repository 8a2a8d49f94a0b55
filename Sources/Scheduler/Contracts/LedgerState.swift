import Dates

/// The state of a ledger as a whole: how far it was evaluated, and whether it is held.
public protocol LedgerState: AnyObject {
    /// Whether the ledger belongs to a rehearsal.
    ///
    /// Such a ledger is marked inside the file and is never used for real sending.
    var isRehearsal: Bool { get }
    /// Returns the time of the last completed evaluation.
    func lookedUntil() throws(LedgerFailure) -> Instant
    /// Returns the range of due times that wait for an operator's decision; nil if nothing is held.
    func held() throws(LedgerFailure) -> ClosedRange<Instant>?
}
