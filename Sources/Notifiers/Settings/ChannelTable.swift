import Diagnostics
import Documents
import Scheduler
import Transport

/// The table of one channel in the configuration, from which a kind of channel reads its settings.
package struct ChannelTable {
    package let name: String
    /// The folder from which relative paths start.
    package let folder: String
    package let table: YAMLTable

    package init(name: String, folder: String, table: YAMLTable) {
        self.name = name
        self.folder = folder
        self.table = table
    }

    package subscript(_ key: String) -> YAMLValue? { table[key] }

    /// A reader for the values that contain a secret or say where it is stored.
    package var secrets: SecretReader { SecretReader(folder: folder) }

    /// Reports a warning about the channel as a whole.
    package func warning(_ message: LocalizedText) {
        table.owner.warning(message)
    }

    /// Reads `true` or `false`. Returns false if the key is absent or if its value is neither.
    package func flag(_ key: String) -> Bool {
        guard let value = table[key], let text = value.text(LocalizedText(verbatim: key)) else { return false }
        switch text {
        case "true": return true
        case "false": return false
        default:
            value.error("\(key) is \(value.shown); allowed: true, false")
            return false
        }
    }

    /// Reads a path; nil if the key is absent or its value is not a path.
    ///
    /// A relative path starts from `folder`.
    package func path(_ key: String) -> String? {
        table[key]?.path(LocalizedText(verbatim: key), in: folder)
    }

    /// Reads a list of networks. Reports items that are not networks and leaves them out.
    package func networks(_ key: String) -> [Network] {
        (table[key]?.texts(LocalizedText(verbatim: key)) ?? []).compactMap { text, place in
            guard !place.context.problems.isFull else { return nil }
            if let network = Network(text) { return network }
            place.error("\(place.shown) is no network; allowed: an address and a prefix length", hints: ["127.0.0.0/8"])
            return nil
        }
    }
}

/// Keys that several kinds of channel have. The reader of `channels:` reads `rate` and `formerly`
/// for all kinds.
extension Keys.Key {
    package static func rate(of messages: String) -> Keys.Key {
        .optional(
            "rate", .text(pattern: "^[0-9]+ per (second|minute|hour)$"),
            "At most so many \(messages): 100 per minute. Default: no limit.")
    }

    package static let certificates = Keys.Key.optional("ca", .path, "Certificates to trust instead of the system's.")

    package static let formerChannels = Keys.Key.optional(
        "formerly", FormerNames.shape, "Earlier names of the channel, newest first. It takes over their waiting deliveries.")
}

extension Shape {
    package static let networks = Shape.list(.text(pattern: "^[0-9a-fA-F:.]+(/[0-9]{1,3})?$"))
}
