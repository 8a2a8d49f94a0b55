import Diagnostics

/// Decides whether a hint may be shown as "did you mean".
///
/// Such a hint keeps every word of the phrase that carries a date, in another spelling or another
/// language if need be. Any other hint is only an example, and the message shows it as one.
enum HintCheck {
    /// The refusal with only those hints that keep the words of `phrase`.
    ///
    /// The message names the others as examples.
    static func checked(_ refusal: PhraseRefusal, of phrase: String) -> PhraseRefusal {
        guard !refusal.hints.isEmpty else { return refusal }
        let words = words(of: phrase)
        return checked(refusal) { keeps(words, in: $0) && !invents($0, for: phrase) }
    }

    /// The refusal of a lead, with only those hints that keep the words of `phrase`.
    ///
    /// In a lead, `ngày` before a number makes it a date, and `cuối ngày` is the end of a day.
    static func checked(_ refusal: PhraseRefusal, ofLead phrase: String) -> PhraseRefusal {
        guard !refusal.hints.isEmpty else { return refusal }
        let tokens = PhraseLexer.tokens(phrase)
        let namesDate = zip(tokens, tokens.dropFirst()).contains { first, second in
            first.kind == .term(.day) && second.number != nil || first.kind == .term(.cuoi) && second.kind == .term(.day)
        }
        let words = words(of: phrase)
        return checked(refusal) { !namesDate && keeps(words, in: $0) }
    }

    /// Whether a hint has a period or a date that the phrase does not have.
    ///
    /// `3 days from 1/6/2027` is no series, and `every month` has no first day.
    private static func invents(_ hint: String, for phrase: String) -> Bool {
        func tokens(_ text: String, have isSuch: (PhraseToken.Kind) -> Bool) -> Bool {
            PhraseLexer.tokens(text).contains { isSuch($0.kind) }
        }
        func isPeriod(_ kind: PhraseToken.Kind) -> Bool { kind == .term(.every) || kind == .term(.once) }
        func isDate(_ kind: PhraseToken.Kind) -> Bool { if case .iso = kind { true } else { false } }
        let saysPeriod =
            tokens(phrase, have: { isPeriod($0) || isWeekday($0) }) || plainWords(phrase).contains { periods.contains($0) }
        if tokens(hint, have: isPeriod), !saysPeriod { return true }
        return tokens(hint, have: isDate) && !phrase.contains(where: \.isNumber)
    }

    private static func isWeekday(_ kind: PhraseToken.Kind) -> Bool {
        switch kind {
        case .term(.weekday), .term(.thu): true
        default: false
        }
    }

    /// Words for a period, without accents, some of them misspelled.
    private static let periods: Set = ["moi", "each", "hang", "every", "weekly", "monthly", "quarterly", "yearly", "daily"]

    private static func plainWords(_ text: String) -> [String] {
        Spelling.withoutAccents(text.composed.lowercased()).split { !$0.isLetter }.map(String.init)
    }

    /// The refusal with only those hints that `isKept` accepts. The message names the others as
    /// examples.
    private static func checked(_ refusal: PhraseRefusal, isKept: (String) -> Bool) -> PhraseRefusal {
        let kept = refusal.hints.filter(isKept)
        guard kept.count < refusal.hints.count else { return refusal }
        guard kept.isEmpty else { return PhraseRefusal(refusal.message, hints: kept, offset: refusal.offset) }
        let quoted = refusal.hints.map { LocalizedText(verbatim: "\"\($0)\"") }
        let examples = quoted.dropFirst().reduce(quoted[0]) { "\($0) or \($1)" }
        return PhraseRefusal("\(refusal.message); for example \(examples)", offset: refusal.offset)
    }

    /// Whether `hint` keeps every word of `phrase` that carries a date.
    static func keeps(_ phrase: String, in hint: String) -> Bool { keeps(words(of: phrase), in: hint) }

    /// A word of a phrase, with the meanings of which a hint has to have one.
    struct Word {
        /// Spellings without accents, in lower case, one of which is enough; empty for a number.
        let spellings: [String]
        /// Each alternative is a list of meanings that belong together. None of them is empty.
        let alternatives: [[Meaning]]
    }

    enum Meaning: Hashable {
        case number(Int)
        case name(String)
        case weekday(Int)
    }

    static func keeps(_ words: [Word], in hint: String) -> Bool {
        let pieces = PhraseLexer.pieces(hint)
        let plain = Set(pieces.filter { $0.kind == .word }.map { Spelling.withoutAccents($0.text) })
        var counts: [Meaning: Int] = [:]
        for token in PhraseLexer.tokens(pieces) {
            if token.isDash { counts[.name("to"), default: 0] += 1 }
            // The second alternative of a short number is the year that it may stand for.
            for meaning in meanings(of: token, before: nil).first ?? [] { counts[meaning, default: 0] += 1 }
            if token.kind == .term(.from) || token.kind == .term(.since) { counts[.name("from"), default: 0] += 1 }
        }
        return words.allSatisfy { word in
            if word.spellings.contains(where: { $0.split(separator: " ").allSatisfy { plain.contains(String($0)) } }) {
                return true
            }
            return word.alternatives.contains { alternative in
                guard alternative.allSatisfy({ counts[$0, default: 0] > 0 }) else { return false }
                // A number that is written twice has to be in the hint twice.
                for case .number(let number) in alternative { counts[.number(number), default: 0] -= 1 }
                return true
            }
        }
    }

    static func words(of phrase: String) -> [Word] {
        let tokens = PhraseLexer.tokens(phrase)
        let hasEnd = tokens.contains { $0.isDash || $0.kind == .term(.to) || $0.kind == .term(.until) }
        return tokens.enumerated().flatMap { index, token -> [Word] in
            let next = tokens.indices.contains(index + 1) ? tokens[index + 1] : nil
            let plain = Spelling.withoutAccents(token.text)
            if token.kind == .unknown { return unknown(token.text, plain, before: next).map { [$0] } ?? [] }
            if case .iso(let year, let month, let day) = token.kind {
                return [year, month, day].map { Word(spellings: [], alternatives: [[.number($0)]]) }
            }
            if token.kind == .term(.from), !hasEnd {
                // An open start: a hint without it names one day instead.
                return [Word(spellings: [plain], alternatives: [[.name("from")], [.name("to")]])]
            }
            if token.kind == .term(.month), isMonthBeforeMonth(tokens, index) {
                return [Word(spellings: [plain], alternatives: [[.name("month")]])]
            }
            let found = meanings(of: token, before: next)
            return found.isEmpty ? [] : [Word(spellings: token.number == nil ? [plain] : [], alternatives: found)]
        }
    }

    /// Whether two months follow, as in `tháng 6/7`. One of them is no day.
    private static func isMonthBeforeMonth(_ tokens: [PhraseToken], _ index: Int) -> Bool {
        guard tokens.indices.contains(index + 3), tokens[index + 2].kind == .slash else { return false }
        if case .number(_, let digits) = tokens[index + 3].kind { return digits <= 2 }
        return false
    }

    /// A word that the grammar does not have; nil for marks and the endings of ordinals.
    private static func unknown(_ text: String, _ plain: String, before next: PhraseToken?) -> Word? {
        let harmless: Set = ["st", "nd", "rd", "th", "the", "a", "an", "is", "la"]
        guard text.unicodeScalars.contains(where: \.properties.isAlphabetic), !harmless.contains(plain) else { return nil }
        let near = PhraseCorrection.replacements(of: text.lowercased())
        let alternatives = near.map { word in
            PhraseLexer.tokens(word).flatMap { meanings(of: $0, before: next).first ?? [] }
        }
        // Without its accents, a word such as "ngày" carries as little as with them.
        let carriesNothing = zip(near, alternatives).contains { word, meanings in
            meanings.isEmpty && Spelling.withoutAccents(word) == plain
                && PhraseLexer.tokens(word).allSatisfy { $0.kind != .unknown }
        }
        if carriesNothing { return nil }
        // A near word without a meaning of its own has to be in the hint.
        let silent = zip(near, alternatives).filter(\.1.isEmpty).map { Spelling.withoutAccents($0.0) }
        return Word(spellings: [plain] + silent, alternatives: alternatives.filter { !$0.isEmpty })
    }

    /// The alternatives of a word of the grammar. Words that carry no date have none.
    private static func meanings(of token: PhraseToken, before next: PhraseToken?) -> [[Meaning]] {
        switch token.kind {
        case .number(let number, let digits): digits <= 2 ? [[.number(number)], [.number(2000 + number)]] : [[.number(number)]]
        case .iso(let year, let month, let day): [[.number(year), .number(month), .number(day)]]
        // A hyphen or dash may join a day and a month.
        case .term(let term): token.isDash ? [] : meanings(of: term, before: next)
        case .slash, .unknown: []
        }
    }

    private static func meanings(of term: Term, before next: PhraseToken?) -> [[Meaning]] {
        switch term {
        case .monthName(let number), .monthWord(let number), .roman(let number): [[.number(number)]]
        case .lunarMonth(let number): [[.number(number), .name("lunar")]]
        case .fullMoon: [[.number(15), .name("lunar")]]
        case .feast(let feast): [[.name("\(feast)")]]
        case .weekday(let weekday): [[.weekday(weekday.rawValue)]]
        case .thu(let number): [[.weekday(number - 1)]]
        case .ordinal(let ordinal): [[.name("\(ordinal)")]]
        case .part(let part), .tenDays(let part): [[.name(part == .early ? "first" : part == .late ? "last" : "mid")]]
        case .dau: [[.name("first")]]
        case .cuoi: [[.name("last")]]
        case .q, .quarter: [[.name("quarter")]]
        case .half(let half): [[.name("half \(half)")]]
        // Before its number, "month" or "year" carries no date.
        case .month: next?.number != nil ? [] : [[.name("\(term)")]]
        case .year: (next?.number ?? 0) >= 1_000 ? [] : [[.name("\(term)")]]
        case .every, .once: [[.name("every")]]
        case .leap, .leapYearsOnly: [[.name("leap")]]
        case .to, .until: [[.name("to")]]
        case .day, .of, .from, .filler, .solar, .since, .thatIs, .times, .nth, .mung: []
        default: [[.name("\(term)")]]
        }
    }
}
