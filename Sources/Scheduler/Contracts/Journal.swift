import Dates

/// An event that the loops report to operators. The journal turns it into text and fields.
public enum Entry: Sendable {
    case fired(Reminder, deliveries: Int, late: Bool)
    /// A reminder that fell due has no recipients.
    case firedToNobody(Reminder)
    case superseded(Reminder)
    /// The dates of an announced occurrence changed, or the occurrence was removed.
    ///
    /// Recipients who were notified get a change notice.
    case changed(Reminder, Change, deliveries: Int)
    case missed(Reminder)
    /// An attempt ended. `Next` is the next state of the delivery.
    case attempted(Claim, Receipt, DeliveryRecord.Next)
    /// A comparison with other replies showed that the server refused this recipient.
    ///
    /// The delivery is given up. The receipt is that of its last attempt.
    case foundRefused(Claim, Receipt)
    /// A crash left this delivery in flight. Its message may arrive twice.
    case interrupted(Claim, DeliveryRecord.Next)
    /// A delivery was not sent before its deadline.
    case expired(StoredDelivery)
    /// A delivery was cancelled.
    case cancelled(StoredDelivery, WithdrawalReason)
    /// All pending deliveries of a reminder, or of a channel, were cancelled.
    case withdrawn(ReminderKey, WithdrawalReason, deliveries: Int)
    case withdrawnFromChannel(String, WithdrawalReason, deliveries: Int)
    /// A recorded reminder got deliveries for recipients who had no delivery of it.
    case toppedUp(ReminderKey, deliveries: Int)
    /// A reminder was not fired because the ledger already has its identity. Nothing was written.
    case alreadyRecorded(Reminder)
    /// An occurrence has a new name because its phrase was reworded.
    case occurrenceRenamed(OccurrenceRename)
    /// Reminders recorded as missed or superseded while the clock was ahead are due again.
    case takenBack(reminders: Int, recordedAfter: Instant)
    /// A channel's breaker opened or closed.
    ///
    /// A breaker opens when the server fails or refuses the sender. It closes when the server has
    /// recovered.
    case breakerOpened(channel: String, Receipt)
    case breakerClosed(channel: String)
    /// A channel with a closed breaker accepted an alert or a test, which are not in the ledger.
    case channelAnswered(channel: String)
    /// An endpoint is gone (HTTP 410). Nothing is sent to it until the configuration is reloaded.
    case endpointGone(channel: String, Receipt)
    /// No `via` channel delivered to this recipient in time.
    ///
    /// The entry is `failedOver` if the `otherwise` channels take over, or `unreachable` if the
    /// recipient has no `otherwise` channels.
    case failedOver(Undelivered, to: [String])
    case unreachable(Undelivered)
    /// The clock is not trusted, so nothing is evaluated or sent.
    case clockHeld(ClockComplaint)
    /// The clock is trusted again.
    case clockReleased
    /// The ledger's disk is full, so nothing is sent.
    case ledgerFull
    /// The ledger's disk has space again.
    case ledgerHasSpace
    /// Deliveries of occurrences that ended before this instant were deleted, with their attempts.
    case pruned(deliveries: Int, before: Instant)
    /// A message could not be rendered.
    case unrenderable(Claim, RenderFailure)
}

public protocol Journal: AnyObject, Sendable {
    func write(_ entry: Entry)
}
