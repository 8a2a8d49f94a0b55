/// The reason why a ledger was not opened. The file is unchanged.
public enum LedgerRefusal: Error, Hashable, Sendable {
    /// Another process has the ledger open. `pid` is nil if the kernel does not report it.
    case heldBy(pid: Int32?)
    /// A later version of the program wrote the ledger. `version` is the number of its schema.
    case newer(version: Int)
    /// An earlier version wrote the ledger, and a reader does not migrate.
    ///
    /// `version` is the number of the ledger's schema.
    case older(version: Int)
    /// The ledger is damaged, or the file is not a ledger. The text describes the finding.
    case corrupt(String)
    /// A rehearsal was started with the ledger of the real daemon.
    case notARehearsal
    /// The real daemon was started with the ledger of a rehearsal.
    case isRehearsal
    /// There is no ledger, and a reader does not create one.
    case missing
    /// The file system prevents the opening.
    ///
    /// Examples are a missing folder, missing permission, a full disk and an input or output error.
    case unusable(String)

    /// The program's exit status for the refusal (`docs/man/remindd.1.md`, "EXIT STATUS").
    public var exitStatus: Int32 {
        switch self {
        case .heldBy: 75
        case .newer, .older, .corrupt, .notARehearsal, .isRehearsal: 78
        case .missing, .unusable: 1
        }
    }
}

extension LedgerRefusal: CustomStringConvertible {
    /// The problem and what an operator can do about it.
    ///
    /// The path is left out, because the caller knows it.
    public var description: String {
        switch self {
        case .heldBy(let pid?):
            "the ledger is held by process \(pid); stop it first, or ask it through its socket"
        case .heldBy(nil):
            "the ledger is held by another process; stop it first, or ask it through its socket"
        case .newer(let version):
            "the ledger was written by a newer remindd (schema \(version)); install that version or a later one"
        case .older(let version):
            "the ledger was written by an older remindd (schema \(version)); start the daemon once to upgrade it"
        case .corrupt(let details):
            "the ledger is damaged or is not a ledger: \(details)"
        case .notARehearsal:
            "this is a real ledger; a rehearsal uses its own, name a new file"
        case .isRehearsal:
            "this is the ledger of a rehearsal; the real daemon never uses it"
        case .missing:
            "there is no ledger yet"
        case .unusable(let details):
            "the ledger cannot be opened: \(details)"
        }
    }
}
