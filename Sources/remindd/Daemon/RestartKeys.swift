import Config
import Diagnostics
import Documents

/// The keys that take effect only at a start of the daemon.
///
/// A reload that changes one of these keys is refused. Otherwise the change would take effect
/// months later, at a restart after an upgrade. The daemon might then begin with an empty ledger.
enum RestartKeys {
    /// Returns why a reload is refused; nil if no key of this kind has changed.
    static func refusal(from old: Configuration, to new: Configuration) -> LocalizedText? {
        let (ledger, socket) = (LedgerFiles.path(new), ControlSocket.path(new.socket))
        var changes: [LocalizedText] = []
        if LedgerFiles.path(old) != ledger {
            changes.append("ledger: is \(LedgerFiles.path(old)), and the file says \(ledger)")
        }
        if ControlSocket.path(old.socket) != socket {
            changes.append("socket: is \(ControlSocket.path(old.socket)), and the file says \(socket)")
        }
        guard let first = changes.first else { return nil }
        let all = changes.dropFirst().reduce(first) { "\($0); \($1)" }
        let moving: LocalizedText =
            LedgerFiles.path(old) == ledger
            ? "" : "; to keep the record of what was sent, first: remindd backup > FILE, and restore it under the new name"
        return
            "\(all): this needs a restart, not a reload (systemctl restart remindd)\(moving)"
    }
}
