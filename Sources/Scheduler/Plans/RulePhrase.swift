import Dates

/// Reads phrases such as `rrule FREQ=YEARLY;BYMONTH=9;BYDAY=1MO from 2026-01-01`.
///
/// The form is the same in both languages, except that a Vietnamese phrase may have `từ` for
/// `from`.
enum RulePhrase {
    /// Returns the recurrence of an `rrule` phrase; nil if the phrase does not begin with `rrule`.
    static func recurrence(_ phrase: String) throws(PhraseProblem) -> Recurrence? {
        guard phrase.drop(while: \.isWhitespace).prefix(5).lowercased() == "rrule" else { return nil }
        let words = words(phrase)
        guard words.first?.text.lowercased() == "rrule" else { return nil }
        guard words.count > 1 else {
            throw .refused("a rule and its first day are missing", hints: [example], at: 0)
        }
        let fromIndex = words.lastIndex { ["from", "từ"].contains($0.text.lowercased()) }
        let ruleWords = words[1..<(fromIndex ?? words.count)]
        let text = ruleText(ruleWords.map(\.text).joined())
        let start = ruleWords.first?.offset ?? 0
        guard let fromIndex else {
            let hint = "rrule \(text) from 2026-01-01"
            throw .refused("a rule needs the day it starts from", hints: [hint].filter(stands), at: phrase.unicodeScalars.count)
        }
        let date = words[(fromIndex + 1)...].map(\.text).joined(separator: " ")
        let rule: RecurrenceRule
        do throws(PhraseRefusal) {
            rule = try RecurrenceRule(text: text)
        } catch {
            let hints = error.hints.map { "rrule \($0) from \(date)" }.filter(stands)
            throw .refused(error.message, hints: hints, at: start + error.offset)
        }
        let place = words.indices.contains(fromIndex + 1) ? words[fromIndex + 1].offset : phrase.unicodeScalars.count
        let recurrence = Recurrence.rrule(rule, from: try day(date, at: place))
        guard !recurrence.namesNoDay else {
            throw .refused("this rule names no day from its start to 2199", at: start)
        }
        return recurrence
    }

    private static let example = "rrule FREQ=YEARLY;BYMONTH=9;BYDAY=1MO from 2026-01-01"

    private static func stands(_ phrase: String) -> Bool { (try? recurrence(phrase)) != nil }

    /// Returns the rule without the prefix `RRULE:`, with which rules begin in calendar files.
    private static func ruleText(_ text: String) -> String {
        let prefix = "RRULE:"
        return text.uppercased().hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text
    }

    private static func day(_ text: String, at place: Int) throws(PhraseProblem) -> Day {
        do throws(PhraseProblem) {
            if case .once(let from, let to) = try WhenParser.parse(text), from == to { return from }
        } catch {
            if !error.isSyntax {
                throw .refused(error.refusal.message, at: place + error.refusal.offset)
            }
        }
        throw .refused("a rule starts from one dated day, such as 2026-01-01", at: place)
    }

    /// Returns the words between spaces, each with its offset in Unicode scalars.
    private static func words(_ phrase: String) -> [(text: String, offset: Int)] {
        var words: [(text: String, offset: Int)] = []
        var offset = 0
        var isInside = false
        for character in phrase {
            if character.isWhitespace {
                isInside = false
            } else if isInside {
                words[words.count - 1].text.append(character)
            } else {
                words.append((String(character), offset))
                isInside = true
            }
            offset += character.unicodeScalars.count
        }
        return words
    }
}
