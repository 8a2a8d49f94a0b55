import Dates

/// A recipient whom no channel has reached yet.
public struct Undelivered: Hashable, Sendable {
    public let stored: StoredReminder
    public let recipient: String
    /// The channels that were used or on which a delivery waits, sorted.
    public let channels: [String]
    /// Whether nothing is pending or in flight any more.
    public let isExhausted: Bool

    public init(stored: StoredReminder, recipient: String, channels: [String], isExhausted: Bool) {
        self.stored = stored
        self.recipient = recipient
        self.channels = channels
        self.isExhausted = isExhausted
    }

    /// Returns how long the `via` channels have before the `otherwise` channels are used.
    ///
    /// The time is 24 hours, or half the time to the deadline if that is shorter (contract, section
    /// 2).
    public static func patience(firedAt: Instant, deadline: Instant) -> TimeSpan {
        min(.hours(24), TimeSpan(milliseconds: (deadline - firedAt).milliseconds / 2))
    }
}

/// A recipient whom no channel has reached, and the new deliveries on other channels.
public struct Failover: Sendable {
    public let reader: Undelivered
    public let deliveries: [NewDelivery]

    public init(_ reader: Undelivered, to deliveries: [NewDelivery]) {
        self.reader = reader
        self.deliveries = deliveries
    }
}
