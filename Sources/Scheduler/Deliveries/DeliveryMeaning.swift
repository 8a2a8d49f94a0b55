/// A meaning that a delivery has for its recipient, such as that the recipient was notified.
///
/// `DeliveryState.countsAs` is the only definition of these meanings. Ledgers derive the conditions
/// of their queries from it.
public enum DeliveryMeaning: Hashable, Sendable, CaseIterable {
    /// The message was accepted, may have been accepted, or is being sent.
    case notified
    /// The recipient may have the message, but the delivery was withdrawn for a temporary reason.
    case perhapsNotified
    /// The delivery waits for its first or next attempt.
    case pending
    /// The delivery waits for an attempt or is in flight.
    case unsettled
    /// The delivery was given up, or cancelled for good.
    case ended
    /// The delivery was cancelled for a temporary reason (`WithdrawalReason.isRevivable`).
    case withdrawn
    /// The delivery is neither cancelled nor superseded.
    ///
    /// Writing the same message for the same channel again would create a duplicate.
    case standing
    /// The recipient needs no delivery on another channel.
    ///
    /// Superseded deliveries are included, because the later reminder has its own deliveries.
    case covered
}

extension DeliveryState {
    /// Returns whether a delivery in this state has the given meaning for its recipient.
    ///
    /// - Parameters:
    ///   - mayHaveArrived: Whether the outcome of at least one of its attempts is still unknown.
    ///   - why: The reason stored with the delivery. It is used only if the delivery is cancelled.
    public func countsAs(_ meaning: DeliveryMeaning, mayHaveArrived: Bool, why: WithdrawalReason?) -> Bool {
        let isWithdrawn = self == .cancelled && why?.isRevivable == true
        return switch (meaning, self) {
        case (.notified, .delivered), (.notified, .unknown), (.notified, .inFlight): true
        // A superseded delivery counts only if it may have arrived. If it cannot have arrived, the
        // delivery that replaced it counts.
        case (.notified, .pending), (.notified, .dead), (.notified, .superseded): mayHaveArrived
        case (.notified, .cancelled): mayHaveArrived && !isWithdrawn
        case (.perhapsNotified, _): mayHaveArrived && isWithdrawn
        case (.pending, _): self == .pending
        case (.unsettled, _): self == .pending || self == .inFlight
        case (.ended, _): self == .dead || self == .cancelled && !isWithdrawn
        case (.withdrawn, _): isWithdrawn
        case (.standing, _): self != .cancelled && self != .superseded
        case (.covered, .delivered), (.covered, .unknown), (.covered, .inFlight), (.covered, .superseded): true
        case (.covered, .pending), (.covered, .dead), (.covered, .cancelled): false
        }
    }
}
