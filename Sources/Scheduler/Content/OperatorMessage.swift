import Dates
import Plans

/// A message to operators: an alert or the weekly summary.
///
/// Unlike a reminder, the message is not in the ledger and has no deadline.
public struct OperatorMessage: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case alert
        /// A weekly summary of what was sent, what failed and what is due next.
        ///
        /// The summary also shows that remindd is still running.
        case weekly
    }

    /// One event that the message reports, with a kind for programs and a text for operators.
    public struct Fact: Hashable, Sendable {
        /// The kind of event: `dead`, `breaker`, `reload` and others.
        public let kind: String
        /// A description of the event in the operator's language.
        ///
        /// The lines are separated by line feeds. The text has no other control characters.
        public let text: String

        public init(kind: String, text: String) {
            self.kind = kind
            self.text = text
        }
    }

    public let kind: Kind
    /// The message's id: 26 characters of base32, the same in every attempt and on every channel.
    public let id: String
    public let at: Instant
    /// The configuration's zone, in which `at` is shown.
    public let zone: Zone
    public let language: Language
    /// The subject of the message, in one line.
    public let subject: String
    /// The text before the facts.
    public let opening: String
    public let facts: [Fact]
    /// The number of facts that were left out of `facts`.
    public let leftOut: Int
    /// The text after the facts; may be empty.
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

    /// The text after the facts: the number of facts that were left out, if any, and `closing`.
    public var ending: String {
        let rest = language == .vi ? "Còn \(leftOut) việc nữa, xem nhật ký." : "\(leftOut) more are in the journal."
        return [leftOut > 0 ? rest : "", closing].filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// The whole message as plain text, with empty lines between paragraphs.
    public var text: String {
        ([opening]
            + facts.map { "- " + $0.text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n  ") }
            + [ending]).filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
    }
}
