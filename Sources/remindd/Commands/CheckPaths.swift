import Config
import Diagnostics
import Documents
import Foundation
import Ledgers
import Scheduler

/// Finds configured paths of the wrong kind, and paths that the service's sandbox hides.
struct CheckPaths {
    let report: CheckReport

    private var configuration: Configuration { report.loaded.configuration }

    func inspect() {
        socket()
        ledger()
        sandbox()
    }

    // MARK: Files of another kind

    private func socket() {
        guard let path = configuration.socket else { return }
        if let what = ControlSocket.otherFile(at: path) {
            error(
                "socket",
                "socket: \(path) is \(what), not a socket: it is not touched, and no command reaches the daemon; name another")
        } else if path.utf8.count > ControlSocket.longestPath {
            error("socket", "socket: \(path) has more than \(ControlSocket.longestPath) bytes, which is the most for a socket")
        }
    }

    private func ledger() {
        guard let path = configuration.ledger else { return }
        let owner = (report.loaded.files + report.places.peopleFiles).first { Paths.resolved($0) == Paths.resolved(path) }
        if let owner {
            error("ledger", "ledger: \(path) is a file of yours, read as \(owner); name another")
        } else if let what = LedgerIdentity.otherFile(at: path) {
            error("ledger", "ledger: \(path) is \(what), not a ledger: it is not touched; name another")
        }
        if let socket = configuration.socket, Paths.resolved(socket) == Paths.resolved(path) {
            error("socket", "socket and ledger are both \(path); each needs a file of its own")
        }
    }

    private func error(_ key: String, _ message: LocalizedText) {
        report.add(.error, .configuration, configuration.place(of: key), message)
    }

    // MARK: What the unit hides

    /// The folders that `ProtectHome=` and `PrivateTmp=` of the unit hide from the service.
    private static let hidden = ["/home", "/root", "/run/user", "/tmp", "/var/tmp"]

    private func sandbox() {
        let settings = configuration
        for (key, paths) in [
            ("plans", settings.plans), ("working_days", [settings.workingDays].compactMap { $0 }),
            ("templates", [settings.templates].compactMap { $0 }), ("ledger", [settings.ledger].compactMap { $0 }),
            ("socket", [settings.socket].compactMap { $0 }), ("groups", report.places.peopleFiles),
        ] {
            for path in paths { warnIfHidden(path, LocalizedText(verbatim: key), settings.place(of: key)) }
        }
        for channel in settings.channels {
            let files = channel.certificateFiles + channel.secrets.compactMap(\.path)
            for path in files { warnIfHidden(path, "channel \(channel.name)", channel.place) }
        }
        warnIfUnwritable()
    }

    private func warnIfHidden(_ path: String, _ what: LocalizedText, _ place: Problem.Place) {
        guard isElsewhere(path), let root = CheckPaths.hidden.first(where: { path == $0 || path.hasPrefix($0 + "/") }) else {
            return
        }
        report.add(
            .warning, .configuration, place,
            "\(what): \(printable(path, limit: 300)) is not visible to the service: its sandbox hides \(root); put it under /etc/remindd, "
                + "or see SANDBOX in remindd(8)")
    }

    /// Warns if the ledger is outside of the state folder. The service can write only there.
    private func warnIfUnwritable() {
        guard let ledger = configuration.ledger, isElsewhere(ledger),
            !CheckPaths.hidden.contains(where: { ledger.hasPrefix($0 + "/") })
        else { return }
        let state = LedgerFiles.stateFolder
        guard !ledger.hasPrefix(state + "/") else { return }
        report.add(
            .warning, .configuration, configuration.place(of: "ledger"),
            "ledger: \(printable(ledger, limit: 300)) is outside of \(state), the one folder that the service may write to; "
                + "leave ledger: out, or see SANDBOX in remindd(8)")
    }

    /// Returns whether the rules of the service's sandbox apply to a path.
    ///
    /// Relative paths are exempt. If the configuration is not in /etc/remindd, files in its own
    /// folder are exempt too, because no service uses that configuration.
    private func isElsewhere(_ path: String) -> Bool {
        guard path.hasPrefix("/") else { return false }
        let folder = Paths.resolved(configuration.folder.isEmpty ? "." : configuration.folder)
        return folder == "/etc/remindd" || folder.hasPrefix("/etc/remindd/") || !Paths.resolved(path).hasPrefix(folder + "/")
    }
}
