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
    }

    /// What somebody asks over the socket, and where the answer goes: called once, from the loop's thread or a channel's.
    struct Question: Sendable {
        let request: ControlRequest
        let reply: @Sendable (Answer) -> Void
    }

    /// More than this wait for an answer only where somebody means harm.
    private static let questionLimit = 64

    private let requests = Mutex(Requests())
    let bell: Bell

    init(bell: Bell) {
        self.bell = bell
    }

    func requestStop() {
        requests.withLock { $0.stop = true }
        bell.ring()
    }

    /// Any number of requests before the loop takes them is one reload.
    func requestReload() {
        requests.withLock { $0.reload = true }
        bell.ring()
    }

    /// Put to the loop, which answers between two of its steps; with `within`, the asker waits no longer than that.
    func ask(_ request: ControlRequest, within patience: Span? = nil) async -> Answer {
        let first = FirstAnswer()
        let isTaken = requests.withLock { requests in
            guard !requests.isOver, requests.questions.count < LoopControl.questionLimit else { return false }
            requests.questions.append(Question(request: request) { first.take($0) })
            return true
        }
        guard isTaken else { return .failure("remindd is stopping, or too busy to answer; try again", status: 75) }
        bell.ring()
        guard let patience else { return await first.answer() }
        return await withTaskGroup(of: Void.self) { group in
            group.addTask {
                guard (try? await Task.sleep(for: .milliseconds(patience.milliseconds))) != nil else { return }
                first.take(.failure("the loop does not answer", status: 75))
            }
            defer { group.cancelAll() }
            return await first.answer()
        }
    }

    /// One at a time, so that a step of the loop comes in between.
    func takeQuestion() -> (question: Question, more: Bool)? {
        requests.withLock { requests in
            guard !requests.questions.isEmpty else { return nil }
            return (requests.questions.removeFirst(), !requests.questions.isEmpty)
        }
    }

    /// The loop has ended: whoever still waits is told so.
    func endQuestions() {
        let left = requests.withLock { requests in
            requests.isOver = true
            defer { requests.questions = [] }
            return requests.questions
        }
        for question in left { question.reply(.failure("remindd is stopping", status: 75)) }
    }

    /// Asked to stop, or ended by itself.
    var isStopping: Bool { requests.withLock { $0.stop || $0.isOver } }

    func takeReload() -> Bool {
        requests.withLock { requests in
            defer { requests.reload = false }
            return requests.reload
        }
    }
}

/// Of the loop's answer and the asker's impatience, whichever comes first. One asker.
private final class FirstAnswer: Sendable {
    private enum State {
        /// Neither an answer nor, yet, somebody who waits for it.
        case open
        case awaited(CheckedContinuation<Answer, Never>)
        /// The first answer is there; what comes after it is dropped.
        case answered(Answer)
    }

    private let state = Mutex(State.open)

    func take(_ answer: Answer) {
        let waiting: CheckedContinuation<Answer, Never>? = state.withLock { state in
            switch state {
            case .open:
                state = .answered(answer)
                return nil
            case .awaited(let continuation):
                state = .answered(answer)
                return continuation
            case .answered: return nil
            }
        }
        waiting?.resume(returning: answer)
    }

    func answer() async -> Answer {
        await withCheckedContinuation { continuation in
            let given: Answer? = state.withLock { state in
                if case .answered(let answer) = state { return answer }
                state = .awaited(continuation)
                return nil
            }
            if let given { continuation.resume(returning: given) }
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
