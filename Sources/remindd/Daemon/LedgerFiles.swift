import Config
import Dates
import Documents
import Foundation
import Ledgers
import Scheduler

/// A ledger's file and the files beside it.
enum LedgerFiles {
    /// The configured file, else systemd's state folder, else the package's.
    static func path(_ configuration: Configuration) -> String {
        configuration.ledger ?? defaultPath
    }

    /// Returns the probable ledger of a configuration that cannot be read: the value of its
    /// `ledger:` line, else the default path.
    static func likelyPath(ofConfiguration file: String) -> String {
        guard let text = ConfigurationReader.text(of: "ledger", in: file), text.hasPrefix("sqlite:"), text.count > "sqlite:".count
        else { return defaultPath }
        return Paths.existing(Paths.join(Paths.folder(of: file), String(text.dropFirst("sqlite:".count))))
    }

    private static var defaultPath: String { stateFolder + "/ledger.sqlite" }

    /// The state folder of the unit if the process runs in it, else the package's.
    static var stateFolder: String {
        // The variable may list several folders, but the unit has only one.
        let state = ProcessInfo.processInfo.environment["STATE_DIRECTORY"]?.split(separator: ":").first.map(String.init)
        return state ?? "/var/lib/remindd"
    }

    /// The message for a ledger that existed before and is missing.
    static func missing(_ path: String) -> String {
        "\(path) is missing, but its high-water mark file is there: without the ledger, reminders would be sent twice. "
            + "Put it back, or start over with: remindd new-ledger"
    }

    /// Renames a ledger and the files beside it. Returns the new path with the date, nil if there
    /// is no ledger.
    ///
    /// - Throws: 75 if another process holds the ledger, 78 if the path has another kind of file,
    ///   which stays as it is.
    @discardableResult
    static func setAside(_ path: String, now: Instant) throws(DaemonFailure) -> String? {
        try refuseIfHeld(path)
        if let what = LedgerIdentity.otherFile(at: path) {
            throw DaemonFailure(
                status: 78, message: "\(path) is \(what), not a ledger: it is not touched; name another under ledger:")
        }
        let isThere = FileManager.default.fileExists(atPath: path)
        let stamp = Zone.utc.rfc3339(now).replacing(":", with: "")
        for suffix in ["", "-wal", "-shm", ".witness"] where FileManager.default.fileExists(atPath: path + suffix) {
            guard rename(path + suffix, "\(path).before-\(stamp)\(suffix)") == 0 else {
                let why = String(cString: strerror(errno))
                throw DaemonFailure(status: 1, message: "\(path + suffix) cannot be set aside: \(why)")
            }
        }
        return isThere ? "\(path).before-\(stamp)" : nil
    }

    /// Fails if another process has the ledger open. Other failures to open it are no obstacle,
    /// because a damaged ledger is a reason to set it aside.
    private static func refuseIfHeld(_ path: String) throws(DaemonFailure) {
        guard FileManager.default.fileExists(atPath: path) else { return }
        do {
            try SQLiteLedger.open(path: path, mode: .reader, now: SystemClock().now()).close()
        } catch {
            guard case .heldBy = error else { return }
            throw DaemonFailure(status: error.exitStatus, message: "\(path): \(error)")
        }
    }

    /// Gives a file that root made for the service to the owner of its folder.
    static func giveToOwner(_ path: String) {
        let parent = Paths.folder(of: path)
        var folder = stat()
        guard geteuid() == 0, stat(parent.isEmpty ? "." : parent, &folder) == 0 else { return }
        _ = chown(path, folder.st_uid, folder.st_gid)
    }

    /// Describes why a ledger was not opened.
    ///
    /// Names the file's owner if permissions may be the reason.
    static func words(_ refusal: LedgerRefusal, _ path: String) -> String {
        var status = stat()
        guard case .unusable = refusal, stat(path, &status) == 0, geteuid() != 0, status.st_uid != geteuid() else {
            return "\(path): \(refusal)"
        }
        let mode = String(status.st_mode & 0o7777, radix: 8)
        return "\(path): \(refusal); it belongs to \(name(status.st_uid)), mode 0\(mode), and this process is \(name(geteuid()))"
    }

    private static func name(_ user: uid_t) -> String {
        getpwuid(user).map { String(cString: $0.pointee.pw_name) } ?? "user \(user)"
    }
}
