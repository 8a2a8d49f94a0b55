/// What stands at a well-known port of mail (RFC 8314, RFC 6409): TLS from the first byte, or a plain beginning that turns to TLS.
public struct PortHabit: Sendable {
    private let port: Int
    public let isImplicitTLS: Bool

    /// nil for a port that may be either.
    public init?(port: Int) {
        switch port {
        case 465: isImplicitTLS = true
        case 25, 587: isImplicitTLS = false
        default: return nil
        }
        self.port = port
    }

    public var words: String {
        isImplicitTLS
            ? "port \(port) is TLS from the first byte, which is smtps://"
            : "port \(port) begins without TLS and turns to it (STARTTLS), which is smtp://"
    }

    /// The server as it is written in the configuration.
    public func url(_ host: String) -> String { "\(isImplicitTLS ? "smtps" : "smtp")://\(host):\(port)" }
}
