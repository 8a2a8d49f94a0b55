import CLinux
import Foundation
import Ledgers
import Logging
import Notifiers
import Scheduler
import ServiceLifecycle
import Synchronization
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
    static let stopGrace = Span.seconds(20)

    /// After so many seconds a start is over, the control socket's and the first attempts' included. Code that only a start runs is given back to
    /// the system then: a fifth of what is resident.
    private static let startTime_s = 5.0

    static func run(_ options: DaemonOptions, logger: Logger) async throws {
        signal(SIGPIPE, SIG_IGN)
        // A file that may not grow any more is a full disk, and not the end.
        signal(SIGXFSZ, SIG_IGN)
        // Before anything else, so that no signal finds its default action: what comes during the start waits here.
        let received = await UnixSignalsSequence(trapping: .sighup, .sigterm, .sigint)
        let control = LoopControl(bell: Bell())
        // Not kept in a variable: the bytes of all files would stay in memory with it.
        let start = try Start(options, Beginning(options, logger: logger), control: control, logger: logger)
        let duty = DutyService(start: start)
        let signals = SignalService(control: control, received: received)
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: signals, successTerminationBehavior: .ignore),
                    .init(
                        service: ControlService(start: start, logger: logger), successTerminationBehavior: .ignore,
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

/// What the signal handlers and other threads may ask of the loop's thread.
final class LoopControl: Sendable {
    private struct Requests {
        var stop = false
        var reload = false
        var questions: [Question] = []
        /// The loop answers no more.
        var isOver = false
        /// Called once, at the first request to stop.
        var onStopping: [@Sendable () -> Void] = []

        var isStopping: Bool { stop || isOver }
    }

    /// What is asked over the socket, and where the answer goes.
    struct Question: Sendable {
        let request: ControlRequest
        /// Of each that asked the same before the loop came to it.
        fileprivate(set) var replies: [@Sendable (SharedAnswer) -> Void]

        /// Called once, from the loop's thread or a channel's.
        func reply(_ answer: Answer) {
            let shared = SharedAnswer(answer)
            for reply in replies { reply(shared) }
        }
    }

    /// More than this wait for an answer only where somebody means harm.
    private static let waitingLimit = 64

    private let requests = Mutex(Requests())
    let bell: Bell

    init(bell: Bell) {
        self.bell = bell
    }

    func requestStop() {
        let actions = requests.withLock { requests in
            requests.stop = true
            defer { requests.onStopping = [] }
            return requests.onStopping
        }
        for action in actions { action() }
        bell.ring()
    }

    /// Calls `action` when the daemon is asked to stop or the loop ends by itself; at once where that has happened.
    func whenStopping(_ action: @escaping @Sendable () -> Void) {
        let isStopping = requests.withLock { requests in
            if !requests.isStopping { requests.onStopping.append(action) }
            return requests.isStopping
        }
        if isStopping { action() }
    }

    /// Any number of requests before the loop takes them is one reload.
    func requestReload() {
        requests.withLock { $0.reload = true }
        bell.ring()
    }

    /// Put to the loop, which answers between two of its steps; at once where it takes no more. Those who ask the same, and only ask, share
    /// one answer: a crowd costs the loop as much as one.
    func ask(_ request: ControlRequest, reply: @escaping @Sendable (SharedAnswer) -> Void) {
        let isTaken = requests.withLock { requests in
            let waiting = requests.questions.reduce(0) { $0 + $1.replies.count }
            guard !requests.isOver, waiting < LoopControl.waitingLimit else { return false }
            if request.onlyAsks, let same = requests.questions.firstIndex(where: { $0.request == request }) {
                requests.questions[same].replies.append(reply)
            } else {
                requests.questions.append(Question(request: request, replies: [reply]))
            }
            return true
        }
        guard isTaken else {
            return reply(SharedAnswer(.failure("remindd is stopping, or too busy to answer; try again", status: 75)))
        }
        bell.ring()
    }

    /// One at a time, so that a step of the loop comes in between.
    func takeQuestion() -> (question: Question, more: Bool)? {
        requests.withLock { requests in
            guard !requests.questions.isEmpty else { return nil }
            return (requests.questions.removeFirst(), !requests.questions.isEmpty)
        }
    }

    /// The loop takes no more questions; those that wait are answered so.
    func endQuestions() {
        let (left, actions) = requests.withLock { requests in
            requests.isOver = true
            defer { (requests.questions, requests.onStopping) = ([], []) }
            return (requests.questions, requests.onStopping)
        }
        for question in left { question.reply(.failure("remindd is stopping", status: 75)) }
        for action in actions { action() }
    }

    /// Asked to stop, or ended by itself.
    var isStopping: Bool { requests.withLock { $0.isStopping } }

    func takeReload() -> Bool {
        requests.withLock { requests in
            defer { requests.reload = false }
            return requests.reload
        }
    }
}

/// The loop's thread as a service: shutdown asks it to finish what is under way; it ends by itself past `--until`.
final class DutyService: Service {
    private let start: Start
    private let ended = Mutex<DaemonFailure?>(nil)

    init(start: Start) {
        self.start = start
    }

    /// Set when the loop ended for another reason than being asked to.
    var failure: DaemonFailure? { ended.withLock { $0 } }

    func run() async throws {
        let control = start.control
        await withGracefulShutdownHandler {
            await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
                let thread = Thread { [self] in
                    do throws(DaemonFailure) {
                        try start.work()
                    } catch {
                        ended.withLock { $0 = error }
                    }
                    control.endQuestions()
                    done.resume()
                }
                thread.name = "remindd-loop"
                // Rendering a long text recurses more deeply than a new thread's default allows.
                thread.stackSize = 4 << 20
                thread.start()
            }
        } onGracefulShutdown: {
            control.requestStop()
        }
    }
}

/// The first SIGTERM or SIGINT lets what is under way end; a second ends the process at once, which the ledger survives
/// as it does a crash. SIGHUP asks for a reload.
struct SignalService: Service {
    let control: LoopControl
    let received: UnixSignalsSequence

    func run() async throws {
        for await signal in received.cancelOnGracefulShutdown() {
            if signal == .sighup {
                control.requestReload()
            } else if control.isStopping {
                _exit(128 + signal.rawValue)
            } else {
                control.requestStop()
            }
        }
    }
}
