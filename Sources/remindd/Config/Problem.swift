/// Something in a user's file that is wrong, or that will hurt later: where it is, what it is, what to write instead.
struct Problem: Hashable, Sendable, CustomStringConvertible {
    enum Severity: String, Hashable, Sendable {
        case error, warning
    }

    /// Which kind of file it is in decides the exit code (contract, section 3): 65 for what officers write, 78 for the configuration.
    enum Source: Hashable, Sendable {
        /// A plan, working-day or recipient file.
        case data
        case configuration
    }

    /// A place in a file; line and column count from 1, columns in Unicode scalars.
    struct Place: Hashable, Sendable {
        let file: String
        let line: Int
        let column: Int
    }

    let severity: Severity
    let source: Source
    let place: Place
    /// One line: what was found and what is allowed. Shown text, already escaped.
    let message: String
    /// The nearest right spelling, or spellings.
    let hints: [String]

    /// `file:line:column: error: message; did you mean "…"?`
    var description: String {
        "\(printable(place.file, limit: 4_096)):\(place.line):\(place.column): \(severity.rawValue): \(printable(message, limit: 10_000))\(hintText)"
    }

    private var hintText: String {
        guard !hints.isEmpty else { return "" }
        return "; did you mean " + hints.map { "\"\(printable($0))\"" }.joined(separator: " or ") + "?"
    }
}

/// The problems of one run, in the order of discovery.
final class Problems {
    private(set) var all: [Problem] = []
    /// A plan's default leads are read once for each campaign: their problems are one problem.
    private var known: Set<Problem> = []

    /// More than a person reads; a file of only mistakes must not print for minutes.
    static let limit = 1_000

    /// Looking for the nearest right spelling takes milliseconds: the first hundred mistakes get one, which is more than a
    /// person mends before the next run.
    static let hintLimit = 100
    var areHintsWanted: Bool { all.count < Problems.hintLimit }
    /// For a phrase everything that may be meant is tried with the parser, which takes a millisecond.
    static let phraseHintLimit = 25
    /// Phrases that were refused.
    private(set) var phrases = 0
    var arePhraseHintsWanted: Bool { phrases < Problems.phraseHintLimit && areHintsWanted }
    func countPhrase() { phrases += 1 }
    /// Nothing more is taken; reading on is of no use.
    var isFull: Bool { all.count >= Problems.limit }

    func add(_ problem: Problem) {
        if all.count < Problems.limit, known.insert(problem).inserted { all.append(problem) }
    }

    var hasErrors: Bool { all.contains { $0.severity == .error } }
    func hasErrors(in source: Problem.Source) -> Bool {
        all.contains { $0.severity == .error && $0.source == source }
    }

    /// By file as first met, then by place.
    var sorted: [Problem] {
        var order: [String: Int] = [:]
        for problem in all where order[problem.place.file] == nil { order[problem.place.file] = order.count }
        return all.enumerated().sorted { a, b in
            let (x, y) = (a.element.place, b.element.place)
            return (order[x.file]!, x.line, x.column, a.offset) < (order[y.file]!, y.line, y.column, b.offset)
        }
        .map(\.element)
    }
}

/// `text` as a terminal or log may show it: control characters, bidi overrides and other invisibles become `\u{…}`,
/// and more than 120 characters are cut.
func printable(_ text: String, limit: Int = 120) -> String {
    if text.utf8.count <= limit, text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return text }
    var shown = ""
    for (count, scalar) in text.unicodeScalars.enumerated() {
        if count == limit { return shown + "…" }
        if isShowable(scalar) {
            shown.unicodeScalars.append(scalar)
        } else {
            shown += "\\u{" + String(scalar.value, radix: 16) + "}"
        }
    }
    return shown
}

/// False for control, format (bidi, zero-width, tag), surrogate, private and unassigned characters and for line separators.
func isShowable(_ scalar: Unicode.Scalar) -> Bool {
    // What nearly all texts consist of, without a look into the tables: ASCII, Latin and Vietnamese letters. U+00AD is a format character.
    if (0x20...0x7E).contains(scalar.value) || (0x1E00...0x1EFF).contains(scalar.value) { return true }
    if (0xA1...0x24F).contains(scalar.value) { return scalar.value != 0xAD }
    return switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
    default: true
    }
}
