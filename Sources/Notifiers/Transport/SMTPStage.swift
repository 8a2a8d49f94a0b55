/// How far the session for one mail has progressed, in the order of RFC 5321, section 3.
///
/// Reaching a case implies the cases before it, except `greeted`, which means a refused connection.
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
    /// The server replied 354. The body is under way.
    case bodyBegun
    /// libcurl has read the whole body, so the final dot may have arrived.
    case bodyEnded
    /// The server replied to the final dot.
    case answered

    public static func < (a: SMTPStage, b: SMTPStage) -> Bool { a.rawValue < b.rawValue }
}
