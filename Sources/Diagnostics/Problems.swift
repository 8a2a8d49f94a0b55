/// The problems that one run found, in the order in which they were found.
package final class Problems {
    package private(set) var all: [Problem] = []
    /// The problems in `all` as a set, so that each problem is stored only once.
    ///
    /// A plan's default leads may be read again for a campaign, and cause the same problem again.
    private var known: Set<Problem> = []

    package init() {}

    /// The maximum number of problems that are stored in one run.
    ///
    /// The limit bounds the work on a file that consists of mistakes. Nobody reads more.
    package static let limit = 1_000

    /// The number of problems after which the program no longer searches for spelling hints.
    ///
    /// Each search takes milliseconds, and nobody corrects more than a hundred mistakes before the
    /// next run.
    package static let hintLimit = 100
    package var areHintsWanted: Bool { all.count < Problems.hintLimit }
    /// The number of refused phrases for which the program searches for hints.
    ///
    /// Each search takes about a millisecond, because it parses many phrases.
    package static let phraseHintLimit = 25
    /// The number of phrases that were refused so far in this run.
    package private(set) var phrases = 0
    package var arePhraseHintsWanted: Bool { phrases < Problems.phraseHintLimit && areHintsWanted }
    package func countPhrase() { phrases += 1 }
    /// Whether `limit` is reached. Further problems are not stored, so the caller may stop reading.
    package var isFull: Bool { all.count >= Problems.limit }

    package func add(_ problem: Problem) {
        if all.count < Problems.limit, known.insert(problem).inserted { all.append(problem) }
    }

    package var hasErrors: Bool { all.contains { $0.severity == .error } }
    package func hasErrors(in source: Problem.Source) -> Bool {
        all.contains { $0.severity == .error && $0.source == source }
    }

    /// The problems grouped by file, and sorted by place within a file.
    ///
    /// The files are in the order of their first problems.
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
