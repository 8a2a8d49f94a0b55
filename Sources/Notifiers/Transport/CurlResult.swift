/// A libcurl result (`CURLcode`, libcurl-errors(3)) by its number.
public struct CurlResult: RawRepresentable, Hashable, Sendable {
    public let rawValue: Int32

    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    public static let ok = CurlResult(rawValue: 0)
    /// `CURLE_FAILED_INIT`: what the engines report when they could not begin.
    public static let failedInit = CurlResult(rawValue: 2)
    /// `CURLE_COULDNT_CONNECT`: refused, unreachable, or no answer.
    public static let couldNotConnect = CurlResult(rawValue: 7)
    /// `CURLE_ABORTED_BY_CALLBACK`: the engine ended it; `Transfer.cut` says why.
    public static let aborted = CurlResult(rawValue: 42)

    /// The kinds of trouble that the outcome tables tell apart.
    public enum Kind: Hashable, Sendable, CaseIterable {
        case none
        /// No address for the host or the proxy (5, 6).
        case lookup
        /// TLS could not be agreed: version, cipher, or no TLS at all at the other end (35, 59, 66, 80).
        case handshake
        /// The server is not who it should be: certificate, name, authority (60, 90, 91).
        case identity
        /// TLS is required and the server does not offer it (64).
        case tlsMissing
        /// The log-in was refused (67).
        case login
        /// The configuration cannot work: scheme, URL, a file of certificates (1, 3, 4, 58, 77, 82, 83).
        case configuration
        /// The connection failed, was lost, fell silent or spoke nonsense: everything else.
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
