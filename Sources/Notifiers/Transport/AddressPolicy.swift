/// Where a message may go (inputs 61 to 64, 66): checked on the address of every socket, and before every request on that of
/// the connection it goes over, so that neither a name that changes its mind, nor a spelling of an address, nor a connection
/// that another destination opened gets past it.
public enum AddressPolicy {
    /// Never, whatever `allow_networks` says: link-local addresses, the metadata services of clouds, and what is no host at
    /// all: "this network" (Linux takes it for this machine), multicast, reserved, broadcast.
    static let never = networks(
        "169.254.0.0/16", "fe80::/10", "fd00:ec2::254", "fd20:ce::254", "168.63.129.16", "100.100.100.200",
        "0.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4", "::/128", "ff00::/8")

    /// Of a name's addresses so many are tried in one attempt: a name with hundreds would open as many connections.
    static let addressLimit = 8

    /// Only where `allow_networks` holds them: this machine, private, shared and other special ranges (IANA special-purpose
    /// address registries, RFC 6890).
    static let closed = networks(
        "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
        "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "::/96", "::ffff:0:0:0/96",
        "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7",
        "fec0::/10")

    private static let loopback = networks("127.0.0.0/8", "::1/128")

    /// Whether mail may go in clear to a relay at `address`: on this machine, or within what is allowed to its channel.
    public static func allowClearText(_ address: IPAddress, networks allowed: [Network]) -> Bool {
        !isNeverAllowed(address) && (loopback + allowed).contains { $0.contains(address) }
    }

    /// Whether a connection to `address` is allowed to a destination with these `allow_networks`.
    public static func allow(_ address: IPAddress, networks allowed: [Network]) -> Bool {
        if never.contains(where: { $0.contains(address) }) { return false }
        if !closed.contains(where: { $0.contains(address) }) { return true }
        return allowed.contains { $0.contains(address) }
    }

    /// Whether no destination may ever connect there.
    public static func isNeverAllowed(_ address: IPAddress) -> Bool {
        never.contains { $0.contains(address) }
    }

    private static func networks(_ texts: String...) -> [Network] {
        texts.map { text in
            guard let network = Network(text) else { preconditionFailure("\(text) is no network") }
            return network
        }
    }
}
