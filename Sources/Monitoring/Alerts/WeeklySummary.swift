import Config
import Dates
import Scheduler

/// The results of the last week and the coming reminders, for the weekly message.
package struct WeeklySummary: Sendable {
    /// A reminder that falls due in the coming days.
    struct Coming: Sendable {
        let due: Instant
        /// The day on which the reminder falls due, in the plan's zone.
        let day: Day
        let title: String
        let start: Day
        let end: Day
        /// Whether the occurrence is a deadline and not an event.
        let isDeadline: Bool
        let recipients: Int
        /// The names of the first recipients, at most `named`.
        ///
        /// A recipient without a name has an id.
        let names: [String]
    }

    /// The outcomes of the reminders that fired in the last seven days.
    package struct Past: Sendable {
        package let counts: FiringTally
        /// The failed deliveries and missed reminders, at most `listedFailures`.
        package let failures: [FailedDelivery]

        package init(counts: FiringTally, failures: [FailedDelivery]) {
            self.counts = counts
            self.failures = failures
        }
    }

    /// nil if the ledger cannot be read.
    let past: Past?
    /// The coming reminders, in order of due time.
    let coming: [Coming]

    static let days_ahead = 13
    static let behind = TimeSpan.days(7)
    /// Maximum number of reminders to list. Further reminders are only counted.
    static let listed = 40
    /// Maximum number of failures to list. Further failures are only counted.
    package static let listedFailures = 30
    private static let named = 3

    init(past: Past?, accepted: ActiveConfiguration, now: Instant, zone: Zone) {
        self.past = past
        let today = zone.civil(at: now).day
        // Starts a day earlier, because it may still be yesterday in the zone of a plan.
        coming = accepted.simulate(from: today - 1, to: today + WeeklySummary.days_ahead).compactMap { simulated in
            let reminder = simulated.scheduled.reminder
            guard reminder.due > now else { return nil }
            let plan = accepted.plans.plans[simulated.scheduled.plan]
            let campaign = plan.campaigns[simulated.scheduled.campaign]
            let names = simulated.recipients.prefix(WeeklySummary.named).map { position -> String in
                let recipient = accepted.directory.recipients[position]
                return recipient.name.isEmpty ? recipient.id : recipient.name
            }
            return Coming(
                due: reminder.due, day: plan.zone.civil(at: reminder.due).day,
                title: accepted.plans.publicTitle(plan: simulated.scheduled.plan, campaign: simulated.scheduled.campaign),
                start: reminder.start, end: reminder.end, isDeadline: campaign.when.isDeadline,
                recipients: simulated.recipients.count, names: Array(names))
        }
    }

    /// Returns the next instant after `now` at which the weekly message is due.
    static func next(_ weekly: Configuration.Alerts.Weekly, after now: Instant, in zone: Zone) -> Instant {
        let today = zone.civil(at: now).day
        for days in 0...7 where (today + days).weekday == weekly.day {
            let instant = zone.instant(today + days, weekly.at)
            if instant > now { return instant }
        }
        return zone.instant(today + 8, weekly.at)
    }
}
