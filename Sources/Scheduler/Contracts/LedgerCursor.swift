/// A position at which a call that works in parts continues.
///
/// Only the ledger that made it reads its contents. Others keep it, or send it: a command asks the
/// daemon for one part after the other.
public struct LedgerCursor: Hashable, Codable, Sendable {
    /// The position in the words of the ledger that made it.
    public let contents: String

    public init(_ contents: String) {
        self.contents = contents
    }

    public init(from decoder: any Decoder) throws {
        contents = try decoder.singleValueContainer().decode(String.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(contents)
    }
}
