import Diagnostics
import Documents
import Scheduler

/// The places of campaigns, reminders and recipients in their files.
///
/// `check` uses the places for problems that it finds after all files have been read. The daemon
/// does not keep them, to save memory.
package final class SourceMap {
    private var campaigns: [String: Problem.Place] = [:]
    private var leads: [String: Problem.Place] = [:]
    private var named: [String: Problem.Place] = [:]
    /// The recipients, the line of each recipient in its CSV file, and the CSV files.
    private var people: (recipients: RecipientTable, lines: [UInt32], sheets: [(first: Int, path: String)])?

    /// The campaigns and recipients without an id, in the order in which they were read.
    package private(set) var made: [MadeID] = []

    package init() {}

    package func add(made id: MadeID) { made.append(id) }

    package func add(campaign: String, of plan: String, _ place: Problem.Place) {
        campaigns["\(plan)/\(campaign)"] = place
    }

    /// - Parameter campaign: nil if the lead belongs to the plan and applies to all its campaigns.
    package func add(lead: String, of campaign: String?, _ plan: String, _ place: Problem.Place) {
        leads["\(plan)/\(campaign ?? "")/\(lead)"] = place
    }

    /// Adds all recipients.
    ///
    /// - Parameters:
    ///   - lines: the line of each recipient in its CSV file; 0 for recipients in the
    ///     configuration.
    ///   - sheets: the CSV files, each with the position of its first recipient.
    package func take(people recipients: RecipientTable, lines: [UInt32], sheets: [(first: Int, path: String)]) {
        people = (recipients, lines, sheets)
    }

    /// The paths of the CSV files that were read.
    package var peopleFiles: [String] { people?.sheets.map(\.path) ?? [] }

    /// Adds the place of a recipient or a group.
    package func add(id: String, _ place: Problem.Place) {
        named[id] = place
    }

    package func campaign(_ id: String, of plan: String) -> Problem.Place? {
        campaigns["\(plan)/\(id)"]
    }

    /// Returns the place of a lead; the place of the campaign if the lead's place is not known.
    ///
    /// The lead may belong to the campaign or to the plan.
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
