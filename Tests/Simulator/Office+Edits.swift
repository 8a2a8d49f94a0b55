import Dates
import Plans
import Randomness
import Scheduler

/// One change that a user makes to the office's files.
struct Edit {
    /// The kind of the edit. The totals count edits by kind.
    let kind: String
    /// The description of the edit in the trace.
    let words: String
    /// Reverts the edit; nil if users do not revert such edits.
    ///
    /// Has no effect if a later edit conflicts.
    var undo: ((inout Office) -> Void)?

    init(_ kind: String, _ words: String, undo: ((inout Office) -> Void)? = nil) {
        self.kind = kind
        self.words = words
        self.undo = undo
    }
}

/// The campaign and recipient that an edit changes.
///
/// They are chosen at random, or taken from a delivery that is pending or in flight.
struct EditTarget {
    let plan: Int
    let campaign: Campaign
    /// An occurrence of the campaign, with exceptions applied; nil if none is near.
    let dates: OccurrenceDates?
    let recipient: String
    let server: String
}

extension Office {
    /// Returns a random target, with an occurrence near `today`.
    func target(_ dice: inout RandomSource, today: Day) -> EditTarget {
        let plan = dice.number(0...(plans.count - 1))
        let campaign = dice.one(of: plans[plan].campaigns)
        let coming = campaign.occurrences(overlapping: (today - 20)...(today + 100), workingDays: workingDays)
        return EditTarget(
            plan: plan, campaign: campaign, dates: coming.isEmpty ? nil : dice.one(of: coming),
            recipient: dice.one(of: recipients).id, server: dice.one(of: lines).server)
    }

    /// Makes one random change. Returns nil if the change is not possible.
    mutating func edit(_ dice: inout RandomSource, about target: EditTarget, today: Day) -> Edit? {
        switch dice.number(0...32) {
        case 0: addCampaign(&dice, target.plan, today: today)
        case 1, 2: removeCampaign(target)
        case 3: restoreCampaign()
        case 4, 5, 6, 7: move(&dice, target, today: today)
        case 8, 9, 10, 11: rewrite(&dice, target, today: today)
        case 12: limitYears(&dice, target)
        case 13: renameCampaign(&dice, target)
        case 14: renamePlan(&dice, target.plan)
        case 15, 16, 17: changeLeads(&dice, target)
        case 18: toggleJoiners(target.plan)
        case 19: join(&dice)
        case 20: leave(target.recipient)
        case 21: cutRecipients(&dice)
        case 22, 23: cutGroup(&dice)
        case 24: renameRecipient(&dice, target.recipient)
        case 25: changeWish(&dice, target.recipient)
        case 26: changeAddress(&dice, target.recipient)
        case 27: toggle(target.server)
        case 28: renameChannel(&dice, target.server)
        case 29, 30, 31: changeTime(&dice, target)
        default: changeWorkingDays(&dice)
        }
    }

    // MARK: Campaigns

    private mutating func addCampaign(_ dice: inout RandomSource, _ plan: Int, today: Day) -> Edit? {
        guard plans[plan].campaigns.count < 10 else { return nil }
        let added = campaign(&dice, near: today)
        set(plan, plans[plan].campaigns + [added])
        return Edit("campaigns added", "campaign \(added.id) added")
    }

    private mutating func removeCampaign(_ target: EditTarget) -> Edit? {
        let subject = target.campaign
        guard plans[target.plan].campaigns.count > 1 else { return nil }
        set(target.plan, plans[target.plan].campaigns.filter { $0.id != subject.id })
        drawer.append((plans[target.plan].id, subject))
        return Edit("campaigns taken out", "campaign \(subject.id) taken out") { _ = $0.restoreCampaign(subject.id) }
    }

    /// Restores the removed campaign with this id, or the last removed campaign if `id` is nil.
    private mutating func restoreCampaign(_ id: String? = nil) -> Edit? {
        guard let place = drawer.lastIndex(where: { id == nil || $0.campaign.id == id }) else { return nil }
        let (owner, campaign) = drawer.remove(at: place)
        guard let plan = plans.firstIndex(where: { $0.id == owner || $0.formerly.contains(owner) }),
            plans[plan].campaigns.count < 12
        else { return nil }
        set(plan, plans[plan].campaigns + [campaign])
        return Edit("campaigns put back", "campaign \(campaign.id) put back")
    }

    /// Changes the dates of one occurrence, removes it, or removes its exception.
    private mutating func move(_ dice: inout RandomSource, _ target: EditTarget, today: Day) -> Edit? {
        let subject = target.campaign
        let near = subject.when.occurrences(overlapping: (today - 400)...(today + 400), workingDays: workingDays)
        guard let dates = target.dates.flatMap({ dates in near.first { $0.name == dates.name } }) else { return nil }
        var exceptions = subject.exceptions
        let what: String
        switch dice.number(0...3) {
        case 0:
            exceptions[dates.name] = Campaign.Exception.none
            what = "does not come"
        case 1:
            guard exceptions[dates.name] != nil else { return nil }
            exceptions[dates.name] = nil
            what = "comes as written"
        default:
            let start = dates.start + dice.one(of: [0, 0, dice.number(-15...40)])
            let end = max(start, dates.end + dice.one(of: [0, dice.number(-10...30)]))
            exceptions[dates.name] = .dates(start: start, end: end)
            what = "comes \(start) to \(end)"
        }
        return replace(target.plan, subject, by: subject.with(exceptions: exceptions), today: today).map {
            Edit("dates moved", "\(subject.id) \(dates.name) \(what)", undo: $0)
        }
    }

    /// Changes the time of a campaign, adds one, or removes it.
    private mutating func changeTime(_ dice: inout RandomSource, _ target: EditTarget) -> Edit? {
        let subject = target.campaign
        // A lead in hours needs a time.
        let mayRemove = subject.time != nil && !subject.leads.contains { $0.rule.timeBefore != nil }
        let time = mayRemove && dice.chance(0.3) ? nil : dice.eventTime()
        guard time != subject.time else { return nil }
        replace(target.plan, subject.with(details: EventDetails(time: time)))
        let plan = plans[target.plan].id
        return Edit("times changed", "\(subject.id) takes place at \(time?.description ?? "no time")") {
            $0.restore(plan, subject)
        }
    }

    private mutating func rewrite(_ dice: inout RandomSource, _ target: EditTarget, today: Day) -> Edit? {
        guard let dates = target.dates else { return nil }
        let isSame = dice.chance(0.6)
        let (start, end) = isSame ? (dates.start, dates.end) : dice.otherDates(than: dates)
        let phrase = dice.phrase(start: start, end: end, besides: target.campaign.when)
        guard let phrase else { return nil }
        let subject = target.campaign
        let rewritten = subject.with(when: phrase, exceptions: [:], years: Day.plannableYears)
        return replace(target.plan, subject, by: rewritten, today: today).map {
            Edit(
                isSame ? "phrases rewritten, same dates" : "phrases rewritten, other dates",
                "\(subject.id) \(dates.start) to \(dates.end) is written \(phrase), \(start) to \(end)", undo: $0)
        }
    }

    private mutating func limitYears(_ dice: inout RandomSource, _ target: EditTarget) -> Edit? {
        guard let dates = target.dates else { return nil }
        // Skips an occurrence whose name has another year than its start, as in the lunar calendar.
        // The program and the oracle may assign it to different years.
        guard Int(dates.name.prefix(4)).map({ $0 == dates.start.year }) ?? true else { return nil }
        let year = dates.start.year
        let years =
            dice.one(of: [year...year, year...2199, (year + 1)...2199, 1970...year, 1970...(year - 1), Day.plannableYears])
        let subject = target.campaign
        replace(target.plan, subject.with(years: years))
        let plan = plans[target.plan].id
        return Edit("years limited", "\(subject.id) in \(years) only") { $0.restore(plan, subject) }
    }

    private mutating func renameCampaign(_ dice: inout RandomSource, _ target: EditTarget) -> Edit? {
        let (old, plan) = (target.campaign, plans[target.plan])
        let keeps = dice.chance(0.7)
        let renamed = old.with(id: "c\(nextSerial())", formerly: keeps ? [old.id] + old.formerly : [])
        set(target.plan, plan.campaigns.map { $0.id == old.id ? renamed : $0 })
        let words = "campaign \(old.id) is \(renamed.id)"
        guard keeps else { return Edit("campaigns renamed", words) }
        return Edit("campaigns renamed with formerly", words + ", formerly") { office in
            guard let (place, now) = office.find(plan.id, renamed.id) else { return }
            let back = now.with(id: old.id, formerly: [renamed.id] + old.formerly)
            office.set(place, office.plans[place].campaigns.map { $0.id == renamed.id ? back : $0 })
        }
    }

    private mutating func renamePlan(_ dice: inout RandomSource, _ place: Int) -> Edit? {
        let old = plans[place]
        let keeps = dice.chance(0.8)
        let id = "plan-\(nextSerial())"
        plans[place] = old.with(id: id, formerly: keeps ? [old.id] + old.formerly : [])
        return Edit("plans renamed" + (keeps ? " with formerly" : ""), "plan \(old.id) is \(id)" + (keeps ? ", formerly" : ""))
    }

    private mutating func toggleJoiners(_ place: Int) -> Edit? {
        let old = plans[place]
        let joiners: Joiners = old.joiners == .latest ? .none : .latest
        plans[place] = old.with(joiners: joiners)
        return Edit("joiners", "plan \(old.id) has joiners: \(joiners)")
    }

    private mutating func changeLeads(_ dice: inout RandomSource, _ target: EditTarget) -> Edit? {
        let subject = target.campaign
        var leads = subject.leads
        let place = dice.number(0...(leads.count - 1))
        let lead = leads[place]
        let kind: String
        switch dice.number(0...5) {
        case 0:
            leads = self.leads(&dice, hasTime: subject.time != nil)
            kind = "leads replaced"
        case 1:
            guard leads.count > 1 else { return nil }
            leads.remove(at: place)
            kind = "leads removed"
        case 2:
            guard
                let added = self.leads(&dice, hasTime: subject.time != nil).first(where: { new in
                    !leads.contains { $0.id == new.id }
                })
            else { return nil }
            leads.append(added)
            kind = "leads added"
        case 3:
            leads[place] = Lead(id: "l\(nextSerial())", rule: lead.rule, at: lead.at, notify: lead.notify)
            kind = "leads renamed"
        case 4:
            leads[place] = Lead(id: lead.id, rule: lead.rule, at: Office.hour(&dice), notify: lead.notify)
            kind = "hours changed"
        default:
            leads[place] = Lead(id: lead.id, rule: lead.rule, at: lead.at, notify: notify(&dice))
            kind = "notify changed"
        }
        replace(target.plan, subject.with(leads: leads))
        let plan = plans[target.plan].id
        return Edit(kind, "\(subject.id): \(kind)") { $0.restore(plan, subject) }
    }

    /// Replaces a campaign by a new version.
    ///
    /// Returns an action that reverts the change; nil if occurrences of the new version would
    /// overlap.
    private mutating func replace(
        _ plan: Int, _ old: Campaign, by new: Campaign, today: Day
    ) -> ((inout Office) -> Void)? {
        // Overlapping occurrences are not simulated, because `check` warns of them and users
        // correct them.
        let all = new.occurrences(overlapping: (today - 400)...(today + 800), workingDays: workingDays)
        guard zip(all, all.dropFirst()).allSatisfy({ $0.end < $1.start }) else { return nil }
        replace(plan, new)
        let owner = plans[plan].id
        return { $0.restore(owner, old) }
    }

    /// Restores an earlier version of a campaign.
    private mutating func restore(_ plan: String, _ campaign: Campaign) {
        guard let (place, now) = find(plan, campaign.id), now.formerly == campaign.formerly else { return }
        replace(place, campaign)
    }

    // MARK: Recipients

    private mutating func join(_ dice: inout RandomSource) -> Edit? {
        guard recipients.count < 9 else { return nil }
        addRecipient(&dice)
        let id = recipients.last!.id
        groups["few", default: []].append(id)
        return Edit("recipients joined", "\(id) joins few")
    }

    private mutating func leave(_ id: String) -> Edit? {
        guard recipients.count > 1 else { return nil }
        return remove([id], "recipients left")
    }

    /// Removes the last recipients, as if the file of recipients had been cut short.
    private mutating func cutRecipients(_ dice: inout RandomSource) -> Edit? {
        guard recipients.count > 1 else { return nil }
        let kept = dice.number(1...(recipients.count - 1))
        return remove(recipients.dropFirst(kept).map(\.id), "lists of recipients cut")
    }

    private mutating func remove(_ ids: [String], _ kind: String) -> Edit? {
        let (old, memberships) = (recipients, groups)
        recipients.removeAll { ids.contains($0.id) }
        for (name, members) in groups { groups[name] = members.filter { !ids.contains($0) } }
        return Edit(kind, "\(ids.joined(separator: ", ")) out") { office in
            let back = old.filter { ids.contains($0.id) && !office.hasRecipient($0.id) }
            office.recipients += back
            for (name, members) in memberships {
                office.groups[name, default: []] += members.filter { id in back.contains { $0.id == id } }
            }
        }
    }

    /// Returns whether a listed recipient has this current or former id.
    private func hasRecipient(_ id: String) -> Bool {
        recipients.contains { $0.id == id } || formerIDs[id].map { now in recipients.contains { $0.id == now } } ?? false
    }

    private mutating func cutGroup(_ dice: inout RandomSource) -> Edit? {
        let name = dice.one(of: ["all", "few"])
        let old = groups[name] ?? []
        guard !old.isEmpty else { return nil }
        let kept = dice.chance(0.5) ? [] : Array(old.prefix(old.count / 2))
        groups[name] = kept
        return Edit("groups cut", "group \(name) has \(kept) only") { office in
            let present = Set(office.recipients.map(\.id)).union(office.groups.keys)
            let now = office.groups[name] ?? []
            office.groups[name] = now + old.filter { present.contains($0) && !now.contains($0) }
        }
    }

    private mutating func renameRecipient(_ dice: inout RandomSource, _ id: String) -> Edit? {
        guard let place = recipients.firstIndex(where: { $0.id == id }) else { return nil }
        let (old, new) = (recipients[place], "r\(nextSerial())")
        let keeps = dice.chance(0.75)
        recipients[place] = Recipient(
            id: new, name: new, email: old.email, language: nil, via: old.via, otherwise: old.otherwise)
        wishes[new] = wishes[id]
        for (name, members) in groups { groups[name] = members.map { $0 == id ? new : $0 } }
        for plan in plans.indices {
            set(
                plan,
                plans[plan].campaigns.map { campaign in
                    campaign.with(
                        leads: campaign.leads.map {
                            Lead(id: $0.id, rule: $0.rule, at: $0.at, notify: $0.notify.map { $0 == id ? new : $0 })
                        })
                })
        }
        for (former, present) in formerIDs where present == id { formerIDs[former] = keeps ? new : nil }
        if keeps { formerIDs[id] = new }
        return Edit(
            "recipients renamed" + (keeps ? " with formerly" : ""), "\(id) is \(new)" + (keeps ? ", formerly" : ""))
    }

    private mutating func changeWish(_ dice: inout RandomSource, _ id: String) -> Edit? {
        guard let old = wishes[id], recipients.contains(where: { $0.id == id }) else { return nil }
        let new = Office.wish(&dice)
        wishes[id] = new
        return Edit("via changed", "\(id) takes \(new.via), otherwise \(new.otherwise)") { $0.wishes[id] = old }
    }

    private mutating func changeAddress(_ dice: inout RandomSource, _ id: String) -> Edit? {
        guard let place = recipients.firstIndex(where: { $0.id == id }) else { return nil }
        let old = recipients[place]
        let address = dice.chance(0.4) ? dice.one(of: recipients).email : "\(id)-\(nextSerial())@example.vn"
        let change = { (office: inout Office, email: String?) in
            guard let place = office.recipients.firstIndex(where: { $0.id == id }) else { return }
            office.recipients[place] = Recipient(
                id: id, name: id, email: email, language: nil, via: old.via, otherwise: old.otherwise)
        }
        change(&self, address)
        return Edit("addresses changed", "\(id) has \(address ?? "no address")") { change(&$0, old.email) }
    }

    // MARK: Channels and working days

    /// Removes a channel from the configuration, or restores it. The last channel is never removed.
    mutating func toggle(_ server: String) -> Edit? {
        guard let place = lines.firstIndex(where: { $0.server == server }) else { return nil }
        if lines[place].isConfigured {
            guard configured.count > 1 else { return nil }
            lines[place].isConfigured = false
            return Edit("channels taken out", "channel \(lines[place].name) taken out") { $0.lines[place].isConfigured = true }
        }
        lines[place].isConfigured = true
        return Edit("channels put back", "channel \(lines[place].name) put back")
    }

    private mutating func renameChannel(_ dice: inout RandomSource, _ server: String) -> Edit? {
        guard let place = lines.firstIndex(where: { $0.server == server && $0.isConfigured }) else { return nil }
        let old = lines[place]
        let keeps = dice.chance(0.6)
        lines[place].name = "\(server)-\(nextSerial())"
        lines[place].formerly = keeps ? [old.name] + old.formerly : []
        let words = "channel \(old.name) is \(lines[place].name)"
        guard keeps else {
            return Edit("channels renamed", words) { office in
                office.lines[place].name = old.name
                office.lines[place].formerly = old.formerly
            }
        }
        return Edit("channels renamed with formerly", words + ", formerly")
    }

    private mutating func changeWorkingDays(_ dice: inout RandomSource) -> Edit? {
        let old = workingDays
        workingDays = Office.workingDays(&dice)
        return Edit("working days changed", "other working days") { $0.workingDays = old }
    }
}
