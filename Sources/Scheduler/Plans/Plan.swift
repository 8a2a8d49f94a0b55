import Dates

/// A plan calendar as an officer wrote it: what happens when, and who hears of it how long ahead.
///
/// A value without behaviour beyond its calendar: read from `plans/*.yaml` (contract, section 1).
public struct Plan: Sendable {
    /// `[a-z0-9][a-z0-9-]{0,63}`, unique over all plans.
    public let id: String
    public let title: String
    public let source: Source
    /// The zone in which its days begin and its leads fall.
    public let zone: Zone
    public let language: Language
    public let campaigns: [Campaign]
    /// Whether recipients who are named only after a lead was due get it.
    public let joiners: Joiners
    /// Ids it had before, newest first: what was sent under them is its own.
    public let formerly: [String]

    public init(
        id: String, title: String, source: Source, zone: Zone, language: Language, campaigns: [Campaign],
        joiners: Joiners = .latest, formerly: [String] = []
    ) {
        self.id = id
        self.title = title
        self.source = source
        self.zone = zone
        self.language = language
        self.campaigns = campaigns
        self.joiners = joiners
        self.formerly = formerly
    }

    /// The same plan in another zone, or with other rules of the same zone.
    public func with(zone: Zone) -> Plan {
        Plan(
            id: id, title: title, source: source, zone: zone, language: language, campaigns: campaigns, joiners: joiners,
            formerly: formerly)
    }

    /// The document that the dates come from. Every field may be missing.
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

/// A language that remindd has wording for.
public enum Language: String, Hashable, Sendable, CaseIterable {
    case vi, en
}

/// One planned activity that comes by a phrase.
public struct Campaign: Sendable {
    /// Unique within its plan.
    public let id: String
    /// 1...200 characters, one line.
    public let title: String
    public let when: Recurrence
    public let restDays: RestDays
    // Small integers beside other small fields: `ClosedRange<Int>` takes 2 MB more for 100 000 campaigns.
    private let (firstYear, lastYear): (Int16, Int16)
    /// The `when` phrase as it stands in the file.
    public let writtenWhen: String
    /// By occurrence name; where several come in a year, the key of a whole year (`2026`) holds only `.none`.
    ///
    /// Plan files name a lunar occurrence by the year of its start instead: `ExceptionKey.names(for:)` translates.
    public let exceptions: [String: Exception]
    /// In the order of the plan.
    public let leads: [Lead]
    public let cite: String?
    public let tags: [String]
    /// What to do; body text.
    public let note: String?
    /// Ids it had before in its plan, newest first: what was sent under them is its own.
    public let formerly: [String]

    public init(
        id: String, title: String, when: Recurrence, writtenWhen: String, exceptions: [String: Exception] = [:],
        years: ClosedRange<Int> = Day.plannableYears, leads: [Lead], restDays: RestDays = .send, cite: String? = nil,
        tags: [String] = [], note: String? = nil, formerly: [String] = []
    ) {
        self.formerly = formerly
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

    /// By the Gregorian year of the occurrence's start, before any exception moves it.
    public var years: ClosedRange<Int> { Int(firstYear)...Int(lastYear) }

    /// What one occurrence does instead of what the phrase says.
    public enum Exception: Hashable, Sendable {
        /// It does not take place.
        case none
        /// It takes place then, both days included.
        case dates(start: Day, end: Day)
    }
}

/// One reminder of every occurrence: how far ahead, at what time, to whom.
public struct Lead: Hashable, Sendable {
    /// The canonical English phrase without its time, or the name given in the plan.
    public let id: String
    public let rule: LeadRule
    public let at: TimeOfDay
    /// Recipients and groups, as resolved from lead, campaign or plan.
    public let notify: [String]

    public init(id: String, rule: LeadRule, at: TimeOfDay, notify: [String]) {
        self.id = id
        self.rule = rule
        self.at = at
        self.notify = notify
    }
}

extension Campaign {
    /// The occurrences that overlap `span`, exceptions and `years` applied, in order of start.
    public func occurrences(overlapping span: ClosedRange<Day>, workingDays: WorkingCalendar) -> [OccurrenceDates] {
        // An exception may move an occurrence into the span from outside it, or out of it.
        guard !exceptions.isEmpty else {
            return when.occurrences(overlapping: span, workingDays: workingDays).filter(isWithinYears)
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
        case nil: dates
        case .some(.none): nil
        case .dates(let start, let end): OccurrenceDates(name: dates.name, start: start, end: end)
        }
    }

    /// `span` and every year whose exception reaches into it.
    private func widened(_ span: ClosedRange<Day>) -> ClosedRange<Day> {
        var lower = span.lowerBound
        var upper = span.upperBound
        for (name, exception) in exceptions {
            guard case .dates(let start, let end) = exception, start <= span.upperBound, end >= span.lowerBound else {
                continue
            }
            if case .once(let from, let to) = when {
                lower = min(lower, from)
                upper = max(upper, to)
            }
            guard let year = Int(name.prefix(4)) else { continue }
            let named = Recurrence.span(ofName: year)
            lower = min(lower, named.lowerBound)
            upper = max(upper, named.upperBound)
        }
        return lower...upper
    }
}

extension OccurrenceDates {
    /// The year by which `years` and `except` count, of an occurrence as the phrase alone has it.
    public var year: Int { start.year }
}

/// Whether recipients who are named only after a lead was due get it (`joiners:` of a plan).
public enum Joiners: String, Hashable, Sendable, CaseIterable {
    /// They get the latest lead that names them.
    case latest
    case none
}
