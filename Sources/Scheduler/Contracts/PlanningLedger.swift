import Dates

/// The part of a ledger that the planner uses to evaluate, fire and withdraw reminders.
public protocol PlanningLedger: EvaluationReads {
    /// Corrects the ledger after the wall clock was ahead and has been set back.
    ///
    /// Deletes reminders that were recorded after `now` as missed or superseded. Keeps those whose
    /// deadline is past at `now`, and due reminders that an operator dropped or that a new ledger
    /// left out. Returns the number of deleted reminders.
    ///
    /// Reminders and change notices that fired after `now` get an earlier firing time. Pending
    /// deliveries without an attempt become due at `now`, or at the due time of their reminder if
    /// that is later. The same applies to retries that would wait longer than any retry may.
    func takeBack(recordedAfter now: Instant) throws(LedgerFailure) -> Int

    /// Stores the time of day of reminders that an earlier version recorded without it.
    ///
    /// The first evaluation after an upgrade calls this, so that an upgrade announces no change.
    ///
    /// - Parameter time: returns the current time of a stored campaign; nil if it has none.
    func fillTimes(_ time: (HistoryFilter.CampaignName) -> EventTime?) throws(LedgerFailure)

    /// Writes the result of one evaluation, including its `lookedUntil`, in one transaction.
    ///
    /// The result consists of renamed occurrences, reminders that fire with their (first)
    /// deliveries, reminders recorded as superseded or missed, and fingerprints of completed
    /// reminders. Older pending deliveries of the same occurrence with the same dates, recipient
    /// and channel become `superseded`. `lookedUntil` never moves back.
    ///
    /// Returns the reminders that this call wrote. A reminder that already exists is left unchanged
    /// and is not returned.
    func fire(_ look: EvaluationResult) throws(LedgerFailure) -> Set<ReminderKey>

    /// Writes further deliveries of recorded reminders, all parts in one transaction.
    ///
    /// The deliveries are the rest of a large firing, or are for recipients whom a reminder names
    /// and who have no delivery of it. A delivery that was superseded, or cancelled for a revivable
    /// reason, becomes pending again; any other existing delivery is unchanged. A superseded
    /// reminder becomes fired. Returns the number of deliveries that were written for each part.
    func extend(_ parts: [FiringPart]) throws(LedgerFailure) -> [Int]

    /// Cancels up to `limit` pending deliveries of a reminder.
    ///
    /// Returns the number of cancelled deliveries. If the number is less than `limit`, no pending
    /// delivery is left.
    func withdraw(_ reminder: ReminderKey, why: WithdrawalReason, limit: Int) throws(LedgerFailure) -> Int

    /// Records changes of occurrences for their events in calendars, in one transaction.
    ///
    /// A change adds one to the sequence of its event. If the ledger has the same event already,
    /// for example because a crash interrupted an earlier call, the sequence stays. A change of
    /// kind `.renamed` or `.returned` is recorded only if an earlier change of the occurrence is.
    func record(_ changes: [CalendarChange], now: Instant) throws(LedgerFailure)

    /// Releases or cancels up to `limit` held deliveries, as the call of `release` specified.
    ///
    /// The hold ends with the last held delivery. Returns whether held deliveries remain. Returns
    /// false if no release is in progress.
    func continueRelease(limit: Int) throws(LedgerFailure) -> Bool
}
