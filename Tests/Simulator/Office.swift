import Dates
import Plans
import Randomness
import Scheduler

/// The files of the office: plans, recipients, groups and channels.
///
/// Each `Edit` changes them during a run.
struct Office {
    /// One channel of the configuration. If the channel is renamed, its server stays the same.
    struct Line {
        /// The server's own name (`SimulatedChannel.server`).
        let server: String
        var name: String
        var formerly: [String] = []
        var isConfigured = true
    }

    /// The servers through which a recipient wants to be notified.
    struct Wish {
        var via: [String]
        var otherwise: [String]
    }

    var plans: [Plan] = []
    /// The recipients, without their channels, which are in `wishes`.
    var recipients: [Recipient] = []
    var groups: [String: [String]] = [:]
    var lines: [Line]
    var workingDays: WorkingCalendar
    let catchUp: CatchUp
    var wishes: [String: Wish] = [:]
    /// The current ids of recipients, keyed by their former ids.
    var formerIDs: [String: String] = [:]
    /// Removed campaigns that may be restored.
    var drawer: [(plan: String, campaign: Campaign)] = []
    private var serial = 0

    static let servers = ["hub", "mail", "relay"]
    static let mailServers: Set<String> = ["mail", "relay"]

    /// Creates an office whose campaigns take place near the day `near`.
    init(_ dice: inout RandomSource, zones: [Zone], near: Day) {
        lines = Office.servers.map { Line(server: $0, name: $0) }
        catchUp = dice.chance(0.85) ? .latest : .none
        workingDays = Office.workingDays(&dice)
        for _ in 1...dice.number(2...6) { addRecipient(&dice) }
        let ids = recipients.map(\.id)
        groups = ["few": dice.some(of: ids), "all": ["few"] + dice.some(of: ids)]
        for number in 1...dice.number(1...2) {
            var campaigns: [Campaign] = []
            for _ in 1...dice.number(2...4) { campaigns.append(campaign(&dice, near: near)) }
            plans.append(
                Plan(
                    id: "plan-\(number)", title: "Plan \(number)", source: .init(), zone: dice.one(of: zones), language: .en,
                    campaigns: campaigns, joiners: dice.chance(0.8) ? .latest : .none))
        }
    }

    // MARK: As the program reads it

    var accepted: ActiveConfiguration {
        ActiveConfiguration(
            plans: PlanSet(plans: plans, workingDays: workingDays),
            directory: RecipientDirectory(
                recipients: present, groups: groups, addressKinds: addressKinds,
                formerly: formerIDs,
                formerChannels: Dictionary(uniqueKeysWithValues: configured.map { ($0.name, $0.formerly) })),
            catchUp: catchUp, contact: nil)
    }

    /// The recipients with the configured names of their channels.
    var present: [Recipient] {
        let names = Dictionary(uniqueKeysWithValues: configured.map { ($0.server, $0.name) })
        return recipients.map { recipient in
            let wish = wishes[recipient.id] ?? Wish(via: ["mail"], otherwise: [])
            let via = wish.via.compactMap { names[$0] }
            return Recipient(
                id: recipient.id, name: recipient.name, email: recipient.email, language: nil,
                via: via.isEmpty ? Array(names.values.sorted().prefix(1)) : via,
                otherwise: wish.otherwise.compactMap { names[$0] }.filter { !via.contains($0) })
        }
    }

    var configured: [Line] { lines.filter(\.isConfigured) }

    var addressKinds: [String: AddressKind] {
        Dictionary(uniqueKeysWithValues: configured.filter { Office.mailServers.contains($0.server) }.map { ($0.name, .email) })
    }

    // MARK: Random parts

    mutating func nextSerial() -> Int {
        serial += 1
        return serial
    }

    static func workingDays(_ dice: inout RandomSource) -> WorkingCalendar {
        guard dice.chance(0.5) else { return .mondayToFriday }
        let holidays = [Recurrence.day(MonthDay(month: 9, day: 2)!), .lunar(LunarMonthDay(month: 1, day: 1))].map {
            WorkingCalendar.Holiday(title: "Holiday", when: $0, years: Day.plannableYears, cite: "")
        }
        return WorkingCalendar(
            weeklyRest: dice.one(of: [[.saturday, .sunday], [.sunday]]), holidays: holidays, off: [:], work: [:],
            officialYears: [])
    }

    mutating func addRecipient(_ dice: inout RandomSource) {
        let id = "r\(nextSerial())"
        // Gives some recipients the address of the first recipient.
        let shared = dice.chance(0.1) ? recipients.first?.email : nil
        recipients.append(
            Recipient(
                id: id, name: id, email: shared ?? "\(id)@example.vn", language: nil, via: ["mail"], otherwise: []))
        wishes[id] = Office.wish(&dice)
    }

    static func wish(_ dice: inout RandomSource) -> Wish {
        let via = dice.chance(0.6) ? [dice.one(of: servers)] : dice.some(of: servers)
        let others = dice.chance(0.4) ? dice.some(of: servers.filter { !via.contains($0) }, atLeast: 0) : []
        return Wish(via: via, otherwise: others)
    }

    mutating func campaign(_ dice: inout RandomSource, near: Day) -> Campaign {
        let number = nextSerial()
        let time = dice.chance(0.35) ? dice.eventTime() : nil
        return Campaign(
            id: "c\(number)", title: "Campaign \(number)", when: dice.recurrence(near: near), writtenWhen: "",
            leads: leads(&dice, hasTime: time != nil),
            restDays: dice.one(of: RestDays.allCases.map(Optional.some) + [nil, nil, .send]),
            details: EventDetails(time: time))
    }

    func leads(_ dice: inout RandomSource, hasTime: Bool) -> [Lead] {
        var leads: [Lead] = []
        for _ in 1...dice.number(1...4) {
            let rule = dice.leadRule(hasTime: hasTime)
            guard !leads.contains(where: { $0.id == rule.phrase }) else { continue }
            leads.append(Lead(id: rule.phrase, rule: rule, at: Office.hour(&dice), notify: notify(&dice)))
        }
        return leads
    }

    static func hour(_ dice: inout RandomSource) -> TimeOfDay {
        TimeOfDay(hour: dice.one(of: [0, 2, 7, 8, 8, 8, 12, 23]), minute: dice.one(of: [0, 0, 30]))!
    }

    func notify(_ dice: inout RandomSource) -> [String] {
        dice.chance(0.6) ? [dice.one(of: ["all", "few"])] : dice.some(of: recipients.map(\.id))
    }

    // MARK: Replacing campaigns

    mutating func set(_ plan: Int, _ campaigns: [Campaign]) {
        plans[plan] = plans[plan].with(campaigns: campaigns)
    }

    mutating func replace(_ plan: Int, _ campaign: Campaign) {
        set(plan, plans[plan].campaigns.map { $0.id == campaign.id ? campaign : $0 })
    }

    /// Finds a campaign by the id of its plan and its own id.
    func find(_ plan: String, _ campaign: String) -> (plan: Int, campaign: Campaign)? {
        guard let place = plans.firstIndex(where: { $0.id == plan }) else { return nil }
        return plans[place].campaigns.first { $0.id == campaign }.map { (place, $0) }
    }
}

extension Plan {
    func with(id: String? = nil, campaigns: [Campaign]? = nil, joiners: Joiners? = nil, formerly: [String]? = nil) -> Plan {
        Plan(
            id: id ?? self.id, title: title, source: source, zone: zone, language: language,
            campaigns: campaigns ?? self.campaigns, joiners: joiners ?? self.joiners, formerly: formerly ?? self.formerly)
    }
}

extension Campaign {
    func with(
        id: String? = nil, when: Recurrence? = nil, exceptions: [String: Exception]? = nil, years: ClosedRange<Int>? = nil,
        leads: [Lead]? = nil, formerly: [String]? = nil, details: EventDetails? = nil
    ) -> Campaign {
        Campaign(
            id: id ?? self.id, title: title, when: when ?? self.when, writtenWhen: writtenWhen,
            exceptions: exceptions ?? self.exceptions, years: years ?? self.years, leads: leads ?? self.leads,
            restDays: restDays, formerly: formerly ?? self.formerly, details: details ?? self.details)
    }
}
