import Plans

/// The names under which occurrences are stored in the ledger, during one evaluation.
struct OccurrenceNames {
    private let plans: PlanSet
    /// The stored names of occurrences whose name has changed, by current name in the plans.
    private var earlier: [OccurrenceKey: [OccurrenceKey]] = [:]
    /// The new names of stored occurrences that this evaluation renames.
    private var new: [OccurrenceKey: String] = [:]

    init(plans: PlanSet) {
        self.plans = plans
    }

    mutating func rename(_ rename: OccurrenceRename) { new[rename.from] = rename.to }

    /// Records the stored names of an occurrence whose name has changed.
    mutating func setStored(_ names: [OccurrenceKey], of occurrence: OccurrenceKey) { earlier[occurrence] = names }

    /// Returns the names under which an occurrence's rows are stored.
    func stored(_ occurrence: OccurrenceKey) -> [OccurrenceKey] {
        let names = plans.position(plan: occurrence.plan, campaign: occurrence.campaign).map {
            plans.names(plan: $0.plan, campaign: $0.campaign)
        }
        let usual = (names ?? [(occurrence.plan, occurrence.campaign)]).map {
            OccurrenceKey(plan: $0.plan, campaign: $0.campaign, occurrence: occurrence.occurrence)
        }
        // Leaves out names whose rows this evaluation renames, because those rows belong to another
        // occurrence.
        .filter { new[$0].map { $0 == occurrence.occurrence } ?? true }
        guard let earlier = earlier[occurrence] else { return usual }
        return earlier + usual.filter { !earlier.contains($0) }
    }

    /// Returns the names in `all(of:)` except `occurrence` itself.
    func former(of occurrence: OccurrenceKey) -> [OccurrenceKey] {
        all(of: occurrence).filter { $0 != occurrence }
    }

    /// Returns the names that an occurrence's rows have after this evaluation's renames.
    func all(of occurrence: OccurrenceKey) -> [OccurrenceKey] {
        var names: [OccurrenceKey] = []
        for name in stored(occurrence) {
            let now = new[name].map { OccurrenceKey(plan: name.plan, campaign: name.campaign, occurrence: $0) } ?? name
            if !names.contains(now) { names.append(now) }
        }
        return names
    }
}
