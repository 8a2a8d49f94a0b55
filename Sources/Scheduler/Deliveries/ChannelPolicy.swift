/// The facts about a channel that the retry policy and the breaker need.
///
/// A channel states its policy. Neither of them asks what kind of channel it is.
public struct ChannelPolicy: Hashable, Sendable {
    /// The action after an attempt whose outcome is unknown.
    public enum UnknownOutcome: Hashable, Sendable {
        /// Retry on the usual schedule. The receiver recognises a copy by its delivery id.
        case retry
        /// Resend once at most, because the receiver cannot recognise a second copy.
        case resend
        /// Leave the delivery to an operator.
        case hold
    }

    /// The action of the retry policy after an unknown outcome.
    public let onUnknown: UnknownOutcome
    /// Whether one refusal of the sender means that the server would refuse all messages.
    ///
    /// This is so for a server that knows the sender by one name and one login. Several machines
    /// may share the name of an endpoint.
    public let refusesForAll: Bool
    /// Whether a refusal for load concerns the whole channel even if the server states no wait.
    ///
    /// A mail server may mean one connection only.
    public let loadHoldsChannel: Bool

    public init(onUnknown: UnknownOutcome, refusesForAll: Bool, loadHoldsChannel: Bool) {
        self.onUnknown = onUnknown
        self.refusesForAll = refusesForAll
        self.loadHoldsChannel = loadHoldsChannel
    }
}
