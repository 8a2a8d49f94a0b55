import Dates
import Plans

/// A word to those who run remindd: an alert, or the weekly word. No reminder: it is in no ledger and has no deadline.
public struct OperatorMessage: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case alert
        /// Once a week: still running, what was sent, what failed, what comes.
        case weekly
    }

    /// One thing that happened, for machines and people.
    public struct Fact: Hashable, Sendable {
        /// What kind of thing: `dead`, `breaker`, `reload` …
        public let kind: String
        /// In the reader's language; lines end with line feeds, nothing else that is a control character.
        public let text: String

        public init(kind: String, text: String) {
            self.kind = kind
            self.text = text
        }
    }

    public let kind: Kind
    /// The same on every try and by every channel: 26 characters of base32.
    public let id: String
    public let at: Instant
    /// The configuration's zone, in which `at` is told.
    public let zone: Zone
    public let language: Language
    /// One line.
    public let subject: String
    /// Said before the facts.
    public let opening: String
    public let facts: [Fact]
    /// So many more things happened than the facts name.
    public let leftOut: Int
    /// Said after them; may be empty.
    public let closing: String

    public init(
        kind: Kind, id: String, at: Instant, zone: Zone, language: Language, subject: String, opening: String, facts: [Fact],
        leftOut: Int = 0, closing: String
    ) {
        self.kind = kind
        self.id = id
        self.at = at
        self.zone = zone
        self.language = language
        self.subject = subject
        self.opening = opening
        self.facts = facts
        self.leftOut = leftOut
        self.closing = closing
    }

    /// The text after the facts: the number of facts that were left out, then the closing.
    public var ending: String {
        let rest = language == .vi ? "Còn \(leftOut) việc nữa, xem nhật ký." : "\(leftOut) more are in the journal."
        return [leftOut > 0 ? rest : "", closing].filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// The whole as text, paragraphs parted by an empty line.
    public var text: String {
        ([opening]
            + facts.map { "- " + $0.text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n  ") }
            + [ending]).filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
    }
}
