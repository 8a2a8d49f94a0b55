import Dates

/// Everything that an evaluation would send now, for `check` and `reload`. Writes nothing.
public struct Preview: Sendable {
    /// When the previous evaluation took place.
    public let lookedUntil: Instant
    /// Leads that fire, and recorded leads that recipients lack; by due.
    public let due: [ActiveConfiguration.SimulatedReminder]
    /// Changes that are announced, including cancellations.
    ///
    /// A daemon announces a cancellation a minute after it finds it.
    public let changes: [Change]

    public struct Change: Sendable {
        /// The reminder with the present dates.
        ///
        /// If the occurrence was removed, it has the dates last notified.
        public let reminder: Reminder
        public let change: Scheduler.Change
        /// The days that were notified last.
        public let before: ClosedRange<Day>
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
                reminder: one.announcement.reminder, change: one.announcement.change, before: one.before,
                deliveries: accepted.directory.deliveryCount(to: one.recipients))
        }
    }
}
