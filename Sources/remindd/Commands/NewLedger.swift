import ArgumentParser
import Clocks
import Config
import Dates
import Diagnostics
import Foundation
import Ledgers
import Scheduler
import Synchronization

struct NewLedger: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new-ledger",
        abstract: localized("Begins a new ledger if the old one is lost or damaged, while the daemon is stopped."),
        discussion: localized(
            """
            Reminders that are due now, with their deadline ahead, are recorded as superseded and not sent. The old ledger is \
            kept beside the new one. The new one belongs to the owner of its folder. The command needs no secrets. Stop the \
            daemon first: systemctl stop remindd

            Example: remindd new-ledger
            """))

    @OptionGroup var common: CommonOptions

    func run() throws {
        if try ControlClient.daemon(common.config) != nil {
            throw failed("the daemon runs: stop it first (systemctl stop remindd)", .ledgerHeld)
        }
        let (loaded, _) = try CommandLoader.load(common.config)
        let path = LedgerFiles.path(loaded.configuration)
        let now = SystemClock().now()
        guard now >= Version.released else {
            throw failed("the clock says \(Zone.utc.rfc3339(now)): no ledger is created before the clock is set")
        }
        do {
            let old = try LedgerFiles.setAside(path, now: now)
            let count = try begin(path, loaded, now)
            for file in [path, HighWaterMark.path(ofLedger: path)] { LedgerFiles.giveToOwner(file) }
            Output.line("Began a new ledger at \(path).")
            if let old { Output.line("The ledger that was there is kept as \(old).") }
            if count > 0 { Output.line("Recorded as superseded, and not sent: \(counted(count, "reminder")) due by now.") }
        } catch let failure as DaemonFailure {
            throw failed(failure.message, ExitCode(failure.status))
        }
    }

    /// Creates the ledger. Returns the number of reminders that were recorded as superseded.
    private func begin(_ path: String, _ loaded: Loaded, _ now: Instant) throws -> Int {
        do {
            let ledger = try SQLiteLedger.open(path: path, mode: .daemon, now: now)
            let counter = Counter()
            let planner = Planner(
                ledger: ledger, journal: counter, accepted: loaded.accepted, now: now, steadyClock: SteadyClock())
            try planner.startOver(now: now)
            if let failure = ledger.close() { throw failure }
            HighWaterMark(generation: ledger.generation, lookedUntil: now).write(ofLedger: path)
            return counter.count
        } catch let refusal as LedgerRefusal {
            throw failed(LedgerFiles.words(refusal, path), ExitCode(refusal.exitStatus))
        } catch let failure as LedgerFailure {
            throw failed("\(path): \(failure)")
        }
    }

    /// Counts the entries. The entries of a new ledger are only about superseded reminders.
    private final class Counter: Journal {
        private let entries = Atomic(0)

        var count: Int { entries.load(ordering: .relaxed) }

        func write(_ entry: Entry) { entries.add(1, ordering: .relaxed) }
    }

    private func failed(_ message: LocalizedText, _ status: ExitCode = .failure) -> ExitCode {
        Output.problem("remindd: \(message)")
        return status
    }
}
