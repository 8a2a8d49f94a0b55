/// The position at which a call that works in parts continues.
///
/// Only the ledger that created a cursor interprets its contents. Other code only stores it or
/// passes it on.
public struct LedgerCursor: Hashable, Codable, Sendable {
    /// The position, in the format of the ledger that created the cursor.
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
