/// The stage that a request has reached.
///
/// A request that reached a stage has also reached the stages before it, with one exception: a
/// response may come before the body has been sent.
public enum HTTPStage: Int, Hashable, Sendable, CaseIterable, Comparable {
    /// No connection is open yet.
    case started
    /// The connection is open, including its TLS session.
    case connected
    /// libcurl has read a part of the body.
    case bodyBegun
    /// libcurl has read the whole body, so the server may have received the whole request.
    case bodyEnded
    /// A final status arrived with all its header fields.
    case answered

    public static func < (a: HTTPStage, b: HTTPStage) -> Bool { a.rawValue < b.rawValue }
}
