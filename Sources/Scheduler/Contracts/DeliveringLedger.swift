import Dates

/// The part of a ledger that the dispatcher uses.
///
/// The dispatcher claims deliveries, records outcomes, withdraws deliveries from channels and moves
/// deliveries to other channels.
public protocol DeliveringLedger: LedgerState {
    /// Claims up to `limit` deliveries for each request, selected by the request's `choice`.
    ///
    /// A delivery can be claimed if it is pending, if it may be sent at `now`, and if `now` is
    /// before its deadline. One transaction first writes `records`, as `record` does. The same
    /// transaction then marks the claimed deliveries as in flight and adds one to their number of
    /// attempts. `late` contains the records that were not written, as in the result of `record`.
    func claim(
        _ requests: [ClaimRequest], recording records: [DeliveryRecord], now: Instant
    ) throws(LedgerFailure) -> (claims: [Claim], late: [DeliveryRecord])

    /// Returns up to `limit` deliveries under these channel names that can be claimed at `now`.
    ///
    /// The result is in queue order and begins after `place` (nil for the start of the queue).
    func waiting(
        names: [String], after place: WaitingDelivery?, now: Instant, limit: Int
    ) throws(LedgerFailure) -> [WaitingDelivery]

    /// Records outcomes of attempts and next states of deliveries, in one transaction.
    ///
    /// If the occurrence changed or was removed during an attempt, the delivery becomes `cancelled`
    /// instead of pending. A record without a receipt may also make a pending delivery `dead` or
    /// `cancelled`.
    ///
    /// Returns the records that were not written, because the delivery does not exist or the
    /// attempt is no longer in flight.
    func record(_ records: [DeliveryRecord]) throws(LedgerFailure) -> [DeliveryRecord]

    /// Returns the version of an occurrence's event in calendars.
    ///
    /// Returns nil if no change of the occurrence was recorded.
    func calendarMark(of key: OccurrenceKey) throws(LedgerFailure) -> CalendarMark?

    /// Takes over up to `limit` deliveries that a process left in flight when it ended.
    ///
    /// Each delivery is returned once, and the caller must record its outcome. Since only one
    /// process owns a ledger, all deliveries that were in flight when it was opened belong to an
    /// ended process.
    func adopt(limit: Int) throws(LedgerFailure) -> [Claim]

    /// Marks up to `limit` pending deliveries as `dead` if their deadline is at or before `now`.
    ///
    /// Returns these deliveries.
    func expire(now: Instant, limit: Int) throws(LedgerFailure) -> [StoredDelivery]

    /// Returns the earliest instant at which a delivery of these channels can be sent or expires.
    ///
    /// Returns nil if no delivery is pending.
    func nextWake(channels: [String]) throws(LedgerFailure) -> Instant?

    /// Returns the names of all channels with pending deliveries, configured or not.
    func waitingChannels() throws(LedgerFailure) -> [String]

    /// Cancels up to `limit` pending deliveries of this channel in one transaction.
    ///
    /// Returns the cancelled deliveries. If the result has fewer than `limit` deliveries, no
    /// pending delivery is left.
    func cancelWaiting(channel: String, limit: Int) throws(LedgerFailure) -> [StoredDelivery]

    /// Cancels a channel's pending deliveries to recipients who no longer use the channel.
    ///
    /// One call checks up to `limit` deliveries, starting at `place` (nil for the beginning). If
    /// `isTheirs` returns false for the id of the recipient (UTF-8), the delivery is cancelled with
    /// the reason `viaChanged`. `next` is the place at which the next call starts; nil at the end.
    func withdrawStrangers(
        channel: String, from place: LedgerCursor?, limit: Int, isTheirs: (UnsafeBufferPointer<UInt8>) -> Bool
    ) throws(LedgerFailure) -> (withdrawn: Int, next: LedgerCursor?)

    /// Makes up to `limit` retries on this channel due at `now`, because its server has recovered.
    ///
    /// The call changes deliveries whose last attempt was before `before` and failed because of the
    /// server or the sender (`Scope.server`, `us`, `comparison`). A delivery keeps its wait if the
    /// server requested the wait (load, greylisting, a full mailbox), if the outcome of the last
    /// attempt is unknown, or if the delivery is under a hold.
    ///
    /// Returns whether more retries may be left. If true, the caller repeats the call with the same
    /// arguments.
    func advance(channel: String, triedBefore before: Instant, to now: Instant, limit: Int) throws(LedgerFailure) -> Bool

    /// Makes retries due earlier by `step`, because the wall clock was set back by that amount.
    ///
    /// No retry becomes due before `now` or before the due time of its reminder. Deliveries without
    /// an attempt are unchanged, because they wait for their due time, which is civil time. One
    /// call changes up to `limit` deliveries, starting at `place` (nil for the beginning). Returns
    /// the place at which the next call starts; nil at the end.
    func bringRetriesForward(
        by step: TimeSpan, now: Instant, from place: LedgerCursor?, limit: Int
    ) throws(LedgerFailure) -> LedgerCursor?

    /// Finds recipients whom no delivery of a reminder has reached (`DeliveryMeaning.covered`).
    ///
    /// The search covers reminders whose deadline is after `now`. A recipient is left out while a
    /// delivery of the reminder is delivered, unknown, in flight or superseded. A recipient whose
    /// deliveries were all given up or cancelled is returned at once. A recipient with a pending
    /// delivery is returned if the time for the `via` channels (`Undelivered.patience`) has passed
    /// since the reminder fired. A pending delivery on a channel of `parked` counts as given up.
    ///
    /// One call checks up to `limit` deliveries that are pending or were given up, starting at
    /// `place` (nil for the beginning). `next` is the place at which the next call starts; nil at
    /// the end. One call returns a recipient at most once for each reminder. A later call may
    /// return the recipient again.
    func undelivered(
        now: Instant, from place: LedgerCursor?, parked: Set<String>, limit: Int
    ) throws(LedgerFailure) -> (readers: [Undelivered], next: LedgerCursor?)

    /// Writes deliveries on other channels for recipients who were not reached, in one transaction.
    ///
    /// If this call writes a delivery for a recipient, or if the delivery already exists under a
    /// former name, the recipient's earlier pending deliveries of the reminder are cancelled.
    ///
    /// Returns one value for each of `failovers`, in their order. The value is false if the
    /// recipient already had the deliveries and nothing was changed.
    func failOver(_ failovers: [Failover]) throws(LedgerFailure) -> [Bool]
}
