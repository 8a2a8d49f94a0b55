import Dates

/// A report of the loops to the operators, as a value. The journal turns it into text and fields.
public enum Entry: Sendable {
    case fired(Reminder, deliveries: Int, late: Bool)
    /// A reminder that fell due has no recipients.
    case firedToNobody(Reminder)
    case superseded(Reminder)
    /// An announced occurrence has other dates or was removed. The recipients who were notified get
    /// a change notice.
    case changed(Reminder, Change, deliveries: Int)
    case missed(Reminder)
    /// An attempt ended. `Next` is the next state of the delivery.
    case attempted(Claim, Receipt, DeliveryRecord.Next)
    /// A comparison found that a refusal concerns its recipient, so the delivery is given up. The
    /// receipt is that of its attempt.
    case foundRefused(Claim, Receipt)
    /// A crash left this delivery in flight, so it may arrive twice.
    case interrupted(Claim, DeliveryRecord.Next)
    /// A delivery was not sent before its deadline.
    case expired(StoredDelivery)
    /// A delivery is not sent any more.
    case cancelled(StoredDelivery, WithdrawalReason)
    /// All waiting deliveries of a reminder, or of a channel, are not sent any more.
    case withdrawn(ReminderKey, WithdrawalReason, deliveries: Int)
    case withdrawnFromChannel(String, WithdrawalReason, deliveries: Int)
    /// A recorded reminder got deliveries for recipients who had none.
    case toppedUp(ReminderKey, deliveries: Int)
    /// A reminder was not fired because the ledger already has its identity. Nothing was written.
    case alreadyRecorded(Reminder)
    /// An occurrence has a new name because its phrase was written in another way.
    case occurrenceRenamed(OccurrenceRename)
    /// Reminders that were recorded while the clock was ahead are due again.
    ///
    /// They had been recorded as missed or superseded.
    case takenBack(reminders: Int, recordedAfter: Instant)
    /// A channel's breaker opened or closed.
    ///
    /// It opens because the server fails or refuses the sender. It closes because the server has
    /// recovered.
    case breakerOpened(channel: String, Receipt)
    case breakerClosed(channel: String)
    /// A channel whose breaker was closed accepted a message outside the ledger (an alert, a test).
    case channelAnswered(channel: String)
    /// An endpoint is gone. Nothing is sent there until the configuration is loaded again.
    case endpointGone(channel: String, Receipt)
    /// No `via` channel reached this recipient in time. The `otherwise` channels take over; or
    /// there are none.
    case failedOver(Undelivered, to: [String])
    case unreachable(Undelivered)
    /// The clock is not believed, so nothing is evaluated or sent; or it is believed again.
    case clockHeld(ClockComplaint)
    case clockReleased
    /// The ledger's disk is full, so nothing is sent; or it has space again.
    case ledgerFull
    case ledgerHasSpace
    /// Deliveries of occurrences that ended before this instant were deleted, with their attempts.
    case pruned(deliveries: Int, before: Instant)
    /// A message could not be rendered.
    case unrenderable(Claim, RenderFailure)
}

public protocol Journal: AnyObject, Sendable {
    func write(_ entry: Entry)
}
