/// A result of libcurl (`CURLcode`, libcurl-errors(3)), stored as its number.
public struct CurlResult: RawRepresentable, Hashable, Sendable {
    public let rawValue: Int32

    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    public static let ok = CurlResult(rawValue: 0)
    /// `CURLE_FAILED_INIT`. Also used for a transfer that could not be started.
    public static let failedInit = CurlResult(rawValue: 2)
    /// `CURLE_COULDNT_CONNECT`. The connection was refused, or the host was unreachable or did not
    /// reply.
    public static let couldNotConnect = CurlResult(rawValue: 7)

    /// The kinds of failure that lead to different outcomes.
    public enum Kind: Hashable, Sendable, CaseIterable {
        case none
        /// The name of the host or of the proxy has no address (`CURLcode` 5, 6).
        case lookup
        /// The TLS handshake failed (`CURLcode` 35, 59, 66, 80).
        ///
        /// The two sides have no TLS version or cipher in common, or the server does not use TLS.
        case handshake
        /// The certificate is for another name or of an unknown authority (`CURLcode` 60, 90, 91).
        case identity
        /// TLS is required, but the server does not offer it (`CURLcode` 64).
        case tlsMissing
        /// The server refused the login (`CURLcode` 67).
        case login
        /// The scheme, the URL or a certificate file is wrong (`CURLcode` 1, 3, 4, 58, 77, 82, 83).
        case configuration
        /// The connection failed, was lost or timed out, or the server violated the protocol.
        ///
        /// Also used for every result that no other case covers.
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
