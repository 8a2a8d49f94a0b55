/// What is wrong with a template that the user supplied.
public struct TemplateProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// The template's name, `vi/text`.
    public let template: String
    /// From 1; nil where it is about the template as a whole.
    public let line: Int?
    /// From 1, in characters.
    public let column: Int?
    /// What was found and what is allowed.
    public let message: String

    public var description: String {
        [template, line.map(String.init), column.map(String.init)].compactMap(\.self).joined(separator: ":") + ": " + message
    }
}
