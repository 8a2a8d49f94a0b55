import Reports
import Scheduler
import Synchronization

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
    let bell: Waker

    init(bell: Waker) {
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
