import Config
import Documents

/// Keys whose values a daemon keeps from its start to its end: a reload that took the rest would say yes to what happens months later,
/// when an upgrade starts it anew, with an empty ledger for one.
enum RestartKeys {
    /// Why a reload is refused; nil where none of them has changed.
    static func refusal(from old: Configuration, to new: Configuration) -> String? {
        let (ledger, socket) = (LedgerAccess.path(new), ControlSocket.path(new.socket))
        var changes: [String] = []
        if LedgerAccess.path(old) != ledger {
            changes.append("ledger: is \(LedgerAccess.path(old)), and the file says \(ledger)")
        }
        if ControlSocket.path(old.socket) != socket {
            changes.append("socket: is \(ControlSocket.path(old.socket)), and the file says \(socket)")
        }
        guard !changes.isEmpty else { return nil }
        let moving =
            LedgerAccess.path(old) == ledger
            ? "" : "; to take along what was sent, first: remindd backup > FILE, and restore it under the new name"
        return
            "\(changes.joined(separator: "; ")): a reload does not take that, a restart does (systemctl restart remindd)\(moving)"
    }
}
