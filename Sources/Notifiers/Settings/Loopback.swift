import Transport

/// Decides from the text of a host whether it is this machine.
///
/// The address that a webhook connects to is checked again at the socket.
package enum Loopback {
    private static let networks = ["127.0.0.0/8", "::1/128"].compactMap(Network.init)

    package static func holds(_ host: String) -> Bool {
        if host.lowercased() == "localhost" { return true }
        guard let address = IPAddress(host) else { return false }
        return networks.contains { $0.contains(address) }
    }
}
