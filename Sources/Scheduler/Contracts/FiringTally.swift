/// Counts by state the deliveries of reminders that fired in a span of time.
public struct FiringTally: Hashable, Sendable {
    public var delivered = 0
    /// Deliveries that are pending or in flight.
    public var waiting = 0
    public var dead = 0
    public var unknown = 0
    public var cancelled = 0
    /// Counts reminders, not deliveries.
    public var missed = 0

    public init() {}
}
