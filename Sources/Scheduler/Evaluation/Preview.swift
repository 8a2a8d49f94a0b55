import Dates

/// The reminders and change notices that an evaluation would send now, for `check` and `reload`.
///
/// A preview writes nothing.
public struct Preview: Sendable {
    /// When the previous evaluation took place.
    public let lookedUntil: Instant
    /// Leads that would fire or get more deliveries, sorted by due time.
    public let due: [ActiveConfiguration.SimulatedReminder]
    /// Changes that would be announced, including cancellations.
    ///
    /// The daemon announces a cancellation only when the occurrence has been missing for a minute.
    public let changes: [Change]

    public struct Change: Sendable {
        /// The change notice, with the current dates.
        ///
        /// If the occurrence was removed, the notice has the last announced dates.
        public let reminder: Reminder
        public let change: Scheduler.Change
        /// The occurrence's former days, which the change notice shows.
        public let before: ClosedRange<Day>
        /// The occurrence's former time of day; nil if it had none.
        public let timeBefore: EventTime?
        public let deliveries: Int
    }

    public init(_ accepted: ActiveConfiguration, _ reads: any EvaluationReads, now: Instant) throws(LedgerFailure) {
        var evaluation = try Evaluation(accepted: accepted, reads: reads, now: now)
        let outcome = try evaluation.run(due: nil) { _ in true }
        lookedUntil = outcome.lookedUntil
        let firings = outcome.decision.firings.map {
            ActiveConfiguration.SimulatedReminder(scheduled: $0.scheduled, recipients: $0.recipients)
        }
        let topUps = outcome.decision.topUps.compactMap { topUp in
            topUp.scheduled.map { ActiveConfiguration.SimulatedReminder(scheduled: $0, recipients: topUp.recipients) }
        }
        due = (firings + topUps.filter { !$0.recipients.isEmpty }).sorted { Scheduled.precedes($0.scheduled, $1.scheduled) }
        changes = outcome.announced.map { one in
            Change(
                reminder: one.announcement.reminder, change: one.announcement.change,
                before: one.before.start...one.before.end, timeBefore: one.before.time,
                deliveries: accepted.directory.deliveryCount(to: one.recipients))
        }
    }
}
