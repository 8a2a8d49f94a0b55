import Documents

/// The kinds of channel that a configuration may use.
package struct Channels: Sendable {
    /// All kinds of channel that the program has.
    ///
    /// Each kind is registered by one line of this list.
    package static let registered = Channels([
        ConfiguredEmail.self,
        ConfiguredWebhook.self,
    ])

    /// The kinds, in the order in which messages and the JSON Schema list them.
    package let kinds: [any ChannelSettings.Type]

    package init(_ kinds: [any ChannelSettings.Type]) {
        self.kinds = kinds
    }

    /// The keys that may stand under a channel's name. Each channel has exactly one of them.
    package var keys: Keys {
        Keys(kinds.map { Keys.Key.optional($0.key, .table($0.keys), $0.about) }, isChoice: true)
    }

    /// The keys whose values may contain a secret.
    package var secretKeys: [String] { kinds.flatMap { $0.secretKeys } }
}
