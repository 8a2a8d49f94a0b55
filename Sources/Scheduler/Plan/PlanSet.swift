/// The accepted calendar as a whole: every plan, and the working days they count through.
///
/// What is still to come is a pure function of this value; it is replaced whole by a reload.
public struct PlanSet: Sendable {
    public let plans: [Plan]
    public let workingDays: WorkingCalendar
    /// The most days that so many working days take, for each count that a lead of these plans asks for; 1: the longest closure.
    let stretches: [Int: Int]

    public init(plans: [Plan], workingDays: WorkingCalendar) {
        self.plans = plans
        self.workingDays = workingDays
        var counts: Set<Int> = []
        for campaign in plans.lazy.flatMap(\.campaigns) {
            if campaign.restDays != .send { counts.insert(1) }
            for lead in campaign.leads { if let count = lead.rule.workingDayCount { counts.insert(count) } }
        }
        stretches = workingDays.workedDays.longestStretches(counts)
    }

    /// Positions of a plan and a campaign in this set, or nil where there is no such campaign.
    public func find(plan planID: String, campaign campaignID: String) -> (plan: Plan, campaign: Campaign)? {
        guard let plan = plans.first(where: { $0.id == planID }),
            let campaign = plan.campaigns.first(where: { $0.id == campaignID })
        else { return nil }
        return (plan, campaign)
    }

    public var campaignCount: Int { plans.reduce(0) { $0 + $1.campaigns.count } }
}
