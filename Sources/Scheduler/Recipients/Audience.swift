/// The recipients of a reminder, as far as its messages list them.
public struct Audience: Hashable, Sendable {
    /// The names of the first recipients, at most `limit`, in the order of the configuration.
    public let names: [String]
    /// The number of all recipients.
    public let count: Int

    /// The maximum number of names in a message.
    public static let limit = 10

    public init(names: [String], count: Int) {
        self.names = names
        self.count = count
    }
}
