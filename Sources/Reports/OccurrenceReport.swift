import Dates
import Plans
import Scheduler

/// One occurrence of a campaign, with its first and last day.
package struct OccurrenceReport: Codable, Sendable {
    package let plan: String
    package let campaign: String
    package let title: String
    package let occurrence: String
    package let start: Day
    package let end: Day
    /// The time of day, such as `14:00 - 16:30`; nil if the campaign has none.
    package let time: String?
    package let place: String?

    /// Returns the occurrences that overlap `days`, in the order of their first days.
    package static func all(of plans: PlanSet, overlapping days: ClosedRange<Day>) -> [OccurrenceReport] {
        var found: [OccurrenceReport] = []
        for plan in plans.plans {
            for campaign in plan.campaigns {
                found += campaign.occurrences(overlapping: days, workingDays: plans.workingDays).map {
                    OccurrenceReport(
                        plan: plan.id, campaign: campaign.id, title: campaign.title, occurrence: $0.name, start: $0.start,
                        end: $0.end, time: $0.time?.description, place: campaign.details.place)
                }
            }
        }
        return found.sorted { ($0.start, $0.plan, $0.campaign) < ($1.start, $1.plan, $1.campaign) }
    }
}
