/// The number of deliveries in each state, for reminders that fired in a span of time.
public struct FiringTally: Hashable, Sendable {
    public var delivered = 0
    /// The number of deliveries that are pending or in flight.
    public var waiting = 0
    public var dead = 0
    public var unknown = 0
    public var cancelled = 0
    /// The number of missed reminders. A missed reminder has no deliveries.
    public var missed = 0

    public init() {}
}
