import Dates

/// The accepted calendar: all plans, and the working calendar that they share.
///
/// All future reminders are a pure function of this value. A reload replaces the whole value.
public struct PlanSet: Sendable {
    public let plans: [Plan]
    public let workingDays: WorkingCalendar
    /// The most days that a lead can span, keyed by the number of working days that it counts.
    ///
    /// The key 1 is also present if a campaign shifts rest days. Its value covers the longest
    /// sequence of days off.
    package let stretches: [Int: Int]
    /// The positions of plans, keyed by their current and former ids.
    private let planTable: NameTable
    /// For each plan, the positions of its campaigns, keyed by their current and former ids.
    private let campaignTables: [NameTable]

    public init(plans: [Plan], workingDays: WorkingCalendar) {
        self.plans = plans
        self.workingDays = workingDays
        var counts: Set<Int> = []
        for campaign in plans.lazy.flatMap(\.campaigns) {
            for lead in campaign.leads {
                if campaign.restDays ?? lead.rule.restDays != .send { counts.insert(1) }
                if let count = lead.rule.workingDayCount { counts.insert(count) }
            }
        }
        stretches = workingDays.workedDays.longestStretches(counts)
        planTable = NameTable(plans.map { ($0.id, $0.formerly) })
        campaignTables = plans.map { plan in NameTable(plan.campaigns.map { ($0.id, $0.formerly) }) }
    }

    /// Returns the plan and campaign with these current or former ids; nil if there is none.
    public func find(plan planID: String, campaign campaignID: String) -> (plan: Plan, campaign: Campaign)? {
        guard let position = position(plan: planID, campaign: campaignID) else { return nil }
        let plan = plans[position.plan]
        return (plan, plan.campaigns[position.campaign])
    }

    /// Returns the positions of a plan and its campaign in this set; nil if there is none.
    public func position(plan planID: String, campaign campaignID: String) -> (plan: Int, campaign: Int)? {
        guard let plan = planPosition(planID) else { return nil }
        let campaigns = plans[plan].campaigns
        return campaignTables[plan].position(of: campaignID) { campaigns[$0].id }.map { (plan, $0) }
    }

    /// Returns the plan with this current or former id; nil if there is none.
    public func plan(_ id: String) -> Plan? { planPosition(id).map { plans[$0] } }

    private func planPosition(_ id: String) -> Int? { planTable.position(of: id) { plans[$0].id } }

    /// Returns every pair of ids that rows of a campaign may have in the ledger.
    ///
    /// The pair of current ids comes first.
    public func names(plan: Int, campaign: Int) -> [(plan: String, campaign: String)] {
        let (owner, subject) = (plans[plan], plans[plan].campaigns[campaign])
        guard hasFormerNames(plan: plan, campaign: campaign) else { return [(owner.id, subject.id)] }
        return ([owner.id] + owner.formerly).flatMap { plan in
            ([subject.id] + subject.formerly).map { (plan: plan, campaign: $0) }
        }
    }

    /// Returns whether rows of a campaign may have former ids in the ledger.
    package func hasFormerNames(plan: Int, campaign: Int) -> Bool {
        !plans[plan].formerly.isEmpty || !plans[plan].campaigns[campaign].formerly.isEmpty
    }

    /// Returns the title of a campaign for everything but its messages (`Campaign.publicTitle`).
    public func publicTitle(plan: Int, campaign: Int) -> String {
        plans[plan].campaigns[campaign].publicTitle(in: plans[plan])
    }

    public var campaignCount: Int { plans.reduce(0) { $0 + $1.campaigns.count } }
}

/// Finds the positions of plans or campaigns in an array by their current and former names.
///
/// A current name takes precedence over a former name, and an earlier position over a later
/// position. The hash table of current names stores only positions, because the names are in the
/// array. The table uses 1 MB for 100 000 campaigns; a dictionary would use 7 MB. There are few
/// former names, so they are in a dictionary.
private struct NameTable: Sendable {
    /// A hash table with open addressing and linear probing, at most half full.
    ///
    /// A free slot contains `empty`.
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

    /// Returns the position of the element with this current or former name; nil if there is none.
    ///
    /// - Parameter id: returns the current name of the element at a position.
    func position(of name: String, id: (Int) -> String) -> Int? {
        let position = slots[slot(of: name, id: id)]
        return position == NameTable.empty ? former[name].map(Int.init) : Int(position)
    }

    /// Returns the slot that contains the position of the name, or a free slot for the position.
    private func slot(of name: String, id: (Int) -> String) -> Int {
        var hasher = Hasher()
        hasher.combine(name)
        var slot = Int(UInt(bitPattern: hasher.finalize()) & UInt(slots.count - 1))
        while slots[slot] != NameTable.empty, id(Int(slots[slot])) != name { slot = (slot + 1) & (slots.count - 1) }
        return slot
    }
}
