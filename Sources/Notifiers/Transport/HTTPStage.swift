/// How far a request has progressed.
///
/// Reaching a case implies the cases before it, except that a response may come before the body has
/// been sent.
public enum HTTPStage: Int, Hashable, Sendable, CaseIterable, Comparable {
    /// There is no connection yet.
    case started
    /// The connection is open, including TLS.
    case connected
    /// libcurl has read part of the body.
    case bodyBegun
    /// libcurl has read the whole body, so the request may have arrived whole.
    case bodyEnded
    /// A final status arrived with all its headers.
    case answered

    public static func < (a: HTTPStage, b: HTTPStage) -> Bool { a.rawValue < b.rawValue }
}
