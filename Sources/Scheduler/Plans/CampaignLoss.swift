/// Campaigns that one accepted calendar has and the next has not.
///
/// A plan folder half copied, or a file saved empty, looks just like this: more than ten campaigns gone, or more than a
/// fifth of them, is taken only when a person confirms it (contract, `reload --confirm`; architecture page).
public struct CampaignLoss: Sendable {
    /// `plan/campaign`, in the old calendar's order.
    public let gone: [String]
    /// How many there were.
    public let before: Int

    public init(from old: PlanSet, to new: PlanSet) {
        self.init(from: old.campaignNames, to: new)
    }

    /// - Parameter old: `plan/campaign` of each that was there.
    public init(from old: [String], to new: PlanSet) {
        let kept = Set(new.campaignNames)
        gone = old.filter { !kept.contains($0) }
        before = old.count
    }

    public var needsConfirmation: Bool { gone.count > 10 || gone.count * 5 > before }
}

extension PlanSet {
    /// `plan/campaign` of each, in the order written.
    public var campaignNames: [String] { plans.flatMap { plan in plan.campaigns.map { "\(plan.id)/\($0.id)" } } }
}
