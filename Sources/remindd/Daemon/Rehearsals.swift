import Diagnostics
import Foundation
import Notifiers
import Transport

/// Keeps a rehearsal from reaching real recipients.
enum Rehearsals {
    static let leastPort = 1_024

    /// Returns a description of the first destination that is not allowed in a rehearsal, or nil.
    ///
    /// Only destinations on loopback with a port of 1024 or above are allowed.
    static func destinationNotOnLoopback(_ channels: [ConfiguredChannel]) -> LocalizedText? {
        for channel in channels {
            let strangers = channel.settings.destinations.filter { !$0.isOnLoopback || $0.port < leastPort }
            if let stranger = strangers.first { return "channel \(channel.name) is \(stranger.shown)" }
        }
        return nil
    }

    /// Removes the temporary ledger of a rehearsal that has ended.
    static func removeLedger(_ path: String) {
        for suffix in ["", "-wal", "-shm", "-journal"] { unlink(path + suffix) }
    }

    /// Returns a path for a temporary ledger that no other rehearsal uses.
    static func temporaryLedger() -> String {
        let folder = FileManager.default.temporaryDirectory.path
        return "\(folder)/remindd-rehearsal-\(getpid())-\(UInt32.random(in: 0 ... .max)).sqlite"
    }
}
