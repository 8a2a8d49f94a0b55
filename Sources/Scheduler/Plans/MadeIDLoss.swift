/// The ids made from titles that are missing from a new calendar.
///
/// If the title of a campaign without `id` changes, its id changes too. What was sent under the old
/// id would then count for nothing, so an operator must confirm the new calendar.
public struct MadeIDLoss: Sendable {
    public struct Lost: Hashable, Sendable {
        public let plan: String
        public let id: String
        /// The new id of the campaign that probably had this id; nil if no campaign is new.
        public let replacement: String?
    }

    public let lost: [Lost]

    public init(from old: PlanSet, to new: PlanSet) {
        lost = old.plans.flatMap { plan -> [Lost] in
            guard !plan.madeIDs.isEmpty else { return [] }
            let gone = plan.campaigns.filter { plan.madeIDs.contains($0.id) && new.find(plan: plan.id, campaign: $0.id) == nil }
            guard !gone.isEmpty else { return [] }
            let after = new.plan(plan.id)?.campaigns ?? []
            let known = Set(plan.campaigns.map(\.id))
            var added = after.indices.filter { !known.contains(after[$0].id) }
            return gone.map { campaign in
                // The campaign in the same place is taken, else the first that is new.
                let place = plan.campaigns.firstIndex { $0.id == campaign.id }
                let index = added.firstIndex { $0 == place } ?? added.indices.first
                let replacement = index.map { after[added.remove(at: $0)].id }
                return Lost(plan: plan.id, id: campaign.id, replacement: replacement)
            }
        }
    }
}
