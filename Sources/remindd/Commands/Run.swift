import ArgumentParser
import Dates
import Foundation
import Logging
import Monitoring
import Scheduler

struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: localized("Runs the daemon in the foreground."),
        discussion: localized(
            """
            With --clock the daemon rehearses. Its clock starts at that instant and runs fast while nothing is due. It has a \
            ledger of its own and sends to loopback only.

            Example: remindd run --clock 2027-05-02T07:59:58+07:00 --speed 3600 --until 2027-06-01T00:00:00+07:00
            """))

    @OptionGroup var common: CommonOptions
    @Flag(help: localized("Start over with an empty ledger. Reminders due now count as sent. The old ledger is kept beside it."))
    var newLedger = false
    @Option(
        help: ArgumentHelp(localized("Rehearse, on a clock that starts at this instant."), valueName: "INSTANT"),
        transform: InstantArgument.parse)
    var clock: InstantArgument?
    @Option(
        help: ArgumentHelp(localized("How many times as fast the rehearsal's clock runs while nothing is due."), valueName: "N"))
    var speed: Double?
    @Option(
        help: ArgumentHelp(localized("End the rehearsal after this instant, once nothing is pending."), valueName: "INSTANT"),
        transform: InstantArgument.parse)
    var until: InstantArgument?
    @Option(help: ArgumentHelp(localized("The rehearsal's ledger. Default: a new temporary one."), valueName: "FILE"))
    var ledger: String?

    static let speedRange = 1.0...100_000_000

    func validate() throws {
        if clock == nil, speed != nil || until != nil || ledger != nil {
            throw ValidationError(localized("--speed, --until and --ledger belong to a rehearsal: give --clock too"))
        }
        if let speed, !Run.speedRange.contains(speed) {
            throw ValidationError(localized("--speed must be from 1 to \(Int(Run.speedRange.upperBound))"))
        }
        if let clock, let until, until.instant <= clock.instant {
            throw ValidationError(localized("--until must lie after --clock"))
        }
        if newLedger, clock != nil {
            throw ValidationError(localized("--new-ledger is for the real ledger; a rehearsal names a new file with --ledger"))
        }
    }

    func run() async throws {
        let rehearsal = clock.map {
            DaemonOptions.Rehearsal(start: $0.instant, speed: speed ?? 1, until: until?.instant, ledger: ledger)
        }
        let logger = Logger(label: "remindd") { _ in StandardErrorLog() }
        do {
            try await Daemon.run(
                DaemonOptions(configuration: common.config, newLedger: newLedger, rehearsal: rehearsal), logger: logger)
        } catch let failure as DaemonFailure {
            logger.error("\(failure.message)")
            throw ExitCode(failure.status)
        }
    }
}

/// An instant as a command-line argument, such as 2027-05-02T07:59:58+07:00.
struct InstantArgument {
    let instant: Instant

    @Sendable
    static func parse(_ argument: String) throws -> InstantArgument {
        guard let instant = Instant(rfc3339: argument),
            Day.plannableYears.contains(Zone.utc.civil(at: instant).day.year)
        else { throw ValidationError(localized("write an instant as 2027-05-02T07:59:58+07:00, in the years 1970 to 2199")) }
        return InstantArgument(instant: instant)
    }
}
