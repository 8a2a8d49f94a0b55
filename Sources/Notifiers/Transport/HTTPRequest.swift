import Dates
import Scheduler

/// One HTTP request with its body and limits.
public struct HTTPRequest: Sendable {
    public enum Method: Hashable, Sendable {
        case get, post
    }

    public let method: Method
    /// An `http://` or `https://` URL. Any other scheme fails with libcurl's result 1.
    public let url: String
    /// Header fields as `name: value`, without line ends.
    public let headers: [String]
    public let body: [UInt8]
    /// Ranges of addresses that this request may use although they are closed by default.
    public let allowNetworks: [Network]
    /// The proxy as `http://host:port`; nil if there is none. The environment's proxy is never
    /// used.
    ///
    /// The proxy connects to the endpoint, so this program checks only the proxy's own address, and
    /// only against `AddressPolicy.never`.
    public let proxy: String?
    /// A file of certificates to trust instead of the system's.
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

    /// Whether libcurl needs the same options for both requests.
    ///
    /// Only headers, body and networks may differ.
    func isSent(like other: HTTPRequest) -> Bool {
        method == other.method && url == other.url && proxy == other.proxy && ca == other.ca && limits == other.limits
    }

    public struct Limits: Hashable, Sendable {
        /// The limit for the name lookup (fault 97).
        public var lookup: TimeSpan
        /// The limit for lookup, connection and TLS together (fault 100).
        public var connect: TimeSpan
        /// The limit for the whole transfer. The specification of Standard Webhooks advises 15 to
        /// 30 seconds.
        public var total: TimeSpan
        /// The limit for the body of a response whose status has arrived (fault 86).
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
