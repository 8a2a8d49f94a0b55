import Dates
import Plans

/// What a message says about the plan of its reminder.
public struct PlanSummary: Sendable {
    public let id: String
    public let title: String
    public let source: Plan.Source
    public let zone: Zone
    public let language: Language

    init(_ plan: Plan) {
        id = plan.id
        title = plan.title
        source = plan.source
        zone = plan.zone
        language = plan.language
    }
}

/// What a message says about the campaign of its reminder.
public struct CampaignSummary: Sendable {
    public let id: String
    public let title: String
    public let cite: String?
    public let tags: [String]
    public let note: String?
    public let when: Recurrence
    /// The recurrence as the plan's author wrote it.
    public let writtenWhen: String

    init(_ campaign: Campaign) {
        id = campaign.id
        title = campaign.title
        cite = campaign.cite
        tags = campaign.tags
        note = campaign.note
        when = campaign.when
        writtenWhen = campaign.writtenWhen
    }
}
