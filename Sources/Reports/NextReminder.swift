import Dates
import Scheduler

/// A reminder that is due next, and the recipients who will get it.
package struct NextReminder: Codable, Sendable {
    package let plan: String
    package let campaign: String
    /// The campaign's title.
    package let title: String
    package let occurrence: String
    package let lead: String
    /// The first day of the occurrence.
    package let start: Day
    /// The last day of the occurrence.
    package let end: Day
    package let recipients: Int
    /// The names of the first recipients, at most `named`. A recipient without a name has an id.
    package let first: [String]

    package static let named = 3

    /// Returns the reminders that fall due at `due`, as a simulation decides it.
    package static func all(at due: Instant, in accepted: ActiveConfiguration) -> [NextReminder] {
        let days = accepted.plans.plans.map { $0.zone.civil(at: due).day }
        guard let from = days.min(), let to = days.max() else { return [] }
        return accepted.simulate(from: from, to: to).filter { $0.scheduled.reminder.due == due }.map { simulated in
            let reminder = simulated.scheduled.reminder
            let campaign = accepted.plans.plans[simulated.scheduled.plan].campaigns[simulated.scheduled.campaign]
            let names = simulated.recipients.prefix(named).map { position -> String in
                let recipient = accepted.directory.recipients[position]
                return recipient.name.isEmpty ? recipient.id : recipient.name
            }
            return NextReminder(
                plan: reminder.key.plan, campaign: reminder.key.campaign, title: campaign.title,
                occurrence: reminder.occurrence, lead: reminder.key.lead, start: reminder.start, end: reminder.end,
                recipients: simulated.recipients.count, first: Array(names))
        }
    }
}
