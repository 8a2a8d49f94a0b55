import Dates
import Diagnostics

/// The position of a parser in its tokens, and the basic operations on it.
protocol PhraseCursor {
    var phrase: String { get }
    var tokens: [PhraseToken] { get }
    var index: Int { get set }
}

extension PhraseCursor {
    var atEnd: Bool { index == tokens.count }

    /// The position of the next token in the phrase, in Unicode scalars.
    ///
    /// At the end, this is the length of the phrase.
    var offset: Int { atEnd ? phrase.unicodeScalars.count : tokens[index].offset }

    func kind(ahead: Int = 0) -> PhraseToken.Kind? {
        tokens.indices.contains(index + ahead) ? tokens[index + ahead].kind : nil
    }

    mutating func take(_ term: Term) -> Bool { take(.term(term)) }

    mutating func take(_ wanted: PhraseToken.Kind) -> Bool {
        guard kind() == wanted else { return false }
        index += 1
        return true
    }

    mutating func takeNumber() -> Int? {
        guard case .number(let value, _) = kind() else { return nil }
        index += 1
        return value
    }

    /// Returns the phrase with `text` instead of the text between two offsets.
    func replacing(from: Int, to: Int, with text: String) -> String {
        phrase.replacing(from..<to, with: text)
    }

    /// Returns the syntax error for the first word that does not fit the grammar.
    func nonsense() -> PhraseProblem {
        PhraseProblem.nonsense(tokens, at: index, end: phrase.unicodeScalars.count)
    }

    /// Reads a weekday. `thứ hai` to `thứ bảy` are Monday to Saturday. Returns nil if none follows.
    mutating func takeWeekday() -> Weekday? {
        switch kind() {
        case .term(.weekday(let weekday)):
            index += 1
            return weekday
        case .term(.thu(let number)):
            index += 1
            return Weekday(rawValue: number - 1)
        default: return nil
        }
    }
}

extension WhenParser: PhraseCursor {
    /// A month written by name or number, and whether its name is always lunar.
    struct Month {
        let number: Int
        let isLunar: Bool
        /// Whether the month is written in English, as in `June`.
        let isEnglish: Bool
    }

    /// Reads a month: `June`, `tháng Sáu`, `tháng 6`, `month 6`, `tháng Giêng`.
    ///
    /// Returns nil if no month follows.
    mutating func month() throws(PhraseProblem) -> Month? {
        switch kind() {
        case .term(.monthName(let number)):
            index += 1
            return Month(number: number, isLunar: false, isEnglish: true)
        case .term(.monthWord(let number)):
            index += 1
            return Month(number: number, isLunar: false, isEnglish: false)
        case .term(.lunarMonth(let number)):
            index += 1
            return Month(number: number, isLunar: true, isEnglish: false)
        case .term(.month):
            guard case .number(let number, _) = kind(ahead: 1) else { return nil }
            guard (1...12).contains(number) else {
                throw .refused("there is no month \(PhraseToken.shown(number))", at: tokens[index + 1].offset)
            }
            index += 2
            return Month(number: number, isLunar: false, isEnglish: false)
        default: return nil
        }
    }

    /// The phrase of a recurrence in the language and the date order of the input.
    ///
    /// Days and windows are written with numerals in both languages.
    func spell(_ recurrence: Recurrence) -> String {
        switch recurrence {
        case .day, .window: recurrence.phrase
        default: recurrence.spelled(isVietnamese: isVietnamese, yearFirst: hasISODates)
        }
    }

    func spellDay(_ day: Day) -> String { spellWindow(day...day) }

    func spellWindow(_ days: ClosedRange<Day>) -> String { hasISODates ? days.phrase : days.slashed }

    /// The `candidates` that are valid phrases; empty if `seeksHints` is false.
    func tried(_ candidates: [String]) -> [String] {
        guard seeksHints else { return [] }
        return candidates.filter { (try? WhenParser.parse($0, seeksHints: false)) != nil }
    }
}

extension PhraseProblem {
    /// Returns a syntax error at the first unknown word.
    ///
    /// If all words are known, the error is at the token at `index`, or at the end of the phrase.
    static func nonsense(_ tokens: [PhraseToken], at index: Int, end: Int) -> PhraseProblem {
        if let unknown = tokens.first(where: { $0.kind == .unknown }) {
            return .syntax("\"\(unknown.text.escapedForMessage)\" has no place in such a phrase", at: unknown.offset)
        }
        guard tokens.indices.contains(index) else { return .syntax("the phrase stops too early", at: end) }
        return .syntax("\"\(tokens[index].text.escapedForMessage)\" does not fit here", at: tokens[index].offset)
    }
}

extension String {
    /// Returns the string with `text` instead of the Unicode scalars at the positions `range`.
    func replacing(_ range: Range<Int>, with text: String) -> String {
        let scalars = Array(unicodeScalars)
        var out = UnicodeScalarView(scalars[..<range.lowerBound])
        out.append(contentsOf: text.unicodeScalars)
        out.append(contentsOf: scalars[range.upperBound...])
        return String(out)
    }

    /// The string for use in a message, cut to its first 40 Unicode scalars.
    ///
    /// Invisible scalars are written as `U+` and their number. A string that was cut ends with `…`.
    var escapedForMessage: String {
        var out = ""
        for scalar in unicodeScalars.prefix(40) {
            let isVisible =
                scalar.properties.isAlphabetic || scalar.properties.canonicalCombiningClass != .notReordered
                || (0x20...0x7E).contains(scalar.value) || scalar.properties.generalCategory == .decimalNumber
                || scalar.properties.isEmojiPresentation || scalar.properties.isPatternSyntax
            if isVisible { out.unicodeScalars.append(scalar) } else { out += "U+" + hexadecimal(scalar.value) }
        }
        return unicodeScalars.count > 40 ? out + "…" : out
    }

    private func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
