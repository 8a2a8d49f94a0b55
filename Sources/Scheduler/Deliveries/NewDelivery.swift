/// A delivery for the ledger to write.
public struct NewDelivery: Hashable, Sendable {
    public let id: DeliveryID
    public let recipient: String
    public let channel: String
    /// Whether the recipient was added only after the reminder was due.
    ///
    /// For such a recipient the message does not count as late.
    public let joined: Bool
    /// Former names of the same recipient and channel.
    ///
    /// A delivery of the same reminder stored under one of these names is the same delivery.
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
