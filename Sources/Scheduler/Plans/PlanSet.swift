import Dates

/// The accepted calendar as a whole: every plan, and the working days they count through.
///
/// What is still to come is a pure function of this value; it is replaced whole by a reload.
public struct PlanSet: Sendable {
    public let plans: [Plan]
    public let workingDays: WorkingCalendar
    /// The most days that so many working days take, for each count that a lead of these plans asks for; 1: the longest closure.
    package let stretches: [Int: Int]
    /// Positions of plans by their ids, present or former.
    private let planTable: NameTable
    /// By plan, then positions of campaigns by their ids, present or former.
    private let campaignTables: [NameTable]

    public init(plans: [Plan], workingDays: WorkingCalendar) {
        self.plans = plans
        self.workingDays = workingDays
        var counts: Set<Int> = []
        for campaign in plans.lazy.flatMap(\.campaigns) {
            if campaign.restDays != .send { counts.insert(1) }
            for lead in campaign.leads { if let count = lead.rule.workingDayCount { counts.insert(count) } }
        }
        stretches = workingDays.workedDays.longestStretches(counts)
        planTable = NameTable(plans.map { ($0.id, $0.formerly) })
        campaignTables = plans.map { plan in NameTable(plan.campaigns.map { ($0.id, $0.formerly) }) }
    }

    /// A plan and a campaign by their ids, present or former, or nil where there is no such campaign.
    public func find(plan planID: String, campaign campaignID: String) -> (plan: Plan, campaign: Campaign)? {
        guard let position = position(plan: planID, campaign: campaignID) else { return nil }
        let plan = plans[position.plan]
        return (plan, plan.campaigns[position.campaign])
    }

    /// The same as positions in this set.
    public func position(plan planID: String, campaign campaignID: String) -> (plan: Int, campaign: Int)? {
        guard let plan = planPosition(planID) else { return nil }
        let campaigns = plans[plan].campaigns
        return campaignTables[plan].position(of: campaignID) { campaigns[$0].id }.map { (plan, $0) }
    }

    /// A plan by its id, present or former.
    public func plan(_ id: String) -> Plan? { planPosition(id).map { plans[$0] } }

    private func planPosition(_ id: String) -> Int? { planTable.position(of: id) { plans[$0].id } }

    /// Every pair of ids under which rows of a campaign may stand in the ledger; the present ones come first.
    public func names(plan: Int, campaign: Int) -> [(plan: String, campaign: String)] {
        let (owner, subject) = (plans[plan], plans[plan].campaigns[campaign])
        guard hasFormerNames(plan: plan, campaign: campaign) else { return [(owner.id, subject.id)] }
        return ([owner.id] + owner.formerly).flatMap { plan in
            ([subject.id] + subject.formerly).map { (plan: plan, campaign: $0) }
        }
    }

    /// Rows of a campaign may stand in the ledger under other ids than its present ones.
    package func hasFormerNames(plan: Int, campaign: Int) -> Bool {
        !plans[plan].formerly.isEmpty || !plans[plan].campaigns[campaign].formerly.isEmpty
    }

    public var campaignCount: Int { plans.reduce(0) { $0 + $1.campaigns.count } }
}

/// Finds positions in an array by names. A present name comes before a former one, and the first of two positions before the second.
///
/// The hash table of present names stores only positions, because the names are in the array: 1 MB for 100 000 campaigns, where a
/// dictionary takes 7 MB. Former names are few.
private struct NameTable: Sendable {
    /// Open addressing with linear probing, at most half full; `empty` in a free slot.
    private var slots: [Int32]
    private var former: [String: Int32] = [:]
    private static let empty: Int32 = -1

    init(_ names: [(id: String, formerly: [String])]) {
        var capacity = 2
        while capacity < names.count * 2 { capacity *= 2 }
        slots = [Int32](repeating: NameTable.empty, count: capacity)
        for (position, name) in names.enumerated() {
            let slot = self.slot(of: name.id) { names[$0].id }
            if slots[slot] == NameTable.empty { slots[slot] = Int32(position) }
            for old in name.formerly where former[old] == nil { former[old] = Int32(position) }
        }
    }

    /// - Parameter id: the present name of a position.
    func position(of name: String, id: (Int) -> String) -> Int? {
        let position = slots[slot(of: name, id: id)]
        return position == NameTable.empty ? former[name].map(Int.init) : Int(position)
    }

    /// The slot that holds the name's position, or the free slot for it.
    private func slot(of name: String, id: (Int) -> String) -> Int {
        var hasher = Hasher()
        hasher.combine(name)
        var slot = Int(UInt(bitPattern: hasher.finalize()) & UInt(slots.count - 1))
        while slots[slot] != NameTable.empty, id(Int(slots[slot])) != name { slot = (slot + 1) & (slots.count - 1) }
        return slot
    }
}
