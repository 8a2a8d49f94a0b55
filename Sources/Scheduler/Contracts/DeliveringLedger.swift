import Dates

/// The part of a ledger that the dispatcher uses. It claims deliveries, records outcomes, withdraws
/// deliveries from channels and moves them to other channels.
public protocol DeliveringLedger: LedgerState {
    /// Claims up to `limit` deliveries for each request, as the request chooses.
    ///
    /// A claimed delivery is pending, may be sent at `now` and is before its deadline. One
    /// transaction first records `records`, as `record` does, and then marks the claimed deliveries
    /// in flight with one more attempt. `late` are the records that it did not take.
    func claim(
        _ requests: [ClaimRequest], recording records: [DeliveryRecord], now: Instant
    ) throws(LedgerFailure) -> (claims: [Claim], late: [DeliveryRecord])

    /// Returns deliveries under these channel names that a claim at `now` could take.
    ///
    /// They are in the order of the queue. Returns at most `limit`, after `place` (nil for the
    /// first).
    func waiting(
        names: [String], after place: WaitingDelivery?, now: Instant, limit: Int
    ) throws(LedgerFailure) -> [WaitingDelivery]

    /// Records the outcomes of attempts and the next states, in one transaction.
    ///
    /// A delivery whose occurrence changed during the attempt becomes `cancelled` instead of
    /// pending. A record without a receipt also ends a delivery that is pending, as `dead` or
    /// `cancelled`.
    ///
    /// Returns the records that it did not take, because the delivery is no longer in flight with
    /// that attempt or does not exist.
    func record(_ records: [DeliveryRecord]) throws(LedgerFailure) -> [DeliveryRecord]

    /// Takes over up to `limit` deliveries that are in flight for a process that has ended.
    ///
    /// Each is returned once, and must be recorded. One process owns a ledger, so these are all
    /// deliveries that were in flight when it was opened.
    func adopt(limit: Int) throws(LedgerFailure) -> [Claim]

    /// Ends up to `limit` pending deliveries whose deadline is at or before `now`, as `dead`.
    /// Returns these deliveries.
    func expire(now: Instant, limit: Int) throws(LedgerFailure) -> [StoredDelivery]

    /// Returns when a pending delivery of one of these channels may be sent or expires next.
    ///
    /// Returns nil if none is pending.
    func nextWake(channels: [String]) throws(LedgerFailure) -> Instant?

    /// Returns the channels that have pending deliveries, whether they are configured or not.
    func waitingChannels() throws(LedgerFailure) -> [String]

    /// Cancels up to `limit` pending deliveries of this channel in one transaction.
    ///
    /// Returns the cancelled deliveries. Fewer than `limit` mean that none is left.
    func cancelWaiting(channel: String, limit: Int) throws(LedgerFailure) -> [StoredDelivery]

    /// Cancels deliveries that wait for this channel and are not its recipients', in parts.
    ///
    /// Checks up to `limit` deliveries, from `place` on (nil for the first). Cancels those for
    /// whose recipient (UTF-8) `isTheirs` returns false, as `via changed`. `next` is the place to
    /// continue; nil at the end.
    func withdrawStrangers(
        channel: String, from place: LedgerCursor?, limit: Int, isTheirs: (UnsafeBufferPointer<UInt8>) -> Bool
    ) throws(LedgerFailure) -> (withdrawn: Int, next: LedgerCursor?)

    /// Makes up to `limit` retries on this channel due at `now`, because its server has recovered.
    ///
    /// It affects deliveries whose last attempt was before `before` and failed because of the
    /// server or the sender (`Scope.server`, `us`, `comparison`). Deliveries keep their wait if the
    /// server asked for it (load, greylisting, a full mailbox), after an unknown outcome, and under
    /// a hold.
    ///
    /// Returns whether there may be more. The call is then made again with the same arguments.
    func advance(channel: String, triedBefore before: Instant, to now: Instant, limit: Int) throws(LedgerFailure) -> Bool

    /// Makes retries due earlier by `step`, because the wall clock was set back by that much.
    ///
    /// Changes up to `limit` deliveries from `place` on (nil for the first). Deliveries without an
    /// attempt wait for their due time, which is civil time. Returns the place to continue; nil at
    /// the end.
    func bringRetriesForward(
        by step: TimeSpan, now: Instant, from place: LedgerCursor?, limit: Int
    ) throws(LedgerFailure) -> LedgerCursor?

    /// Finds recipients for whom no delivery was accepted, or may have been.
    ///
    /// Their reminders are live, which means that the deadline is after `now`. Either nothing is
    /// pending or in flight for them any more, or the time for their `via` channels since the
    /// reminder fired is over (`Undelivered.patience`).
    ///
    /// The search runs in parts, because half a million deliveries may wait. A part covers the next
    /// `limit` deliveries that wait or were given up, from `place` on (nil for the first). `next`
    /// is the place to continue; nil at the end. A recipient appears once in a part, and may appear
    /// again in a later one. Deliveries that wait for a channel of `parked` count as given up.
    func undelivered(
        now: Instant, from place: LedgerCursor?, parked: Set<String>, limit: Int
    ) throws(LedgerFailure) -> (readers: [Undelivered], next: LedgerCursor?)

    /// Writes deliveries on other channels for recipients who were not reached, in one transaction.
    ///
    /// If it wrote a delivery for a recipient, or the same delivery exists under a former name, it
    /// cancels the recipient's other waiting deliveries.
    ///
    /// Returns, in the order of `failovers`, whether it took each of them. The other recipients
    /// have these deliveries already, and their waiting deliveries are unchanged.
    func failOver(_ failovers: [Failover]) throws(LedgerFailure) -> [Bool]
}
