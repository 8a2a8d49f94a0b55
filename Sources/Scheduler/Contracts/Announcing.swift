/// A channel that can also send messages to operators (`OperatorMessage`), beside reminders.
public protocol Announcing: Channel {
    /// Starts one attempt, as `deliver` does: never blocks on the network, and calls `report` exactly once, from any thread.
    func announce(_ bulletin: OperatorMessage, to recipient: Recipient, report: @escaping @Sendable (Receipt) -> Void)
}
