/// The channel settings that the retry policy and the breaker use.
///
/// Each channel supplies its own settings, so that the retry policy and the breaker work for every
/// kind of channel.
public struct ChannelPolicy: Hashable, Sendable {
    /// The action of the retry policy after an attempt whose outcome is unknown.
    public enum UnknownOutcome: Hashable, Sendable {
        /// Retry on the usual schedule. The receiver recognises a copy by its delivery id.
        case retry
        /// Resend at most once, because the receiver cannot recognise a second copy.
        case resend
        /// Do not resend. An operator decides about the delivery.
        case hold
    }

    /// The action of the retry policy after an unknown outcome.
    public let onUnknown: UnknownOutcome
    /// Whether one refusal of the sender shows that the server would refuse all messages.
    ///
    /// True for a mail server, at which the sender has one name and one login. False for a webhook
    /// endpoint, because several machines with different secrets may share its host name.
    public let refusesForAll: Bool
    /// Whether a refusal because of load pauses the whole channel even if no wait was requested.
    ///
    /// False for a mail server, because its refusal may apply to only one of several connections.
    public let loadHoldsChannel: Bool

    public init(onUnknown: UnknownOutcome, refusesForAll: Bool, loadHoldsChannel: Bool) {
        self.onUnknown = onUnknown
        self.refusesForAll = refusesForAll
        self.loadHoldsChannel = loadHoldsChannel
    }
}
