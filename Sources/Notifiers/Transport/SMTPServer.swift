import Dates
import Scheduler
import Synchronization

/// The settings of one channel for its mail server.
public struct SMTPServer: Sendable {
    /// The kinds of protection that a connection can have.
    public enum Security: Hashable, Sendable {
        /// STARTTLS (RFC 3207). If the server does not offer it, no mail is sent.
        case startTLS
        /// TLS from the first byte (`smtps://`, RFC 8314).
        case implicitTLS
        /// No TLS. The connection is not encrypted.
        case off
    }

    /// The ways in which a lane can log in if there is a user name.
    public enum Login: Hashable, Sendable {
        /// A password. The mechanism is PLAIN or LOGIN. Without TLS, it may also be CRAM-MD5.
        case password
        /// A bearer token in `password`, with the mechanism XOAUTH2 of Google and Microsoft.
        case xoauth2

        /// The mechanisms of which a server should offer at least one in its reply to EHLO.
        ///
        /// If the server offers none of them, the receipt of a refused login lists what the server
        /// offers.
        var mechanisms: [String] {
            switch self {
            case .password: ["PLAIN", "LOGIN"]
            case .xoauth2: ["XOAUTH2"]
            }
        }
    }

    /// The server's host name in ASCII, or its IP address without brackets.
    public let host: String
    /// The server's port, 1...65535.
    public let port: Int
    public let security: Security
    /// The networks in which the server may be if `security` is `.off`.
    ///
    /// A server on this machine is allowed too.
    public let clearNetworks: [Network]
    /// The path of a file with certificates to trust instead of the system's; nil for the system's.
    public let ca: String?
    /// The configured name for EHLO; nil if none is configured (see `introduction`).
    public let ehlo: String?
    public let senderDomain: String?
    public let username: String?
    public let login: Login
    /// Reads the password or token. Returns nil if it cannot be read.
    ///
    /// A lane calls this closure when it creates its libcurl handle, and again after each refused
    /// login.
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
        // The EHLO name becomes part of a URL, which libcurl decodes. It must therefore be a plain
        // host name.
        self.ehlo = try ehlo.map { name throws(SettingRefusal) in try HostName.parse(name) }
        if ehlo == nil { MachineName.prepare() }
        self.senderDomain = try senderDomain.map { name throws(SettingRefusal) in try HostName.parse(name) }
        self.username = username
        self.login = login
        let given = given
        self.password = { given.noting(password()) }
        self.limits = limits
    }

    /// Returns the forms in which passwords and tokens were sent to the server, longest first.
    ///
    /// The forms are those of the mechanisms PLAIN (RFC 4616), LOGIN and XOAUTH2. After the reply
    /// 250 the result is empty, because the most common reply need not be searched for secrets.
    package func loginTexts(in transfer: Transfer<SMTPStage>) -> [String] {
        guard let username, !(transfer.result == .ok && transfer.code == 250) else { return [] }
        return given.all.flatMap { password in
            let plain = Array("\0\(username)\0\(password)".utf8)
            let bearer = Array("user=\(username)\u{1}auth=Bearer \(password)\u{1}\u{1}".utf8)
            let known = [Base64.text(Array(password.utf8)), password]
            return login == .xoauth2 ? [Base64.text(bearer)] + known : [Base64.text(plain)] + known
        }.sorted { $0.utf8.count > $1.utf8.count }
    }

    /// The passwords that were used most recently.
    ///
    /// A server may repeat a password that is no longer in its file.
    private final class GivenPasswords: Sendable {
        private let passwords = Mutex<[String]>([])
        /// The maximum number of passwords to remember.
        ///
        /// Connections that used older passwords were closed long ago.
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

    /// The URL for libcurl. Its path is the name that libcurl sends in EHLO.
    var url: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(security == .implicitTLS ? "smtps" : "smtp")://\(name):\(port)/\(introduction)"
    }

    /// The name in EHLO: the configured name, this machine's full name or the sender's domain.
    ///
    /// If the name is empty, libcurl sends the machine's short name, which many servers refuse (504
    /// 5.5.2).
    public var introduction: String { ehlo ?? MachineName.full ?? senderDomain ?? "" }

    /// The advice for a failed connection if scheme and port do not fit together; nil if they do.
    var portAdvice: String? {
        guard let habit = PortHabit(port: port), habit.isImplicitTLS != (security == .implicitTLS) else { return nil }
        return "\(habit.words): write server: \(habit.url(host))"
    }

    public struct Limits: Hashable, Sendable {
        /// The time limit for name lookup and connection together (fault 100).
        public var connect: TimeSpan
        /// The time limit for the greeting, and for the reply to each command before the body.
        public var answer: TimeSpan
        /// The time limit from the start of the attempt to the end of the body.
        ///
        /// Without this limit, a server that sends a byte from time to time could block the lane
        /// (fault 61).
        public var body: TimeSpan
        /// The time limit for the reply to the final dot.
        ///
        /// RFC 5321, section 4.5.3.2.6, recommends ten minutes, because a server may still deliver
        /// the mail after the client has stopped waiting.
        public var final: TimeSpan
        /// The time limit for QUIT and its reply.
        ///
        /// It applies when the outcome is known or the attempt was abandoned.
        public var quit: TimeSpan
        /// The time after which a connection that sends no mail is closed.
        ///
        /// Servers wait for five minutes (RFC 5321, section 4.5.3.2.7). Some of them wait less.
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
