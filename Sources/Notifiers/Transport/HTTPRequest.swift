import Dates
import Scheduler

/// One HTTP request with its body and its time limits.
public struct HTTPRequest: Sendable {
    public enum Method: Hashable, Sendable {
        case get, post
    }

    public let method: Method
    /// The URL, which begins with `http://` or `https://`. Any other scheme fails with libcurl's
    /// result 1.
    public let url: String
    /// The header fields in the form `name: value`, without line ends.
    public let headers: [String]
    public let body: [UInt8]
    /// The address ranges that are refused by default, but allowed for this request.
    public let allowNetworks: [Network]
    /// The proxy in the form `http://host:port`; nil if no proxy is used.
    ///
    /// A proxy from the environment is never used. The configured proxy connects to the endpoint,
    /// so this program checks only the proxy's own address, and only against `AddressPolicy.never`.
    public let proxy: String?
    /// The path of a file with certificates to trust instead of the system's; nil for the system's.
    public let ca: String?
    public let limits: Limits

    public init(
        _ method: Method, url: String, headers: [String] = [], body: [UInt8] = [], allowNetworks: [Network] = [],
        proxy: String? = nil, ca: String? = nil, limits: Limits = Limits()
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.allowNetworks = allowNetworks
        self.proxy = proxy
        self.ca = ca
        self.limits = limits
    }

    /// Returns whether libcurl needs the same options for both requests.
    ///
    /// The requests may differ in headers, body and allowed networks.
    func isSent(like other: HTTPRequest) -> Bool {
        method == other.method && url == other.url && proxy == other.proxy && ca == other.ca && limits == other.limits
    }

    public struct Limits: Hashable, Sendable {
        /// The time limit for the name lookup (fault 97).
        public var lookup: TimeSpan
        /// The time limit for name lookup, connection and TLS handshake together (fault 100).
        public var connect: TimeSpan
        /// The time limit for the whole transfer.
        ///
        /// The specification of Standard Webhooks recommends 15 to 30 seconds.
        public var total: TimeSpan
        /// The time limit for the body of a response, from the end of its headers (fault 86).
        public var answerBody: TimeSpan

        public init(
            lookup: TimeSpan = .seconds(5), connect: TimeSpan = .seconds(10), total: TimeSpan = .seconds(30),
            answerBody: TimeSpan = .seconds(10)
        ) {
            self.lookup = lookup
            self.connect = connect
            self.total = total
            self.answerBody = answerBody
        }
    }
}
