/// A range of IP addresses, such as `10.0.0.0/8` or `fd00::/8`. `allow_networks` lists such ranges.
public struct Network: Hashable, Sendable, LosslessStringConvertible {
    let address: IPAddress
    /// The prefix length: 0...32 for IPv4 and 0...128 for IPv6.
    let prefix: Int

    /// Reads an address with a prefix length. An address alone is read as a range of one address.
    ///
    /// Returns nil for any other text. An address with bits after the prefix (`10.0.0.1/8`) is
    /// refused too, because it is more often a typo than intended.
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

    /// The ranges that together contain all addresses.
    public static let everywhere = ["0.0.0.0/0", "::/0"].compactMap(Network.init)

    public var description: String { "\(address)/\(prefix)" }

    public func contains(_ other: IPAddress) -> Bool {
        guard other.bytes.count == address.bytes.count else { return false }
        return (0..<prefix).allSatisfy { (other.bytes[$0 / 8] ^ address.bytes[$0 / 8]) & (0x80 >> UInt8($0 % 8)) == 0 }
    }
}
