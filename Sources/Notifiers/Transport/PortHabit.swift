import Diagnostics

/// The kind of TLS that servers use at a well-known mail port (RFC 8314, RFC 6409).
///
/// At such a port, servers use either TLS from the first byte, or STARTTLS after an unencrypted
/// beginning.
public struct PortHabit: Sendable {
    private let port: Int
    public let isImplicitTLS: Bool

    /// Returns nil if the port is not well known, because servers may use either kind of TLS there.
    public init?(port: Int) {
        switch port {
        case 465: isImplicitTLS = true
        case 25, 587: isImplicitTLS = false
        default: return nil
        }
        self.port = port
    }

    public var words: LocalizedText {
        isImplicitTLS
            ? "port \(port) is TLS from the first byte, which is smtps://"
            : "port \(port) begins without TLS and turns to it (STARTTLS), which is smtp://"
    }

    /// Returns the URL of the server for the configuration, with the scheme that fits the port.
    public func url(_ host: String) -> String { "\(isImplicitTLS ? "smtps" : "smtp")://\(host):\(port)" }
}
