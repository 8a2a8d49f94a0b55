/// A libcurl result (`CURLcode`, libcurl-errors(3)) by its number.
public struct CurlResult: RawRepresentable, Hashable, Sendable {
    public let rawValue: Int32

    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    public static let ok = CurlResult(rawValue: 0)
    /// `CURLE_FAILED_INIT`: the engines report this if they could not start a transfer.
    public static let failedInit = CurlResult(rawValue: 2)
    /// `CURLE_COULDNT_CONNECT`: connection refused, host unreachable, or no reply.
    public static let couldNotConnect = CurlResult(rawValue: 7)
    /// `CURLE_ABORTED_BY_CALLBACK`: the engine ended the transfer. `Transfer.cut` has the reason.
    public static let aborted = CurlResult(rawValue: 42)

    /// The kinds of failure that the outcome tables distinguish.
    public enum Kind: Hashable, Sendable, CaseIterable {
        case none
        /// The name of the host or the proxy has no address (5, 6).
        case lookup
        /// The TLS handshake failed: version, cipher, or no TLS at all at the other end (35, 59,
        /// 66, 80).
        case handshake
        /// The server's identity is wrong: certificate, name or authority (60, 90, 91).
        case identity
        /// TLS is required and the server does not offer it (64).
        case tlsMissing
        /// The server refused the login (67).
        case login
        /// Wrong configuration: scheme, URL, or a file of certificates (1, 3, 4, 58, 77, 82, 83).
        case configuration
        /// The connection failed, was lost or timed out, or the server violated the protocol. This
        /// is also the kind of all results that no other case names.
        case connection
    }

    public var kind: Kind {
        switch rawValue {
        case 0: .none
        case 5, 6: .lookup
        case 35, 59, 66, 80: .handshake
        case 60, 90, 91: .identity
        case 64: .tlsMissing
        case 67: .login
        case 1, 3, 4, 58, 77, 82, 83: .configuration
        default: .connection
        }
    }
}
