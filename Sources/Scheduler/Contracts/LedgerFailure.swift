/// A call of the ledger failed. None of its changes were made.
public enum LedgerFailure: Error, Hashable, Sendable {
    /// The disk has no space. The caller sends nothing and tries again later.
    case full
    /// The disk or the file is broken. The caller stops sending and exits.
    case broken(String)
}
