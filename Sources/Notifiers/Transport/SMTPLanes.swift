import CCurl
import Dates
import Scheduler

/// The connections to one mail server: a few threads, each with one easy handle and so one connection, kept over many mails.
///
/// Why threads, and not the multi handle that HTTP uses: while libcurl waits for the answer to the final dot it blocks
/// its multi handle, for ten minutes if the server takes them (decision 5 of the architecture). Here such a server holds up
/// one lane of its own channel and nothing else.
///
/// A lane is started when a mail finds no other lane free, and lives until `stop`. A mail waits in `queue` only when more
/// are submitted than there are lanes. A lane with an open connection is used before one that would have to open one: servers count
/// connections. Each submitted mail is answered exactly once, on the lane's thread; a completion must
/// be short and must not call `stop`.
public final class SMTPLanes: Sendable {
    struct Job: Sendable {
        let mail: SMTPMail
        let completion: @Sendable (Transfer<SMTPStage>) -> Void
    }

    private struct State {
        var queue = LaneQueue<Job>()
        var threads: [BlockingThread] = []
        /// Submitted and not answered.
        var open = 0
        var stopping = false
        /// Sockets in use, for the end of a stop that a silent server would draw out.
        var sockets: Set<Int32> = []
        /// Those of them on which the server greeted: a connection that is being tried proves nothing of the server.
        var greeted: Set<Int32> = []
        var finished = 0
    }

    public let server: SMTPServer
    /// The most mails under way at one time.
    public let count: Int
    private let state = Monitor(State())
    private let cutOff = Flag()

    /// - Parameter count: 1...8.
    public init(server: SMTPServer, count: Int = 4) {
        precondition((1...8).contains(count), "a mail channel has 1 to 8 lanes")
        self.server = server
        self.count = count
    }

    /// Queues a mail. `completion` runs on a lane's thread, or on this one where no lane can be had.
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

    /// Takes no more mail; what is under way may end within `grace` and is then cut off. Mail that no lane has begun is given
    /// back at once. Returns when all are answered and all lanes gone.
    public func stop(grace: TimeSpan) {
        let waiting = state.with { state in
            state.stopping = true
            defer { state.queue.jobs = [] }
            return state.queue.jobs
        }
        giveBack(waiting)
        _ = state.wait(until: Monotonic.now + grace) { $0.open == 0 ? true : nil }
        cutOff.raise()
        // libcurl asks about a cut once a second; what is still there after that sits in a call that only the socket can end.
        let lanesEnd = Monotonic.now + server.limits.quit
        if state.wait(until: lanesEnd, { $0.finished == $0.threads.count ? true : nil }) == nil {
            state.with { state in
                for socket in state.sockets { SMTPLane.shutDown(socket) }
            }
        }
        for thread in state.with({ $0.threads }) { thread.join() }
    }

    /// Gives back mail that no lane has begun.
    public func withdraw() {
        giveBack(
            state.with { state in
                defer { state.queue.jobs = [] }
                return state.queue.jobs
            })
    }

    /// Every mail that was submitted has been answered.
    var isIdle: Bool { state.with(waking: .nobody) { $0.open == 0 } }

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
                // Before the answer: whoever has the next mail ready submits it at once, and it is for this lane.
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

    /// This lane is free for the next mail.
    private func rest(isOpen: Bool) {
        state.with(waking: .nobody) { $0.queue.rests(isOpen: isOpen) }
    }

    /// The next mail; or that the connection has idled long enough; nil at the end.
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
        // Lanes without a connection wait for what those with one leave: this one no longer takes anything.
        state.with { $0.queue.leaves(isOpen: isOpen) }
        return .closeIdle
    }
}

/// The mails that no lane has begun, and the lanes that wait for one. A lane that takes a mail is no longer idle from the same moment on:
/// another would leave the next mail to it.
struct LaneQueue<Job> {
    var jobs: [Job] = []
    /// Lanes that wait for a mail, and those of them that have a connection open.
    private(set) var idle = 0
    private(set) var idleOpen = 0

    /// Some of the idle lanes have a connection and some have not: one of the former must take what comes.
    var isMixed: Bool { idleOpen > 0 && idleOpen < idle }

    mutating func rests(isOpen: Bool) {
        idle += 1
        if isOpen { idleOpen += 1 }
    }

    mutating func leaves(isOpen: Bool) {
        idle -= 1
        if isOpen { idleOpen -= 1 }
    }

    /// The next mail for an idle lane. One without a connection leaves those with one a mail each.
    mutating func take(isOpen: Bool) -> Job? {
        guard jobs.count > (isOpen ? 0 : idleOpen) else { return nil }
        leaves(isOpen: isOpen)
        return jobs.removeFirst()
    }
}
