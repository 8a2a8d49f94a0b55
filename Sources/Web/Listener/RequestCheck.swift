import NIOHTTP1

/// Checks the method, host, body length and target of a parsed request head.
struct RequestCheck {
    let limits: Limits

    struct Accepted: Equatable {
        let method: Request.Method
        let target: RequestTarget
        /// The number of bytes of the body.
        let bodyCount: Int
        /// Whether another request may follow on this connection.
        let keepsAlive: Bool
    }

    func accept(_ head: HTTPRequestHead) throws(Refusal) -> Accepted {
        let method = try method(head)
        try checkHost(head)
        let bodyCount = try bodyCount(head, method)
        let target = try RequestTarget(head.uri)
        // The parser reads no further request after a request with `Upgrade`.
        let keepsAlive = head.version == .http1_1 && head.isKeepAlive && !head.headers.contains(name: "upgrade")
        return Accepted(method: method, target: target, bodyCount: bodyCount, keepsAlive: keepsAlive)
    }

    private func method(_ head: HTTPRequestHead) throws(Refusal) -> Request.Method {
        switch head.method {
        case .GET: .get
        case .HEAD: .head
        case .POST: .post
        default: throw Refusal(status: 405, why: "the method is GET, HEAD or POST")
        }
    }

    private func checkHost(_ head: HTTPRequestHead) throws(Refusal) {
        guard let host = limits.request.host else { return }
        let hosts = head.headers["host"]
        guard hosts.count == 1 else { throw .malformed("there is one Host") }
        guard hosts[0].lowercased() == host.lowercased() else { throw Refusal(status: 421, why: "this is not that host") }
    }

    private func bodyCount(_ head: HTTPRequestHead, _ method: Request.Method) throws(Refusal) -> Int {
        let lengths = head.headers["content-length"]
        let hasEncoding = head.headers.contains(name: "transfer-encoding")
        guard lengths.count <= 1, lengths.isEmpty || !hasEncoding else { throw .malformed("the body has two lengths") }
        guard let length = lengths.first else {
            if method == .post { throw Refusal(status: 411, why: "the body's length is missing") }
            if hasEncoding { throw .malformed("only POST has a body") }
            return 0
        }
        guard !length.isEmpty, length.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else {
            throw .malformed("Content-Length is a decimal number")
        }
        // A number that does not fit into an Int is certainly too large.
        let count = Int(length) ?? .max
        guard method == .post || count == 0 else { throw .malformed("only POST has a body") }
        guard count <= limits.request.body else { throw .bodyTooLarge }
        return count
    }
}
