import Clocks
import Reports
import Scheduler
import Synchronization

/// Requests from signal handlers and other threads to the loop's thread.
final class LoopControl: Sendable {
    private struct Requests {
        var stop = false
        var reload = false
        var questions: [Question] = []
        /// Whether the loop has ended and handles no more requests.
        var isOver = false
        /// The actions to call once, at the first request to stop or when the loop ends.
        var onStopping: [@Sendable () -> Void] = []

        var isStopping: Bool { stop || isOver }
    }

    /// A request from the socket, and the callbacks that reply to its clients.
    struct Question: Sendable {
        let request: ControlRequest
        /// One callback for each client that sent this request before the loop handled it.
        fileprivate(set) var replies: [@Sendable (SharedAnswer) -> Void]

        /// Replies to all clients. Called once, on the loop's thread or the thread of a channel.
        func reply(_ answer: Answer) {
            let shared = SharedAnswer(answer)
            for reply in replies { reply(shared) }
        }
    }

    /// Maximum number of clients that wait for a reply. Normal use has far fewer clients.
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

    /// Calls `action` once, when a stop is requested or the loop ends.
    ///
    /// If this has already happened, calls `action` immediately.
    func whenStopping(_ action: @escaping @Sendable () -> Void) {
        let isStopping = requests.withLock { requests in
            if !requests.isStopping { requests.onStopping.append(action) }
            return requests.isStopping
        }
        if isStopping { action() }
    }

    /// Requests a reload. Several requests before the loop handles them cause one reload.
    func requestReload() {
        requests.withLock { $0.reload = true }
        bell.ring()
    }

    /// Passes a request to the loop, which handles the request between two steps.
    ///
    /// If the loop has ended or too many clients are waiting, replies with a failure at once.
    /// Clients that send equal read-only requests share one result.
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

    /// Removes and returns the next request, and whether more requests are waiting.
    ///
    /// The loop makes a step after each request.
    func takeQuestion() -> (question: Question, more: Bool)? {
        requests.withLock { requests in
            guard !requests.questions.isEmpty else { return nil }
            return (requests.questions.removeFirst(), !requests.questions.isEmpty)
        }
    }

    /// Rejects all waiting and all later requests, because the loop ends.
    func endQuestions() {
        let (left, actions) = requests.withLock { requests in
            requests.isOver = true
            defer { (requests.questions, requests.onStopping) = ([], []) }
            return (requests.questions, requests.onStopping)
        }
        for question in left { question.reply(.failure("remindd is stopping", status: 75)) }
        for action in actions { action() }
    }

    /// Whether a stop was requested or the loop ended by itself.
    var isStopping: Bool { requests.withLock { $0.isStopping } }

    func takeReload() -> Bool {
        requests.withLock { requests in
            defer { requests.reload = false }
            return requests.reload
        }
    }
}
