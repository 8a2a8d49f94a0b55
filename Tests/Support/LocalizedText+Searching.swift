import Diagnostics
import Plans

extension LocalizedText {
    /// Returns whether the English text contains `other`.
    public func contains(_ other: String) -> Bool { description.contains(other) }

    /// Returns whether the English text begins with `start`.
    public func hasPrefix(_ start: String) -> Bool { description.hasPrefix(start) }

    /// Returns whether a text reads like a string in English.
    public static func == (text: LocalizedText, english: String) -> Bool { text.description == english }
}

extension PhraseRefusal {
    /// Creates a refusal whose English message a test has in a variable.
    @_disfavoredOverload
    public init(_ message: String, hints: [String] = [], offset: Int = 0) {
        self.init(LocalizedText(verbatim: message), hints: hints, offset: offset)
    }
}
