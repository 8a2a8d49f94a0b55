/// The reason why a delivery is not sent any more. The spellings are those of `history`.
public enum WithdrawalReason: String, Hashable, Sendable, CaseIterable {
    /// The occurrence has other dates.
    case changed
    /// The occurrence, its campaign or its plan was removed.
    case gone
    /// The recipient has left the configuration.
    case recipientGone = "recipient gone"
    /// The channel has left the configuration.
    case channelGone = "channel gone"
    /// The recipient's `via` and `otherwise` name other channels.
    case viaChanged = "via changed"
    /// Channels of `otherwise` took over. These may be removed in turn.
    case failedOver = "failed over"
    /// An operator dropped it (`release --drop`).
    case dropped
    /// A later lead of the occurrence replaced it. Only superseded deliveries have this reason.
    case laterLead = "later lead"

    /// Whether the delivery becomes pending again when the reason ends. The edit that caused it may
    /// be undone.
    public var isRevivable: Bool {
        switch self {
        case .changed, .gone, .recipientGone, .channelGone, .viaChanged, .failedOver: true
        case .dropped, .laterLead: false
        }
    }
}
