import Dates

/// The part of a ledger that the dispatcher uses: it claims deliveries, records outcomes, withdraws
/// deliveries from channels and gives them to others.
public protocol DeliveringLedger: LedgerState {
    /// Claims up to `limit` deliveries of each channel that are pending, due for a try at `now` and
    /// before their deadline, as each request chooses. One transaction first records `records`, as
    /// `record` does, and then marks the claimed deliveries in flight with one more attempt. `late`
    /// are the records that it did not take.
    func claim(
        _ requests: [ClaimRequest], recording records: [DeliveryRecord], now: Instant
    ) throws(LedgerFailure) -> (claims: [Claim], late: [DeliveryRecord])

    /// Deliveries stored under these channel names that a claim at `now` could take, in the order of the queue.
    /// Returns at most `limit`, after `place` (nil: from the first).
    func waiting(
        names: [String], after place: WaitingDelivery?, now: Instant, limit: Int
    ) throws(LedgerFailure) -> [WaitingDelivery]

    /// Records the outcomes of attempts and what comes next, in one transaction. A delivery whose
    /// occurrence changed during the attempt becomes `cancelled` instead of pending.
    ///
    /// Returns the records that it did not take, because the delivery is no longer in flight with
    /// that attempt or does not exist. A record without a receipt also ends a delivery that is
    /// pending, as `dead` or `cancelled`.
    func record(_ records: [DeliveryRecord]) throws(LedgerFailure) -> [DeliveryRecord]

    /// Takes over up to `limit` deliveries that are in flight for a process that has ended.
    ///
    /// Each is returned once, and must be recorded. One process owns a ledger, so these are all
    /// deliveries that were in flight when it was opened.
    func adopt(limit: Int) throws(LedgerFailure) -> [Claim]

    /// Ends up to `limit` pending deliveries whose deadline is at or before `now`, as `dead`. Returns
    /// them.
    func expire(now: Instant, limit: Int) throws(LedgerFailure) -> [StoredDelivery]

    /// The earliest instant at which a pending delivery of one of these channels is to be tried or expires; nil if none is pending.
    func nextWake(channels: [String]) throws(LedgerFailure) -> Instant?

    /// The channels that have pending deliveries, whether they are configured or not.
    func waitingChannels() throws(LedgerFailure) -> [String]

    /// Cancels up to `limit` pending deliveries of this channel in one transaction. Returns them;
    /// fewer than `limit` mean that none is left.
    func cancelWaiting(channel: String, limit: Int) throws(LedgerFailure) -> [StoredDelivery]

    /// Checks up to `limit` deliveries that wait for this channel, from `place` on (nil: the first).
    /// Cancels those whose recipient (UTF-8) `isTheirs` denies, as `via changed`. `next` is where
    /// to continue; nil at the end.
    func withdrawStrangers(
        channel: String, from place: LedgerCursor?, limit: Int, isTheirs: (UnsafeBufferPointer<UInt8>) -> Bool
    ) throws(LedgerFailure) -> (withdrawn: Int, next: LedgerCursor?)

    /// Makes up to `limit` retries on this channel due at `now`, because its server has recovered. It affects
    /// deliveries whose last try was before `before` and failed because of the server or of us
    /// (`Scope.server`, `us`, `comparison`). Deliveries keep their wait if the server asked for it
    /// (load, greylisting, a full mailbox), after an unknown outcome, and under a hold.
    ///
    /// Returns whether there may be more. The call is then made again with the same arguments.
    func advance(channel: String, triedBefore before: Instant, to now: Instant, limit: Int) throws(LedgerFailure) -> Bool

    /// Makes retries due earlier by `step`, because the wall clock was set back by that much.
    /// Changes up to `limit` deliveries from `place` on (nil: the first). Deliveries that were
    /// never tried wait for their due time, which is civil time. Returns where to continue.
    func bringRetriesForward(
        by step: TimeSpan, now: Instant, from place: LedgerCursor?, limit: Int
    ) throws(LedgerFailure) -> LedgerCursor?

    /// Recipients of live reminders (deadline after `now`) for whom no delivery was accepted, or may have been.
    /// Either nothing is pending or in flight for them any more, or their `via` channels have had
    /// their time since the reminder fired (`Undelivered.patience`).
    ///
    /// The search runs in parts, because half a million deliveries may wait. A part covers the next
    /// `limit` deliveries that wait or were given up, from `place` on (nil: the first). `next` is
    /// where to continue; nil at the end. A recipient appears once in a part, and may appear again
    /// in a later one. Deliveries that wait for a channel of `parked` count as given up.
    func undelivered(
        now: Instant, from place: LedgerCursor?, parked: Set<String>, limit: Int
    ) throws(LedgerFailure) -> (readers: [Undelivered], next: LedgerCursor?)

    /// Writes deliveries on other channels for such recipients, in one transaction. Then cancels what
    /// else waits for each recipient for whom it wrote one, or for whom the same delivery stands
    /// under a former name.
    ///
    /// Returns, in the order of `failovers`, whether it took each of them. The others have the
    /// deliveries already, and what waits for them is left alone.
    func failOver(_ failovers: [Failover]) throws(LedgerFailure) -> [Bool]
}
