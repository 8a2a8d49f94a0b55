import ArgumentParser
import Config
import Documents
import Foundation
import Ledgers
import Scheduler

/// How commands come to the ledger while no daemon answers for it.
enum LedgerAccess {
    /// The configured file, else systemd's state folder, else the package's.
    static func path(_ configuration: Configuration) -> String {
        configuration.ledger ?? defaultPath
    }

    /// The ledger of a configuration that cannot be read: what its `ledger:` line seems to say, else where it is by default.
    static func likelyPath(ofConfiguration file: String) -> String {
        guard let text = ConfigurationReader.text(of: "ledger", in: file), text.hasPrefix("sqlite:"), text.count > "sqlite:".count
        else { return defaultPath }
        return Paths.existing(Paths.join(Paths.folder(of: file), String(text.dropFirst("sqlite:".count))))
    }

    private static var defaultPath: String { stateFolder + "/ledger.sqlite" }

    /// The unit's, where the process runs in it; else the one that the package makes.
    static var stateFolder: String {
        // Several folders may be listed; the unit names one.
        let state = ProcessInfo.processInfo.environment["STATE_DIRECTORY"]?.split(separator: ":").first.map(String.init)
        return state ?? "/var/lib/remindd"
    }

    /// nil where there is none yet; ends the command where it cannot be had.
    static func openForReading(_ path: String) throws -> SQLiteLedger? {
        try open(path, .reader)
    }

    /// The same, for commands that change what is recorded.
    static func openForWriting(_ path: String) throws -> SQLiteLedger? {
        try open(path, .daemon)
    }

    private static func open(_ path: String, _ mode: LedgerMode) throws -> SQLiteLedger? {
        guard FileManager.default.fileExists(atPath: path) else {
            guard HighWaterMark.read(ofLedger: path) == nil else {
                Output.problem("remindd: \(missing(path))")
                throw ExitCode.configurationError
            }
            return nil
        }
        do throws(LedgerRefusal) {
            return try SQLiteLedger.open(path: path, mode: mode, now: SystemClock().now())
        } catch {
            Output.problem("remindd: \(LedgerFiles.words(error, path))")
            throw ExitCode(error.exitStatus)
        }
    }

    /// The answer to a ledger that was here and is not any more.
    static func missing(_ path: String) -> String {
        "\(path) is missing, but its witness says that it was there: without it what was sent would be sent again. "
            + "Put it back, or start over with: remindd new-ledger"
    }

    static func read<Answer>(_ body: () throws(LedgerFailure) -> Answer) throws -> Answer {
        do {
            return try body()
        } catch {
            Output.problem("remindd: the ledger cannot be read: \(error)")
            throw ExitCode.failure
        }
    }
}
