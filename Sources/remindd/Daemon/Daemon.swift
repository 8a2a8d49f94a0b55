import CLinux
import Dates
import Foundation
import Ledgers
import Logging
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
        /// nil for a new temporary ledger.
        let ledger: String?
    }
}

/// Why the daemon stopped without being asked to.
struct DaemonFailure: Error {
    let status: Int32
    let message: String
}

/// The daemon as one straight function: read, open, start, run until a stop is requested, stop.
enum Daemon {
    /// Time for attempts under way to end at a stop (systemd's TimeoutStopSec must be longer).
    static let stopGrace = TimeSpan.seconds(20)

    /// Seconds until the start is over, with the control socket's start and the first attempts.
    ///
    /// Code that only the start runs is returned to the system then. It is a fifth of the resident
    /// memory.
    private static let startTime_s = 5.0

    static func run(_ options: DaemonOptions, logger: Logger) async throws {
        signal(SIGPIPE, SIG_IGN)
        // Writing beyond the file size limit then fails like a full disk, instead of ending the
        // process.
        signal(SIGXFSZ, SIG_IGN)
        // Comes first, so that no signal has its default action. Signals during the start wait
        // here.
        let received = await UnixSignalsSequence(trapping: .sighup, .sigterm, .sigint)
        let control = LoopControl(bell: Waker())
        // The startup state is not kept in a variable, because the bytes of all files would stay in
        // memory with it.
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

    /// Discards the service group's messages about starting and stopping, which administrators do
    /// not need.
    private static var quiet: Logger {
        var logger = Logger(label: "services") { _ in StandardErrorLog() }
        logger.logLevel = .critical
        return logger
    }
}
