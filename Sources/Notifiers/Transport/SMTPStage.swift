/// How far a mail got. Later cases include the earlier ones; the order is that of the SMTP session (RFC 5321, section 3).
public enum SMTPStage: Int, Hashable, Sendable, CaseIterable, Comparable {
    /// Nothing heard from the server.
    case started
    /// It answered the connection, with a refusal.
    case greeted
    /// It greeted; EHLO, STARTTLS or AUTH are under way.
    case welcomed
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
