import Diagnostics

/// Finds the valid phrase that is nearest to an invalid one.
///
/// The search has three steps.
/// 1. The search replaces words: a word without accents by its accented forms, an unknown word by
///    the nearest known words. If the result is a valid phrase, it is a hint. The hint keeps the
///    writer's own words, unless a word was replaced by a substitute or the caller wants the
///    canonical spelling. If the parser recognizes a result but refuses it, and there is no hint,
///    the search ends with that refusal.
/// 2. If step 1 has no result, the search swaps, moves, leaves out or adds whole tokens.
/// 3. If step 2 has no result either, the search adds the nearest example to the message.
///
/// The real parser checks every candidate of steps 1 and 2, so a hint is always a valid phrase. A
/// hint of step 2 also keeps every word that carries a date (`HintCheck`). The work of every step
/// is limited, so that a refusal takes only some milliseconds.
enum PhraseCorrection {
    enum Verdict {
        /// The text is a phrase. The value is its canonical spelling in the language of the text.
        case stands(canonical: String)
        /// The parser recognizes the text but refuses it (for example, 31 June does not exist).
        case refused(PhraseRefusal)
        case noPhrase
    }

    /// The maximum number of pieces of a phrase.
    ///
    /// Longer phrases get no hint, because the number of candidates grows with the square of the
    /// length.
    ///
    /// Apart from `rrule` phrases, the longest phrases are windows such as "từ ngày 15 tháng 4 năm
    /// 2026 đến ngày 30 tháng 4 năm 2026", with 14 pieces.
    private static let pieceLimit = 18
    /// The maximum number of combinations of replaced words.
    private static let variantLimit = 128
    /// The maximum number of candidates for one word.
    private static let candidateLimit = 4

    /// Returns whether a phrase is in Vietnamese.
    ///
    /// A phrase is in Vietnamese if it has an accented letter, or a word that only the Vietnamese
    /// vocabulary has. A phrase without words is in the language of its plan.
    static func isVietnamese(_ phrase: String) -> Bool { isVietnamese(PhraseLexer.pieces(phrase)) }

    static func isVietnamese(_ pieces: [PhraseLexer.Piece]) -> Bool {
        guard pieces.contains(where: { $0.kind == .word }) else { return PhraseLanguage.ofDigits == .vi }
        return pieces.contains { piece in
            guard piece.kind == .word else { return false }
            if Spelling.withoutAccents(piece.text) != piece.lowercased { return true }
            return Vocabulary.vietnamese[piece.lowercased] != nil && Vocabulary.english[piece.lowercased] == nil
        }
    }

    static func refusal(
        of phrase: String, problem: PhraseRefusal, examples: [Example], showsCanonical: Bool = false,
        parse: (String) -> Verdict
    ) -> PhraseRefusal {
        let pieces = withoutParentheses(PhraseLexer.pieces(phrase))
        guard !pieces.isEmpty, pieces.count <= pieceLimit else { return problem }
        var hints: [String] = []
        var meanings: Set<String> = []
        var understood: PhraseRefusal?
        for variant in variants(pieces) {
            switch parse(variant.text) {
            case .stands(let canonical):
                guard meanings.insert(canonical).inserted else { continue }
                hints.append(showsCanonical || variant.isRephrased ? canonical : variant.text)
            case .refused(let refusal): understood = understood ?? refusal
            case .noPhrase: break
            }
            if hints.count == 2 { break }
        }
        let accents = lacksAccents(pieces)
        if !hints.isEmpty {
            let message: LocalizedText = accents.map { "\"\($0.text)\" is written without its accents" } ?? problem.message
            return PhraseRefusal(message, hints: hints, offset: accents?.offset ?? problem.offset)
        }
        if let understood {
            return PhraseRefusal(understood.message, hints: understood.hints, offset: problem.offset)
        }
        if let near = edited(phrase, pieces, parse) {
            return PhraseRefusal(problem.message, hints: [near], offset: problem.offset)
        }
        // The example is part of the message and not a hint, because its meaning may differ from
        // that of the phrase.
        let example: LocalizedText = nearestExample(phrase, examples).map { "; for example \"\($0)\"" } ?? ""
        return PhraseRefusal("\(problem.message)\(example)", offset: problem.offset)
    }

    /// Removes parentheses and keeps their content, for example in "15/8 (âm lịch)".
    private static func withoutParentheses(_ pieces: [PhraseLexer.Piece]) -> [PhraseLexer.Piece] {
        var kept: [PhraseLexer.Piece] = []
        var hasSpaceBefore = false
        for var piece in pieces {
            hasSpaceBefore = hasSpaceBefore || piece.hasSpaceBefore
            if piece.text == "(" || piece.text == ")" { continue }
            piece.hasSpaceBefore = hasSpaceBefore
            hasSpaceBefore = false
            kept.append(piece)
        }
        return kept
    }

    /// Returns the first word that the vocabulary has only with accents; nil if there is none.
    private static func lacksAccents(_ pieces: [PhraseLexer.Piece]) -> PhraseLexer.Piece? {
        pieces.first { piece in
            piece.kind == .word && (piece.lowercased == "ngay" || !Vocabulary.knownWords.contains(piece.lowercased))
                && Vocabulary.accented[piece.lowercased] != nil
        }
    }

    // MARK: Words

    private struct Variant {
        let text: String
        /// Whether a word was replaced by one of `Vocabulary.substitutes`.
        ///
        /// False if words were replaced only by other spellings of the same words.
        let isRephrased: Bool
    }

    /// Returns variants of the phrase with other words.
    ///
    /// The first variants replace only unknown words. The later variants may replace any word.
    private static func variants(_ pieces: [PhraseLexer.Piece]) -> [Variant] {
        let isVietnamese = isVietnamese(pieces)
        let unknownOnly = combinations(pieces.map { candidates($0, forKnown: false, inVietnamese: isVietnamese) })
        let all = combinations(pieces.map { candidates($0, forKnown: true, inVietnamese: isVietnamese) })
        var seen: Set<String> = []
        return (unknownOnly + all).compactMap { words in
            let text = joined(words, pieces)
            guard seen.insert(text).inserted else { return nil }
            let isRephrased = zip(words, pieces).contains { word, piece in
                Vocabulary.substitutes[piece.lowercased]?.contains(word) == true
            }
            return Variant(text: text, isRephrased: isRephrased)
        }
    }

    /// Returns the words that the writer may have meant by a piece.
    ///
    /// A piece that is a known word is itself the first of them, and the only one if `forKnown` is
    /// false. In a Vietnamese phrase, a word is not near an English one: `mai` does not mean May.
    private static func candidates(
        _ piece: PhraseLexer.Piece, forKnown: Bool, inVietnamese: Bool = false
    ) -> [String] {
        guard piece.kind == .word else { return [piece.text] }
        let word = piece.lowercased
        let plain = Spelling.withoutAccents(word)
        let isDoubtful = doubtful.contains(word)
        let isKnown = Vocabulary.knownWords.contains(word) && !isDoubtful
        if isKnown, !forKnown { return [piece.text] }
        var found = isKnown ? [piece.text] : []
        found += (Vocabulary.accented[plain] ?? []).filter { $0 != word }
        if isDoubtful { found.append(piece.text) }
        found += Vocabulary.substitutes[word] ?? []
        if !isKnown, found.isEmpty {
            found += nearWords(plain).filter { !inVietnamese || Vocabulary.vietnamese[$0] != nil }
        }
        return found.isEmpty ? [piece.text] : found.prefix(candidateLimit).map(Vocabulary.capitalized)
    }

    /// Words of the grammar that more often stand for a word with accents: `ngày`, `thứ`, `lần`.
    private static let doubtful: Set = ["ngay", "thu", "lan"]

    /// The words that a word outside the grammar may stand for.
    static func replacements(of word: String) -> [String] {
        let piece = PhraseLexer.Piece(kind: .word, text: word, lowercased: word, offset: 0, hasSpaceBefore: false)
        return candidates(piece, forKnown: true).filter { $0 != word }
    }

    private static func nearWords(_ plain: String) -> [String] {
        guard plain.count <= 24 else { return [] }
        let letters = Array(plain.unicodeScalars)
        let near = vocabulary.compactMap { candidate, word -> (Int, String)? in
            let limit = Spelling.slips(in: max(letters.count, candidate.count))
            return Spelling.distance(letters, candidate, atMost: limit).map { ($0, word) }
        }
        return near.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.prefix(candidateLimit).map(\.1)
    }

    private static let vocabulary = Vocabulary.words.map { (letters: Spelling.letters($0), word: $0) }

    private static func combinations(_ choices: [[String]]) -> [[String]] {
        var partial: [[String]] = [[]]
        for options in choices {
            let room = max(1, variantLimit / max(1, partial.count))
            partial = partial.flatMap { head in options.prefix(room).map { head + [$0] } }
        }
        return partial
    }

    /// Joins `words`, one for each piece. A word has a space before it if its piece has one.
    private static func joined(_ words: [String], _ pieces: [PhraseLexer.Piece]) -> String {
        zip(words, pieces).enumerated().map { index, pair in
            (index > 0 && pair.1.hasSpaceBefore ? " " : "") + pair.0
        }.joined()
    }

    // MARK: Tokens

    private static let insertions = [
        "of", "every", "from", "day", "the", "first", "before", "during", "before the end", "/", "-", "của", "hằng",
        "ngày", "tháng", "trước", "đầu tiên", "từ", "khi",
    ]

    /// Words that are never left out, because the phrase would then have another meaning.
    ///
    /// Numbers are never left out either.
    private static let telling = Set(HalfDay.words.keys).union(["end", "start", "khi", "bắt", "kết", "thúc", "mùng", "mồng"])
    private static let quotationMarks: Set = ["“", "”", "„", "‟", "‘", "’", "«", "»", "\"", "'"]

    /// Tries single changes of whole words.
    ///
    /// Returns the canonical spelling of the first valid phrase; nil if no change gives a valid
    /// phrase.
    ///
    /// A change swaps two neighbours, moves a word to the end, leaves out one or two neighbouring
    /// words, or adds a word. Numbers and `telling` words are never left out.
    private static func edited(_ phrase: String, _ pieces: [PhraseLexer.Piece], _ parse: (String) -> Verdict) -> String? {
        let isVietnamese = isVietnamese(pieces)
        let words = pieces.map { candidates($0, forKnown: false, inVietnamese: isVietnamese).first ?? $0.text }
        let isNumber = pieces.map { $0.kind == .digits }
        let isTelling = pieces.indices.map { index in
            // Whether the piece is the dot in a string such as 1.5 or 28.6.
            let isPoint = pieces[index].text == "." && index > 0 && isNumber[index - 1] && isNumber[(index + 1)...].first == true
            return isNumber[index] || isPoint || telling.contains(pieces[index].lowercased)
        }
        var attempts = [words.filter { !quotationMarks.contains($0) }]
        func attempt(_ change: (inout [String]) -> Void) {
            var changed = words
            change(&changed)
            attempts.append(changed)
        }
        for index in words.indices.dropLast() where !(isNumber[index] && isNumber[index + 1]) {
            attempt { $0.swapAt(index, index + 1) }
        }
        for index in words.indices.dropLast() where !isNumber[index] { attempt { $0.append($0.remove(at: index)) } }
        for length in 1...2 {
            for index in words.indices.dropLast(length - 1) where !isTelling[index..<(index + length)].contains(true) {
                attempt { $0.removeSubrange(index..<(index + length)) }
            }
        }
        for index in 0...words.count {
            for insertion in insertions { attempt { $0.insert(insertion, at: index) } }
        }
        let written = HintCheck.words(of: phrase)
        for attempt in attempts where !attempt.isEmpty {
            let text = respaced(attempt)
            guard HintCheck.keeps(written, in: text), case .stands(let canonical) = parse(text) else { continue }
            if HintCheck.keeps(written, in: canonical) { return canonical }
        }
        return nil
    }

    /// Joins words with spaces, except around "/" and ":" and within an ISO date.
    private static func respaced(_ words: [String]) -> String {
        var out = ""
        for (index, word) in words.enumerated() {
            let isTight = word == "/" || word == ":" || (index > 0 && ["/", ":"].contains(words[index - 1]))
            let isDate =
                index > 0 && word == "-" && words[index - 1].utf8.count >= 2 && index + 1 < words.count
                && words[index + 1].utf8.count == 2
                && (words[index - 1].utf8.count == 4 || (index > 1 && words[index - 2] == "-"))
            let afterDate = index > 1 && words[index - 1] == "-" && out.last == "-" && !out.hasSuffix(" -")
            out += (index == 0 || isTight || isDate || afterDate ? "" : " ") + word
        }
        return out
    }

    // MARK: Examples

    /// Returns the example with the smallest edit distance from the phrase.
    ///
    /// Returns nil if that distance is more than half the length of the longer text.
    private static func nearestExample(_ phrase: String, _ examples: [Example]) -> String? {
        let written = Spelling.letters(phrase)
        guard written.count <= 100 else { return nil }
        var best: (distance: Int, example: String)?
        let isVietnamese = isVietnamese(phrase)
        for example in examples where example.isVietnamese == isVietnamese {
            let limit = max(example.letters.count, written.count) / 2
            guard let distance = Spelling.distance(written, example.letters, atMost: limit) else { continue }
            if distance < best?.distance ?? Int.max { best = (distance, example.text) }
        }
        return best?.example
    }

    /// A valid phrase that the message shows if no hint is found.
    struct Example: Sendable {
        let text: String
        fileprivate let letters: [Unicode.Scalar]
        fileprivate let isVietnamese: Bool

        init(_ text: String) {
            self.text = text
            letters = Spelling.letters(text)
            isVietnamese = PhraseCorrection.isVietnamese(text)
        }
    }
}

/// The language of the plan that is being read.
///
/// A phrase without words, such as `29/2`, has no language of its own. This is that of its hints.
public enum PhraseLanguage {
    @TaskLocal public static var ofDigits: Language = .en
}
