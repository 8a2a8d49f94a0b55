import Foundation
import Notifiers
import Scheduler

/// What keeps a rehearsal from reaching anyone.
enum Rehearsals {
    static let leastPort = 1_024

    /// The first destination that is not on loopback at a port of 1024 or above, described; nil when all are.
    static func destinationNotOnLoopback(_ channels: [ChannelSettings]) -> String? {
        for channel in channels {
            switch channel.kind {
            case .email(let email):
                guard Loopback.holds(email.host), email.port >= leastPort else {
                    return "channel \(channel.name) is at \(email.host):\(email.port)"
                }
            case .webhook(let webhook):
                guard case .success(let text) = Secrets.resolve(webhook.url), let url = try? WebhookURL(text),
                    url.isLoopback, url.port >= leastPort, webhook.proxy == nil
                else { return "channel \(channel.name) is elsewhere" }
            }
        }
        return nil
    }

    /// A new file that nobody else uses.
    static func temporaryLedger() -> String {
        let folder = FileManager.default.temporaryDirectory.path
        return "\(folder)/remindd-rehearsal-\(getpid())-\(UInt32.random(in: 0 ... .max)).sqlite"
    }
}

/// Files beside the ledger.
enum LedgerFiles {
    /// Moves a ledger out of the way, under a name with the date, which it returns; nil where there is none.
    @discardableResult
    static func setAside(_ path: String, now: Instant) throws -> String? {
        let isThere = FileManager.default.fileExists(atPath: path)
        let stamp = Zone.utc.rfc3339(now).replacing(":", with: "")
        for suffix in ["", "-wal", "-shm", ".witness"] where FileManager.default.fileExists(atPath: path + suffix) {
            do {
                try FileManager.default.moveItem(atPath: path + suffix, toPath: "\(path).before-\(stamp)\(suffix)")
            } catch {
                throw DaemonFailure(status: 1, message: "\(path + suffix) cannot be set aside: \(error.localizedDescription)")
            }
        }
        return isThere ? "\(path).before-\(stamp)" : nil
    }
}
