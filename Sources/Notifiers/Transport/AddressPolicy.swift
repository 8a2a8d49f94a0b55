/// Decides which IP addresses this program may connect to.
///
/// An HTTP request checks the address of each socket that it opens, and the address of the
/// connection that it uses. A check of the URL would not be enough: a host name may resolve to a
/// new address, an address may be written in another form, or a connection may have been opened for
/// another destination. Mail checks addresses only if it is sent without TLS.
public enum AddressPolicy {
    /// The addresses that are never allowed, even if `allow_networks` contains them.
    ///
    /// They are link-local addresses, the metadata services of clouds, and addresses that belong to
    /// no host: "this network" (which Linux treats as this machine), multicast, reserved and
    /// broadcast addresses.
    static let never = networks(
        "169.254.0.0/16", "fe80::/10", "fd00:ec2::254", "fd20:ce::254", "168.63.129.16", "100.100.100.200",
        "0.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4", "::/128", "ff00::/8")

    /// The maximum number of addresses of a host name that one attempt tries.
    ///
    /// Without the limit, a name with hundreds of addresses would cause hundreds of connections.
    static let addressLimit = 8

    /// The addresses that are allowed only if `allow_networks` contains them.
    ///
    /// They are the loopback, private, shared and other special-purpose ranges (IANA
    /// special-purpose address registries, RFC 6890).
    static let closed = networks(
        "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
        "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "::/96", "::ffff:0:0:0/96",
        "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7",
        "fec0::/10")

    private static let loopback = networks("127.0.0.0/8", "::1/128")

    /// Returns whether mail may be sent without TLS to a relay at `address`.
    ///
    /// The relay must be on this machine or within the channel's `allow_networks`.
    public static func allowClearText(_ address: IPAddress, networks allowed: [Network]) -> Bool {
        !isNeverAllowed(address) && (loopback + allowed).contains { $0.contains(address) }
    }

    /// Returns whether a destination with these `allow_networks` may connect to `address`.
    public static func allow(_ address: IPAddress, networks allowed: [Network]) -> Bool {
        if never.contains(where: { $0.contains(address) }) { return false }
        if !closed.contains(where: { $0.contains(address) }) { return true }
        return allowed.contains { $0.contains(address) }
    }

    /// Returns whether no destination may ever connect to `address`.
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
