import Config
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

    /// Of a rehearsal that has ended and whose ledger nobody named.
    static func removeLedger(_ path: String) {
        for suffix in ["", "-wal", "-shm", "-journal"] { unlink(path + suffix) }
    }

    /// A new file that nobody else uses.
    static func temporaryLedger() -> String {
        let folder = FileManager.default.temporaryDirectory.path
        return "\(folder)/remindd-rehearsal-\(getpid())-\(UInt32.random(in: 0 ... .max)).sqlite"
    }
}
