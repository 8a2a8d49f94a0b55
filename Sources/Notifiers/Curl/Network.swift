import Glibc

/// A range of IP addresses, `10.0.0.0/8` or `fd00::/8`; an entry of `allow_networks`.
public struct Network: Hashable, Sendable, LosslessStringConvertible {
    let address: IPAddress
    /// 0...32 or 0...128.
    let prefix: Int

    /// Reads an address with its prefix length; a bare address is a range of one. nil for anything else, and for a
    /// range that begins within another (`10.0.0.1/8`): that is a slip more often than a wish.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = IPAddress(String(parts[0])) else { return nil }
        let width = address.bytes.count * 8
        var prefix = width
        if parts.count == 2 {
            guard (1...3).contains(parts[1].utf8.count), parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let length = Int(parts[1]), length <= width
            else { return nil }
            prefix = length
        }
        self.address = address
        self.prefix = prefix
        guard (prefix..<width).allSatisfy({ address.bytes[$0 / 8] & (0x80 >> UInt8($0 % 8)) == 0 }) else { return nil }
    }

    public var description: String { "\(address)/\(prefix)" }

    public func contains(_ other: IPAddress) -> Bool {
        guard other.bytes.count == address.bytes.count else { return false }
        return (0..<prefix).allSatisfy { (other.bytes[$0 / 8] ^ address.bytes[$0 / 8]) & (0x80 >> UInt8($0 % 8)) == 0 }
    }
}

/// An IP address in network order, 4 or 16 bytes. IPv4 in IPv6 clothing (`::ffff:127.0.0.1`, and `64:ff9b::7f00:1` of
/// NAT64, RFC 6052) is taken for the IPv4 address that it reaches.
public struct IPAddress: Hashable, Sendable, LosslessStringConvertible {
    let bytes: [UInt8]

    /// The canonical text forms only (inet_pton(3)): not `127.1`, not `0x7f.1`, no zone.
    public init?(_ text: String) {
        var four = in_addr()
        var sixteen = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = withUnsafeBytes(of: &four) { Array($0) }
        } else if inet_pton(AF_INET6, text, &sixteen) == 1 {
            bytes = Self.unwrapped(withUnsafeBytes(of: &sixteen) { Array($0) })
        } else {
            return nil
        }
    }

    /// nil for anything but an Internet address.
    init?(_ socketAddress: UnsafePointer<sockaddr>) {
        switch Int32(socketAddress.pointee.sa_family) {
        case AF_INET:
            bytes = socketAddress.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { pointer in
                withUnsafeBytes(of: pointer.pointee.sin_addr) { Array($0) }
            }
        case AF_INET6:
            bytes = socketAddress.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { pointer in
                Self.unwrapped(withUnsafeBytes(of: pointer.pointee.sin6_addr) { Array($0) })
            }
        default:
            return nil
        }
    }

    public var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        guard inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil else { return "?" }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private static func unwrapped(_ bytes: [UInt8]) -> [UInt8] {
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
        let nat64: [UInt8] = [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0]
        let head = Array(bytes.prefix(12))
        return head == mapped || head == nat64 ? Array(bytes.suffix(4)) : bytes
    }
}

/// Where a webhook may connect to (inputs 61 to 64, 66): checked on the address of every socket, so that neither a name
/// that changes its mind nor a spelling of an address gets past it.
public enum Destinations {
    /// Never, whatever `allow_networks` says: link-local addresses and the metadata services of clouds.
    static let never = networks("169.254.0.0/16", "fe80::/10", "fd00:ec2::254", "fd20:ce::254")

    /// Only where `allow_networks` holds them: this machine, private and shared ranges, and what is no host at all
    /// (IANA special-purpose address registries, RFC 6890).
    static let closed = networks(
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
        "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "::/96", "64:ff9b:1::/48", "100::/64", "2001:db8::/32", "2002::/16", "fc00::/7", "fec0::/10", "ff00::/8")

    /// Whether a connection to `address` is allowed to a destination with these `allow_networks`.
    public static func allow(_ address: IPAddress, networks allowed: [Network]) -> Bool {
        if never.contains(where: { $0.contains(address) }) { return false }
        if !closed.contains(where: { $0.contains(address) }) { return true }
        return allowed.contains { $0.contains(address) }
    }

    private static func networks(_ texts: String...) -> [Network] {
        texts.map { text in
            guard let network = Network(text) else { preconditionFailure("\(text) is no network") }
            return network
        }
    }
}
