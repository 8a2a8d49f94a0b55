import Dates
import Diagnostics
import Documents
import Plans

/// Days and months that titles of plans name, such as `Ngày Gia đình Việt Nam` (28/6).
package struct WellKnownDays: Sendable {
    /// One day or month, and the words by which titles name it.
    package struct Entry: Sendable {
        /// The names as the file has them.
        package let names: [String]
        package let when: Recurrence
    }

    package let entries: [Entry]
    private struct Name: Sendable {
        /// The words of the name in their normal form.
        let words: [String]
        let shown: String
        /// The index of the entry; nil for a name that makes a title one about work for a day.
        let entry: Int?
    }
    /// All names, keyed by their first word.
    private let names: [String: [Name]]

    package static let keys = Keys([
        .required("days", .list(.table(dayKeys)), "The days and months."),
        .required("preparing", .list(.list(.text())), "Words of titles that are about work for a day."),
    ])
    package static let dayKeys = Keys([
        .required("names", .list(.text()), "How titles call the day."),
        .required("when", .text(), "When it comes, as in a plan."),
        .required("cite", .text(), "The document that sets it."),
    ])

    /// The days of Vietnam, which are compiled in.
    package static let vietnam = WellKnownDays(Array(EmbeddedWellKnownDays.vietnam.utf8), problems: Problems())

    /// Reads a table of days. Reports entries with mistakes and leaves them out.
    package init(_ bytes: [UInt8], problems: Problems) {
        let name = "well-known-days/vn.yaml (built in)"
        let file = YAMLFile(bytes: bytes, name: name, source: .data, vocabulary: .all, problems: problems)
        let table = file?.root.table("a table of days", keys: WellKnownDays.keys)
        entries = (table?["days"]?.list("days") ?? []).compactMap { value -> Entry? in
            guard let day = value.table("a day", keys: WellKnownDays.dayKeys), let place = day["when"],
                let text = place.text("when"), day["cite"]?.text("cite", isProse: true) != nil
            else { return nil }
            let names = (day["names"]?.texts("names", isProse: true) ?? []).map(\.text)
            do throws(PhraseRefusal) {
                return Entry(names: names, when: try Recurrence(phrase: text))
            } catch {
                place.error(error, of: "when")
                return nil
            }
        }
        var all = entries.enumerated().flatMap { index, entry in
            entry.names.map { Name(words: WellKnownDays.words(of: $0), shown: $0, entry: index) }
        }
        for words in table?["preparing"]?.list("preparing") ?? [] {
            for (text, _) in words.texts("preparing") ?? [] {
                all.append(Name(words: WellKnownDays.words(of: text), shown: text, entry: nil))
            }
        }
        names = Dictionary(grouping: all) { $0.words.first ?? "" }
    }

    /// A day that a title names, by its name or as `28/6`.
    package struct Named: Sendable {
        package let text: String
        package let when: Recurrence
    }

    /// Returns the days that a title names; empty if it is about work for such a day.
    package func named(in title: String) -> [Named] {
        let words = WellKnownDays.words(of: title)
        var found: [Int: String] = [:]
        for index in words.indices {
            for name in names[words[index]] ?? [] where words[index...].starts(with: name.words) {
                guard let entry = name.entry else { return [] }
                found[entry] = found[entry] ?? name.shown
            }
        }
        let known = found.sorted { $0.key < $1.key }.map { Named(text: $0.value, when: entries[$0.key].when) }
        // The lunar date of a feast may stand beside its name without `âm lịch`. The title then
        // names only the feast.
        let written = WrittenDates.find(in: title).filter { date in
            let lunar = try? Recurrence(phrase: "âm lịch \(date.text)", seekingHints: false)
            return lunar == nil || !known.contains { $0.when == lunar }
        }
        return known + written
    }

    /// Returns the words of a text for comparison.
    ///
    /// They are in lower case and NFC, without other marks, and with tone marks in one of their two
    /// places (`hoà` becomes `hòa`).
    static func words(of text: String) -> [String] {
        var words: [String] = []
        var word = ""
        for character in text.composed.lowercased() {
            guard character.isLetter || character.isNumber else {
                if !word.isEmpty { words.append(word) }
                word = ""
                continue
            }
            if let last = word.last, let (first, second) = tonePlaces[Pair(last, character)] {
                word.removeLast()
                word.append(first)
                word.append(second)
            } else {
                word.append(character)
            }
        }
        return word.isEmpty ? words : words + [word]
    }

    private struct Pair: Hashable {
        let first, second: Character

        init(_ first: Character, _ second: Character) {
            (self.first, self.second) = (first, second)
        }
    }

    private static let tonePlaces: [Pair: (Character, Character)] = {
        var places: [Pair: (Character, Character)] = [:]
        let groups: [(Character, String, Character, String)] = [
            ("o", "àáảãạ", "a", "òóỏõọ"), ("o", "èéẻẽẹ", "e", "òóỏõọ"), ("u", "ỳýỷỹỵ", "y", "ùúủũụ"),
        ]
        for (first, seconds, plain, toned) in groups {
            for (second, tone) in zip(seconds, toned) { places[Pair(first, second)] = (tone, plain) }
        }
        return places
    }()
}

/// Finds the dates (`28/6`, `15/8 âm lịch`) in a title.
enum WrittenDates {
    static func find(in title: String) -> [WellKnownDays.Named] {
        let letters = Array(title.composed)
        var found: [WellKnownDays.Named] = []
        var index = 0
        while index < letters.count {
            guard let (end, text) = date(letters, at: index) else {
                // Skips the rest of a number, so that 128/6 is no date.
                repeat { index += 1 } while index < letters.count && isPart(letters[index - 1]) && isPart(letters[index])
                continue
            }
            let before = String(letters[..<index]).lowercased().trimmed
            let behind = String(letters[end...]).lowercased().trimmed
            let isLunar = before.hasSuffix("âm lịch") || behind.hasPrefix("âm lịch") || behind.hasPrefix("(âm lịch")
            let phrase = isLunar ? "âm lịch \(text)" : text
            if text != "24/7", let when = try? Recurrence(phrase: phrase, seekingHints: false) {
                found.append(WellKnownDays.Named(text: text, when: when))
            }
            index = end
        }
        return found
    }

    private static func isDigit(_ character: Character) -> Bool { character.isASCII && character.isNumber }
    private static func isPart(_ character: Character) -> Bool { isDigit(character) || character == "/" }

    /// Returns the end of a day and month at `start`, and its text. A year behind it is left out.
    private static func date(_ letters: [Character], at start: Int) -> (end: Int, text: String)? {
        var index = start
        func number() -> String {
            var digits = ""
            while index < letters.count, isDigit(letters[index]) {
                digits.append(letters[index])
                index += 1
            }
            return digits
        }
        func slash() -> Bool {
            guard index < letters.count, letters[index] == "/" else { return false }
            index += 1
            return true
        }
        let day = number()
        guard (1...2).contains(day.count), slash() else { return nil }
        let month = number()
        guard (1...2).contains(month.count) else { return nil }
        if slash() { guard number().count == 4 else { return nil } }
        guard index == letters.count || !letters[index].isLetter && !isPart(letters[index]) else { return nil }
        return (index, "\(day)/\(month)")
    }
}

extension Campaign {
    /// Returns the first coming dates on which none of the days that the title names falls.
    ///
    /// Dates in lists, and dates that come once, are all compared, also past ones. A series is not
    /// compared, because a title may name one day of many.
    ///
    /// - Returns: the first of the days that the title names, its dates, and the dates of `when`;
    ///   nil if the dates agree in each of five years, or if the title names no day.
    package func differenceFromTitle(
        on today: Day, _ known: WellKnownDays, _ workingDays: WorkingCalendar
    ) -> (named: String, its: OccurrenceDates, own: OccurrenceDates)? {
        guard !when.isSeries else { return nil }
        let days = known.named(in: title)
        guard let first = days.first else { return nil }
        let year = min(max(today.year, years.lowerBound), max(years.upperBound - 4, years.lowerBound))
        var span = Day.first(ofMonth: 1, year: year)...Day.last(ofMonth: 12, year: min(year + 4, years.upperBound))
        if let dated = when.datedWindows.first, let last = when.datedWindows.last {
            span = dated.lowerBound...last.upperBound
        }
        for own in when.occurrences(overlapping: span, workingDays: workingDays).prefix(20) where years.contains(own.start.year) {
            let near = max(own.start - 400, Day.clamped(1970, 1, 1))...min(own.end + 400, Day.clamped(2199, 12, 31))
            func dates(_ day: WellKnownDays.Named) -> [OccurrenceDates] {
                day.when.occurrences(overlapping: near, workingDays: workingDays)
            }
            // The ends of a month of action have to be equal. A window around one day has to
            // contain that day.
            func fits(_ day: OccurrenceDates) -> Bool {
                if day.start != day.end, own.start != own.end { return (day.start, day.end) == (own.start, own.end) }
                return day.start <= own.end && day.end >= own.start
            }
            if days.contains(where: { dates($0).contains(where: fits) }) { continue }
            let all = dates(first)
            guard let its = all.first(where: { $0.start.year == own.start.year }) ?? all.first else { continue }
            return (first.text, its, own)
        }
        return nil
    }
}
