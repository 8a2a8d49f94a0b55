import Dates

/// Reads phrases such as `rrule FREQ=YEARLY;BYMONTH=9;BYDAY=1MO from 2026-01-01`.
///
/// `for 3 days` may follow. The form is the same in both languages, except that Vietnamese may
/// have `từ` for `from`, and `trong 3 ngày`.
enum RulePhrase {
    /// Returns the recurrence of an `rrule` phrase; nil if the phrase does not begin with `rrule`.
    static func recurrence(_ phrase: String) throws(PhraseProblem) -> Recurrence? {
        guard phrase.drop(while: \.isWhitespace).prefix(5).lowercased() == "rrule" else { return nil }
        var words = words(phrase)
        guard let first = words.first?.text.lowercased(), first == "rrule" || first.hasPrefix("rrule:") else { return nil }
        // A rule copied from a calendar file begins with `RRULE:` and has no word before it.
        if first != "rrule" { words.insert((first, 0), at: 0) }
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
        let forIndex = words[fromIndex...].lastIndex { ["for", "trong"].contains($0.text.lowercased()) } ?? words.count
        let date = words[(fromIndex + 1)..<forIndex].map(\.text).joined(separator: " ")
        let rule: RecurrenceRule
        do throws(PhraseRefusal) {
            rule = try RecurrenceRule(text: text)
        } catch {
            let hints = error.hints.map { "rrule \($0) from \(date)" }.filter(stands)
            throw .refused(error.message, hints: hints, at: start + error.offset)
        }
        let place = fromIndex + 1 < forIndex ? words[fromIndex + 1].offset : phrase.unicodeScalars.count
        let from = try day(date, at: place)
        let days = forIndex < words.count ? try length(words[forIndex...].map { $0 }) : 1
        let recurrence = Recurrence.rrule(rule, from: from, days: days)
        guard !recurrence.namesNoDay else {
            throw .refused("this rule names no day from its start to 2199", at: start)
        }
        if days > 1, forIndex < words.count {
            let starts = rule.days(from: from, in: from...max(from, Recurrence.plannableDays.upperBound))
            if zip(starts, starts.dropFirst()).contains(where: { $1 - $0 < days }) {
                throw .refused("occurrences of this rule would share days", at: words[forIndex].offset)
            }
        }
        return recurrence
    }

    /// Reads `for 3 days`, where the words begin with `for`.
    private static func length(_ words: [(text: String, offset: Int)]) throws(PhraseProblem) -> Int {
        let units: Set = ["day", "days", "ngày"]
        guard words.count == 3, let days = decimal(words[1].text.utf8), (1...366).contains(days),
            units.contains(words[2].text.lowercased())
        else { throw .refused("an occurrence of a rule lasts 1 to 366 days, as in \"for 3 days\"", at: words[0].offset) }
        return days
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
