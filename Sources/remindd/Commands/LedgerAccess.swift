import ArgumentParser
import Config
import Documents
import Foundation
import Ledgers
import Scheduler

/// Opens the ledger for commands while no daemon runs.
enum LedgerAccess {
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

    /// Returns nil if there is no ledger yet. Ends the command if the ledger cannot be opened.
    static func openForReading(_ path: String) throws -> SQLiteLedger? {
        try open(path, .reader)
    }

    /// The same, for commands that change the ledger.
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

    /// The message for a ledger that existed before and is missing.
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
