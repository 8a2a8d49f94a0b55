/// The problems of one run in the order of their discovery.
package final class Problems {
    package private(set) var all: [Problem] = []
    /// The problems so far, with which duplicates are recognized.
    ///
    /// Duplicates occur because the default leads of a plan may be read several times, for
    /// campaigns with other times of day or recipients.
    private var known: Set<Problem> = []

    package init() {}

    /// The maximum number of problems of one run.
    ///
    /// The limit is more than anybody reads. It bounds the work on a file that consists of
    /// mistakes.
    package static let limit = 1_000

    /// The number of problems after which spelling hints are no longer searched for.
    ///
    /// The search for a hint takes milliseconds, and nobody fixes more than a hundred mistakes
    /// before the next run.
    package static let hintLimit = 100
    package var areHintsWanted: Bool { all.count < Problems.hintLimit }
    /// The number of refused phrases that may have hints.
    ///
    /// The search for hints takes about a millisecond for each refused phrase, because it parses
    /// many phrases.
    package static let phraseHintLimit = 25
    /// The number of phrases refused so far.
    package private(set) var phrases = 0
    package var arePhraseHintsWanted: Bool { phrases < Problems.phraseHintLimit && areHintsWanted }
    package func countPhrase() { phrases += 1 }
    /// Whether the limit is reached. Further problems are not stored, so reading may stop.
    package var isFull: Bool { all.count >= Problems.limit }

    package func add(_ problem: Problem) {
        if all.count < Problems.limit, known.insert(problem).inserted { all.append(problem) }
    }

    package var hasErrors: Bool { all.contains { $0.severity == .error } }
    package func hasErrors(in source: Problem.Source) -> Bool {
        all.contains { $0.severity == .error && $0.source == source }
    }

    /// The problems sorted by file, in the order of discovery, and then by place.
    package var sorted: [Problem] {
        var order: [String: Int] = [:]
        for problem in all where order[problem.place.file] == nil { order[problem.place.file] = order.count }
        return all.enumerated().sorted { a, b in
            let (x, y) = (a.element.place, b.element.place)
            return (order[x.file]!, x.line, x.column, a.offset) < (order[y.file]!, y.line, y.column, b.offset)
        }
        .map(\.element)
    }
}
