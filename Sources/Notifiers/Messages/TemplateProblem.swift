import Diagnostics

/// A problem in a template that a user wrote.
public struct TemplateProblem: Error, Hashable, Sendable, LocalizedTextConvertible {
    /// The template's name, such as `vi/text`.
    public let template: String
    /// The line of the problem, from 1; nil if the problem concerns the whole template.
    public let line: Int?
    /// The column of the problem in characters, from 1; nil if `line` is nil.
    public let column: Int?
    /// The description of the problem: what was found, and what is allowed.
    public let message: LocalizedText

    public var localizedText: LocalizedText {
        let place = [template, line.map(String.init), column.map(String.init)].compactMap(\.self).joined(separator: ":")
        return "\(place): \(message)"
    }
}
