import Dates
import Diagnostics

/// The value of `years:` of a campaign: `2024-2030`, `2024-`, `2026`.
public struct YearsPhrase: Hashable, Sendable {
    /// The years, within 1970...2199. An open range ends with 2199.
    public let years: ClosedRange<Int>

    /// Reads the years. `-`, `–`, `to` and `đến` are equivalent, with and without spaces.
    ///
    /// - Throws: `PhraseRefusal` for any other text, and for years outside 1970...2199.
    public init(phrase: String) throws(PhraseRefusal) {
        let tokens = PhraseLexer.tokens(phrase)
        let form: LocalizedText = "years are written 2024-2030, 2024- or 2026"
        let numbers = tokens.compactMap(\.number)
        for token in tokens where token.number != nil {
            guard case .number(let year, digits: 4) = token.kind, Day.plannableYears.contains(year) else {
                throw PhraseRefusal("years are 1970 to 2199, in four digits", offset: token.offset)
            }
        }
        let shape = tokens.map { $0.number != nil ? "n" : $0.kind == .term(.to) ? "-" : "?" }.joined()
        switch shape {
        case "n": years = numbers[0]...numbers[0]
        case "n-": years = numbers[0]...Day.plannableYears.upperBound
        case "n-n" where numbers[0] <= numbers[1]: years = numbers[0]...numbers[1]
        case "n-n": throw PhraseRefusal("these years end before they begin", hints: ["\(numbers[1])-\(numbers[0])"])
        case "-n": throw PhraseRefusal(form, hints: ["\(Day.plannableYears.lowerBound)-\(numbers[0])"])
        default:
            throw PhraseRefusal(
                form, hints: Self.hint(phrase, numbers).map { [$0] } ?? [],
                offset: tokens.first { $0.number == nil }?.offset ?? 0)
        }
    }

    /// Returns the years that a phrase in other words means; nil if its words do not tell.
    private static func hint(_ phrase: String, _ numbers: [Int]) -> String? {
        let plain = Spelling.withoutAccents(phrase.composed.lowercased())
        let words = Set(plain.split { !$0.isLetter }.map(String.init))
        func has(_ any: String...) -> Bool { !words.isDisjoint(with: any) }
        if numbers.count == 2 { return "\(numbers[0])-\(numbers[1])" }
        guard numbers.count == 1 else { return nil }
        if has("den", "until", "till", "toi") { return "\(Day.plannableYears.lowerBound)-\(numbers[0])" }
        if has("tu", "from", "since", "onwards", "onward") || plain.contains("tro di") { return "\(numbers[0])-" }
        return has("nam", "chi", "rieng", "trong", "only", "year", "in") ? "\(numbers[0])" : nil
    }
}
