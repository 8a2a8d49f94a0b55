import Dates

/// A recipient with no successful delivery of a reminder yet.
public struct Undelivered: Hashable, Sendable {
    public let stored: StoredReminder
    public let recipient: String
    /// The channels with an attempted or pending delivery, sorted.
    public let channels: [String]
    /// Whether no delivery of the reminder to the recipient is pending or in flight.
    public let isExhausted: Bool

    public init(stored: StoredReminder, recipient: String, channels: [String], isExhausted: Bool) {
        self.stored = stored
        self.recipient = recipient
        self.channels = channels
        self.isExhausted = isExhausted
    }

    /// Returns how long the `via` channels are tried before the `otherwise` channels are used.
    ///
    /// The result is 24 hours, or half the time from the firing to the deadline if that is
    /// shorter.
    public static func patience(firedAt: Instant, deadline: Instant) -> TimeSpan {
        min(.hours(24), TimeSpan(milliseconds: (deadline - firedAt).milliseconds / 2))
    }
}

/// A recipient who was not reached, with new deliveries on other channels.
public struct Failover: Sendable {
    public let reader: Undelivered
    public let deliveries: [NewDelivery]

    public init(_ reader: Undelivered, to deliveries: [NewDelivery]) {
        self.reader = reader
        self.deliveries = deliveries
    }
}
