import Dates
import Scheduler

/// One request, as bytes and limits.
public struct HTTPRequest: Sendable {
    public enum Method: Hashable, Sendable {
        case get, post
    }

    public let method: Method
    /// `http://` or `https://`; anything else fails with libcurl's result 1.
    public let url: String
    /// `name: value`, without line ends.
    public let headers: [String]
    public let body: [UInt8]
    /// Ranges the connected address may lie in although they are closed by default.
    public let allowNetworks: [Network]
    /// `http://host:port`; nil: none, whatever the environment says. With a proxy it is the proxy that connects: its
    /// own address is held only against `AddressPolicy.never`.
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

    /// Whether libcurl needs the same options for both: all but headers, body and networks are alike.
    func isSent(like other: HTTPRequest) -> Bool {
        method == other.method && url == other.url && proxy == other.proxy && ca == other.ca && limits == other.limits
    }

    public struct Limits: Hashable, Sendable {
        /// For the name lookup (fault 97).
        public var lookup: TimeSpan
        /// For lookup, connection and TLS together (fault 100).
        public var connect: TimeSpan
        /// For all of it. The specification of Standard Webhooks advises 15 to 30 seconds.
        public var total: TimeSpan
        /// For the body of an answer whose status is known (fault 86).
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
