/// The problems of one run, in the order of discovery.
package final class Problems {
    package private(set) var all: [Problem] = []
    /// A plan's default leads are read once for each campaign: their problems are one problem.
    private var known: Set<Problem> = []

    package init() {}

    /// More than a person reads; a file of only mistakes must not print for minutes.
    package static let limit = 1_000

    /// Looking for the nearest right spelling takes milliseconds: the first hundred mistakes get one, which is more than a
    /// person mends before the next run.
    package static let hintLimit = 100
    package var areHintsWanted: Bool { all.count < Problems.hintLimit }
    /// For a phrase everything that may be meant is tried with the parser, which takes a millisecond.
    package static let phraseHintLimit = 25
    /// Phrases that were refused.
    package private(set) var phrases = 0
    package var arePhraseHintsWanted: Bool { phrases < Problems.phraseHintLimit && areHintsWanted }
    package func countPhrase() { phrases += 1 }
    /// Nothing more is taken; reading on is of no use.
    package var isFull: Bool { all.count >= Problems.limit }

    package func add(_ problem: Problem) {
        if all.count < Problems.limit, known.insert(problem).inserted { all.append(problem) }
    }

    package var hasErrors: Bool { all.contains { $0.severity == .error } }
    package func hasErrors(in source: Problem.Source) -> Bool {
        all.contains { $0.severity == .error && $0.source == source }
    }

    /// By file as first met, then by place.
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
