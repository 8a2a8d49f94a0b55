import Diagnostics
import Documents
import Messages
import Scheduler
import Transport

/// The settings of one channel. Each kind of channel is a folder with its own settings type.
///
/// The rest of the program uses the kinds of channel only through this protocol. Each kind is
/// registered by one line in `Channels`.
package protocol ChannelSettings: Sendable {
    // MARK: The kind of channel

    /// The key under the channel's name in the configuration. It identifies the kind of channel.
    static var key: String { get }
    /// A sentence that describes the kind of channel in the JSON Schema.
    static var about: String { get }
    /// The keys of the channel's table.
    static var keys: Keys { get }
    /// The keys whose values may contain a secret. No message repeats these values.
    static var secretKeys: [String] { get }
    /// The kind of address that a recipient needs for the channel; nil if the recipient needs none.
    static var addressKind: AddressKind? { get }
    /// The key whose value is the server or URL that the channel connects to.
    static var destinationKey: String { get }

    // MARK: One channel

    /// Reads the channel's table. If the table has errors, reports them and returns nil.
    init?(_ table: ChannelTable)

    /// The channel's secrets as references, which `Secrets.resolve` looks up.
    var secrets: [SecretText] { get }
    /// The paths of files with certificates to trust instead of the system's certificates.
    var certificateFiles: [String] { get }
    /// The servers that the channel sends to. A rehearsal sends to loopback only.
    var destinations: [ChannelDestination] { get }
    /// Whether the channel sends mail, and only with TLS; false by default.
    var encryptsMail: Bool { get }
    /// The warnings that `check` shows for the channel.
    ///
    /// `check` puts the channel's name before each warning.
    var remarks: [LocalizedText] { get }
    /// Looks up the secrets and creates the channel.
    func makeChannel(_ name: String, _ services: ChannelServices) throws(SettingRefusal) -> any Announcing
    /// Creates a channel that only renders messages; nil if that is impossible.
    ///
    /// This channel uses no secrets, so that commands that may not read them can use it.
    func makePreview(_ name: String, _ services: ChannelServices) -> (any Channel)?
    /// The advice to show if the server uses another kind of TLS or none. It begins with a key.
    var tlsAdvice: LocalizedText { get }
    /// Suggests which key of the configuration to change after a refusal; nil if no key would help.
    func advice(on refusal: RefusedMessage) -> LocalizedText?
}

extension ChannelSettings {
    package static var secretKeys: [String] { [] }
    package static var addressKind: AddressKind? { nil }
    package var tlsAdvice: LocalizedText { "\(Self.destinationKey): that port does not speak TLS" }
    package var secrets: [SecretText] { [] }
    package var certificateFiles: [String] { [] }
    package var encryptsMail: Bool { false }
    package var remarks: [LocalizedText] { [] }

    package func makePreview(_ name: String, _ services: ChannelServices) -> (any Channel)? {
        try? makeChannel(name, services)
    }

    package func advice(on refusal: RefusedMessage) -> LocalizedText? { nil }
}

/// A server that a channel sends to.
package struct ChannelDestination: Sendable {
    /// Whether the name or address of the server means this machine, such as `localhost`.
    package let isOnLoopback: Bool
    package let port: Int
    /// The description of the server after the word "is" in messages. It contains no secret
    /// address.
    package let shown: LocalizedText

    package init(isOnLoopback: Bool, port: Int, shown: LocalizedText) {
        self.isOnLoopback = isOnLoopback
        self.port = port
        self.shown = shown
    }
}

/// Objects and values that all channels of the program share.
package struct ChannelServices: Sendable {
    package let wording: Wording
    /// The HTTP client. It performs all HTTP requests of the program on one thread.
    package let transfers: HTTPTransfers
    /// The version of the program, for the header field `user-agent` of requests.
    package let version: String

    package init(wording: Wording, transfers: HTTPTransfers, version: String) {
        self.wording = wording
        self.transfers = transfers
        self.version = version
    }
}
