/// Where campaigns, reminders and people stand in their files, for what `check` finds when it looks at everything together.
/// The daemon does not keep them: half a million people have half a million places.
final class Places {
    private var campaigns: [String: Problem.Place] = [:]
    private var leads: [String: Problem.Place] = [:]
    private var named: [String: Problem.Place] = [:]

    func add(campaign: String, of plan: String, _ place: Problem.Place) {
        campaigns["\(plan)/\(campaign)"] = place
    }

    /// - Parameter campaign: nil: it is the plan's, for all its campaigns.
    func add(lead: String, of campaign: String?, _ plan: String, _ place: Problem.Place) {
        leads["\(plan)/\(campaign ?? "")/\(lead)"] = place
    }

    /// A recipient or a group.
    func add(id: String, _ place: Problem.Place) {
        named[id] = place
    }

    func campaign(_ id: String, of plan: String) -> Problem.Place? {
        campaigns["\(plan)/\(id)"]
    }

    /// The reminder's own place, which may be among the plan's; else the campaign's.
    func lead(_ id: String, of campaign: String, _ plan: String) -> Problem.Place? {
        leads["\(plan)/\(campaign)/\(id)"] ?? leads["\(plan)//\(id)"] ?? self.campaign(campaign, of: plan)
    }

    func id(_ id: String) -> Problem.Place? {
        named[id]
    }
}
