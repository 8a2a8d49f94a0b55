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

    /// Returns the index of the plan with this current or former id.
    ///
    /// - Throws: a refusal with status 3 if there is no such plan.
    package static func plan(_ id: String, in plans: PlanSet) throws(NameRefusal) -> Int {
        if let known = plans.plan(id)?.id, let index = plans.plans.firstIndex(where: { $0.id == known }) { return index }
        let ids = plans.plans.map(\.id)
        let hint: LocalizedText = Spelling.nearest(to: id, among: ids).map { "; did you mean \"\($0)\"?" } ?? ""
        throw NameRefusal(message: "no plan \"\(printable(id))\"; known: \(ids.joined(separator: ", "))\(hint)", status: 3)
    }

    /// Returns the index of the lead with this id or phrase, in either language.
    ///
    /// A phrase without a time of day names a lead at any time.
    ///
    /// - Throws: a refusal with status 3 if the campaign has no such lead, and with status 2 if the
    ///   phrase names several leads.
    package static func lead(_ name: String, of campaign: Campaign, in plan: Plan) throws(NameRefusal) -> Int {
        let leads = campaign.leads
        if let index = leads.firstIndex(where: { $0.id == name }) { return index }
        let owner: LocalizedText = "campaign \(campaign.id)"
        if let phrase = try? LeadPhrase(phrase: name, seekingHints: false) {
            let found = leads.indices.filter { leads[$0].rule == phrase.rule && (phrase.at ?? leads[$0].at) == leads[$0].at }
            if found.count == 1 { return found[0] }
            if found.count > 1 {
                let ids = found.map { leads[$0].id }.joined(separator: ", ")
                throw NameRefusal(
                    message: "\(owner) has several leads \"\(printable(name))\"; say which: \(ids)", status: 2)
            }
        }
        guard !leads.isEmpty else { throw NameRefusal(message: "\(owner) has no leads", status: 3) }
        let known = leads.map { lead in
            let phrase = plan.language == .vi ? lead.rule.vietnamesePhrase : lead.rule.phrase
            return lead.id == lead.rule.phrase ? phrase : "\(lead.id) (\(phrase))"
        }
        // A lead with another number is another lead, and no other spelling of this one.
        let digits = name.filter(\.isNumber)
        let spellings = leads.flatMap { [$0.id, $0.rule.phrase, $0.rule.vietnamesePhrase] }.filter {
            $0.filter(\.isNumber) == digits
        }
        let hint: LocalizedText = Spelling.nearest(to: name, among: spellings).map { "; did you mean \"\($0)\"?" } ?? ""
        throw NameRefusal(
            message: "\(owner) has no lead \"\(printable(name))\"; it has: \(known.joined(separator: ", "))\(hint)", status: 3)
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
