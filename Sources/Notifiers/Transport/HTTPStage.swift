/// The progress of a request.
///
/// Later cases include the earlier ones, except that an answer may come before the body has ended.
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
