import Dates

/// The part of a ledger that the dispatcher uses.
///
/// The dispatcher claims deliveries, records outcomes, withdraws deliveries from channels and moves
/// deliveries to other channels.
public protocol DeliveringLedger: LedgerState {
    /// Claims up to `limit` deliveries for each request, selected by the request's `choice`.
    ///
    /// A delivery can be claimed if it is pending, if it may be sent at `now`, and if `now` is
    /// before its deadline. One transaction first writes `records`, as `record` does. It then marks
    /// the claimed deliveries as in flight and adds one to their number of attempts. `late`
    /// contains the records that were not written, as in the result of `record`.
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
    /// A delivery whose occurrence changed during the attempt becomes `cancelled` instead of
    /// pending. A record without a receipt may also make a pending delivery `dead` or `cancelled`.
    ///
    /// Returns the records that were not written. The delivery of such a record does not exist, or
    /// is no longer in flight with the attempt of the record.
    func record(_ records: [DeliveryRecord]) throws(LedgerFailure) -> [DeliveryRecord]

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

    /// Returns the next instant at which a delivery of these channels can be sent or expires.
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

    /// Cancels pending deliveries to recipients who no longer use this channel, in parts.
    ///
    /// One call checks up to `limit` deliveries, starting at `place` (nil for the beginning). If
    /// `isTheirs` returns false for the recipient (UTF-8), the delivery is cancelled with the
    /// reason `viaChanged`. `next` is the place at which the next call starts; nil at the end.
    func withdrawStrangers(
        channel: String, from place: LedgerCursor?, limit: Int, isTheirs: (UnsafeBufferPointer<UInt8>) -> Bool
    ) throws(LedgerFailure) -> (withdrawn: Int, next: LedgerCursor?)

    /// Makes up to `limit` retries on this channel due at `now`, because its server has recovered.
    ///
    /// The call changes deliveries whose last attempt was before `before` and failed because of the
    /// server or the sender (`Scope.server`, `us`, `comparison`). Deliveries keep their wait if the
    /// server requested it (load, greylisting, a full mailbox), after an unknown outcome, and under
    /// a hold.
    ///
    /// Returns whether more retries may be left. If true, the caller repeats the call with the same
    /// arguments.
    func advance(channel: String, triedBefore before: Instant, to now: Instant, limit: Int) throws(LedgerFailure) -> Bool

    /// Makes retries due earlier by `step`, because the wall clock was set back by that much.
    ///
    /// One call changes up to `limit` deliveries, starting at `place` (nil for the beginning).
    /// Deliveries without an attempt are unchanged, because they wait for their due time, which is
    /// civil time. Returns the place at which the next call starts; nil at the end.
    func bringRetriesForward(
        by step: TimeSpan, now: Instant, from place: LedgerCursor?, limit: Int
    ) throws(LedgerFailure) -> LedgerCursor?

    /// Finds recipients with no delivery that was accepted or may have been accepted.
    ///
    /// Only reminders whose deadline is after `now` count. A recipient is returned if no delivery
    /// is pending or in flight. Other recipients are returned once the time for the `via` channels
    /// (`Undelivered.patience`) has passed since the reminder fired.
    ///
    /// The search runs in parts, because half a million deliveries may be pending. A part covers
    /// the next `limit` deliveries that are pending or were given up, starting at `place` (nil for
    /// the beginning). `next` is the place at which the next call starts; nil at the end. A
    /// recipient appears at most once in a part, but may appear again in a later part. Pending
    /// deliveries on a channel of `parked` count as given up.
    func undelivered(
        now: Instant, from place: LedgerCursor?, parked: Set<String>, limit: Int
    ) throws(LedgerFailure) -> (readers: [Undelivered], next: LedgerCursor?)

    /// Writes deliveries on other channels for undelivered recipients, in one transaction.
    ///
    /// If this call writes a delivery for a recipient, or the same delivery exists under a former
    /// name, the recipient's other pending deliveries are cancelled.
    ///
    /// Returns for each of `failovers`, in their order, whether the recipient was moved in this
    /// way. The other recipients already have these deliveries, and their pending deliveries are
    /// unchanged.
    func failOver(_ failovers: [Failover]) throws(LedgerFailure) -> [Bool]
}
