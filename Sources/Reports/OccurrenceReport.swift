import Dates
import Messages
import Plans
import Scheduler

/// One occurrence of a campaign, with its first and last day.
package struct OccurrenceReport: Codable, Sendable {
    /// The description of an occurrence, as messages about it have it. The texts are in the plan's
    /// language.
    package struct Details: Codable, Sendable {
        /// The phrase as written in the plan.
        package let when: String
        /// The phrase as it was understood, with its dates.
        ///
        /// It is nil if the phrase itself contains the dates, or cannot be said in words.
        package let understood: String?
        /// The lunar dates; nil if the campaign is not lunar.
        package let lunar: String?
        /// The source document of the plan; nil if the plan names none.
        package let source: String?
        package let cite: String?
        package let note: String?
    }

    package let plan: String
    package let campaign: String
    package let title: String
    package let occurrence: String
    package let start: Day
    package let end: Day
    /// The time of day, such as `14:00 - 16:30`; nil if the campaign has none.
    package let time: String?
    package let place: String?
    package let details: Details

    /// Returns the occurrences that overlap `days`, in the order of their first days.
    package static func all(of plans: PlanSet, overlapping days: ClosedRange<Day>) -> [OccurrenceReport] {
        var found: [OccurrenceReport] = []
        for plan in plans.plans {
            let book = Phrasebook(language: plan.language)
            let source = book.source(plan.source)
            for campaign in plan.campaigns {
                found += campaign.occurrences(overlapping: days, workingDays: plans.workingDays).map {
                    OccurrenceReport(
                        plan: plan.id, campaign: campaign.id, title: campaign.title, occurrence: $0.name, start: $0.start,
                        end: $0.end, time: $0.time?.description, place: campaign.details.place,
                        details: Details(
                            when: campaign.writtenWhen, understood: book.understood(campaign.when, $0.start, $0.end),
                            lunar: book.lunar(campaign.when, $0.start, $0.end), source: source, cite: campaign.cite,
                            note: campaign.note))
                }
            }
        }
        return found.sorted { ($0.start, $0.plan, $0.campaign) < ($1.start, $1.plan, $1.campaign) }
    }
}
