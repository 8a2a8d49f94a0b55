import Clocks
import Config
import Dates
import Foundation
import Ledgers
import Logging
import Monitoring
import Notifiers
import Scheduler

/// Opens the ledger at the start of the daemon.
struct LedgerStartup {
    let ledger: SQLiteLedger
    /// The number of failed deliveries in the ledger.
    let failures: FailureCount
    let path: String
    let lookedUntil: Instant
    /// Whether reminders that are already due at the start are not sent.
    let startsOver: Bool

    /// Opens the ledger, or creates it. Starts a hold if the ledger is behind its high-water mark.
    init(_ options: DaemonOptions, _ loaded: Loaded, _ desk: Alerter?, _ logger: Logger) throws {
        path =
            if let rehearsal = options.rehearsal {
                rehearsal.ledger ?? Rehearsals.temporaryLedger()
            } else {
                LedgerFiles.path(loaded.configuration)
            }
        let start = options.rehearsal?.start ?? SystemClock().now()
        do {
            let highWaterMark = options.rehearsal == nil ? HighWaterMark.read(ofLedger: path) : nil
            if options.rehearsal == nil { try LedgerStartup.refuseToBegin(path, options, now: start) }
            if options.newLedger, options.rehearsal == nil {
                try LedgerFiles.setAside(path, now: start)
            } else if highWaterMark != nil, !FileManager.default.fileExists(atPath: path) {
                throw DaemonFailure(status: 78, message: LedgerFiles.missing(path))
            }
            ledger = try SQLiteLedger.open(path: path, mode: options.rehearsal == nil ? .daemon : .rehearsal, now: start)
            failures = FailureCount(ledger)
            if options.rehearsal == nil { ledger.marked = path }
            lookedUntil = try LedgerStartup.lookedUntil(ledger)
            let mark = highWaterMark.map { $0.isOfRestore ? HighWaterMark.restored(lookedUntil: max(start, $0.lookedUntil)) : $0 }
            try LedgerStartup.holdIfRestored(ledger, mark, newLedger: options.newLedger, lookedUntil: lookedUntil, desk, logger)
            // A rehearsal's ledger is new if its last evaluation is at the rehearsal's start.
            // Reminders that were due before the start are not sent.
            startsOver = options.rehearsal == nil ? options.newLedger : lookedUntil == start
        } catch let refusal as LedgerRefusal {
            throw DaemonFailure(status: refusal.exitStatus, message: LedgerFiles.words(refusal, path))
        }
    }

    /// Refuses to create a ledger while the clock shows a time before `Version.released`.
    ///
    /// After the clock is corrected, such a ledger would seem to have been unused for years, and
    /// would be held until a person released it.
    private static func refuseToBegin(_ path: String, _ options: DaemonOptions, now: Instant) throws(DaemonFailure) {
        guard options.newLedger || !FileManager.default.fileExists(atPath: path), now < Version.released else { return }
        throw DaemonFailure(
            status: 1, message: "the clock says \(Zone.utc.rfc3339(now)): no ledger is created before the clock is set")
    }

    /// Starts a hold if the ledger is behind its high-water mark.
    ///
    /// Such a ledger is a restored copy, which has no record of later deliveries. Nothing is sent
    /// until a person decides what to do.
    private static func holdIfRestored(
        _ ledger: SQLiteLedger, _ highWaterMark: HighWaterMark?, newLedger: Bool, lookedUntil: Instant, _ desk: Alerter?,
        _ logger: Logger
    ) throws {
        // Opening the ledger increased its generation. The high-water mark contains the generation
        // of the previous opening.
        let own = HighWaterMark(generation: ledger.generation - 1, lookedUntil: lookedUntil)
        do throws(LedgerFailure) {
            if !newLedger, let highWaterMark, highWaterMark.isAhead(of: own) { try ledger.hold(until: highWaterMark.lookedUntil) }
            guard let held = try ledger.held() else { return }
            let (from, until) = (Zone.utc.rfc3339(held.lowerBound), Zone.utc.rfc3339(held.upperBound))
            desk?.note(.ledgerHeld(from: held.lowerBound, until: held.upperBound))
            logger.critical(
                "HOLD: this ledger is a copy of \(from): reminders due up to \(until) wait for: remindd release --send|--drop",
                metadata: MessageKind.ledgerHeld.fields)
        } catch {
            throw DaemonFailure(error)
        }
    }

    private static func lookedUntil(_ ledger: SQLiteLedger) throws -> Instant {
        do throws(LedgerFailure) {
            return try ledger.lookedUntil()
        } catch {
            throw DaemonFailure(error)
        }
    }
}

extension DaemonFailure {
    init(_ failure: LedgerFailure) {
        switch failure {
        case .full: self.init(status: 1, message: "the ledger's disk is full")
        case .broken(let what): self.init(status: 1, message: "the ledger is broken: \(what)")
        }
    }
}
