/// The reason why a delivery is no longer sent. The spellings are those of `history`.
public enum WithdrawalReason: String, Hashable, Sendable, CaseIterable {
    /// The dates of the occurrence changed.
    case changed
    /// The occurrence, its campaign or its plan was removed.
    case gone
    /// The recipient was removed from the configuration.
    case recipientGone = "recipient gone"
    /// The channel was removed from the configuration.
    case channelGone = "channel gone"
    /// The recipient's `via` and `otherwise` no longer name the channel.
    case viaChanged = "via changed"
    /// Deliveries on the `otherwise` channels replaced the delivery.
    ///
    /// The reason no longer applies if these channels are removed.
    case failedOver = "failed over"
    /// An operator dropped the delivery (`release --drop`).
    case dropped
    /// The delivery of a later lead of the occurrence replaced this delivery.
    ///
    /// Only superseded deliveries have this reason.
    case laterLead = "later lead"

    /// Whether the delivery becomes pending again when the reason no longer applies.
    ///
    /// For example, the edit that caused the withdrawal may be undone.
    public var isRevivable: Bool {
        switch self {
        case .changed, .gone, .recipientGone, .channelGone, .viaChanged, .failedOver: true
        case .dropped, .laterLead: false
        }
    }
}
