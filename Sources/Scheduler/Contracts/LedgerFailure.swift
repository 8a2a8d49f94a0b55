/// A call of the ledger failed. None of its changes were made.
public enum LedgerFailure: Error, Hashable, Sendable {
    /// The disk has no space. Send nothing, and try again later.
    case full
    /// The disk or the file is broken. Stop sending and exit.
    case broken(String)
}
