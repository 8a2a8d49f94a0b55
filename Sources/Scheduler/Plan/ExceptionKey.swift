/// The key of one `except:` entry: which occurrence it speaks of (contract, "Identity").
public enum ExceptionKey: Hashable, Sendable {
    /// One occurrence, by its name.
    case occurrence(String)
    /// All of a year, where several come in one: takes only `none`.
    case wholeYear(Int)
}

extension Recurrence {
    /// Reads a key of `except:` for this recurrence.
    ///
    /// Throws where the key is no name this recurrence gives, and where it never comes under that name (a leap month in
    /// another year, a day that a step leaves out). What hangs on the working calendar is not looked for.
    public func exceptionKey(_ text: String) throws(PhraseRefusal) -> ExceptionKey {
        let year = text.utf8.count == 4 ? decimal(text.utf8) : nil
        if let year, !Day.plannableYears.contains(year) {
            throw PhraseRefusal("years are 1970 to 2199", hints: [])
        }
        switch naming {
        case .once:
            guard text == "once" else { throw PhraseRefusal("what comes once is named `once`", hints: ["once"]) }
            return .occurrence(text)
        case .year:
            guard let year else { throw refusal(of: text, form: "a year, such as 2026", year: text.utf8.prefix(4)) }
            try check(text, within: Self.wholeYear(year).lowerBound...(Day.last(ofMonth: 3, year: year + 1)))
            return .occurrence(text)
        case .month, .quarter:
            if let year { return .wholeYear(year) }
            guard let period = periodYear(of: text) else {
                let form = naming == .month ? "a month, such as 2026-04" : "a quarter, such as 2026-Q2"
                throw refusal(of: text, form: form, year: text.utf8.prefix(4))
            }
            try check(text, within: Self.wholeYear(period))
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

    /// How this recurrence names its occurrences.
    enum Naming { case once, year, month, quarter, start }

    var naming: Naming {
        switch self {
        case .once: .once
        case .everyMonth, .everyPeriod(_, _, .month): .month
        case .everyPeriod(_, _, .quarter): .quarter
        case .every, .rrule: .start
        default: .year
        }
    }

    private static func wholeYear(_ year: Int) -> ClosedRange<Day> {
        Day.first(ofMonth: 1, year: year)...Day.last(ofMonth: 12, year: year)
    }

    /// `2026-04` or `2026-Q2`, as this recurrence names them; nil for anything else.
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

    private func refusal(of text: String, form: String, year: Substring.UTF8View) -> PhraseRefusal {
        var hints: [String] = []
        if let year = decimal(year), Day.plannableYears.contains(year), !usesWorkingDays {
            hints =
                firstOccurrence(endingOnOrAfter: Self.wholeYear(year).lowerBound, workingDays: .mondayToFriday).map { [$0.name] }
                ?? []
        }
        return PhraseRefusal("its occurrences are named by \(form)", hints: hints)
    }
}
