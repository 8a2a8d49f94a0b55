import Documents
import Messages
import Scheduler
import Transport

/// The settings of one channel. Each kind of channel is a folder with its own settings type.
///
/// The rest of the program uses channels only through this protocol. One line in `Channels`
/// registers a kind of channel.
package protocol ChannelSettings: Sendable {
    // MARK: The kind of channel

    /// The key under the channel's name in the configuration. It names the kind of channel.
    static var key: String { get }
    /// One sentence for the JSON Schema.
    static var about: String { get }
    /// The keys of the channel's table.
    static var keys: Keys { get }
    /// Keys whose values may contain a secret. No message repeats these values.
    static var secretKeys: [String] { get }
    /// The address that a recipient must have for the channel; nil if it needs none.
    static var addressKind: AddressKind? { get }
    /// The key whose value is the server or URL that the channel connects to.
    static var destinationKey: String { get }
    /// The advice if the server uses another kind of TLS, or no TLS. The text begins with a key.
    static var tlsAdvice: String { get }

    // MARK: One channel

    /// Reads the channel's table. If the table has errors, reports them and returns nil.
    init?(_ table: ChannelTable)

    /// The channel's secrets as written in the configuration, before they are looked up.
    var secrets: [SecretText] { get }
    /// Files of certificates to trust instead of the system's.
    var certificateFiles: [String] { get }
    /// The servers that the channel sends to. A rehearsal sends to loopback only.
    var destinations: [ChannelDestination] { get }
    /// Warnings for `check`, one for each finding. `check` puts the channel's name before each
    /// text.
    var remarks: [String] { get }
    /// Looks up the secrets and makes the channel.
    func makeChannel(_ name: String, _ services: ChannelServices) throws(SettingRefusal) -> any Announcing
    /// Makes a channel that only renders messages.
    ///
    /// The channel needs no secrets, because this process may not be able to read them.
    func makePreview(_ name: String, _ services: ChannelServices) -> (any Channel)?
    /// Returns advice on which key of the configuration fixes a refusal; nil if no key does.
    func advice(on refusal: RefusedMessage) -> String?
}

extension ChannelSettings {
    package static var secretKeys: [String] { [] }
    package static var addressKind: AddressKind? { nil }
    package static var tlsAdvice: String { "\(destinationKey): that port does not speak TLS" }
    package var secrets: [SecretText] { [] }
    package var certificateFiles: [String] { [] }
    package var remarks: [String] { [] }

    package func makePreview(_ name: String, _ services: ChannelServices) -> (any Channel)? {
        try? makeChannel(name, services)
    }

    package func advice(on refusal: RefusedMessage) -> String? { nil }
}

/// A server that a channel sends to.
package struct ChannelDestination: Sendable {
    /// Whether the destination's name or address means this machine, such as `localhost`.
    package let isOnLoopback: Bool
    package let port: Int
    /// The description in messages, after the word "is". It does not repeat a secret address.
    package let shown: String

    package init(isOnLoopback: Bool, port: Int, shown: String) {
        self.isOnLoopback = isOnLoopback
        self.port = port
        self.shown = shown
    }
}

/// Values that all channels of the program share.
package struct ChannelServices: Sendable {
    package let wording: Wording
    /// The HTTP client, which performs all HTTP requests of the program on one thread.
    package let transfers: HTTPTransfers
    /// The version of the program, for the `user-agent` of requests.
    package let version: String

    package init(wording: Wording, transfers: HTTPTransfers, version: String) {
        self.wording = wording
        self.transfers = transfers
        self.version = version
    }
}
