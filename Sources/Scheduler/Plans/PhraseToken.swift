import Dates
import Diagnostics

/// A token of a phrase: a term of the grammar, a number, a mark, or an unknown text.
struct PhraseToken: Sendable {
    /// The value that stands for every number with more than 9 digits.
    static let tooLong = 999_999_999

    /// Returns the number as text for messages.
    static func shown(_ number: Int) -> LocalizedText {
        number == tooLong ? "of so many digits" : LocalizedText(verbatim: String(number))
    }

    enum Kind: Hashable, Sendable {
        case term(Term)
        /// A number, and how many digits it has. If it has more than 9 digits, the value is
        /// `tooLong`.
        case number(Int, digits: Int)
        /// The year, month and day of a date such as `2026-04-15`. The day may not exist.
        case iso(Int, Int, Int)
        case slash
        /// A word, a character or a mark that the grammar does not use.
        case unknown
    }

    let kind: Kind
    /// The text as written. The words of a term are joined by single spaces.
    let text: String
    /// The offsets of the token's beginning and end, in Unicode scalars of the phrase.
    let offset: Int
    let end: Int
    let hasSpaceBefore: Bool

    /// Whether this is a hyphen or a dash. These have the same term as `to` and `đến`, `Term.to`.
    var isDash: Bool { kind == .term(.to) && PhraseLexer.dashes.contains(text) }

    /// The same token with another meaning.
    func meaning(_ kind: Kind) -> PhraseToken {
        PhraseToken(kind: kind, text: text, offset: offset, end: end, hasSpaceBefore: hasSpaceBefore)
    }

    var number: Int? {
        if case .number(let value, _) = kind { return value }
        return nil
    }
}

/// Splits a phrase into tokens. Ignores case and the amount of space, but not accents.
enum PhraseLexer {
    /// A run of letters, a run of digits, or one other character.
    struct Piece: Sendable {
        enum Kind: Sendable { case word, digits, mark }
        var kind: Kind
        var text: String
        /// The text in lower case. Canonically equivalent Unicode spellings compare as equal.
        var lowercased: String
        var offset: Int
        var hasSpaceBefore: Bool
        var end: Int { offset + text.unicodeScalars.count }
    }

    static let dashes: Set<String> = ["-", "–", "—", "‐", "‑", "−"]

    static func tokens(_ phrase: String) -> [PhraseToken] { tokens(pieces(phrase)) }

    static func tokens(_ pieces: [Piece]) -> [PhraseToken] {
        var tokens: [PhraseToken] = []
        var index = 0
        while index < pieces.count {
            if let iso = isoDate(pieces, at: index) {
                tokens.append(iso)
                index += 5
            } else if let (found, length) = terms(pieces, at: index) {
                tokens.append(contentsOf: found)
                index += length
            } else {
                tokens.append(token(pieces[index]))
                index += 1
            }
        }
        return tokens
    }

    static func pieces(_ phrase: String) -> [Piece] {
        var pieces: [Piece] = []
        var offset = 0
        var space = false
        for character in phrase {
            defer { offset += character.unicodeScalars.count }
            guard let kind = kind(character) else {
                space = true
                continue
            }
            if !space, kind != .mark, let last = pieces.last, last.kind == kind {
                pieces[pieces.count - 1].text.append(character)
                pieces[pieces.count - 1].lowercased.append(character.lowercased())
            } else {
                pieces.append(
                    Piece(
                        kind: kind, text: String(character), lowercased: character.lowercased(), offset: offset,
                        hasSpaceBefore: space))
            }
            space = false
        }
        return pieces
    }

    /// Returns the kind of a character; nil for white space.
    ///
    /// Most characters are ASCII, so their kind is determined without the Unicode tables.
    private static func kind(_ character: Character) -> Piece.Kind? {
        guard let byte = character.asciiValue else {
            // These ranges contain the accented letters of Vietnamese in NFC.
            if character.utf8.count < 4, let letter = character.unicodeScalars.first?.value,
                (0x1EA0...0x1EF9).contains(letter) || (0xC0...0x1B0).contains(letter) && letter != 0xD7 && letter != 0xF7
            {
                return .word
            }
            return character.isWhitespace ? nil : character.isLetter ? .word : .mark
        }
        switch byte {
        case 0x09...0x0D, 0x20: return nil
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return .digits
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): return .word
        default: return .mark
        }
    }

    private static func token(_ piece: Piece) -> PhraseToken {
        let kind: PhraseToken.Kind
        switch piece.kind {
        case .digits: kind = .number(decimal(piece.text.utf8) ?? PhraseToken.tooLong, digits: piece.text.utf8.count)
        case .mark where dashes.contains(piece.text): kind = .term(.to)
        case .mark where piece.text == "/": kind = .slash
        case .mark, .word: kind = .unknown
        }
        return PhraseToken(
            kind: kind, text: piece.text, offset: piece.offset, end: piece.end, hasSpaceBefore: piece.hasSpaceBefore)
    }

    /// Reads a date such as `2026-04-15` without spaces; nil if there is none at `index`.
    private static func isoDate(_ pieces: [Piece], at index: Int) -> PhraseToken? {
        guard index + 4 < pieces.count else { return nil }
        let part = pieces[index...(index + 4)].map { $0 }
        guard part[0].kind == .digits, part[0].text.utf8.count == 4, part[1].text == "-", part[3].text == "-",
            part[2].kind == .digits, part[2].text.utf8.count == 2, part[4].kind == .digits, part[4].text.utf8.count == 2,
            !part.dropFirst().contains(where: \.hasSpaceBefore),
            let year = decimal(part[0].text.utf8), let month = decimal(part[2].text.utf8),
            let day = decimal(part[4].text.utf8)
        else { return nil }
        return PhraseToken(
            kind: .iso(year, month, day), text: part.map(\.text).joined(), offset: part[0].offset,
            end: part[4].end, hasSpaceBefore: part[0].hasSpaceBefore)
    }

    /// Returns the tokens of the longest vocabulary entry at `index`, and its number of pieces.
    ///
    /// Returns nil if no entry begins at `index`.
    private static func terms(_ pieces: [Piece], at index: Int) -> ([PhraseToken], Int)? {
        if let thu = numberedWeekday(pieces, at: index) { return ([thu], 2) }
        guard pieces[index].kind == .word, let longest = Vocabulary.longestFrom[pieces[index].lowercased] else { return nil }
        for length in stride(from: min(longest, pieces.count - index), through: 1, by: -1) {
            let run = pieces[index..<(index + length)]
            // A hyphen is part of a name such as `mid-autumn`.
            guard run.allSatisfy({ $0.kind == .word || $0.text == "-" }) else { continue }
            guard let found = Vocabulary.terms[run.map(\.lowercased).joined(separator: " ")] else { continue }
            let text = run.map(\.text).joined(separator: " ")
            let first = pieces[index]
            let tokens = found.map {
                PhraseToken(
                    kind: .term($0), text: text, offset: first.offset, end: pieces[index + length - 1].end,
                    hasSpaceBefore: first.hasSpaceBefore)
            }
            return (tokens, length)
        }
        return nil
    }

    /// Reads `thứ 2` to `thứ 7`, which are Monday to Saturday; nil if none is at `index`.
    private static func numberedWeekday(_ pieces: [Piece], at index: Int) -> PhraseToken? {
        guard index + 1 < pieces.count, pieces[index].lowercased == "thứ", pieces[index + 1].kind == .digits,
            let number = decimal(pieces[index + 1].text.utf8), (2...7).contains(number)
        else { return nil }
        let word = pieces[index]
        return PhraseToken(
            kind: .term(.thu(number)), text: word.text + " " + pieces[index + 1].text, offset: word.offset,
            end: pieces[index + 1].end, hasSpaceBefore: word.hasSpaceBefore)
    }
}
