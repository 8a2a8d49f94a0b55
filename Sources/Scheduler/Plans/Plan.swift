import Dates

/// A plan as an officer wrote it: the campaigns, their dates and their reminders.
///
/// The value is read from `plans/*.yaml`. The type only computes the dates of
/// the plan.
public struct Plan: Sendable {
    /// The id of the plan, which matches `[a-z0-9][a-z0-9-]{0,63}`. No two plans have the same id.
    public let id: String
    public let title: String
    public let source: Source
    /// The zone of the plan's days and of the times at which its leads are due.
    public let zone: Zone
    public let language: Language
    public let campaigns: [Campaign]
    /// Whether recipients who are added only after a lead was due get that lead.
    public let joiners: Joiners
    /// Former ids of the plan, newest first.
    ///
    /// Reminders that were sent under these ids belong to this plan.
    public let formerly: [String]
    /// The ids of campaigns that were made from the title, because the file has no `id`.
    public let madeIDs: Set<String>

    public init(
        id: String, title: String, source: Source, zone: Zone, language: Language, campaigns: [Campaign],
        joiners: Joiners = .latest, formerly: [String] = [], madeIDs: Set<String> = []
    ) {
        self.id = id
        self.title = title
        self.source = source
        self.zone = zone
        self.language = language
        self.campaigns = campaigns
        self.joiners = joiners
        self.formerly = formerly
        self.madeIDs = madeIDs
    }

    /// Returns a copy of the plan in another zone, or in the same zone with other rules.
    public func with(zone: Zone) -> Plan {
        Plan(
            id: id, title: title, source: source, zone: zone, language: language, campaigns: campaigns, joiners: joiners,
            formerly: formerly, madeIDs: madeIDs)
    }

    /// The official document that sets the dates of the plan. Every field may be missing.
    public struct Source: Hashable, Sendable {
        public let number: String?
        public let date: Day?
        public let issuer: String?

        public init(number: String? = nil, date: Day? = nil, issuer: String? = nil) {
            self.number = number
            self.date = date
            self.issuer = issuer
        }

        public var isEmpty: Bool { number == nil && date == nil && issuer == nil }
    }
}

/// A language in which remindd can write messages.
public enum Language: String, Hashable, Codable, Sendable, CaseIterable {
    case vi, en
}

/// One planned activity. Its `when` phrase and its exceptions determine its dates.
public struct Campaign: Sendable {
    /// The id of the campaign, unique within its plan.
    public let id: String
    /// The title of the campaign, one line of 1...200 characters.
    public let title: String
    public let when: Recurrence
    /// The value of `rest_days` that the campaign or its plan names.
    ///
    /// If it is nil, every lead has its own default (`LeadRule.restDays`).
    public let restDays: RestDays?
    // The years are stored as two small integers next to other small fields, because a
    // `ClosedRange<Int>` would use 2 MB more for 100 000 campaigns.
    private let (firstYear, lastYear): (Int16, Int16)
    // Most campaigns have none of the keys in the box, which keeps them small.
    private let rare: Rare?
    /// The `when` phrase as written in the file.
    public let writtenWhen: String
    /// The exceptions, keyed by the name of the occurrence.
    ///
    /// If there may be several occurrences in a year, the key may also be a whole year (`2026`).
    /// The value of a whole year is always `.none`. In plan files, the key of a lunar occurrence is
    /// the year of its start. `ExceptionKey.names(for:)` translates that key to a name.
    public let exceptions: [String: Exception]
    /// The leads in the order of the plan.
    public let leads: [Lead]
    public let cite: String?
    public let tags: [String]
    /// Instructions for the recipient, shown in the message body.
    public let note: String?

    public init(
        id: String, title: String, when: Recurrence, writtenWhen: String, exceptions: [String: Exception] = [:],
        years: ClosedRange<Int> = Day.plannableYears, leads: [Lead], restDays: RestDays? = .send, cite: String? = nil,
        tags: [String] = [], note: String? = nil, formerly: [String] = [], details: EventDetails = EventDetails(),
        confidential: [String] = []
    ) {
        let isOrdinary = details == EventDetails() && formerly.isEmpty && confidential.isEmpty
        rare = isOrdinary ? nil : Rare(details: details, formerly: formerly, confidential: confidential)
        self.id = id
        self.title = title
        self.when = when
        self.writtenWhen = writtenWhen
        self.exceptions = exceptions
        (firstYear, lastYear) = (Int16(clamping: years.lowerBound), Int16(clamping: years.upperBound))
        self.leads = leads
        self.restDays = restDays
        self.cite = cite
        self.tags = tags
        self.note = note
    }

    /// The years in which the campaign takes place.
    ///
    /// The year of an occurrence is the Gregorian year in which it would start without exceptions.
    public var years: ClosedRange<Int> { Int(firstYear)...Int(lastYear) }

    /// The time, the place and the responsible person.
    public var details: EventDetails { rare?.details ?? EventDetails() }

    /// The time of day of every occurrence; nil if the plan names none.
    public var time: EventTime? { rare?.details.time }

    /// Former ids of the campaign in its plan, newest first.
    ///
    /// Reminders that were sent under these ids belong to this campaign.
    public var formerly: [String] { rare?.formerly ?? [] }

    /// The domains of mail addresses to which alone messages about the campaign may go.
    ///
    /// The domains are in ASCII and in lower case. Empty if the campaign is not confidential.
    public var confidential: [String] { rare?.confidential ?? [] }

    /// The values of keys that few campaigns have.
    private final class Rare: Sendable {
        let details: EventDetails
        let formerly: [String]
        let confidential: [String]

        init(details: EventDetails, formerly: [String], confidential: [String]) {
            self.details = details
            self.formerly = formerly
            self.confidential = confidential
        }
    }

    /// The change that an exception makes to one occurrence.
    public enum Exception: Hashable, Sendable {
        /// The occurrence does not take place.
        case none
        /// The occurrence takes place on these days, both included.
        case dates(start: Day, end: Day)
    }
}

/// A rule for reminders of every occurrence: their due days, their time and their recipients.
public struct Lead: Hashable, Sendable {
    /// The name of the lead in the plan.
    ///
    /// If the plan gives no name, this is the canonical English phrase without its time.
    public let id: String
    public let rule: LeadRule
    public let at: TimeOfDay
    /// The recipients and groups to notify, as the lead, the campaign or the plan lists them.
    public let notify: [String]
    // Most leads have none of the keys in the box, which keeps them small.
    private let rare: Rare?

    public init(
        id: String, rule: LeadRule, at: TimeOfDay, notify: [String], say: String? = nil, note: String? = nil
    ) {
        self.id = id
        self.rule = rule
        self.at = at
        self.notify = notify
        rare = say == nil && note == nil ? nil : Rare(say: say, note: note)
    }

    /// The lead's own words for its messages, one line of 1...200 characters; nil if it has none.
    public var say: String? { rare?.say }

    /// Instructions that replace the campaign's `note`; nil if the lead has none.
    public var note: String? { rare?.note }

    /// The values of keys that few leads have.
    private final class Rare: Hashable, Sendable {
        let say: String?
        let note: String?

        init(say: String?, note: String?) {
            self.say = say
            self.note = note
        }

        static func == (a: Rare, b: Rare) -> Bool { a.say == b.say && a.note == b.note }

        func hash(into hasher: inout Hasher) {
            hasher.combine(say)
            hasher.combine(note)
        }
    }
}

extension Campaign {
    /// Returns the title for everything but the messages to the campaign's recipients.
    ///
    /// The title of a confidential campaign stays secret. The number of the document replaces it.
    public func publicTitle(in plan: Plan) -> String {
        guard !confidential.isEmpty else { return title }
        switch (plan.language, plan.source.number) {
        case (.vi, let number?): return "Có nhiệm vụ, xem văn bản số \(number)"
        case (.vi, nil): return "Có nhiệm vụ, xem thư nhắc việc"
        case (.en, let number?): return "A task, see document no. \(number)"
        case (.en, nil): return "A task, see the reminder"
        }
    }

    /// Returns the occurrences that overlap `span`, in order of start.
    ///
    /// Exceptions and `years` are applied.
    public func occurrences(overlapping span: ClosedRange<Day>, workingDays: WorkingCalendar) -> [OccurrenceDates] {
        // Exceptions may move an occurrence into `span` or out of it. If the campaign has
        // exceptions, a wider span is searched.
        guard !exceptions.isEmpty else {
            let found = when.occurrences(overlapping: span, workingDays: workingDays).filter(isWithinYears)
            return time == nil ? found : found.map { $0.at(time) }
        }
        let wide = widened(span)
        return when.occurrences(overlapping: wide, workingDays: workingDays)
            .filter(isWithinYears)
            .compactMap(afterException)
            .filter { $0.start <= span.upperBound && $0.end >= span.lowerBound }
            .sorted { ($0.start, $0.name) < ($1.start, $1.name) }
    }

    private func isWithinYears(_ dates: OccurrenceDates) -> Bool {
        years.contains(dates.year)
    }

    package func afterException(_ dates: OccurrenceDates) -> OccurrenceDates? {
        var exception = exceptions[dates.name]
        if exception == nil, when.naming.isSeveralAYear { exception = exceptions[String(dates.year)] }
        return switch exception {
        case nil: dates.at(time)
        case .some(.none): nil
        case .dates(let start, let end): OccurrenceDates(name: dates.name, start: start, end: end, time: time)
        }
    }

    /// Returns `span`, extended to the original dates of occurrences that exceptions move into it.
    ///
    /// The extension covers all days on which such an occurrence can start by its phrase.
    private func widened(_ span: ClosedRange<Day>) -> ClosedRange<Day> {
        var lower = span.lowerBound
        var upper = span.upperBound
        for (name, exception) in exceptions {
            guard case .dates(let start, let end) = exception, start <= span.upperBound, end >= span.lowerBound else {
                continue
            }
            switch when {
            case .once(let from, let to):
                lower = min(lower, from)
                upper = max(upper, to)
            case .deadline(.once(let day, _), _):
                lower = min(lower, day - 1)
                upper = max(upper, day)
            default: break
            }
            guard let year = Int(name.prefix(4)) else { continue }
            let named = Recurrence.span(ofName: year)
            lower = min(lower, named.lowerBound)
            upper = max(upper, named.upperBound)
        }
        return lower...upper
    }
}

extension Campaign {
    /// Returns the instant at which an occurrence of this campaign is over.
    ///
    /// This is the end of its time on its last day or, without a time, 24:00 of its last day.
    package func end(of dates: OccurrenceDates, in zone: Zone) -> Instant {
        dates.time?.end(on: dates.end, in: zone, isDeadline: when.isDeadline) ?? zone.startOfDay(dates.end + 1)
    }
}

extension OccurrenceDates {
    /// Returns the same days with this time of day.
    func at(_ time: EventTime?) -> OccurrenceDates { OccurrenceDates(name: name, start: start, end: end, time: time) }

    /// The year of the occurrence for `years` and `except`.
    ///
    /// The occurrence must have the dates of the phrase, without exceptions.
    public var year: Int { start.year }
}

/// Whether recipients who are added only after a lead was due get that lead (`joiners:` of a plan).
public enum Joiners: String, Hashable, Sendable, CaseIterable {
    /// Recipients who are added late get the latest due lead that names them.
    case latest
    case none
}
