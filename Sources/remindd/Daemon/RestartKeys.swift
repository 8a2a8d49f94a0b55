import Config
import Documents

/// The keys that take effect only at a start of the daemon.
///
/// A reload that changes one of these keys is refused. Otherwise the change would take effect
/// months later, at a restart after an upgrade. The daemon might then begin with an empty ledger.
enum RestartKeys {
    /// Returns why a reload is refused; nil if no key of this kind has changed.
    static func refusal(from old: Configuration, to new: Configuration) -> String? {
        let (ledger, socket) = (LedgerFiles.path(new), ControlSocket.path(new.socket))
        var changes: [String] = []
        if LedgerFiles.path(old) != ledger {
            changes.append("ledger: is \(LedgerFiles.path(old)), and the file says \(ledger)")
        }
        if ControlSocket.path(old.socket) != socket {
            changes.append("socket: is \(ControlSocket.path(old.socket)), and the file says \(socket)")
        }
        guard !changes.isEmpty else { return nil }
        let moving =
            LedgerFiles.path(old) == ledger
            ? "" : "; to keep the record of what was sent, first: remindd backup > FILE, and restore it under the new name"
        return
            "\(changes.joined(separator: "; ")): this needs a restart, not a reload (systemctl restart remindd)\(moving)"
    }
}
