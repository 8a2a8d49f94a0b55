import Dates

/// The part of a ledger that the planner uses to evaluate, fire and withdraw reminders.
public protocol PlanningLedger: EvaluationReads {
    /// Corrects the ledger after the wall clock was ahead and was set right.
    ///
    /// Deletes reminders that were recorded after `now` as missed or superseded, unless they are so
    /// by the right clock too. Announcements that fired after `now` get `now` as their time. No
    /// delivery waits longer than a retry can. Returns how many reminders were deleted.
    func takeBack(recordedAfter now: Instant) throws(LedgerFailure) -> Int

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
    /// They are the rest of a large firing, or they are for recipients whom a reminder names and
    /// who have no delivery. A delivery that was superseded, or cancelled for a revivable reason,
    /// becomes pending again; any other existing delivery is left unchanged. A superseded reminder
    /// becomes a fired one. Returns how many deliveries each part wrote.
    func extend(_ parts: [FiringPart]) throws(LedgerFailure) -> [Int]

    /// Cancels up to `limit` pending deliveries of a reminder.
    ///
    /// Returns how many it cancelled. Fewer than `limit` mean that none is left.
    func withdraw(_ reminder: ReminderKey, why: WithdrawalReason, limit: Int) throws(LedgerFailure) -> Int

    /// Makes up to `limit` held deliveries due at once, or cancels them.
    ///
    /// `release` specified which of the two. The hold ends with the last of them. Returns true
    /// while there is more to do, and false if nothing is being released.
    func continueRelease(limit: Int) throws(LedgerFailure) -> Bool
}
