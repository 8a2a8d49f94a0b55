/// The stage that the session for one mail has reached, in the order of RFC 5321, section 3.
///
/// A session that reached a stage has also reached the stages before it. The exception is
/// `greeted`, which is reached only if the server refused the connection.
public enum SMTPStage: Int, Hashable, Sendable, CaseIterable, Comparable {
    /// The server has not sent anything.
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
