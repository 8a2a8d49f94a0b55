/// A delivery for the ledger to write.
public struct NewDelivery: Hashable, Sendable {
    public let id: DeliveryID
    public let recipient: String
    public let channel: String
    /// Whether the recipient was added only after the reminder was due.
    ///
    /// The message to such a recipient does not count as late.
    public let joined: Bool
    /// Former names of the same recipient and channel.
    ///
    /// If the ledger has a delivery of the same reminder under one of these names, it is the same
    /// delivery.
    public let formerly: [Slot]

    /// The recipient and the channel of a delivery.
    public struct Slot: Hashable, Sendable {
        public let recipient: String
        public let channel: String

        public init(recipient: String, channel: String) {
            self.recipient = recipient
            self.channel = channel
        }
    }

    public init(id: DeliveryID, recipient: String, channel: String, joined: Bool = false, formerly: [Slot] = []) {
        self.id = id
        self.recipient = recipient
        self.channel = channel
        self.joined = joined
        self.formerly = formerly
    }
}
