import Transport

/// Decides whether a host, as it is written in the configuration, is this machine.
///
/// For a webhook, `AddressPolicy` also checks the address to which the socket connects.
package enum Loopback {
    private static let networks = ["127.0.0.0/8", "::1/128"].compactMap(Network.init)

    package static func holds(_ host: String) -> Bool {
        if host.lowercased() == "localhost" { return true }
        guard let address = IPAddress(host) else { return false }
        return networks.contains { $0.contains(address) }
    }
}
