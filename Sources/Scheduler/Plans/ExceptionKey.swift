import Dates
import Diagnostics

/// The key of one `except:` entry, which selects the occurrence to change.
public enum ExceptionKey: Hashable, Sendable {
    /// One occurrence, selected by its name.
    case occurrence(String)
    /// Two lunar occurrences that start in the same Gregorian year, in order.
    case pair(OccurrenceDates, OccurrenceDates)
    /// All occurrences of a year, if the recurrence may occur several times a year.
    ///
    /// The only allowed value of such an entry is `none`.
    case wholeYear(Int)

    /// Returns the names of the occurrences to which an exception with this key applies.
    ///
    /// For a pair, `none` removes both occurrences, and new dates apply to the occurrence that
    /// starts nearer to them. For a whole year, only `none` is allowed, so new dates give an empty
    /// result.
    ///
    /// - Parameter dates: the new dates; nil for `none`.
    public func names(for dates: ClosedRange<Day>?) -> [String] {
        switch self {
        case .occurrence(let name): return [name]
        case .wholeYear(let year): return dates == nil ? [String(year)] : []
        case .pair(let first, let second):
            guard let start = dates?.lowerBound else { return [first.name, second.name] }
            return [abs(start - first.start) <= abs(start - second.start) ? first.name : second.name]
        }
    }
}

extension Recurrence {
    /// Reads a key of `except:` for this recurrence.
    ///
    /// If the recurrence occurs at most once a year, the key is the Gregorian year in which the
    /// occurrence starts. If it may occur more often, the key is the name of one occurrence, or a
    /// year for all occurrences of that year. Occurrences that depend on the working calendar are
    /// not checked for existence.
    ///
    /// - Throws: `PhraseRefusal` if this recurrence does not use keys of this form, or if no
    ///   occurrence has this key (a leap month in a year without it, a day that a step skips).
    public func exceptionKey(_ text: String) throws(PhraseRefusal) -> ExceptionKey {
        let year = text.utf8.count == 4 ? decimal(text.utf8) : nil
        if let year, !Day.plannableYears.contains(year) {
            throw PhraseRefusal("years are 1970 to 2199", hints: [])
        }
        switch naming {
        case .once:
            guard text == "once" else { throw PhraseRefusal("an occurrence that comes once is named `once`", hints: ["once"]) }
            return .occurrence(text)
        case .year:
            guard let year else { throw refusal(of: text, form: "a year, such as 2026", year: text.utf8.prefix(4)) }
            guard !usesWorkingDays else { return .occurrence(text) }
            let found = occurrences(startingIn: year, workingDays: .mondayToFriday)
            guard let first = found.first else {
                throw PhraseRefusal("nothing starts in \(year)", hints: firstKey(from: year).map { [$0] } ?? [])
            }
            return found.count > 1 ? .pair(first, found[1]) : .occurrence(first.name)
        case .month, .quarter:
            if let year { return .wholeYear(year) }
            guard let period = periodYear(of: text) else {
                let form: LocalizedText = naming == .month ? "a month, such as 2026-04" : "a quarter, such as 2026-Q2"
                throw refusal(of: text, form: form, year: text.utf8.prefix(4))
            }
            // The eve of the first day of a year is in the year before, under the name of that day.
            let year = Self.wholeYear(period)
            try check(text, within: (year.lowerBound - 1)...year.upperBound)
            return .occurrence(text)
        case .start:
            if let year { return .wholeYear(year) }
            guard let day = Day(text), Day.plannableYears.contains(day.year) else {
                throw refusal(of: text, form: "a day on which it starts, such as 2026-01-05", year: text.utf8.prefix(4))
            }
            try check(text, within: day...day)
            return .occurrence(text)
        }
    }

    /// Returns the key in `except:` of an occurrence of this recurrence.
    ///
    /// - Parameter natural: the occurrence with the dates of the phrase, without exceptions.
    public func exceptionKey(of natural: OccurrenceDates) -> String {
        naming == .year ? String(natural.start.year) : natural.name
    }

    /// How this recurrence names its occurrences.
    enum Naming {
        case once, year, month, quarter, start

        /// Whether there may be several occurrences in one year, each with its own name.
        var isSeveralAYear: Bool {
            switch self {
            case .once, .year: false
            case .month, .quarter, .start: true
            }
        }
    }

    var naming: Naming {
        switch self {
        case .once: .once
        case .everyMonth, .everyPeriod(_, _, .month), .weekdayOfEvery(_, _, .month), .workingDayOfEveryMonth: .month
        case .everyPeriod(_, _, .quarter), .weekdayOfEvery(_, _, .quarter), .everyQuarter: .quarter
        case .every, .rrule, .weekly, .everyMonthDays, .listed: .start
        case .deadline(let days, _): days.naming
        default: .year
        }
    }

    /// Returns the days on which an occurrence can start if its name begins with the year `year`.
    ///
    /// A lunar occurrence may start early in the next year, and an eve on the last day of the year
    /// before.
    static func span(ofName year: Int) -> ClosedRange<Day> {
        (Day.first(ofMonth: 1, year: year) - 1)...Day.last(ofMonth: 3, year: year + 1)
    }

    /// Returns the occurrence with this name, with the dates of the phrase and without exceptions.
    ///
    /// Returns nil if the recurrence has no occurrence with this name.
    public func occurrence(named name: String, workingDays: WorkingCalendar) -> OccurrenceDates? {
        let span = Int(name.prefix(4)).map(Self.span) ?? Self.plannableDays
        return occurrences(overlapping: span, workingDays: workingDays).first { $0.name == name }
    }

    private func occurrences(startingIn year: Int, workingDays: WorkingCalendar) -> [OccurrenceDates] {
        occurrences(overlapping: Self.wholeYear(year), workingDays: workingDays).filter { $0.start.year == year }
    }

    private static func wholeYear(_ year: Int) -> ClosedRange<Day> {
        Day.first(ofMonth: 1, year: year)...Day.last(ofMonth: 12, year: year)
    }

    /// Returns the key of the first occurrence that starts in `year` or later; nil if none does.
    private func firstKey(from year: Int) -> String? {
        let first = Day.first(ofMonth: 1, year: year)
        var found = firstOccurrence(endingOnOrAfter: first, workingDays: .mondayToFriday)
        if let running = found, running.start < first {
            found = firstOccurrence(endingOnOrAfter: running.end + 1, workingDays: .mondayToFriday)
        }
        return found.map(exceptionKey(of:))
    }

    /// Returns the year of `2026-04` or `2026-Q2`, in the form that this recurrence uses.
    ///
    /// Returns nil if `text` has any other form.
    private func periodYear(of text: String) -> Int? {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].count == 4, let year = decimal(parts[0]), Day.plannableYears.contains(year) else {
            return nil
        }
        if naming == .month {
            guard parts[1].count == 2, let month = decimal(parts[1]), (1...12).contains(month) else { return nil }
            return year
        }
        return ["Q1", "Q2", "Q3", "Q4"].contains(String(parts[1]) ?? "") ? year : nil
    }

    private func check(_ name: String, within span: ClosedRange<Day>) throws(PhraseRefusal) {
        guard !usesWorkingDays else { return }
        let found = occurrences(overlapping: span, workingDays: .mondayToFriday)
        guard !found.contains(where: { $0.name == name }) else { return }
        let next = firstOccurrence(endingOnOrAfter: span.lowerBound, workingDays: .mondayToFriday)
        throw PhraseRefusal("nothing comes under the name \(name)", hints: next.map { [$0.name] } ?? [])
    }

    private func refusal(of text: String, form: LocalizedText, year: Substring.UTF8View) -> PhraseRefusal {
        var hints: [String] = []
        if let year = decimal(year), Day.plannableYears.contains(year), !usesWorkingDays {
            hints = firstKey(from: year).map { [$0] } ?? []
        }
        return PhraseRefusal("its occurrences are named by \(form)", hints: hints)
    }
}
