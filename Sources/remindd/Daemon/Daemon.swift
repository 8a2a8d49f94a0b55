import CLinux
import Dates
import Foundation
import Ledgers
import Logging
import Notifiers
import Scheduler
import ServiceLifecycle
import UnixSignals

/// How the daemon was asked to run.
struct DaemonOptions: Sendable {
    let configuration: String
    let newLedger: Bool
    let rehearsal: Rehearsal?

    struct Rehearsal: Sendable {
        let start: Instant
        let speed: Double
        let until: Instant?
        /// nil: a new temporary one.
        let ledger: String?
    }
}

/// Why the daemon stopped, other than by being asked to.
struct DaemonFailure: Error {
    let status: Int32
    let message: String
}

/// The daemon as one straight function: read, open, start, run until told to stop, stop.
enum Daemon {
    /// What is under way at a stop has this long to end (systemd's TimeoutStopSec must be longer).
    static let stopGrace = TimeSpan.seconds(20)

    /// After so many seconds a start is over, the control socket's and the first attempts' included. Code that only a start runs is given back to
    /// the system then: a fifth of what is resident.
    private static let startTime_s = 5.0

    static func run(_ options: DaemonOptions, logger: Logger) async throws {
        signal(SIGPIPE, SIG_IGN)
        // A file that may not grow any more is a full disk, and not the end.
        signal(SIGXFSZ, SIG_IGN)
        // Before anything else, so that no signal finds its default action: what comes during the start waits here.
        let received = await UnixSignalsSequence(trapping: .sighup, .sigterm, .sigint)
        let control = LoopControl(bell: Waker())
        // Not kept in a variable: the bytes of all files would stay in memory with it.
        let runtime = try DaemonRuntime(options, StartupState(options, logger: logger), control: control, logger: logger)
        let duty = MainLoopService(runtime: runtime)
        let signals = SignalService(control: control, received: received)
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: signals, successTerminationBehavior: .ignore),
                    .init(
                        service: ControlService(runtime: runtime, logger: logger), successTerminationBehavior: .ignore,
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

    /// The group's own chatter about starting and stopping says nothing to an administrator.
    private static var quiet: Logger {
        var logger = Logger(label: "services") { _ in StandardErrorLog() }
        logger.logLevel = .critical
        return logger
    }
}
