import Synchronization

@testable import Dates
@testable import Plans
@testable import Scheduler

/// A channel that reports the next scripted receipt for each attempt and repeats the last one.
///
/// After a call of `hold`, attempts stay in progress until the test ends them.
final class ScriptedChannel: Channel {
    private struct State {
        var judge: (@Sendable (Message) -> Receipt)?
        var concurrency: Int
        var isWithdrawn = false
        var script: [Receipt] = []
        var holds = false
        var held: [@Sendable (Receipt) -> Void] = []
        var messages: [Message] = []
    }

    let name: String
    let policy: ChannelPolicy
    private let state: Mutex<State>

    init(_ name: String, _ policy: ChannelPolicy, concurrency: Int = 500) {
        self.name = name
        self.policy = policy
        state = Mutex(State(concurrency: concurrency))
    }

    var concurrency: Int {
        get { state.withLock { $0.concurrency } }
        set { state.withLock { $0.concurrency = newValue } }
    }
    /// Returns the receipt for a message. If nil, the scripted receipts are used.
    var judge: (@Sendable (Message) -> Receipt)? {
        get { state.withLock { $0.judge } }
        set { state.withLock { $0.judge = newValue } }
    }
    var isWithdrawn: Bool { state.withLock { $0.isWithdrawn } }
    func withdraw() { state.withLock { $0.isWithdrawn = true } }
    /// Ends the newest attempt in progress with this receipt.
    func endLast(_ receipt: Receipt) { state.withLock { $0.held.removeLast() }(receipt) }

    func answer(_ receipts: Receipt...) { answerInTurn(receipts) }
    func answerInTurn(_ receipts: [Receipt]) { state.withLock { $0.script = receipts } }
    func hold() { state.withLock { $0.holds = true } }
    /// Ends the oldest attempt in progress with this receipt.
    func endFirst(_ receipt: Receipt) { state.withLock { $0.held.removeFirst() }(receipt) }
    func forget() {
        state.withLock {
            $0.held.removeAll(); $0.holds = false
        }
    }
    var held: Int { state.withLock { $0.held.count } }
    var messages: [Message] { state.withLock { $0.messages } }

    func deliver(_ message: Message, report: @escaping @Sendable (Receipt) -> Void) {
        let receipt: Receipt? = state.withLock { state in
            state.messages.append(message)
            if state.holds {
                state.held.append(report)
                return nil
            }
            if let judge = state.judge { return judge(message) }
            if state.script.count > 1 { return state.script.removeFirst() }
            return state.script.first ?? Receipt(.delivered, code: 250, reply: "ok")
        }
        if let receipt { report(receipt) }
    }

    func preview(_ message: Message) throws(RenderFailure) -> [UInt8] { [] }
    func subject(_ message: Message) throws(RenderFailure) -> String { "" }
    func stop(grace: TimeSpan) {}
}
