import ArgumentParser
import Clocks
import Dates
import Diagnostics
import Foundation
import Ledgers
import Scheduler

struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: localized("Replaces the ledger by a copy made by backup, while the daemon is stopped."),
        discussion: localized(
            """
            The old ledger is kept beside it. Reminders due since the copy was made, and deliveries waiting in it, are held at \
            the next start until: remindd release --send|--drop

            Example: remindd restore < ledger-2027-01-31.sqlite
            """))

    @OptionGroup var common: CommonOptions

    func run() throws {
        guard isatty(STDIN_FILENO) == 0 else {
            throw ValidationError(localized("the copy comes from standard input; write: remindd restore < FILE"))
        }
        if try ControlClient.daemon(common.config) != nil {
            throw failed("the daemon runs: stop it first (systemctl stop remindd)", .ledgerHeld)
        }
        let (loaded, _) = try CommandLoader.load(common.config)
        let path = LedgerFiles.path(loaded.configuration)
        let zone = loaded.configuration.timezone
        let aside = path + ".restore"
        defer { for suffix in ["", "-wal", "-shm", "-journal", ".witness"] { unlink(aside + suffix) } }
        try take(into: aside)
        let lookedUntil = try mark(aside)
        let now = SystemClock().now()
        do {
            let old = try LedgerFiles.setAside(path, now: now)
            guard rename(aside, path) == 0 else { throw failed("\(path): \(LocalizedText(systemError: errno))") }
            LedgerFiles.giveToOwner(path)
            HighWaterMark.restored(lookedUntil: now).write(ofLedger: path)
            LedgerFiles.giveToOwner(HighWaterMark.path(ofLedger: path))
            Output.line("Restored \(path) as it was at \(zone.rfc3339(lookedUntil)).")
            if let old { Output.line("The ledger that was there is kept as \(old).") }
            Output.line(
                "The next start holds reminders due since then, and waiting deliveries, until: remindd release --send|--drop")
        } catch let failure as DaemonFailure {
            throw failed(failure.message, ExitCode(failure.status))
        }
    }

    private func take(into aside: String) throws {
        unlink(aside)
        let descriptor = open(aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failed("\(aside): \(LocalizedText(systemError: errno))") }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            while let piece = try FileHandle.standardInput.read(upToCount: 1 << 20), !piece.isEmpty {
                try file.write(contentsOf: piece)
            }
            try file.synchronize()
        } catch {
            throw failed("\(aside): the copy could not be written: \(error.localizedDescription)")
        }
    }

    /// Starts a hold in the restored copy, so that its pending deliveries are not sent.
    ///
    /// Returns the instant of the copy's last evaluation. Fails if the copy is not an intact ledger
    /// of a known version.
    private func mark(_ aside: String) throws -> Instant {
        do {
            let ledger = try SQLiteLedger.open(path: aside, mode: .daemon, now: SystemClock().now())
            defer { ledger.close() }
            // Generation 1 means that opening has just created the ledger. Standard input was
            // empty.
            guard ledger.generation > 1 else { throw failed("standard input is no copy of a ledger: it is empty", .dataError) }
            let lookedUntil = try ledger.lookedUntil()
            try ledger.hold(until: SystemClock().now())
            return lookedUntil
        } catch let refusal as LedgerRefusal {
            throw failed("standard input is no copy of a ledger: \(refusal)", .dataError)
        } catch let failure as LedgerFailure {
            throw failed("the copy cannot be used: \(failure)")
        }
    }

    private func failed(_ message: LocalizedText, _ status: ExitCode = .failure) -> ExitCode {
        Output.problem("remindd: \(message)")
        return status
    }
}
