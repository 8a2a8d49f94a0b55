/// A request that passed all checks.
package struct Request: Sendable {
    package enum Method: Sendable {
        case get
        /// A request that is handled like `get`. The body of the response is not sent.
        case head
        case post
    }

    package struct QueryItem: Equatable, Sendable {
        package let name: String
        package let value: String
    }

    package let method: Method
    /// The path as the client sent it, never decoded. Handlers compare paths in this form.
    package let path: String
    /// The items of the query, decoded and in the order of the query.
    package let query: [QueryItem]
    /// The body of a POST; empty for other methods.
    package let body: [UInt8]
}
