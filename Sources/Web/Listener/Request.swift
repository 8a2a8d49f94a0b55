/// A request that passed all checks.
package struct Request: Sendable {
    package enum Method: Sendable {
        case get
        /// Handled as `get`. The body of the response is not sent.
        case head
        case post
    }

    package struct QueryItem: Equatable, Sendable {
        package let name: String
        package let value: String
    }

    package let method: Method
    /// The path as the client sent it. Handlers compare this form. The path is never decoded.
    package let path: String
    /// The decoded query in its order.
    package let query: [QueryItem]
    /// The body of a POST; empty for other methods.
    package let body: [UInt8]
}
