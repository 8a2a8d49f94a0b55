/// An e-mail address that may go on the wire: `local@domain`, nothing else.
///
/// The grammar is the plain part of RFC 5321, section 4.1.2: a dot-atom before the at sign, host name labels after it.
/// Everything that libcurl or a mail server could take for more than an address is refused here, before any C call
/// (libcurl 7.88.1 passes CR LF and ` SIZE=1` on to the wire): quoted local parts, comments, domain literals, controls,
/// non-ASCII local parts (RFC 6531 is not supported by libcurl here). A domain may be written in Unicode (RFC 5891) and is
/// sent in ASCII. The local part keeps its case; the domain is in lower case.
public struct EmailAddress: Hashable, Sendable {
    /// 1...64 octets.
    public let local: String
    /// In ASCII and lower case, `xn--` labels where it was written in Unicode. At most 253 octets.
    public let domain: String
    /// The domain as people read it; equal to `domain` where that is plain.
    public let shownDomain: String

    /// As it goes on the wire; at most 254 octets (RFC 5321, errata 1690).
    public var ascii: String { "\(local)@\(domain)" }
    /// As people read it.
    public var shown: String { "\(local)@\(shownDomain)" }
    /// A label of the domain mixes letters of Latin, Greek or Cyrillic: often a look-alike of another name (input 55).
    public var isMixedScript: Bool {
        guard !shownDomain.utf8.allSatisfy({ $0 < 0x80 }) else { return false }
        return shownDomain.split(separator: ".").contains { DomainName.mixesScripts(String($0)) }
    }

    /// - Parameter allowingSingleLabel: whether `user@localhost` will do: for mail servers within `allow_networks` only.
    public init(_ text: String, allowingSingleLabel: Bool = false) throws(AddressRefusal) {
        guard !text.isEmpty else { throw AddressRefusal("an address is empty") }
        guard !text.unicodeScalars.contains(where: { $0.value <= 0x20 || (0x7F...0x9F).contains($0.value) }) else {
            throw AddressRefusal("an address has no spaces, line ends or control characters")
        }
        guard text.utf8.count <= 1_024, let at = text.lastIndex(of: "@") else {
            throw AddressRefusal("an address is local@domain")
        }
        let local = String(text[..<at])
        try Self.checkLocal(local)
        let domain = try DomainName.parse(String(text[text.index(after: at)...]))
        guard allowingSingleLabel || domain.ascii.contains(".") else {
            throw AddressRefusal("the domain \(domain.shown) has no dot")
        }
        guard local.utf8.count + 1 + domain.ascii.utf8.count <= 254 else {
            throw AddressRefusal("an address has at most 254 octets")
        }
        self.local = local
        self.domain = domain.ascii
        shownDomain = domain.shown
    }

    private static func checkLocal(_ local: String) throws(AddressRefusal) {
        guard !local.isEmpty else { throw AddressRefusal("nothing stands before the @") }
        guard local.utf8.allSatisfy({ $0 < 0x80 }) else {
            throw AddressRefusal("letters outside ASCII before the @ are not supported (RFC 6531)")
        }
        guard !local.contains("\"") else { throw AddressRefusal("quoted text before the @ is not supported") }
        guard local.utf8.count <= 64 else { throw AddressRefusal("at most 64 octets stand before the @") }
        let atoms = local.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard atoms.allSatisfy({ !$0.isEmpty }) else {
            throw AddressRefusal("a dot before the @ stands between other characters")
        }
        for byte in local.utf8 where byte != UInt8(ascii: ".") && !HeaderEncoder.isAtomText(byte) {
            throw AddressRefusal("“\(Character(UnicodeScalar(byte)))” cannot stand before the @")
        }
    }
}
