/// The campaigns of the accepted calendar that are missing from a new calendar.
///
/// A plan folder that is only half copied, or a file that was saved empty, looks the same as a
/// deliberate removal. If more than ten campaigns, or more than a fifth of all campaigns, are
/// missing, an operator must confirm the new calendar (`reload --confirm`).
public struct CampaignLoss: Sendable {
    /// The name `plan/campaign` of each missing campaign, in the order of the old calendar.
    public let gone: [String]
    /// The number of campaigns in the old calendar.
    public let before: Int

    public init(from old: PlanSet, to new: PlanSet) {
        self.init(from: old.campaignNames, to: new)
    }

    /// - Parameter old: the name `plan/campaign` of each campaign in the old calendar.
    public init(from old: [String], to new: PlanSet) {
        let kept = Set(new.campaignNames)
        gone = old.filter { !kept.contains($0) }
        before = old.count
    }

    public var needsConfirmation: Bool { gone.count > 10 || gone.count * 5 > before }
}

extension PlanSet {
    /// The name `plan/campaign` of each campaign, in the order of the files.
    public var campaignNames: [String] { plans.flatMap { plan in plan.campaigns.map { "\(plan.id)/\($0.id)" } } }
}
