import ArgumentParser
import Clocks
import Config
import Diagnostics
import Documents
import Foundation
import Ledgers
import Scheduler

/// Opens the ledger for commands while no daemon runs.
enum LedgerAccess {
    /// Opens the ledger for commands that only read it. Returns nil if there is no ledger yet.
    ///
    /// Ends the command if the ledger cannot be opened.
    static func openForReading(_ path: String) throws -> SQLiteLedger? {
        try open(path, .reader)
    }

    /// Opens the ledger for commands that change it. Returns nil if there is no ledger yet.
    ///
    /// Ends the command if the ledger cannot be opened.
    static func openForWriting(_ path: String) throws -> SQLiteLedger? {
        try open(path, .daemon)
    }

    /// Returns why this user may not open the ledger; nil if nothing forbids it.
    ///
    /// A ledger in a folder that this user may not search counts as forbidden too.
    static func refusalOfPermission(_ path: String) -> LocalizedText? {
        guard access(path, R_OK | W_OK) != 0, errno == EACCES else { return nil }
        return "\(path): \(LocalizedText(systemError: EACCES))"
    }

    private static func open(_ path: String, _ mode: LedgerMode) throws -> SQLiteLedger? {
        guard FileManager.default.fileExists(atPath: path) else {
            guard HighWaterMark.read(ofLedger: path) == nil else {
                Output.problem("remindd: \(LedgerFiles.missing(path))")
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

    static func read<Answer>(_ body: () throws(LedgerFailure) -> Answer) throws -> Answer {
        do {
            return try body()
        } catch {
            Output.problem("remindd: the ledger cannot be read: \(error)")
            throw ExitCode.failure
        }
    }
}
