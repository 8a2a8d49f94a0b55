import Dates
import Documents
import Foundation
import Plans
import Scheduler
import Transport

// Reads the leads of a plan and of its campaigns.

extension PlanReader {
    /// Returns the plan's own leads.
    func inherited(_ defaults: Defaults) -> [Lead] {
        let key = Inheritance(at: defaults.at, notify: defaults.notify)
        let known = inherited[key] ?? defaults.remind.map { leads($0, defaults, of: nil) } ?? []
        inherited[key] = known
        return known
    }

    /// A list of phrases, with the inherited time of day and recipients.
    struct LeadList: Hashable {
        let phrases: [String]
        let at: TimeOfDay
        let notify: [String]

        /// Returns nil if the list has entries that are not phrases.
        init?(_ value: YAMLValue, _ defaults: Defaults) {
            guard case .sequence(let listed) = value.node, listed.tag == nil else { return nil }
            var phrases: [String] = []
            for node in listed.nodes {
                guard case .scalar(let scalar) = node, scalar.tag == nil else { return nil }
                phrases.append(scalar.string)
            }
            (self.phrases, at, notify) = (phrases, defaults.at, defaults.notify)
        }
    }

    /// Returns a campaign's own leads.
    func own(_ value: YAMLValue, _ defaults: Defaults, of campaign: String) -> [Lead] {
        guard places == nil, let list = LeadList(value, defaults) else { return leads(value, defaults, of: campaign) }
        if let known = leadLists[list] { return known }
        let leads = leads(value, defaults, of: campaign)
        // Stores the list only if it has no mistake, so that a mistake is reported each time the
        // list occurs.
        if leads.count == list.phrases.count { leadLists[list] = leads }
        return leads
    }

    /// - Parameter campaign: the id of the campaign; nil if the leads are the plan's.
    private func leads(_ value: YAMLValue, _ defaults: Defaults, of campaign: String?) -> [Lead] {
        guard !value.isNull, let listed = value.list("remind") else { return [] }
        guard listed.count <= PlanReader.leadLimit else {
            value.error("remind has \(listed.count) entries; at most \(PlanReader.leadLimit) are allowed")
            return []
        }
        var leads: [Lead] = []
        var ids: Set<String> = []
        for item in listed where !problems.isFull {
            guard let lead = lead(item, defaults) else { continue }
            guard ids.insert(lead.id).inserted else {
                item.error("two reminders of a campaign are both \"\(LeadName.text(lead.id))\"; name them: {id: …, when: …}")
                continue
            }
            places?.add(lead: lead.id, of: campaign, defaults.plan, item.place)
            leads.append(lead)
        }
        return leads
    }

    private func lead(_ value: YAMLValue, _ defaults: Defaults) -> Lead? {
        guard case .mapping = value.node else {
            return phrase(value, defaults.at).map { rule, at in
                Lead(id: rule.phrase, rule: rule, at: at, notify: defaults.notify)
            }
        }
        guard let table = value.table("a reminder", keys: PlanReader.leadKeys) else { return nil }
        var id: String?
        if let place = table["id"] {
            id = identifier(place, "a reminder's id")
            if id == nil { return nil }
        }
        guard let place = table["when"], let (rule, at) = phrase(place, defaults.at) else { return nil }
        if case .scalar(let scalar) = place.node, let stated = try? LeadPhrase(phrase: scalar.string), stated.at != nil,
            let twice = table["at"]
        {
            twice.error("the time stands twice: in the phrase and under \"at\"")
        }
        if let own = table["at"], rule.timeBefore != nil {
            own.warning("\"at\" has no effect: \"\(id ?? rule.phrase)\" counts back from the time of the campaign")
        }
        let notify = table["notify"].map { self.notify($0, in: "the reminder") } ?? defaults.notify
        if let own = table["notify"], isNothing(own) {
            own.warning("\"\(id ?? rule.phrase)\" has an empty \"notify\": nobody is notified")
        }
        let say = table["say"]?.text("say", isProse: true, maxCharacters: PlanReader.titleLimit)
        let note = table["note"]?.text("note", isProse: true, multiline: true, maxBytes: PlanReader.textLimit)
        return Lead(
            id: id ?? rule.phrase, rule: rule, at: time(table["at"]) ?? at, notify: notify, say: say, note: note)
    }

    private func phrase(_ value: YAMLValue, _ at: TimeOfDay) -> (LeadRule, TimeOfDay)? {
        guard let text = value.text("remind", maxCharacters: 300) else { return nil }
        if phrases.leads[text] == nil { phrases.leads[text] = leadPhrase(text) }
        do {
            let phrase = try phrases.leads[text]!.get()
            return (phrase.rule, phrase.at ?? at)
        } catch {
            value.error(error, of: "remind")
            return nil
        }
    }

    private func leadPhrase(_ text: String) -> Result<LeadPhrase, PhraseRefusal> {
        do {
            return .success(try LeadPhrase(phrase: text, seekingHints: problems.arePhraseHintsWanted))
        } catch {
            return .failure(error)
        }
    }
}
