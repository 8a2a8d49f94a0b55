/// A request that has passed every check.
package struct Request: Sendable {
    package enum Method: Sendable {
        case get
        /// Answered as `get`; the body is left out on the way.
        case head
        case post
    }

    package struct QueryItem: Equatable, Sendable {
        package let name: String
        package let value: String
    }

    package let method: Method
    /// As it was sent; compared, never decoded.
    package let path: String
    /// Decoded, in the order of the query.
    package let query: [QueryItem]
    /// Empty unless `method` is `post`.
    package let body: [UInt8]
}
