import Scheduler

/// What the people of one run have written at some moment: plans, readers, channels. Edited under way.
struct Office {
    var plans: [Plan]
    var readers: [Recipient]
    var groups: [String: [String]]
    var workingDays: WorkingCalendar
    var catchUp: CatchUp
    /// The names of the channels that are configured.
    var channels: Set<String>
    /// The channels each reader asked for, some of which may not be configured for a while.
    var wishes: [String: (via: [String], otherwise: [String])]
    /// Campaigns taken out, which may come back.
    var drawer: [(plan: String, campaign: Campaign)] = []
    private var serial = 0

    static let channelNames = ["hub", "mail", "relay"]
    static let mailChannels: Set<String> = ["mail", "relay"]

    var accepted: Accepted {
        let present = readers.map { reader in
            let wish = wishes[reader.id] ?? (via: ["mail"], otherwise: [])
            let via = wish.via.filter(channels.contains)
            return Recipient(
                id: reader.id, name: reader.name, email: reader.email, language: nil,
                via: via.isEmpty ? Array(channels.sorted().prefix(1)) : via,
                otherwise: wish.otherwise.filter { channels.contains($0) && !via.contains($0) })
        }
        return Accepted(
            plans: PlanSet(plans: plans, workingDays: workingDays),
            directory: Directory(recipients: present, groups: groups, mailChannels: Office.mailChannels), catchUp: catchUp,
            contact: nil)
    }

    /// A new office, with dates near `near`.
    init(_ dice: inout Dice, zones: [Zone], near: Day) {
        plans = []
        readers = []
        wishes = [:]
        channels = Set(Office.channelNames)
        catchUp = dice.chance(0.85) ? .latest : .none
        workingDays = Office.workingDays(&dice)
        groups = [:]
        for _ in 1...dice.number(2...5) { addReader(&dice) }
        let ids = readers.map(\.id)
        groups = ["few": dice.some(of: ids), "all": ["few"] + dice.some(of: ids)]
        for number in 1...dice.number(1...2) {
            var campaigns: [Campaign] = []
            for _ in 1...dice.number(2...4) { campaigns.append(campaign(&dice, near: near)) }
            plans.append(
                Plan(
                    id: "plan-\(number)", title: "Plan \(number)", source: .init(), zone: dice.one(of: zones), language: .en,
                    campaigns: campaigns))
        }
    }

    private static func workingDays(_ dice: inout Dice) -> WorkingCalendar {
        guard dice.chance(0.5) else { return .mondayToFriday }
        let holidays = [Recurrence.day(MonthDay(month: 9, day: 2)!), .lunar(LunarMonthDay(month: 1, day: 1))].map {
            WorkingCalendar.Holiday(title: "Holiday", when: $0, years: Day.plannableYears, cite: "")
        }
        return WorkingCalendar(
            weeklyRest: dice.one(of: [[.saturday, .sunday], [.sunday]]), holidays: holidays, off: [:], work: [:],
            officialYears: [])
    }

    // MARK: What can be added

    private mutating func nextSerial() -> Int {
        serial += 1
        return serial
    }

    private mutating func addReader(_ dice: inout Dice) {
        let id = "r\(nextSerial())"
        // Now and then two share an address.
        let shared = dice.chance(0.1) ? readers.first?.email : nil
        readers.append(
            Recipient(
                id: id, name: id, email: shared ?? "\(id)@example.vn", language: nil, via: ["mail"], otherwise: []))
        wishes[id] = Office.wish(&dice)
    }

    private static func wish(_ dice: inout Dice) -> (via: [String], otherwise: [String]) {
        let via = dice.chance(0.6) ? [dice.one(of: channelNames)] : dice.some(of: channelNames)
        return (via, dice.chance(0.4) ? dice.some(of: channelNames.filter { !via.contains($0) }, atLeast: 0) : [])
    }

    private mutating func campaign(_ dice: inout Dice, near: Day) -> Campaign {
        let number = nextSerial()
        return Campaign(
            id: "c\(number)", title: "Campaign \(number)", when: dice.recurrence(near: near), writtenWhen: "",
            leads: leads(&dice), restDays: dice.one(of: RestDays.allCases + [.send, .send]))
    }

    private func leads(_ dice: inout Dice) -> [Lead] {
        var leads: [Lead] = []
        for _ in 1...dice.number(1...4) {
            let rule = dice.leadRule()
            guard !leads.contains(where: { $0.id == rule.phrase }) else { continue }
            let at = TimeOfDay(hour: dice.one(of: [0, 2, 7, 8, 8, 8, 12, 23]), minute: dice.one(of: [0, 0, 30]))!
            leads.append(Lead(id: rule.phrase, rule: rule, at: at, notify: notify(&dice)))
        }
        return leads
    }

    private func notify(_ dice: inout Dice) -> [String] {
        dice.chance(0.5) ? [dice.one(of: ["all", "few"])] : dice.some(of: readers.map(\.id))
    }

    // MARK: Edits

    /// One change somebody makes; says what it was.
    mutating func edit(_ dice: inout Dice, today: Day) -> String {
        let plan = dice.number(0...(plans.count - 1))
        switch dice.number(0...10) {
        case 0:
            let added = campaign(&dice, near: today)
            set(plan, plans[plan].campaigns + [added])
            return "campaign \(added.id) added"
        case 1: return removeCampaign(&dice, plan)
        case 2: return restoreCampaign()
        case 3, 4: return move(&dice, plan, today: today)
        case 5: return change(&dice, plan)
        case 6:
            addReader(&dice)
            groups["few", default: []].append(readers.last!.id)
            return "reader \(readers.last!.id) joins"
        case 7:
            guard readers.count > 1 else { return "nothing" }
            let gone = readers.remove(at: dice.number(0...(readers.count - 1))).id
            for (name, members) in groups { groups[name] = members.filter { $0 != gone } }
            return "reader \(gone) leaves"
        case 8:
            let reader = dice.one(of: readers)
            wishes[reader.id] = Office.wish(&dice)
            return "reader \(reader.id) takes other channels"
        case 9:
            workingDays = Office.workingDays(&dice)
            return "other working days"
        default:
            return toggle(dice.one(of: Office.channelNames))
        }
    }

    /// Takes a channel out of the configuration or puts it back; one always stays.
    mutating func toggle(_ channel: String) -> String {
        if channels.contains(channel) {
            guard channels.count > 1 else { return "nothing" }
            channels.remove(channel)
            return "channel \(channel) vanishes"
        }
        channels.insert(channel)
        return "channel \(channel) is back"
    }

    private mutating func removeCampaign(_ dice: inout Dice, _ plan: Int) -> String {
        guard plans[plan].campaigns.count > 1 else { return "nothing" }
        var campaigns = plans[plan].campaigns
        let gone = campaigns.remove(at: dice.number(0...(campaigns.count - 1)))
        set(plan, campaigns)
        drawer.append((plans[plan].id, gone))
        return "campaign \(gone.id) removed"
    }

    private mutating func restoreCampaign() -> String {
        guard let last = drawer.popLast(), let plan = plans.firstIndex(where: { $0.id == last.plan }) else { return "nothing" }
        set(plan, plans[plan].campaigns + [last.campaign])
        return "campaign \(last.campaign.id) is back"
    }

    /// One occurrence gets other dates, goes, or gets its own back.
    private mutating func move(_ dice: inout Dice, _ plan: Int, today: Day) -> String {
        let subject = dice.one(of: plans[plan].campaigns)
        let coming = subject.when.occurrences(overlapping: (today - 20)...(today + 100), workingDays: workingDays)
        guard !coming.isEmpty else { return "nothing" }
        let dates = dice.one(of: coming)
        var exceptions = subject.exceptions
        let what: String
        switch dice.number(0...3) {
        case 0:
            exceptions[dates.name] = Campaign.Exception.none
            what = "does not come"
        case 1:
            exceptions[dates.name] = nil
            what = "comes as written"
        default:
            let start = dates.start + dice.one(of: [0, 0, dice.number(-15...40)])
            let end = max(start, dates.end + dice.one(of: [0, dice.number(-10...30)]))
            exceptions[dates.name] = .dates(start: start, end: end)
            what = "comes \(start) to \(end)"
        }
        // Two occurrences with one anchor would be one reminder by the contract's identity; nobody plans so.
        let moved = subject.with(exceptions: exceptions, leads: subject.leads)
        let all = moved.occurrences(overlapping: (today - 400)...(today + 800), workingDays: workingDays)
        guard zip(all, all.dropFirst()).allSatisfy({ $0.end < $1.start }) else { return "nothing" }
        replace(plan, moved)
        return "\(subject.id) \(dates.name) \(what)"
    }

    private mutating func change(_ dice: inout Dice, _ plan: Int) -> String {
        let subject = dice.one(of: plans[plan].campaigns)
        replace(plan, subject.with(exceptions: subject.exceptions, leads: leads(&dice)))
        return "\(subject.id) has other leads"
    }

    private mutating func replace(_ plan: Int, _ campaign: Campaign) {
        set(plan, plans[plan].campaigns.map { $0.id == campaign.id ? campaign : $0 })
    }

    private mutating func set(_ plan: Int, _ campaigns: [Campaign]) {
        let old = plans[plan]
        plans[plan] = Plan(
            id: old.id, title: old.title, source: old.source, zone: old.zone, language: old.language, campaigns: campaigns)
    }
}

extension Campaign {
    fileprivate func with(exceptions: [String: Exception], leads: [Lead]) -> Campaign {
        Campaign(
            id: id, title: title, when: when, writtenWhen: writtenWhen, exceptions: exceptions, leads: leads, restDays: restDays)
    }
}
