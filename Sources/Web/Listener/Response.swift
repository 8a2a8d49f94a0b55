/// What the program answers. Its length is known before the first byte goes out.
package struct Response: Sendable {
    package enum Body: Sendable {
        /// Sent with the head in one write.
        case bytes([UInt8])
        /// `count` bytes in pieces. `next` gives the next piece of at most so many bytes, and is called on the listener's thread
        /// when the client has taken the piece before; nil before the end closes the connection.
        case pieces(count: Int, next: @Sendable (_ most: Int) -> [UInt8]?)
    }

    /// Three digits.
    package var status: Int
    /// Header fields, beside `content-length` and `connection`.
    package var fields: [(name: String, value: String)]
    package var body: Body

    package init(status: Int, contentType: String, body: Body) {
        self.status = status
        fields = [("content-type", contentType)]
        self.body = body
    }

    package init(status: Int, text: String) {
        self.init(status: status, contentType: "text/plain; charset=utf-8", body: .bytes(Array(text.utf8)))
    }

    var count: Int {
        switch body {
        case .bytes(let bytes): bytes.count
        case .pieces(let count, _): count
        }
    }
}
