import CCurl
import Clocks
import Dates
import Scheduler

/// The connections to one mail server, called lanes. Each lane has its own thread and easy handle.
///
/// A lane keeps its connection for many mails. SMTP does not use the multi handle of HTTP, because
/// a mail server that does not reply to the final dot blocks the multi handle for up to ten minutes
/// (docs/developer/decisions/0005-curl-lanes.md). Here a slow server blocks only one lane of its
/// own channel.
///
/// A lane is started when a mail finds no free lane, and lives until `stop`. A mail waits in
/// `queue` only if more mails are submitted than there are lanes. A lane with an open connection is
/// used before a lane without a connection, because servers limit the number of connections.
///
/// Each submitted mail is completed exactly once. A lane completes its mails on its own thread.
/// `stop` and `withdraw` complete the mails that no lane has begun, on the thread of their caller.
/// A completion must be short and must not call `stop`.
public final class SMTPLanes: Sendable {
    struct Job: Sendable {
        let mail: SMTPMail
        let completion: @Sendable (Transfer<SMTPStage>) -> Void
    }

    private struct State {
        var queue = LaneQueue<Job>()
        var threads: [BlockingThread] = []
        /// The number of mails that are submitted but not completed.
        var open = 0
        var stopping = false
        /// The open sockets. If a server does not respond and would delay `stop`, `stop` shuts them
        /// down.
        var sockets: Set<Int32> = []
        /// The open sockets on which the server has sent its greeting.
        ///
        /// An open socket without a greeting proves nothing about the server.
        var greeted: Set<Int32> = []
        var finished = 0
    }

    public let server: SMTPServer
    /// The maximum number of mails under way at the same time, which is the number of lanes.
    public let count: Int
    private let state = Monitor(State())
    private let cutOff = Flag()

    /// - Parameter count: the maximum number of lanes, 1...8.
    public init(server: SMTPServer, count: Int = 4) {
        precondition((1...8).contains(count), "a mail channel has 1 to 8 lanes")
        self.server = server
        self.count = count
    }

    /// Queues a mail.
    ///
    /// If a lane begins the mail, `completion` runs on the thread of that lane. If no lane can be
    /// started, or the lanes are stopping, `completion` runs on the caller's thread.
    public func submit(_ mail: SMTPMail, completion: @escaping @Sendable (Transfer<SMTPStage>) -> Void) {
        let refusal: AbortReason? = state.change { state in
            if state.stopping { return (.stopped, .nobody) }
            if state.queue.idle <= state.queue.jobs.count, state.threads.count < count {
                if let thread = BlockingThread.start("smtp", { [self] in runLane() }) {
                    state.threads.append(thread)
                } else if state.threads.isEmpty {
                    return (.unstartable, .nobody)
                }
            }
            state.open += 1
            state.queue.jobs.append(Job(mail: mail, completion: completion))
            return (nil, state.queue.isMixed ? .all : .one)
        }
        if let refusal { completion(Self.unstarted(refusal)) }
    }

    /// Stops all lanes. Returns when all mails are completed and all threads have ended.
    ///
    /// No more mails are accepted. A mail that no lane has begun is reported as stopped
    /// immediately. A mail under way is cut off if it has not ended within the time `grace`.
    public func stop(grace: TimeSpan) {
        let waiting = state.with { state in
            state.stopping = true
            defer { state.queue.jobs = [] }
            return state.queue.jobs
        }
        giveBack(waiting)
        _ = state.wait(until: Monotonic.now + grace) { $0.open == 0 ? true : nil }
        cutOff.raise()
        // libcurl checks once a second whether the transfer was cut off. A lane that runs longer
        // hangs in a call that ends only when its socket is shut down.
        let lanesEnd = Monotonic.now + server.limits.quit
        if state.wait(until: lanesEnd, { $0.finished == $0.threads.count ? true : nil }) == nil {
            state.with { state in
                for socket in state.sockets { SMTPLane.shutDown(socket) }
            }
        }
        for thread in state.with({ $0.threads }) { thread.join() }
    }

    /// Removes all mails that no lane has begun from the queue, and reports them as stopped.
    public func withdraw() {
        giveBack(
            state.with { state in
                defer { state.queue.jobs = [] }
                return state.queue.jobs
            })
    }

    /// Whether every submitted mail is completed.
    package var isIdle: Bool { state.with(waking: .nobody) { $0.open == 0 } }

    private func giveBack(_ jobs: [Job]) {
        for job in jobs {
            job.completion(Self.unstarted(.stopped))
            state.with { $0.open -= 1 }
        }
    }

    static func unstarted(_ cut: AbortReason) -> Transfer<SMTPStage> {
        Transfer(result: .failedInit, stage: .started, reply: "not started", cut: cut)
    }

    // MARK: The lanes' threads

    private func runLane() {
        let lane = SMTPLane(
            server: server, cutOff: cutOff,
            sockets: { [state] socket, change in
                state.with(waking: .nobody) { state in
                    switch change {
                    case .opened: state.sockets.insert(socket)
                    case .greeted: state.greeted.insert(socket)
                    case .closed:
                        state.sockets.remove(socket)
                        state.greeted.remove(socket)
                    }
                }
            })
        rest(isOpen: false)
        while let next = takeJob(idleSince: lane.isOpen ? .now : nil) {
            switch next {
            case .mail(let job):
                var transfer = lane.send(job.mail)
                let own = lane.isGreeted ? 1 : 0
                transfer.othersOpen = state.with(waking: .nobody) { $0.greeted.count > own }
                // Marks the lane as free before the completion runs, because the completion may
                // submit the next mail, which this lane should be able to send.
                rest(isOpen: lane.isOpen)
                job.completion(transfer)
                let isAwaited = state.with(waking: .nobody) { state in
                    state.open -= 1
                    return state.stopping && state.open == 0
                }
                if isAwaited { state.with { _ in } }
            case .closeIdle:
                lane.close()
                rest(isOpen: false)
            }
        }
        lane.close()
        state.with { $0.finished += 1 }
    }

    private enum Next {
        case mail(Job)
        case closeIdle
    }

    /// Marks a lane as free for the next mail.
    private func rest(isOpen: Bool) {
        state.with(waking: .nobody) { $0.queue.rests(isOpen: isOpen) }
    }

    /// Returns the next mail, or `closeIdle` if the lane was idle for too long.
    ///
    /// The result is nil if the lane must end.
    private func takeJob(idleSince: Monotonic?) -> Next? {
        let isOpen = idleSince != nil
        let deadline = idleSince.map { $0 + server.limits.idle }
        let taken: Next?? = state.wait(until: deadline) { state in
            if let job = state.queue.take(isOpen: isOpen) { return .some(.some(.mail(job))) }
            guard state.stopping else { return nil }
            state.queue.leaves(isOpen: isOpen)
            return .some(nil)
        }
        if let taken { return taken }
        // Stops counting this lane as idle with a connection, because lanes without a connection
        // leave mails to such lanes.
        state.with { $0.queue.leaves(isOpen: isOpen) }
        return .closeIdle
    }
}

/// The mails that no lane has begun to send, and the number of idle lanes.
///
/// A lane without a connection leaves mails to idle lanes that have one. Taking a mail and leaving
/// the count of idle lanes are therefore one step. Otherwise another lane could leave the next mail
/// to a lane that is already busy.
struct LaneQueue<Job> {
    var jobs: [Job] = []
    /// The number of lanes that wait for a mail. `idleOpen` is the number of those with an open
    /// connection.
    private(set) var idle = 0
    private(set) var idleOpen = 0

    /// Whether some idle lanes have a connection and other idle lanes have none.
    ///
    /// A lane with a connection must then get the next mail.
    var isMixed: Bool { idleOpen > 0 && idleOpen < idle }

    mutating func rests(isOpen: Bool) {
        idle += 1
        if isOpen { idleOpen += 1 }
    }

    mutating func leaves(isOpen: Bool) {
        idle -= 1
        if isOpen { idleOpen -= 1 }
    }

    /// Returns the next mail for an idle lane; nil if the lane must wait.
    ///
    /// A lane without a connection leaves one mail to each idle lane that has a connection.
    mutating func take(isOpen: Bool) -> Job? {
        guard jobs.count > (isOpen ? 0 : idleOpen) else { return nil }
        leaves(isOpen: isOpen)
        return jobs.removeFirst()
    }
}
