import Dates
import Scheduler
import Synchronization

/// A mail server as one channel uses it.
public struct SMTPServer: Sendable {
    /// How the connection is secured.
    public enum Security: Hashable, Sendable {
        /// STARTTLS, or nothing is sent (RFC 3207).
        case startTLS
        /// TLS from the first byte (`smtps://`, RFC 8314).
        case implicitTLS
        /// None.
        case off
    }

    /// How a lane logs in where there is a user name.
    public enum Login: Hashable, Sendable {
        /// PLAIN or LOGIN.
        case password
        /// A bearer token (the mechanism of Google and Microsoft that is called so); the token stands in `password`.
        case xoauth2

        /// The mechanisms as libcurl's option and a server's EHLO name them.
        var mechanisms: [String] {
            switch self {
            case .password: ["PLAIN", "LOGIN"]
            case .xoauth2: ["XOAUTH2"]
            }
        }
    }

    /// A name in ASCII, or an IP address without brackets.
    public let host: String
    /// 1...65535.
    public let port: Int
    public let security: Security
    /// Where mail may go in clear, besides this machine: what `.off` needs beyond loopback.
    public let clearNetworks: [Network]
    /// A file of certificates to trust instead of the system's.
    public let ca: String?
    /// The name given in EHLO; nil: this machine's full name, else the sender's domain.
    public let ehlo: String?
    public let senderDomain: String?
    public let username: String?
    public let login: Login
    /// The password or token. Asked when a lane opens its connection, and once more when a login was refused; nil: none to be had.
    public let password: @Sendable () -> String?
    private let given = GivenPasswords()
    public let limits: Limits

    public init(
        host: String, port: Int, security: Security, clearNetworks: [Network] = [], ca: String? = nil, ehlo: String? = nil,
        senderDomain: String? = nil, username: String? = nil, login: Login = .password,
        password: @escaping @Sendable () -> String? = { nil }, limits: Limits = Limits()
    ) throws(SettingRefusal) {
        guard (1...65_535).contains(port) else { throw SettingRefusal("a port is 1 to 65535") }
        self.host = try HostName.parse(host)
        self.port = port
        self.security = security
        self.clearNetworks = clearNetworks
        if security == .off, let address = IPAddress(self.host),
            !AddressPolicy.allowClearText(address, networks: clearNetworks)
        {
            throw SettingRefusal("\(address) is not within allow_networks, and without TLS mail would go there in clear")
        }
        self.ca = ca
        // It becomes part of a URL, which libcurl decodes: a bare name only.
        self.ehlo = try ehlo.map { name throws(SettingRefusal) in try HostName.parse(name) }
        if ehlo == nil { MachineName.prepare() }
        self.senderDomain = try senderDomain.map { name throws(SettingRefusal) in try HostName.parse(name) }
        self.username = username
        self.login = login
        let given = given
        self.password = { given.noting(password()) }
        self.limits = limits
    }

    /// The logins as they went over the wire (RFC 4616, the LOGIN mechanism, XOAUTH2), longest first. Empty after success: nothing is shown then.
    func loginTexts(in transfer: Transfer<SMTPStage>) -> [String] {
        guard let username, !(transfer.result == .ok && transfer.code == 250) else { return [] }
        return given.all.flatMap { password in
            let plain = Array("\0\(username)\0\(password)".utf8)
            let bearer = Array("user=\(username)\u{1}auth=Bearer \(password)\u{1}\u{1}".utf8)
            let known = [Base64.text(Array(password.utf8)), password]
            return login == .xoauth2 ? [Base64.text(bearer)] + known : [Base64.text(plain)] + known
        }.sorted { $0.utf8.count > $1.utf8.count }
    }

    /// What was used to log in so far: a server may repeat a password that its file holds no more.
    private final class GivenPasswords: Sendable {
        private let passwords = Mutex<[String]>([])
        /// A connection that logged in with an older one was closed long ago.
        private static let limit = 8

        var all: [String] { passwords.withLock { $0 } }

        func noting(_ password: String?) -> String? {
            passwords.withLock { passwords in
                guard let password, !passwords.contains(password) else { return }
                passwords = passwords.suffix(GivenPasswords.limit - 1) + [password]
            }
            return password
        }
    }

    /// The EHLO name is the path of the URL (architecture, decision 11).
    var url: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(security == .implicitTLS ? "smtps" : "smtp")://\(name):\(port)/\(introduction)"
    }

    /// The name given in EHLO. Without one libcurl sends the machine's short name, which many servers refuse (504 5.5.2).
    public var introduction: String { ehlo ?? MachineName.full ?? senderDomain ?? "" }

    /// What is most likely wrong where nothing came of a connection: scheme and port do not fit. nil where they do.
    var portAdvice: String? {
        guard let habit = PortHabit(port: port), habit.isImplicitTLS != (security == .implicitTLS) else { return nil }
        return "\(habit.words): write server: \(habit.url(host))"
    }

    public struct Limits: Hashable, Sendable {
        /// For lookup and connection together (fault 100).
        public var connect: TimeSpan
        /// For the answer to any one command up to the body, the greeting too.
        public var answer: TimeSpan
        /// From the start to the end of the body (fault 61: a server that gives a byte now and then).
        public var body: TimeSpan
        /// For the answer to the final dot: RFC 5321, section 4.5.3.2.6, asks for ten minutes, because a server that is
        /// given up here may deliver all the same.
        public var final: TimeSpan
        /// Once the outcome is known or given up: for QUIT and its answer.
        public var quit: TimeSpan
        /// A connection without mail is closed after this long; servers wait five minutes (section 4.5.3.2.7), some less.
        public var idle: TimeSpan

        public init(
            connect: TimeSpan = .seconds(10), answer: TimeSpan = .seconds(30), body: TimeSpan = .minutes(2),
            final: TimeSpan = .minutes(10),
            quit: TimeSpan = .seconds(3), idle: TimeSpan = .seconds(30)
        ) {
            self.connect = connect
            self.answer = answer
            self.body = body
            self.final = final
            self.quit = quit
            self.idle = idle
        }
    }
}
