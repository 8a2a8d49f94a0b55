import Dates
import Diagnostics
import Documents
import Notifiers
import Scheduler
import Synchronization

@testable import Messages
@testable import Transport

/// A third kind of channel, only for tests: a printer that appends lines to a tray in memory.
///
/// This folder contains all code of this kind. `ThirdChannelTests` registers the kind with one
/// line.
struct ConfiguredPrinter: ChannelSettings {
    static let key = "printer"
    static let about = "Paper in one room."
    static let keys = Keys(
        [
            .required("room", .text(most: 40), "Where the printer stands."),
            .optional("pin", .table(SecretReader.keys), "For printers that ask for one."),
            .rate(of: "pages"),
            .formerChannels,
        ], holdsSecrets: true)
    static let secretKeys = ["pin"]
    static let destinationKey = "room"

    let room: String
    let pin: SecretText?

    init?(_ table: ChannelTable) {
        guard let room = table["room"]?.text("room", maxCharacters: 40) else { return nil }
        self.room = room
        pin = table["pin"].flatMap { table.secrets.text($0, "pin", inline: false) }
    }

    var secrets: [SecretText] { [pin].compactMap { $0 } }
    var destinations: [ChannelDestination] {
        [ChannelDestination(isOnLoopback: room == "here", port: 9_100, shown: "in room \(room)")]
    }
    var remarks: [LocalizedText] { room == "cellar" ? ["stands in the cellar, where nobody reads"] : [] }

    func makeChannel(_ name: String, _ services: ChannelServices) throws(SettingRefusal) -> any Announcing {
        Printer(name: name, room: room, pin: try pin?.resolved("pin"), wording: services.wording)
    }

    func advice(on refusal: RefusedMessage) -> LocalizedText? {
        refusal.says("paper") ? "channels.\(refusal.channel).room: the printer has no paper" : nil
    }
}

/// A channel that prints the subject of each message and the name of the recipient.
final class Printer: Announcing {
    let name: String
    let policy = ChannelPolicy(onUnknown: .hold, refusesForAll: true, loadHoldsChannel: true)
    let concurrency = 1
    let room: String
    let pin: String?
    private let wording: Wording
    private let tray = Mutex<[String]>([])

    init(name: String, room: String, pin: String?, wording: Wording) {
        (self.name, self.room, self.pin, self.wording) = (name, room, pin, wording)
    }

    var pages: [String] { tray.withLock { $0 } }

    func deliver(_ message: Message, report: @escaping @Sendable (Receipt) -> Void) {
        put(wording.render(message).subject, for: message.recipient, report)
    }

    func announce(_ bulletin: OperatorMessage, to recipient: Recipient, report: @escaping @Sendable (Receipt) -> Void) {
        put(bulletin.subject, for: recipient, report)
    }

    private func put(_ line: String, for recipient: Recipient, _ report: (Receipt) -> Void) {
        tray.withLock { $0.append("\(recipient.name): \(line)") }
        report(Receipt(.delivered, reply: "printed"))
    }

    func preview(_ message: Message) throws(RenderFailure) -> [UInt8] { Array(try subject(message).utf8) }
    func subject(_ message: Message) throws(RenderFailure) -> String { wording.render(message).subject }
    func stop(grace: TimeSpan) {}
}
