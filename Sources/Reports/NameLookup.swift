import Config
import Diagnostics
import Notifiers
import Plans
import Scheduler

/// Finds campaigns, channels and recipients by the names that a person gives.
package enum NameLookup {
    /// Returns the indices of the campaign with the name `campaign` or `plan/campaign`.
    ///
    /// - Throws: a refusal with status 3 if no plan has the campaign, and with status 2 if several
    ///   plans have it.
    package static func campaign(_ name: String, in plans: PlanSet) throws(NameRefusal) -> (plan: Int, campaign: Int) {
        let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
        var found: [(plan: Int, campaign: Int)] = []
        for (planIndex, plan) in plans.plans.enumerated() {
            for (index, campaign) in plan.campaigns.enumerated()
            where campaign.id == parts.last && (parts.count == 1 || parts[0] == plan.id) {
                found.append((planIndex, index))
            }
        }
        guard let first = found.first else {
            let known = plans.plans.flatMap { plan in plan.campaigns.map { parts.count == 1 ? $0.id : "\(plan.id)/\($0.id)" } }
            let hint: LocalizedText = Spelling.nearest(to: name, among: known).map { "; did you mean \"\($0)\"?" } ?? ""
            throw NameRefusal(message: "no campaign \"\(printable(name))\"\(hint)", status: 3)
        }
        guard found.count == 1 else {
            let choices = found.map { "\(plans.plans[$0.plan].id)/\(parts.last!)" }.joined(separator: ", ")
            throw NameRefusal(message: "several plans have a campaign \"\(printable(name))\"; say which: \(choices)", status: 2)
        }
        return first
    }

    package static func channel(_ name: String, in configuration: Configuration) throws(NameRefusal) -> ConfiguredChannel {
        if let channel = configuration.channels.first(where: { $0.name == name }) { return channel }
        let known = configuration.channels.map(\.name)
        throw NameRefusal(message: "no channel \"\(printable(name))\"; known: \(known.joined(separator: ", "))", status: 3)
    }

    package static func recipient(_ id: String, in directory: RecipientDirectory) throws(NameRefusal) -> Recipient {
        if let recipient = directory.recipient(id) { return recipient }
        if directory.isGroup(id) {
            let members = directory.resolve([id]).prefix(5).map(directory.recipients.id).joined(separator: ", ")
            throw NameRefusal(message: "\(id) is a group; name one of its members: \(members)", status: 3)
        }
        let hint: LocalizedText =
            Spelling.nearest(to: id, among: directory.recipients.indices.lazy.map(directory.recipients.id)).map {
                "; did you mean \"\($0)\"?"
            } ?? ""
        throw NameRefusal(message: "no recipient \"\(printable(id))\"\(hint)", status: 3)
    }
}

/// The refusal of a name that is unknown or ambiguous.
package struct NameRefusal: Error {
    package let message: LocalizedText
    /// The exit status of the command: 3 if the name is unknown, 2 if it is ambiguous.
    package let status: Int32
}
