import Dates
import Diagnostics
import Documents
import Plans

// Warnings about dates that are valid, but may not be what the author means.

extension PlanReader {
    /// Warns once about a plan that names a year while its campaigns come back every year.
    ///
    /// There is no warning if the plan or one of its campaigns has `years`.
    func remarkOnYears(
        _ plan: YAMLTable, _ listed: [YAMLValue], _ campaigns: [Campaign], title: String?, sourceDate: Day?
    ) {
        guard plan["years"] == nil, !listed.contains(where: { $0.names(key: "years") }) else { return }
        let count = campaigns.count { $0.when.comesForEver }
        guard count > 0 else { return }
        let named: (years: String, place: YAMLValue)
        if let place = plan["title"], let years = title.flatMap(TitleYears.find) {
            named = (years, place)
        } else if let place = plan["source"], let date = sourceDate {
            named = (String(date.year), place)
        } else {
            return
        }
        if count == 1 {
            named.place.warning(
                "1 campaign of this plan comes back every year; for \(named.years) alone write years: \(named.years)")
        } else {
            named.place.warning(
                "\(count) campaigns of this plan come back every year; for \(named.years) alone write years: \(named.years)")
        }
    }

    /// Warns about a window of more than 366 days.
    func remarkOnLength(of when: Recurrence, _ value: YAMLValue) {
        guard let window = when.datedWindows.first(where: { $0.dayCount > 366 }) else { return }
        let (first, last) = (window.lowerBound, window.upperBound)
        if first.month == last.month, first.dayOfMonth == last.dayOfMonth {
            value.warning(
                "this is a window of \(window.lengthInWords), from \(first) to \(last); "
                    + "for the same day of every year write \(first.dayOfMonth)/\(first.month)")
        } else {
            value.warning("this is a window of \(window.lengthInWords), from \(first) to \(last)")
        }
    }
}

extension YAMLValue {
    /// Whether the value is a table with this key.
    fileprivate func names(key: String) -> Bool {
        guard case .mapping(let mapping) = node else { return false }
        return mapping.pairs.contains { if case .scalar(let scalar) = $0.key { scalar.string == key } else { false } }
    }
}

extension ClosedRange<Day> {
    /// The length in words, such as `10 years and 1 day`.
    fileprivate var lengthInWords: LocalizedText {
        let (years, days) = length
        // No entry of the catalogue is `years` alone, because that is also the name of a key.
        let yearsInWords: LocalizedText = years == 1 ? "1 year" : "\(years) years"
        let daysInWords: LocalizedText = days == 1 ? "1 day" : "\(days) days"
        return days == 0 ? yearsInWords : "\(yearsInWords) and \(daysInWords)"
    }
}

/// Finds the years that a title names.
enum TitleYears {
    /// Returns the years as `years:` takes them: `2027`, or `2021-2030` for the first pair.
    ///
    /// If the title names several years and no pair, the latest is returned. nil if it names none.
    static func find(in title: String) -> String? {
        var years: [(year: Int, isEndOfPair: Bool)] = []
        var digits = ""
        // The text since the last year; nil before the first one.
        var gap: String?
        for character in title + " " {
            if character.isASCII, character.isNumber {
                digits.append(character)
                continue
            }
            if digits.count == 4, let year = Int(digits), Day.plannableYears.contains(year) {
                years.append((year, gap.map { ["-", "–", "—"].contains($0) } ?? false))
                gap = ""
            } else if !digits.isEmpty {
                gap?.append(digits)
            }
            digits = ""
            if !character.isWhitespace { gap?.append(character) }
        }
        if let end = years.indices.first(where: { years[$0].isEndOfPair && years[$0 - 1].year < years[$0].year }) {
            return "\(years[end - 1].year)-\(years[end].year)"
        }
        return years.map(\.year).max().map(String.init)
    }
}
