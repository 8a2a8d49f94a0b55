/// The number of deliveries that have failed, counted in the ledger at one instant.
public struct FailedDeliveries: Codable, Hashable, Sendable {
    /// The number of dead deliveries.
    public var dead = 0
    /// The number of deliveries that may or may not have arrived, and are not sent again.
    public var unknown = 0
    /// The number of dead deliveries that a person can still send again.
    ///
    /// Their deadline is ahead, and no other channel has delivered the reminder to the recipient or
    /// is about to.
    public var deadWithTimeLeft = 0
    /// The number of unknown deliveries that a person can still send again.
    public var unknownWithTimeLeft = 0

    public init() {}

    public init(dead: Int, unknown: Int, deadWithTimeLeft: Int = 0, unknownWithTimeLeft: Int = 0) {
        self.dead = dead
        self.unknown = unknown
        self.deadWithTimeLeft = deadWithTimeLeft
        self.unknownWithTimeLeft = unknownWithTimeLeft
    }

    /// The number of failed deliveries that a person can still send again.
    public var withTimeLeft: Int { deadWithTimeLeft + unknownWithTimeLeft }
}

/// A delivery that failed, or a reminder that was missed, for a summary.
public struct FailedDelivery: Hashable, Sendable {
    public let stored: StoredReminder
    /// The delivery's id. Like `recipient` and `channel`, nil for a missed reminder.
    public let delivery: DeliveryID?
    public let recipient: String?
    public let channel: String?
    /// The raw value of a `DeliveryState` or, for a missed reminder, of a `ReminderState`.
    public let state: String

    public init(stored: StoredReminder, delivery: DeliveryID?, recipient: String?, channel: String?, state: String) {
        self.stored = stored
        self.delivery = delivery
        self.recipient = recipient
        self.channel = channel
        self.state = state
    }
}
