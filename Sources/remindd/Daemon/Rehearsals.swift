import Foundation
import Notifiers

/// What keeps a rehearsal from reaching anyone.
enum Rehearsals {
    static let leastPort = 1_024

    /// The first destination that is not on loopback at a port of 1024 or above, described; nil when all are.
    static func destinationNotOnLoopback(_ channels: [ConfiguredChannel]) -> String? {
        for channel in channels {
            let strangers = channel.settings.destinations.filter { !$0.isOnLoopback || $0.port < leastPort }
            if let stranger = strangers.first { return "channel \(channel.name) is \(stranger.shown)" }
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
