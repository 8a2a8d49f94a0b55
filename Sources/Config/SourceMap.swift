import Diagnostics
import Scheduler

/// Where campaigns, reminders and people stand in their files, for what `check` finds when it looks at everything together.
/// The daemon does not keep them: half a million people have half a million places.
package final class SourceMap {
    private var campaigns: [String: Problem.Place] = [:]
    private var leads: [String: Problem.Place] = [:]
    private var named: [String: Problem.Place] = [:]
    /// Where recipients of CSV files stand.
    private var people: (recipients: RecipientTable, lines: [UInt32], sheets: [(first: Int, path: String)])?

    package init() {}

    package func add(campaign: String, of plan: String, _ place: Problem.Place) {
        campaigns["\(plan)/\(campaign)"] = place
    }

    /// - Parameter campaign: nil: it is the plan's, for all its campaigns.
    package func add(lead: String, of campaign: String?, _ plan: String, _ place: Problem.Place) {
        leads["\(plan)/\(campaign ?? "")/\(lead)"] = place
    }

    /// Everyone, with the line of each in a CSV file, 0 where somebody stands in none, and the files with the position of the
    /// first recipient in each.
    package func take(people recipients: RecipientTable, lines: [UInt32], sheets: [(first: Int, path: String)]) {
        people = (recipients, lines, sheets)
    }

    /// The CSV files that were read.
    package var peopleFiles: [String] { people?.sheets.map(\.path) ?? [] }

    /// A recipient or a group.
    package func add(id: String, _ place: Problem.Place) {
        named[id] = place
    }

    package func campaign(_ id: String, of plan: String) -> Problem.Place? {
        campaigns["\(plan)/\(id)"]
    }

    /// The reminder's own place, which may be among the plan's; else the campaign's.
    package func lead(_ id: String, of campaign: String, _ plan: String) -> Problem.Place? {
        leads["\(plan)/\(campaign)/\(id)"] ?? leads["\(plan)//\(id)"] ?? self.campaign(campaign, of: plan)
    }

    package func id(_ id: String) -> Problem.Place? {
        if let place = named[id] { return place }
        guard let people, let position = people.recipients.position(of: id), people.lines[position] > 0,
            let sheet = people.sheets.last(where: { $0.first <= position })
        else { return nil }
        return Problem.Place(file: sheet.path, line: Int(people.lines[position]), column: 1)
    }
}
