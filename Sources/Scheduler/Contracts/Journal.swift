/// What the loops tell the people who run remindd, as values; the journal puts them into words and fields.
public enum Entry: Sendable {
    case fired(Reminder, deliveries: Int, late: Bool)
    /// A reminder fell due that names nobody.
    case firedToNobody(Reminder)
    case superseded(Reminder)
    /// An occurrence that was told has other dates, or goes: those told hear of it.
    case changed(Reminder, Change, deliveries: Int)
    case missed(Reminder)
    /// One attempt ended, and where the delivery stands now.
    case attempted(Claim, Receipt, DeliveryRecord.Next)
    /// A refusal that was compared with others was about its recipient: the delivery is given up. The receipt is that of its attempt.
    case foundRefused(Claim, Receipt)
    /// A crash left this delivery in flight: it may arrive twice.
    case interrupted(Claim, DeliveryRecord.Next)
    /// Not sent before its deadline.
    case expired(Claim)
    /// A delivery is not sent any more.
    case cancelled(Claim, WithdrawalReason)
    /// The same of what waited under a reminder, or on a channel.
    case withdrawn(ReminderKey, WithdrawalReason, deliveries: Int)
    case withdrawnFromChannel(String, WithdrawalReason, deliveries: Int)
    /// A recorded reminder goes to recipients who had no delivery of it.
    case toppedUp(ReminderKey, deliveries: Int)
    /// A reminder was to fire whose identity the ledger has already: nothing was written.
    case alreadyRecorded(Reminder)
    /// An occurrence goes under another name: its phrase was written another way.
    case occurrenceRenamed(OccurrenceRename)
    /// What was recorded as missed or superseded under a clock that was ahead is due again.
    case takenBack(reminders: Int, recordedAfter: Instant)
    /// A destination fails or refuses us: it is left alone for a while; and answers again.
    case breakerOpened(channel: String, Receipt)
    case breakerClosed(channel: String)
    /// A message outside the ledger (an alert, a test) was accepted by a channel that was not left alone.
    case channelAnswered(channel: String)
    /// An endpoint is gone: nothing goes there until the configuration is loaded again.
    case endpointGone(channel: String, Receipt)
    /// No `via` channel reached this reader in time: the `otherwise` ones take over; or there are none.
    case rerouted(Unreached, to: [String])
    case unreachable(Unreached)
    /// The clock cannot be believed: nothing is looked at and nothing sent; and is believed again.
    case clockHeld(ClockComplaint)
    case clockReleased
    /// The ledger's disk is full: nothing is sent until there is space; and when there is again.
    case ledgerFull
    case ledgerHasSpace
    /// Deliveries of occurrences that were over before this instant are forgotten, with their attempts.
    case pruned(deliveries: Int, before: Instant)
    /// A message could not be put into words.
    case unrenderable(Claim, RenderFailure)
}

public protocol Journal: AnyObject, Sendable {
    func write(_ entry: Entry)
}
