/// A range of IP addresses, such as `10.0.0.0/8` or `fd00::/8`; an entry of `allow_networks`.
public struct Network: Hashable, Sendable, LosslessStringConvertible {
    let address: IPAddress
    /// The prefix length, 0...32 or 0...128.
    let prefix: Int

    /// Reads an address with its prefix length. An address alone is a range of one address.
    ///
    /// nil for any other text, and for an address with bits beyond the prefix (`10.0.0.1/8`), which
    /// is more often a typo than intended.
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

    /// All addresses, as two ranges.
    public static let everywhere = ["0.0.0.0/0", "::/0"].compactMap(Network.init)

    public var description: String { "\(address)/\(prefix)" }

    public func contains(_ other: IPAddress) -> Bool {
        guard other.bytes.count == address.bytes.count else { return false }
        return (0..<prefix).allSatisfy { (other.bytes[$0 / 8] ^ address.bytes[$0 / 8]) & (0x80 >> UInt8($0 % 8)) == 0 }
    }
}
