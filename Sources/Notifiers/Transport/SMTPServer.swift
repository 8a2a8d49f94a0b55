import Dates
import Scheduler
import Synchronization

/// One channel's settings for its mail server.
public struct SMTPServer: Sendable {
    /// How the connection is secured.
    public enum Security: Hashable, Sendable {
        /// STARTTLS. If the server does not offer it, nothing is sent (RFC 3207).
        case startTLS
        /// TLS from the first byte (`smtps://`, RFC 8314).
        case implicitTLS
        /// No TLS.
        case off
    }

    /// How a lane logs in if there is a user name.
    public enum Login: Hashable, Sendable {
        /// A password, by PLAIN or LOGIN.
        case password
        /// A bearer token in `password`, by the mechanism XOAUTH2 of Google and Microsoft.
        case xoauth2

        /// The names of the mechanisms in libcurl's option and in a server's reply to EHLO.
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
    /// Networks to which mail may be sent without TLS if `security` is `.off`, in addition to this
    /// machine.
    public let clearNetworks: [Network]
    /// A file of certificates to trust instead of the system's.
    public let ca: String?
    /// The name in EHLO. nil means this machine's full name, else the sender's domain.
    public let ehlo: String?
    public let senderDomain: String?
    public let username: String?
    public let login: Login
    /// Reads the password or token; returns nil if it cannot be read.
    ///
    /// A lane calls it when it opens its connection, and once more after a refused login.
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
        // The EHLO name becomes part of a URL, which libcurl decodes, so it must be a plain host
        // name.
        self.ehlo = try ehlo.map { name throws(SettingRefusal) in try HostName.parse(name) }
        if ehlo == nil { MachineName.prepare() }
        self.senderDomain = try senderDomain.map { name throws(SettingRefusal) in try HostName.parse(name) }
        self.username = username
        self.login = login
        let given = given
        self.password = { given.noting(password()) }
        self.limits = limits
    }

    /// Returns the forms in which the logins were sent to the server, longest first.
    ///
    /// The forms are those of RFC 4616, the LOGIN mechanism and XOAUTH2. After an acceptance with
    /// 250 the result is empty, to save the search for logins in the most common reply.
    package func loginTexts(in transfer: Transfer<SMTPStage>) -> [String] {
        guard let username, !(transfer.result == .ok && transfer.code == 250) else { return [] }
        return given.all.flatMap { password in
            let plain = Array("\0\(username)\0\(password)".utf8)
            let bearer = Array("user=\(username)\u{1}auth=Bearer \(password)\u{1}\u{1}".utf8)
            let known = [Base64.text(Array(password.utf8)), password]
            return login == .xoauth2 ? [Base64.text(bearer)] + known : [Base64.text(plain)] + known
        }.sorted { $0.utf8.count > $1.utf8.count }
    }

    /// The last passwords that were used. A server may repeat a password that is no longer in its
    /// file.
    private final class GivenPasswords: Sendable {
        private let passwords = Mutex<[String]>([])
        /// Maximum number of remembered passwords. Connections that used older passwords were
        /// closed long ago.
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

    /// The URL for libcurl, with the EHLO name as its path (architecture, decision 11).
    var url: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(security == .implicitTLS ? "smtps" : "smtp")://\(name):\(port)/\(introduction)"
    }

    /// The name in EHLO.
    ///
    /// Without a name, libcurl sends the machine's short name, which many servers refuse (504
    /// 5.5.2).
    public var introduction: String { ehlo ?? MachineName.full ?? senderDomain ?? "" }

    /// Advice for a failed connection if scheme and port do not fit; nil if they do.
    var portAdvice: String? {
        guard let habit = PortHabit(port: port), habit.isImplicitTLS != (security == .implicitTLS) else { return nil }
        return "\(habit.words): write server: \(habit.url(host))"
    }

    public struct Limits: Hashable, Sendable {
        /// The limit for lookup and connection together (fault 100).
        public var connect: TimeSpan
        /// The limit for the reply to each command before the body, and for the greeting.
        public var answer: TimeSpan
        /// The limit from the start of the attempt to the end of the body.
        ///
        /// Without it, a server that sends a byte from time to time could block the lane (fault
        /// 61).
        public var body: TimeSpan
        /// The limit for the reply to the final dot.
        ///
        /// RFC 5321, section 4.5.3.2.6, recommends ten minutes, because a server may deliver the
        /// mail after the client has given up.
        public var final: TimeSpan
        /// The limit for QUIT and its reply, when the outcome is known or the attempt was given up.
        public var quit: TimeSpan
        /// The time after which a connection without mail is closed.
        ///
        /// Servers wait five minutes (section 4.5.3.2.7), some of them less.
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
