import Dates
import Diagnostics

/// Names a lead for the person at the terminal.
package enum LeadName {
    /// Returns the text of a lead's id.
    ///
    /// The id of most leads is their phrase in English. Vietnamese text has the Vietnamese phrase
    /// instead. An id that the plan gives, and `moved 2`, is not translated.
    package static func text(_ id: String) -> LocalizedText {
        guard let phrase = try? LeadPhrase(phrase: id, seekingHints: false), phrase.rule.phrase == id else {
            return LocalizedText(verbatim: id)
        }
        return LocalizedText(english: id, vietnamese: phrase.rule.vietnamesePhrase)
    }
}

extension LocalizedText.StringInterpolation {
    /// Adds a day: `2026-09-25` in English, `25/09/2026` in Vietnamese.
    package mutating func appendInterpolation(_ day: Day) {
        let (year, month, number) = day.fields
        appendInterpolation(
            LocalizedText(english: day.description, vietnamese: "\(padded(number, 2))/\(padded(month, 2))/\(year)"))
    }
}
