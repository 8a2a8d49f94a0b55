/// What the retry policy and the breaker need to know about a channel.
///
/// A channel states its policy. Neither of them asks what kind of channel it is.
public struct ChannelPolicy: Hashable, Sendable {
    /// What follows an attempt whose outcome is unknown.
    public enum UnknownOutcome: Hashable, Sendable {
        /// Retry on the usual schedule: the receiver recognises a second copy by its delivery id.
        case retry
        /// Resend once at most: the receiver cannot recognise a second copy.
        case resend
        /// Leave the delivery to a person.
        case hold
    }

    /// What the retry policy does after an unknown outcome.
    public let onUnknown: UnknownOutcome
    /// Whether one refusal of us means that the server would refuse everything we send. A server that knows us by one name and
    /// one login does. Behind the name of an endpoint there may be several machines.
    public let refusesForAll: Bool
    /// Whether a refusal for load concerns the whole channel even if the server states no wait. A mail server may mean one
    /// connection only.
    public let loadHoldsChannel: Bool

    public init(onUnknown: UnknownOutcome, refusesForAll: Bool, loadHoldsChannel: Bool) {
        self.onUnknown = onUnknown
        self.refusesForAll = refusesForAll
        self.loadHoldsChannel = loadHoldsChannel
    }
}
