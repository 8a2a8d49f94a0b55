import Clocks
import Config
import Dates
import Diagnostics
import Documents
import Foundation
import Ledgers
import Scheduler

/// The file of the ledger, and the files next to it.
enum LedgerFiles {
    /// Returns the configured path; if there is none, `ledger.sqlite` in the state folder.
    static func path(_ configuration: Configuration) -> String {
        configuration.ledger ?? defaultPath
    }

    /// Returns the probable path of the ledger, for a configuration that cannot be read.
    ///
    /// It is the value in the line `ledger:` of the file, or else the default path.
    static func likelyPath(ofConfiguration file: String) -> String {
        guard let text = ConfigurationReader.text(of: "ledger", in: file), text.hasPrefix("sqlite:"), text.count > "sqlite:".count
        else { return defaultPath }
        return Paths.existing(Paths.join(Paths.folder(of: file), String(text.dropFirst("sqlite:".count))))
    }

    private static var defaultPath: String { stateFolder + "/ledger.sqlite" }

    /// The state folder that systemd sets for the service; /var/lib/remindd without systemd.
    static var stateFolder: String {
        // systemd may list several folders. The unit has only one.
        let state = ProcessInfo.processInfo.environment["STATE_DIRECTORY"]?.split(separator: ":").first.map(String.init)
        return state ?? "/var/lib/remindd"
    }

    /// Returns the message for a missing ledger whose high-water mark file still exists.
    static func missing(_ path: String) -> LocalizedText {
        "\(path) is missing, but its high-water mark file is there: without the ledger, reminders would be sent twice. "
            + "Put it back, or start over with: remindd new-ledger"
    }

    /// Renames a ledger and the files next to it.
    ///
    /// Returns the new path, which contains the date; nil if there is no ledger.
    ///
    /// - Throws: status 75 if another process has the ledger open; status 78 if the file is not a
    ///   ledger; status 1 if a file cannot be renamed. A file that is not a ledger is not changed.
    @discardableResult
    static func setAside(_ path: String, now: Instant) throws(DaemonFailure) -> String? {
        try refuseIfHeld(path)
        if let what = LedgerIdentity.otherFile(at: path) {
            throw DaemonFailure(
                status: 78,
                message:
                    "\(path) is \(LocalizedText(lookedUp: what)), not a ledger: it is not touched; name another under ledger:")
        }
        let isThere = FileManager.default.fileExists(atPath: path)
        let stamp = Zone.utc.rfc3339(now).replacing(":", with: "")
        for suffix in ["", "-wal", "-shm", ".witness"] where FileManager.default.fileExists(atPath: path + suffix) {
            guard rename(path + suffix, "\(path).before-\(stamp)\(suffix)") == 0 else {
                let why = LocalizedText(systemError: errno)
                throw DaemonFailure(status: 1, message: "\(path + suffix) cannot be set aside: \(why)")
            }
        }
        return isThere ? "\(path).before-\(stamp)" : nil
    }

    /// Throws if another process has the ledger open.
    ///
    /// Other failures to open the ledger are ignored, because a damaged ledger may be set aside.
    private static func refuseIfHeld(_ path: String) throws(DaemonFailure) {
        guard FileManager.default.fileExists(atPath: path) else { return }
        do {
            try SQLiteLedger.open(path: path, mode: .reader, now: SystemClock().now()).close()
        } catch {
            guard case .heldBy = error else { return }
            throw DaemonFailure(status: error.exitStatus, message: "\(path): \(error)")
        }
    }

    /// Changes the owner of a file that root made for the service to the owner of its folder.
    static func giveToOwner(_ path: String) {
        let parent = Paths.folder(of: path)
        var folder = stat()
        guard geteuid() == 0, stat(parent.isEmpty ? "." : parent, &folder) == 0 else { return }
        _ = chown(path, folder.st_uid, folder.st_gid)
    }

    /// Returns the reason why a ledger was not opened.
    ///
    /// It names the file's owner if another user owns the file.
    static func words(_ refusal: LedgerRefusal, _ path: String) -> LocalizedText {
        var status = stat()
        guard case .unusable = refusal, stat(path, &status) == 0, geteuid() != 0, status.st_uid != geteuid() else {
            return "\(path): \(refusal)"
        }
        let mode = String(status.st_mode & 0o7777, radix: 8)
        return "\(path): \(refusal); it belongs to \(name(status.st_uid)), mode 0\(mode), and this process is \(name(geteuid()))"
    }

    private static func name(_ user: uid_t) -> LocalizedText {
        getpwuid(user).map { LocalizedText(verbatim: String(cString: $0.pointee.pw_name)) } ?? "user \(user)"
    }
}
