import CLinux
import Clocks
import Dates
import Diagnostics
import Foundation
import Ledgers
import Logging
import Monitoring
import Notifiers
import Scheduler
import ServiceLifecycle
import UnixSignals

/// The options of `remindd run`.
struct DaemonOptions: Sendable {
    let configuration: String
    let newLedger: Bool
    let rehearsal: Rehearsal?

    struct Rehearsal: Sendable {
        let start: Instant
        let speed: Double
        let until: Instant?
        /// The path of the ledger; nil to use a new temporary ledger.
        let ledger: String?
    }
}

/// Why the daemon stopped without a request to stop.
struct DaemonFailure: Error {
    let status: Int32
    let message: LocalizedText
}

/// The daemon as one function: reads the files, opens the ledger, runs until a stop is requested.
enum Daemon {
    /// The time that a stop waits for attempts under way. systemd's TimeoutStopSec must be longer.
    static let stopGrace = TimeSpan.seconds(20)

    /// The number of seconds after which memory used only during startup is returned to the system.
    ///
    /// By then, the first attempts have been made. Code that only a start needs is a fifth of the
    /// resident memory.
    private static let startTime_s = 5.0

    static func run(_ options: DaemonOptions, logger: Logger) async throws {
        signal(SIGPIPE, SIG_IGN)
        // Ignores SIGXFSZ, so that a write beyond the file size limit fails and does not end the
        // process.
        signal(SIGXFSZ, SIG_IGN)
        // Traps the signals first, so that none has its default action. `received` keeps those that
        // arrive during the start.
        let received = await UnixSignalsSequence(trapping: .sighup, .sigterm, .sigint)
        let control = LoopControl(bell: Waker())
        // The startup state has no variable, which would keep the bytes of all files in memory.
        let runtime = try DaemonRuntime(options, StartupState(options, logger: logger), control: control, logger: logger)
        let duty = MainLoopService(runtime: runtime)
        let signals = SignalService(control: control, received: received)
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: signals, successTerminationBehavior: .ignore),
                    .init(
                        service: ControlService(
                            control: runtime.control, path: runtime.socketPath, desk: runtime.watch?.desk, logger: logger),
                        successTerminationBehavior: .ignore,
                        failureTerminationBehavior: .ignore),
                    .init(service: duty, successTerminationBehavior: .gracefullyShutdownGroup),
                ],
                logger: quiet))
        DispatchQueue.global().asyncAfter(deadline: .now() + startTime_s) {
            linux_trim_heap()
            linux_unmap_code()
        }
        try await group.run()
        if let failure = duty.failure { throw failure }
    }

    /// A logger that discards the service group's messages, which administrators do not need.
    private static var quiet: Logger {
        var logger = Logger(label: "services") { _ in StandardErrorLog() }
        logger.logLevel = .critical
        return logger
    }
}
