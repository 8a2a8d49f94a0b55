/// A problem in a template that the user supplied.
public struct TemplateProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// The template's name, such as `vi/text`.
    public let template: String
    /// The line, from 1; nil if the problem concerns the template as a whole.
    public let line: Int?
    /// The column, from 1, in characters.
    public let column: Int?
    /// The text of the problem: what was found, and what is allowed.
    public let message: String

    public var description: String {
        [template, line.map(String.init), column.map(String.init)].compactMap(\.self).joined(separator: ":") + ": " + message
    }
}
