/// What became of one transfer, as libcurl and the engine saw it. What it means is said by the tables in
/// `EmailOutcome` and `WebhookOutcome`, not here.
public struct Transfer<Stage: Hashable & Sendable>: Hashable, Sendable {
    public let result: CurlResult
    /// The furthest point the transfer is known to have reached.
    public let stage: Stage
    /// The code of the last complete reply, of whatever kind; nil when none came.
    public let code: Int?
    /// The words of that reply; or libcurl's, when the reply is no refusal or none came. At most `limit` bytes, one line.
    public let reply: String
    /// Why the engine itself ended the transfer; nil when it did not.
    public let cut: Cut?
    /// The one `Retry-After` field of an HTTP answer as it came; nil when it had none or several.
    public let retryAfter: String?

    /// What `Receipt.reply` may hold.
    static var limit: Int { 512 }

    public init(
        result: CurlResult, stage: Stage, code: Int? = nil, reply: String = "", cut: Cut? = nil, retryAfter: String? = nil
    ) {
        self.result = result
        self.stage = stage
        self.code = code
        self.reply = oneLine(reply, limit: Self.limit)
        self.cut = cut
        self.retryAfter = retryAfter
    }
}

/// Why an engine ended a transfer that libcurl would have let run, or did not begin it.
public enum Cut: Hashable, Sendable, CaseIterable {
    /// The engine was told to stop.
    case stopped
    /// It took longer than its limits allow.
    case deadline
    /// The name lookup took too long.
    case lookup
    /// The name has only addresses that this destination may not use.
    case addressRefused
    /// A user name is configured, and the session was ready without a log-in.
    case authNotOffered
    /// No thread or handle could be had for it.
    case unstartable
}

/// How far a mail got. Later cases include the earlier ones; the order is that of the SMTP session (RFC 5321, section 3).
public enum SMTPStage: Int, Hashable, Sendable, CaseIterable, Comparable {
    /// Nothing heard from the server.
    case started
    /// It greeted or refused to; EHLO, STARTTLS or AUTH may be under way.
    case greeted
    /// The session stands; MAIL is under way.
    case ready
    /// MAIL was accepted; RCPT is under way.
    case senderTaken
    /// RCPT was accepted; DATA is under way.
    case recipientTaken
    /// 354 came; the body is under way.
    case bodyBegun
    /// libcurl has read the body to its end: the final dot may have arrived.
    case bodyEnded
    /// The server answered the final dot.
    case answered

    public static func < (a: SMTPStage, b: SMTPStage) -> Bool { a.rawValue < b.rawValue }
}

/// How far a request got. Later cases include the earlier ones, but an answer may come before the body has ended.
public enum HTTPStage: Int, Hashable, Sendable, CaseIterable, Comparable {
    /// No connection.
    case started
    /// The connection stands, TLS included.
    case connected
    /// Part of the body was read by libcurl.
    case bodyBegun
    /// All of it was: the request may have arrived whole.
    case bodyEnded
    /// A final status came with all its headers.
    case answered

    public static func < (a: HTTPStage, b: HTTPStage) -> Bool { a.rawValue < b.rawValue }
}

/// A libcurl result (`CURLcode`, libcurl-errors(3)) by its number.
public struct CurlResult: RawRepresentable, Hashable, Sendable {
    public let rawValue: Int32

    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    public static let ok = CurlResult(rawValue: 0)
    /// `CURLE_FAILED_INIT`: what the engines report when they could not begin.
    public static let failedInit = CurlResult(rawValue: 2)
    /// `CURLE_ABORTED_BY_CALLBACK`: the engine ended it; `Transfer.cut` says why.
    public static let aborted = CurlResult(rawValue: 42)

    /// The kinds of trouble that the outcome tables tell apart.
    public enum Kind: Hashable, Sendable, CaseIterable {
        case none
        /// No address for the host or the proxy (5, 6).
        case lookup
        /// TLS could not be agreed, or the server is not who it should be: certificate, name, authority, version (35, 60, …).
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
        case 35, 59, 60, 66, 80, 90, 91: .identity
        case 64: .tlsMissing
        case 67: .login
        case 1, 3, 4, 58, 77, 82, 83: .configuration
        default: .connection
        }
    }
}

/// `text` on one line: control characters become spaces, runs of spaces one; cut after whole characters at `limit` bytes of UTF-8.
func oneLine(_ text: String, limit: Int) -> String {
    var line = ""
    var size = 0
    var gap = false
    for scalar in text.unicodeScalars {
        if scalar.properties.generalCategory == .control || scalar == " " {
            gap = !line.isEmpty
            continue
        }
        let added = UTF8.width(scalar) + (gap ? 1 : 0)
        guard size + added <= limit else { break }
        if gap { line.unicodeScalars.append(" ") }
        line.unicodeScalars.append(scalar)
        gap = false
        size += added
    }
    return line
}
