/// A channel that can send messages to operators (`OperatorMessage`) as well as reminders.
public protocol Announcing: Channel {
    /// Starts one attempt to send `bulletin`, as `deliver` does for a reminder.
    ///
    /// Never blocks on the network. Calls `report` exactly once, from any thread.
    func announce(_ bulletin: OperatorMessage, to recipient: Recipient, report: @escaping @Sendable (Receipt) -> Void)
}
