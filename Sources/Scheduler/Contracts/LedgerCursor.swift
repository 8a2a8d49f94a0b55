/// A position at which a call that works in parts continues.
///
/// Only the ledger that created it reads its contents. Other code stores or sends it, because a
/// command asks the daemon for one part after the other.
public struct LedgerCursor: Hashable, Codable, Sendable {
    /// The position in the format of the ledger that created it.
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
