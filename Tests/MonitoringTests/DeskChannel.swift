import Dates
import Scheduler
import Support
import Synchronization

/// A channel that sends only alerts. It immediately reports the receipt that the test has set.
final class DeskChannel: Announcing {
    static let accepts = Receipt(.delivered, code: 204, reply: "")

    let name: String
    let policy = ChannelPolicy.webhook
    let concurrency = 4
    private let bulletins = Mutex<[OperatorMessage]>([])
    private let answer: Mutex<Receipt>

    init(_ name: String, answers receipt: Receipt = DeskChannel.accepts) {
        self.name = name
        answer = Mutex(receipt)
    }

    /// The messages that the channel accepted.
    var accepted: [OperatorMessage] { bulletins.withLock { $0 } }

    func answers(_ receipt: Receipt) { answer.withLock { $0 = receipt } }

    func announce(_ bulletin: OperatorMessage, to recipient: Recipient, report: @escaping @Sendable (Receipt) -> Void) {
        let receipt = answer.withLock { $0 }
        if receipt.outcome == .delivered { bulletins.withLock { $0.append(bulletin) } }
        report(receipt)
    }

    func deliver(_ message: Message, report: @escaping @Sendable (Receipt) -> Void) {
        report(Receipt(.notSent, reply: "this channel has alerts only"))
    }

    func preview(_ message: Message) throws(RenderFailure) -> [UInt8] { [] }
    func subject(_ message: Message) throws(RenderFailure) -> String { "" }
    func stop(grace: TimeSpan) {}
}
