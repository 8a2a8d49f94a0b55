/// Why a phrase is not taken, and what to write instead.
public struct PhraseRefusal: Error, Hashable, Sendable {
    /// One line without a full stop; does not repeat the phrase.
    public let message: String
    /// Right phrases that were perhaps meant, the likeliest first; may be empty. Each can be put in place of the phrase.
    public let hints: [String]
    /// Where in the phrase, in Unicode scalars from its beginning.
    public let offset: Int

    public init(_ message: String, hints: [String] = [], offset: Int = 0) {
        self.message = message
        self.hints = hints
        self.offset = offset
    }
}

/// A refusal within the grammar: of something understood, or of something that is no phrase at all.
struct PhraseProblem: Error {
    let refusal: PhraseRefusal
    /// True: the words do not make a phrase, and the nearest one that does is worth looking for.
    let isSyntax: Bool

    /// Understood, and refused.
    static func refused(_ message: String, hints: [String] = [], at offset: Int) -> PhraseProblem {
        PhraseProblem(refusal: PhraseRefusal(message, hints: hints, offset: offset), isSyntax: false)
    }

    /// Not understood.
    static func syntax(_ message: String, at offset: Int) -> PhraseProblem {
        PhraseProblem(refusal: PhraseRefusal(message, offset: offset), isSyntax: true)
    }
}
