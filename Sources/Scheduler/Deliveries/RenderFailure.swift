/// The failure to render a template. The description names the template and the error.
public struct RenderFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}
