import Dates

/// A recipient whom no channel has reached yet.
public struct Unreached: Hashable, Sendable {
    public let stored: StoredReminder
    public let recipient: String
    /// The channels that were tried or on which a delivery waits, sorted.
    public let channels: [String]
    /// Nothing is pending or in flight any more.
    public let isExhausted: Bool

    public init(stored: StoredReminder, recipient: String, channels: [String], isExhausted: Bool) {
        self.stored = stored
        self.recipient = recipient
        self.channels = channels
        self.isExhausted = isExhausted
    }

    /// How long the `via` channels have before `otherwise` takes their place: 24 hours, or half the time to the
    /// deadline, whichever is shorter (contract, section 2).
    public static func patience(firedAt: Instant, deadline: Instant) -> Span {
        min(.hours(24), Span(milliseconds: (deadline - firedAt).milliseconds / 2))
    }
}

/// A position in the search for recipients whom nothing has reached. Only the ledger that returned
/// it can use it.
public struct UnreachedPlace: Hashable, Sendable {
    /// nil while the search is among deliveries that were given up.
    public let channel: String?
    public let deadline: Instant
    public let reminder: Int64
    public let delivery: Int64

    public init(channel: String?, deadline: Instant, reminder: Int64, delivery: Int64) {
        self.channel = channel
        self.deadline = deadline
        self.reminder = reminder
        self.delivery = delivery
    }
}

/// A recipient whom nothing has reached, and the new deliveries on other channels.
public struct Reroute: Sendable {
    public let reader: Unreached
    public let deliveries: [NewDelivery]

    public init(_ reader: Unreached, to deliveries: [NewDelivery]) {
        self.reader = reader
        self.deliveries = deliveries
    }
}
