import Diagnostics
import Ledgers

/// The reason why a ledger was not opened, in the language of the reader.
///
/// The English text is the same as `description`.
extension LedgerRefusal: LocalizedTextConvertible {
    public var localizedText: LocalizedText {
        switch self {
        case .heldBy(let pid?): "the ledger is held by process \(pid); stop it first, or ask it through its socket"
        case .heldBy(nil): "the ledger is held by another process; stop it first, or ask it through its socket"
        case .newer(let version):
            "the ledger was written by a newer remindd (schema \(version)); install that version or a later one"
        case .older(let version):
            "the ledger was written by an older remindd (schema \(version)); start the daemon once to upgrade it"
        case .corrupt(let details): "the ledger is damaged or is not a ledger: \(details)"
        case .notARehearsal: "this is a real ledger; a rehearsal uses its own, name a new file"
        case .isRehearsal: "this is the ledger of a rehearsal; the real daemon never uses it"
        case .missing: "there is no ledger yet"
        case .unusable(let details): "the ledger cannot be opened: \(LocalizedText(lookedUp: details))"
        }
    }
}
