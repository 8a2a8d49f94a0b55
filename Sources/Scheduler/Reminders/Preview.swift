import Dates

/// What an evaluation would send at once, in whole: for `check` and `reload`. Writes nothing.
public struct Preview: Sendable {
    /// When the evaluation before was.
    public let lookedUntil: Instant
    /// Leads that fire, and recorded ones that recipients lack; by due.
    public let due: [ActiveConfiguration.SimulatedReminder]
    /// What is announced: a cancellation a minute after it is found.
    public let changes: [Change]

    public struct Change: Sendable {
        /// With the dates that hold now; those that were notified where the occurrence goes.
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
