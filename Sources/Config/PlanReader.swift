import Dates
import Diagnostics
import Documents
import Foundation
import Plans
import Scheduler
import Transport

/// Reads `plans/*.yaml`.
///
/// If an entry has a mistake, the reader reports it, leaves the entry out and reads on.
package final class PlanReader {
    let problems: Problems
    private let zones: SystemZones
    private let defaultZone: Zone
    /// The known recipients and groups; nil if plans are read without a configuration.
    let directory: RecipientDirectory?
    let names: KnownNames?
    let workingDays: WorkingCalendar
    let places: SourceMap?
    /// Whether the files were accepted before, perhaps by an earlier version of remindd.
    ///
    /// If true, a valid entry is not refused even if it is probably a mistake.
    let wasAccepted: Bool
    private var plans = KnownPlans()
    /// The names of the channels that send mail with TLS only.
    let encryptedChannels: Set<String>
    /// The former names of campaigns in the plan that is being read.
    private var formerCampaigns = FormerNames()
    /// The ids of campaigns without `id` in the plan that is being read.
    var madeIDs = MadeIDs(given: [])
    var phrases = Phrases()
    /// The plan's leads that campaigns inherit, keyed by their time of day and recipients.
    var inherited: [Inheritance: [Lead]] = [:]
    /// The leads of campaigns, keyed by list of phrases.
    ///
    /// Campaigns with equal lists share the leads.
    var leadLists: [LeadList: [Lead]] = [:]

    package static let keys = Keys([
        .required("plan", .id, "The plan's id, unique over all plan files."),
        .required("title", .text(most: titleLimit), "What people call the plan."),
        .required("campaigns", .list(.table(campaignKeys)), "The campaigns: what happens and when."),
        .optional("source", .table(sourceKeys), "The document the dates come from; printed in every reminder."),
        .optional("timezone", .text(), "A name of the system's zone list. Default: the configuration's, else Asia/Ho_Chi_Minh."),
        .optional("language", .choice(Language.allCases.map(\.rawValue)), "Language of the built-in wording. Default: vi."),
        .optional("remind", .orEmpty(leadShape), "Reminders of campaigns that have none of their own."),
        .optional("at", .time, "Time of day of reminders that have none of their own. Default: 08:00."),
        .optional(
            "rest_days", restDaysShape,
            "Where a reminder goes that falls on a rest day. Default: leads before the start go a working day earlier."),
        .optional("notify", .orEmpty(.ids), "Recipients and groups of campaigns that name none."),
        .optional("years", .years, "Years of campaigns that name none: 2027, 2024-2030 or 2024-. Default: every year."),
        .optional(
            "joiners", .choice(Joiners.allCases.map(\.rawValue) + Joiners.words.map(\.word)),
            "Whether recipients who are named only after a reminder was due get the latest one. Default: latest."),
        .optional(
            "confidential", .orEmpty(.list(.text(most: 253))),
            "For every campaign that names none: only mail with TLS to addresses in these domains."),
        .optional(
            "formerly", FormerNames.shape, "Earlier ids of the plan, newest first. Reminders sent under them count as sent."),
    ])
    package static let sourceKeys = Keys([
        .optional("number", .text(most: titleLimit), "The document's number."),
        .optional("date", .day, "The day it was signed: 2024-01-24, 24/1/2024 or ngày 24 tháng 1 năm 2024."),
        .optional("issuer", .text(most: titleLimit), "Who issued it."),
    ])
    package static let campaignKeys = Keys([
        .required("title", .text(most: titleLimit), "What it is about; the subject of its mails."),
        .required(
            "when", .text(most: phraseLimit),
            "When it comes, in English or Vietnamese: 28/6, early Q2, từ 1/6 đến 30/6, âm lịch 15/8."),
        .optional("id", .id, "Unique in the plan; the ledger knows sent reminders by it. Default: made from the title."),
        .optional(
            "time", .text(most: 100),
            "Its time of day: 14:00, or 14:00 - 16:30. An hour in the phrase (8/3 lúc 14:00) is the same."),
        .optional("place", .text(most: titleLimit), "Where it takes place; shown in every message."),
        .optional("owner", .id, "The recipient who is responsible; shown in every message."),
        .optional("link", .text(most: linkLimit, pattern: "^[Hh][Tt][Tt][Pp][Ss]?://"), "A web address; shown in every message."),
        .optional(
            "except", .map(.text(), keys: "^[0-9]{1,4}"),
            "By the year of the start, or by the occurrence's name (2026-04, 2026-Q2, 2026-01-05): other dates, or none."),
        .optional("remind", .orEmpty(leadShape), "Replaces the plan's reminders."),
        .optional("notify", .orEmpty(.ids), "Replaces the plan's recipients and groups."),
        .optional("at", .time, "Replaces the plan's time of day."),
        .optional("cite", .text(most: textLimit), "What the document says, word for word."),
        .optional("tags", .orEmpty(.list(.text())), "Words for sorting; webhooks receive them."),
        .optional(
            "years", .years,
            "Replaces the plan's: 2024-2030, 2024- or 2026, by the Gregorian year of the start, lunar dates too."),
        .optional("note", .text(most: textLimit), "What to do."),
        .optional("rest_days", restDaysShape, "Replaces the plan's."),
        .optional(
            "confidential", .orEmpty(.list(.text(most: 253))),
            "Replaces the plan's: only mail with TLS to addresses in these domains."),
        .optional("formerly", FormerNames.shape, "Earlier ids, newest first. Reminders sent under them count as sent."),
    ])
    package static let leadKeys = Keys([
        .required(
            "when", .text(most: 300),
            "30 days before, 5 working days before at 07:30, 2 hours before, on the day, 10 days after the end."),
        .optional("id", .id, "Default: the phrase."),
        .optional("at", .time, "Replaces the campaign's time of day."),
        .optional("notify", .orEmpty(.ids), "Replaces the campaign's recipients and groups."),
        .optional("say", .text(most: titleLimit), "Its own words, one line: in the subject, and the first line of the body."),
        .optional("note", .text(most: textLimit), "What to do; replaces the campaign's note."),
    ])
    private static let leadShape = Shape.list(.either([.text(most: 300), .table(leadKeys)]), most: leadLimit)
    private static let restDaysShape = Shape.choice(RestDays.allCases.map(\.rawValue) + RestDays.words.map(\.word))
    package static let titleLimit = 200
    package static let linkLimit = 2_000
    /// The maximum length of `when`: a list of 5 000 windows has some 130 000 characters.
    package static let phraseLimit = 160_000
    package static let textLimit = 4_096
    package static let leadLimit = 64
    package static let defaultTime = TimeOfDay(hour: 8, minute: 0)!

    package init(
        problems: Problems, zones: SystemZones, defaultZone: Zone, directory: RecipientDirectory?, workingDays: WorkingCalendar,
        places: SourceMap? = nil, wasAccepted: Bool = false, encryptedChannels: Set<String> = []
    ) {
        self.encryptedChannels = encryptedChannels
        self.problems = problems
        self.zones = zones
        self.defaultZone = defaultZone
        self.directory = directory
        names = directory.map(KnownNames.init)
        self.workingDays = workingDays
        self.places = places
        self.wasAccepted = wasAccepted
    }

    /// The parsed phrases. Plans repeat their phrases, so each phrase is parsed only once.
    struct Phrases {
        /// The language of the plan, in which phrases without words have their hints.
        var language = Language.vi
        var recurrences: [String: Result<WhenPhrase, PhraseRefusal>] = [:]
        var leads: [String: Result<LeadPhrase, PhraseRefusal>] = [:]
    }

    /// The plans that were read so far.
    private struct KnownPlans {
        /// The file of each plan, by the plan's id.
        var files: [String: String] = [:]
        var formerly = FormerNames()
    }

    struct Inheritance: Hashable {
        let at: TimeOfDay
        let notify: [String]
    }

    /// The settings of a plan, for campaigns that do not override them.
    struct Defaults {
        let plan: String
        /// The date of the plan's document, with which weekly series begin.
        let sourceDate: Day?
        var remind: YAMLValue?
        var at: TimeOfDay
        var notify: [String]
        /// The value of `notify` in the file; nil if the key is missing.
        var notifyValue: YAMLValue?
        /// nil if the plan leaves it to each lead.
        var restDays: RestDays?
        var years: ClosedRange<Int>
        var confidential: [String]
    }

    package func read(bytes: [UInt8], name: String) -> Plan? {
        guard let file = YAMLFile(bytes: bytes, name: name, source: .data, vocabulary: .all, problems: problems),
            !file.isMistaken(for: "a plan", PlanReader.keys, actual: "a configuration", ConfigurationReader.keys),
            let table = file.root.table("a plan", keys: PlanReader.keys)
        else { return nil }
        let id = identifier(table["plan"], "the plan's id")
        if let id, let place = table["plan"] {
            if let other = plans.files[id] { place.error("the plan id \(id) is taken already, by \(other)") }
            plans.files[id] = name
        }
        let formerly = plans.formerly.read(table["formerly"], of: id, "a plan")
        formerCampaigns = FormerNames()
        let title = table["title"]?.text("title", isProse: true, maxCharacters: PlanReader.titleLimit)
        let source = source(table["source"])
        let defaults = Defaults(
            plan: id ?? "", sourceDate: source.date, remind: table["remind"], at: time(table["at"]) ?? PlanReader.defaultTime,
            notify: notify(table["notify"], in: "the plan"), notifyValue: table["notify"],
            restDays: restDays(table["rest_days"]), years: years(table["years"]) ?? Day.plannableYears,
            confidential: domains(table["confidential"]))
        let zone = zone(table["timezone"]) ?? defaultZone
        inherited = [:]
        var campaigns: [Campaign] = []
        var taken: [String: Int] = [:]
        let listed = table["campaigns"]?.list("campaigns") ?? []
        madeIDs = MadeIDs(given: MadeIDs.given(in: listed))
        let language = table["language"]?.choice("language", Language.self) ?? .vi
        // Refused phrases without words have hints in the language of the plan.
        if language != phrases.language { phrases = Phrases(language: language) }
        PhraseLanguage.$ofDigits.withValue(language) {
            for value in listed where !problems.isFull {
                if let campaign = campaign(value, defaults, taken: &taken) { campaigns.append(campaign) }
            }
        }
        reportMadeIDs()
        remarkOnYears(table, listed, campaigns, title: title, sourceDate: source.date)
        formerCampaigns.check { taken[$0] != nil }
        guard let id, let title else { return nil }
        return Plan(
            id: id, title: title, source: source, zone: zone,
            language: language, campaigns: campaigns,
            joiners: table["joiners"]?.choice("joiners", Joiners.self, also: Joiners.words) ?? .latest, formerly: formerly,
            madeIDs: Set(madeIDs.made.map(\.id)))
    }

    /// Reports problems that involve several plans. Must be called after all plans have been read.
    package func finish() {
        plans.formerly.check { plans.files[$0] != nil }
    }

    // MARK: Parts of a plan

    func identifier(_ value: YAMLValue?, _ what: LocalizedText) -> String? {
        guard let value, let id = value.text(what), Identifier.check(id, value, what) else { return nil }
        return id
    }

    private func source(_ value: YAMLValue?) -> Plan.Source {
        guard let table = value?.table("source", keys: PlanReader.sourceKeys) else { return Plan.Source() }
        var date: Day?
        if let place = table["date"], let text = place.text("source.date") {
            date = Day(written: text)
            if date == nil {
                place.error(
                    "source.date is \(place.shown); allowed: a day as 2024-01-24 or 24/1/2024",
                    hints: DaySlip.hint(text).map { [$0] } ?? [])
            }
        }
        return Plan.Source(
            number: table["number"]?.text("source.number", isProse: true, maxCharacters: PlanReader.titleLimit), date: date,
            issuer: table["issuer"]?.text("source.issuer", isProse: true, maxCharacters: PlanReader.titleLimit))
    }

    private func zone(_ value: YAMLValue?) -> Zone? {
        ConfigurationReader(problems: problems, zones: zones).zone(value)
    }

    func time(_ value: YAMLValue?) -> TimeOfDay? {
        guard let value, let text = value.text("at") else { return nil }
        if let time = TimeOfDay(text) { return time }
        value.error("at is \(value.shown); allowed: a time from 00:00 to 23:59", hints: TimeSlip.hint(text).map { [$0] } ?? [])
        return nil
    }

    private func restDays(_ value: YAMLValue?) -> RestDays? {
        value?.choice("rest_days", RestDays.self, also: RestDays.words)
    }

    func notify(_ value: YAMLValue?, in what: LocalizedText) -> [String] {
        guard let value, !value.isNull else { return [] }
        var ids: [String] = []
        var seen: Set<String> = []
        for (id, place) in value.texts("notify") ?? [] {
            guard !problems.isFull else { break }
            if let names, !names.check(id, place, in: "notify") { continue }
            if seen.insert(id).inserted { ids.append(id) }
        }
        return ids
    }

    /// Returns whether a value is missing, empty, or an empty list.
    func isNothing(_ value: YAMLValue?) -> Bool {
        guard let value else { return true }
        if case .sequence(let listed) = value.node { return listed.nodes.isEmpty }
        return value.isNull
    }

    // MARK: A campaign

    /// - Parameter taken: the lines of the plan's campaigns that were read so far, keyed by
    ///   campaign id.
    private func campaign(_ value: YAMLValue, _ plan: Defaults, taken: inout [String: Int]) -> Campaign? {
        guard let table = value.table("a campaign", keys: PlanReader.campaignKeys) else { return nil }
        let title = table["title"]?.text("title", isProse: true, maxCharacters: PlanReader.titleLimit)
        let id = table["id"] == nil ? madeID(title, value) : identifier(table["id"], "a campaign's id")
        if let id, let line = taken[id] {
            table["id"]?.error("the campaign id \(id) is taken already, in line \(line)")
        } else if let id {
            taken[id] = value.line
        }
        let formerly = formerCampaigns.read(table["formerly"], of: id, "a campaign")
        let when = table["when"].flatMap(phrase)
        let details = details(table, when: when?.phrase)
        var defaults = plan
        if let at = time(table["at"]) { defaults.at = at }
        if let own = table["notify"] { (defaults.notify, defaults.notifyValue) = (notify(own, in: "the campaign"), own) }
        let leads = table["remind"].map { own($0, defaults, of: id ?? "") } ?? inherited(defaults)
        if let id { places?.add(campaign: id, of: plan.plan, value.place) }
        // Entries with a mistake have already been reported. Only missing entries get a warning
        // here.
        let shownID: LocalizedText = id.map { LocalizedText(verbatim: $0) } ?? "without id"
        if isNothing(table["remind"] ?? plan.remind) {
            value.warning("campaign \(shownID) has no \"remind\": no reminder is ever sent")
        } else if isNothing(defaults.notifyValue), let lead = leads.first(where: { $0.notify.isEmpty }) {
            value.warning("campaign \(shownID) has no \"notify\" for \"\(LeadName.text(lead.id))\": nobody is notified")
        }
        let years = years(table["years"]) ?? plan.years
        let cite = table["cite"]?.text("cite", isProse: true, multiline: true, maxBytes: PlanReader.textLimit)
        let note = table["note"]?.text("note", isProse: true, multiline: true, maxBytes: PlanReader.textLimit)
        let tags = table["tags"].flatMap { $0.isNull ? [] : $0.texts("tags", isProse: true) }?.map(\.text) ?? []
        checkHours(leads, details, table["remind"] ?? value)
        guard let id, let title, let when else { return nil }
        let recurrence = when.phrase.recurrence.beginning(plan.sourceDate)
        let exceptions = table["except"].map { self.exceptions($0, of: recurrence) } ?? Exceptions()
        let campaign = Campaign(
            id: id, title: title, when: recurrence, writtenWhen: when.written, exceptions: exceptions.byName, years: years,
            leads: leads,
            restDays: restDays(table["rest_days"]) ?? defaults.restDays, cite: cite, tags: tags, note: note,
            formerly: formerly, details: details,
            confidential: table["confidential"].map(domains) ?? defaults.confidential)
        checkConfidential(campaign, table["confidential"] ?? value)
        sharedDays(exceptions, of: campaign)
        if let when = table["when"] { remarkOnLength(of: recurrence, when) }
        return campaign
    }

    private func phrase(_ value: YAMLValue) -> (phrase: WhenPhrase, written: String)? {
        guard let text = value.text("when", maxCharacters: PlanReader.phraseLimit, maxBytes: PlanReader.phraseLimit * 2) else {
            return nil
        }
        if phrases.recurrences[text] == nil { phrases.recurrences[text] = phrase(text) }
        switch phrases.recurrences[text]! {
        case .success(let phrase): return (phrase, text)
        case .failure(let refusal):
            value.error(refusal, of: "when")
            return nil
        }
    }

    private func phrase(_ text: String) -> Result<WhenPhrase, PhraseRefusal> {
        do {
            return .success(try WhenPhrase(phrase: text, seekingHints: problems.arePhraseHintsWanted))
        } catch {
            return .failure(error)
        }
    }

    /// Returns nil if the value is missing or has a mistake.
    private func years(_ value: YAMLValue?) -> ClosedRange<Int>? {
        guard let value, let text = value.text("years") else { return nil }
        do {
            return try YearsPhrase(phrase: text).years
        } catch {
            value.error(error, of: "years")
            return nil
        }
    }
}
