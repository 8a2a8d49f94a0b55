import Diagnostics

/// The reason why a phrase is refused, with valid phrases as hints.
public struct PhraseRefusal: Error, Hashable, Sendable {
    /// The reason in one line, without a full stop. The message does not repeat the phrase.
    public let message: LocalizedText
    /// Valid phrases that the writer may have meant, the most likely first; may be empty.
    ///
    /// Each hint can replace the whole phrase.
    public let hints: [String]
    /// The position of the problem in the phrase, in Unicode scalars from its beginning.
    public let offset: Int

    public init(_ message: LocalizedText, hints: [String] = [], offset: Int = 0) {
        self.message = message
        self.hints = hints
        self.offset = offset
    }
}

/// The error of the phrase parsers.
///
/// The text was either recognized and refused, or not recognized.
struct PhraseProblem: Error {
    let refusal: PhraseRefusal
    /// Whether the text was not recognized as a phrase.
    ///
    /// The caller then searches for the nearest phrase.
    let isSyntax: Bool

    /// Returns the error for a string that was recognized as a phrase and is refused.
    static func refused(_ message: LocalizedText, hints: [String] = [], at offset: Int) -> PhraseProblem {
        PhraseProblem(refusal: PhraseRefusal(message, hints: hints, offset: offset), isSyntax: false)
    }

    /// Returns the error for a string that was not recognized as a phrase.
    static func syntax(_ message: LocalizedText, at offset: Int) -> PhraseProblem {
        PhraseProblem(refusal: PhraseRefusal(message, offset: offset), isSyntax: true)
    }
}
