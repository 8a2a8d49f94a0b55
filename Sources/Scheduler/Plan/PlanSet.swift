/// The accepted calendar as a whole: every plan, and the working days they count through.
///
/// What is still to come is a pure function of this value; it is replaced whole by a reload.
public struct PlanSet: Sendable {
    public let plans: [Plan]
    public let workingDays: WorkingCalendar
    /// The most days that so many working days take, for each count that a lead of these plans asks for; 1: the longest closure.
    let stretches: [Int: Int]
    /// By the plan's id, present or former.
    private let planPositions: [String: Int]
    /// By plan, then by the campaign's id, present or former.
    private let campaignPositions: [[String: Int]]

    public init(plans: [Plan], workingDays: WorkingCalendar) {
        self.plans = plans
        self.workingDays = workingDays
        var counts: Set<Int> = []
        for campaign in plans.lazy.flatMap(\.campaigns) {
            if campaign.restDays != .send { counts.insert(1) }
            for lead in campaign.leads { if let count = lead.rule.workingDayCount { counts.insert(count) } }
        }
        stretches = workingDays.workedDays.longestStretches(counts)
        planPositions = PlanSet.positions(plans.map { (id: $0.id, formerly: $0.formerly) })
        campaignPositions = plans.map { plan in
            PlanSet.positions(plan.campaigns.map { (id: $0.id, formerly: $0.formerly) })
        }
    }

    /// Present ids come before former ones; the first of two alike counts.
    private static func positions(_ names: [(id: String, formerly: [String])]) -> [String: Int] {
        var positions: [String: Int] = [:]
        positions.reserveCapacity(names.count)
        for (position, name) in names.enumerated() where positions[name.id] == nil { positions[name.id] = position }
        for (position, name) in names.enumerated() {
            for former in name.formerly where positions[former] == nil { positions[former] = position }
        }
        return positions
    }

    /// A plan and a campaign by their ids, present or former, or nil where there is no such campaign.
    public func find(plan planID: String, campaign campaignID: String) -> (plan: Plan, campaign: Campaign)? {
        guard let position = position(plan: planID, campaign: campaignID) else { return nil }
        let plan = plans[position.plan]
        return (plan, plan.campaigns[position.campaign])
    }

    /// The same as positions in this set.
    public func position(plan planID: String, campaign campaignID: String) -> (plan: Int, campaign: Int)? {
        guard let plan = planPositions[planID], let campaign = campaignPositions[plan][campaignID] else { return nil }
        return (plan, campaign)
    }

    /// A plan by its id, present or former.
    public func plan(_ id: String) -> Plan? { planPositions[id].map { plans[$0] } }

    /// Every pair of ids under which rows of a campaign may stand in the ledger; the present ones come first.
    public func names(plan: Int, campaign: Int) -> [(plan: String, campaign: String)] {
        let (owner, subject) = (plans[plan], plans[plan].campaigns[campaign])
        guard hasFormerNames(plan: plan, campaign: campaign) else { return [(owner.id, subject.id)] }
        return ([owner.id] + owner.formerly).flatMap { plan in
            ([subject.id] + subject.formerly).map { (plan: plan, campaign: $0) }
        }
    }

    /// Rows of a campaign may stand in the ledger under other ids than its present ones.
    func hasFormerNames(plan: Int, campaign: Int) -> Bool {
        !plans[plan].formerly.isEmpty || !plans[plan].campaigns[campaign].formerly.isEmpty
    }

    public var campaignCount: Int { plans.reduce(0) { $0 + $1.campaigns.count } }
}
