/// A response of the program. Its length is known before the first byte is sent.
package struct Response: Sendable {
    package enum Body: Sendable {
        /// Bytes that are sent with the head in one write.
        case bytes([UInt8])
        /// `count` bytes that are sent in pieces.
        ///
        /// `next` returns the next piece of at most `most` bytes. It is called on the listener's
        /// thread when the previous piece has been written to the client. If it returns nil before
        /// `count` bytes have been sent, the connection is closed.
        case pieces(count: Int, next: @Sendable (_ most: Int) -> [UInt8]?)
    }

    /// The status code, which has three digits.
    package var status: Int
    /// The header fields without `content-length` and `connection`.
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
