import Dates
import Diagnostics
import Documents
import Notifiers
import Scheduler
import Synchronization

@testable import Transport

/// A kind of channel that needs a phone, only for tests. Its messages stay in memory.
struct ConfiguredPager: ChannelSettings {
    static let key = "pager"
    static let about = "Pages to phones."
    static let keys = Keys([.required("gateway", .text(most: 40), "Name of the gateway."), .formerChannels])
    static let addressKind: AddressKind? = .phone
    static let destinationKey = "gateway"

    let gateway: String

    init?(_ table: ChannelTable) {
        guard let gateway = table["gateway"]?.text("gateway", maxCharacters: 40) else { return nil }
        self.gateway = gateway
    }

    var destinations: [ChannelDestination] {
        [ChannelDestination(isOnLoopback: true, port: 1, shown: LocalizedText(verbatim: gateway))]
    }

    func makeChannel(_ name: String, _ services: ChannelServices) throws(SettingRefusal) -> any Announcing {
        Pager(name: name)
    }
}

/// A channel that records the phone of each recipient.
final class Pager: Announcing {
    let name: String
    let policy = ChannelPolicy(onUnknown: .hold, refusesForAll: true, loadHoldsChannel: true)
    let concurrency = 1
    private let called = Mutex<[String]>([])

    init(name: String) {
        self.name = name
    }

    var phones: [String] { called.withLock { $0 } }

    func deliver(_ message: Message, report: @escaping @Sendable (Receipt) -> Void) { call(message.recipient, report) }

    func announce(_ bulletin: OperatorMessage, to recipient: Recipient, report: @escaping @Sendable (Receipt) -> Void) {
        call(recipient, report)
    }

    private func call(_ recipient: Recipient, _ report: (Receipt) -> Void) {
        guard let phone = recipient.addresses[.phone] else { return report(Receipt(.refusedForGood, reply: "no phone")) }
        called.withLock { $0.append(phone) }
        report(Receipt(.delivered, reply: "paged"))
    }

    func preview(_ message: Message) throws(RenderFailure) -> [UInt8] { [] }
    func subject(_ message: Message) throws(RenderFailure) -> String { "" }
    func stop(grace: TimeSpan) {}
}
