import Plans

/// The names under which the rows of an occurrence stand in the ledger, during one evaluation.
struct OccurrenceNames {
    private let plans: PlanSet
    /// By an occurrence's name in the plans: the names of its rows that `PlanSet.names` does not give.
    private var earlier: [OccurrenceKey: [OccurrenceKey]] = [:]
    /// For stored occurrences that have another name from this evaluation on: that name.
    private var new: [OccurrenceKey: String] = [:]

    init(plans: PlanSet) {
        self.plans = plans
    }

    mutating func rename(_ rename: OccurrenceRename) { new[rename.from] = rename.to }

    /// Notes the names of the rows of an occurrence that has changed its name.
    mutating func setStored(_ names: [OccurrenceKey], of occurrence: OccurrenceKey) { earlier[occurrence] = names }

    /// The names under which rows of an occurrence stand.
    func stored(_ occurrence: OccurrenceKey) -> [OccurrenceKey] {
        let names = plans.position(plan: occurrence.plan, campaign: occurrence.campaign).map {
            plans.names(plan: $0.plan, campaign: $0.campaign)
        }
        let usual = (names ?? [(occurrence.plan, occurrence.campaign)]).map {
            OccurrenceKey(plan: $0.plan, campaign: $0.campaign, occurrence: occurrence.occurrence)
        }
        // Another occurrence had this name until now, and its rows have another one.
        .filter { new[$0].map { $0 == occurrence.occurrence } ?? true }
        guard let earlier = earlier[occurrence] else { return usual }
        return earlier + usual.filter { !earlier.contains($0) }
    }

    /// Names of an occurrence's rows but its own, once this evaluation's renames are written.
    func former(of occurrence: OccurrenceKey) -> [OccurrenceKey] {
        all(of: occurrence).filter { $0 != occurrence }
    }

    /// The names of an occurrence's rows, once this evaluation's renames are written.
    func all(of occurrence: OccurrenceKey) -> [OccurrenceKey] {
        var names: [OccurrenceKey] = []
        for name in stored(occurrence) {
            let now = new[name].map { OccurrenceKey(plan: name.plan, campaign: name.campaign, occurrence: $0) } ?? name
            if !names.contains(now) { names.append(now) }
        }
        return names
    }
}
