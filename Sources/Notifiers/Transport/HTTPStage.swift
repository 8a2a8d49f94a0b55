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
