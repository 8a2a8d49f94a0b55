import Config
import Dates
import Scheduler

/// The counts of the last week and the coming reminders, for the weekly message.
struct WeeklySummary: Sendable {
    struct Coming: Sendable {
        let due: Instant
        let title: String
        let recipients: Int
    }

    /// The counts of reminders fired in the last seven days; nil if the ledger cannot be read.
    let counts: FiringTally?
    /// The coming reminders, in order of due time.
    let coming: [Coming]

    static let days_ahead = 13
    static let behind = TimeSpan.days(7)
    /// Maximum number of reminders to list. Further reminders are only counted.
    static let listed = 40

    init(counts: FiringTally?, accepted: ActiveConfiguration, now: Instant, zone: Zone) {
        self.counts = counts
        let today = zone.civil(at: now).day
        coming = accepted.simulate(from: today, to: today + WeeklySummary.days_ahead).compactMap { simulated in
            guard simulated.scheduled.reminder.due > now else { return nil }
            return Coming(
                due: simulated.scheduled.reminder.due,
                title: accepted.plans.publicTitle(plan: simulated.scheduled.plan, campaign: simulated.scheduled.campaign),
                recipients: simulated.recipients.count)
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
