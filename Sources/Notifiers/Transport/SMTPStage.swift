/// The progress of a mail. Later cases include the earlier ones.
///
/// The order is that of the SMTP session (RFC 5321, section 3).
public enum SMTPStage: Int, Hashable, Sendable, CaseIterable, Comparable {
    /// The server has sent nothing.
    case started
    /// The server refused the connection in its greeting.
    case greeted
    /// The server has greeted. EHLO, STARTTLS or AUTH is under way.
    case welcomed
    /// The session is ready. MAIL is under way.
    case ready
    /// The server accepted MAIL. RCPT is under way.
    case senderTaken
    /// The server accepted RCPT. DATA is under way.
    case recipientTaken
    /// The server answered 354. The body is under way.
    case bodyBegun
    /// libcurl has read the whole body, so the final dot may have arrived.
    case bodyEnded
    /// The server answered the final dot.
    case answered

    public static func < (a: SMTPStage, b: SMTPStage) -> Bool { a.rawValue < b.rawValue }
}
