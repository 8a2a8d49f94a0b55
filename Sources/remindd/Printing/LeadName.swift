import Diagnostics
import Plans

/// Names a lead for the person at the terminal.
enum LeadName {
    /// Returns the text of a lead's id.
    ///
    /// The id of most leads is their phrase in English. Vietnamese text has the Vietnamese phrase
    /// instead. An id that the plan gives, and `moved 2`, is not translated.
    static func text(_ id: String) -> LocalizedText {
        guard let phrase = try? LeadPhrase(phrase: id, seekingHints: false), phrase.rule.phrase == id else {
            return LocalizedText(verbatim: id)
        }
        return LocalizedText(english: id, vietnamese: phrase.rule.vietnamesePhrase)
    }
}
