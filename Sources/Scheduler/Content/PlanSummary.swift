import Dates
import Plans

/// The data of a reminder's plan that a message can show.
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

/// The data of a reminder's campaign that a message can show.
public struct CampaignSummary: Sendable {
    public let id: String
    public let title: String
    public let cite: String?
    public let tags: [String]
    /// The instructions of the lead or, if it has none, of the campaign.
    public let note: String?
    /// The instructions of the campaign, also if the lead has its own.
    public let campaignNote: String?
    /// The time of day, the place and the link as the plan has them now.
    public let details: EventDetails
    /// The name of the recipient who is responsible; nil if the plan names none.
    public let owner: String?
    public let when: Recurrence
    /// The recurrence as the plan's author wrote it.
    public let writtenWhen: String
    /// The domains to which alone messages about the campaign may go; empty for other campaigns.
    public let confidential: [String]

    init(_ campaign: Campaign, lead: Lead?, owner: String?) {
        id = campaign.id
        title = campaign.title
        cite = campaign.cite
        tags = campaign.tags
        note = lead?.note ?? campaign.note
        campaignNote = campaign.note
        details = campaign.details
        self.owner = owner
        when = campaign.when
        writtenWhen = campaign.writtenWhen
        confidential = campaign.confidential
    }
}
