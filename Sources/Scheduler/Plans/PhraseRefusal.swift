/// The reason why a phrase is refused, and what to write instead.
public struct PhraseRefusal: Error, Hashable, Sendable {
    /// One line without a full stop. It does not repeat the phrase.
    public let message: String
    /// Valid phrases that were perhaps meant, the likeliest first. May be empty. Each can replace
    /// the phrase.
    public let hints: [String]
    /// The position of the problem in the phrase, in Unicode scalars from its beginning.
    public let offset: Int

    public init(_ message: String, hints: [String] = [], offset: Int = 0) {
        self.message = message
        self.hints = hints
        self.offset = offset
    }
}

/// A refusal within the grammar. The text was either understood and refused, or not understood.
struct PhraseProblem: Error {
    let refusal: PhraseRefusal
    /// Whether the words do not make a phrase. The caller then searches for the nearest phrase.
    let isSyntax: Bool

    /// The text was understood and is refused.
    static func refused(_ message: String, hints: [String] = [], at offset: Int) -> PhraseProblem {
        PhraseProblem(refusal: PhraseRefusal(message, hints: hints, offset: offset), isSyntax: false)
    }

    /// The text was not understood.
    static func syntax(_ message: String, at offset: Int) -> PhraseProblem {
        PhraseProblem(refusal: PhraseRefusal(message, offset: offset), isSyntax: true)
    }
}
