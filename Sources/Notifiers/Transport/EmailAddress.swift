/// An e-mail address that is safe to send to a mail server: `local@domain`, nothing else.
///
/// The grammar is the plain part of RFC 5321, section 4.1.2: a dot-atom before the at sign and host
/// name labels after it. Text that libcurl or a mail server could read as more than an address is
/// refused before any C call, because libcurl 7.88.1 passes CR LF and ` SIZE=1` on to the server.
/// Quoted local parts, comments, domain literals, control characters and non-ASCII local parts
/// (libcurl does not support RFC 6531 here) are refused.
///
/// A domain may be written in Unicode (RFC 5891) and is sent in ASCII. The local part keeps its
/// case. The domain is in lower case.
public struct EmailAddress: Hashable, Sendable {
    /// The part before the at sign, with 1 to 64 octets.
    public let local: String
    /// The domain in ASCII and lower case, at most 253 octets.
    ///
    /// A label that was written in Unicode is in `xn--` form.
    public let domain: String
    /// The domain as people read it. It equals `domain` if no label is in `xn--` form.
    public let shownDomain: String

    /// The address as it is sent, at most 254 octets (RFC 5321, errata 1690).
    public var ascii: String { "\(local)@\(domain)" }
    /// The address as people read it.
    public var shown: String { "\(local)@\(shownDomain)" }
    /// Whether a label of the domain mixes Latin, Greek or Cyrillic letters.
    ///
    /// Such a domain often imitates another domain.
    public var isMixedScript: Bool {
        !shownDomain.utf8.allSatisfy { $0 < 0x80 } && DomainName.mixesScripts(shownDomain)
    }

    public init(_ text: String) throws(AddressRefusal) {
        if let plain = EmailAddress(plain: text) {
            self = plain
            return
        }
        try self.init(checking: text)
    }

    /// Checks the text against the whole grammar. If the text violates it, throws the reason.
    init(checking text: String) throws(AddressRefusal) {
        guard !text.isEmpty else { throw AddressRefusal("an address is empty") }
        guard !text.unicodeScalars.contains(where: { $0.value <= 0x20 || (0x7F...0x9F).contains($0.value) }) else {
            throw AddressRefusal("an address has no spaces, line ends or control characters")
        }
        guard text.utf8.count <= 1_024, let at = text.utf8.lastIndex(of: UInt8(ascii: "@")) else {
            throw AddressRefusal("an address is local@domain")
        }
        let local = String(text[..<at])
        try Self.checkLocal(local)
        let domain = try DomainName.parse(String(text[text.utf8.index(after: at)...]))
        guard domain.ascii.contains(".") else {
            throw AddressRefusal("the domain \(domain.shown) has no dot")
        }
        guard local.utf8.count + 1 + domain.ascii.utf8.count <= 254 else {
            throw AddressRefusal("an address has at most 254 octets")
        }
        self.local = local
        self.domain = domain.ascii
        shownDomain = domain.shown
    }

    /// Reads an address in the form that most addresses have; nil for any other address.
    ///
    /// The local part is a dot-atom, and the domain has only small letters, digits and hyphens.
    private init?(plain text: String) {
        var text = text
        guard let at = text.withUTF8(EmailAddress.plainAt) else { return nil }
        local = String(decoding: text.utf8.prefix(at), as: UTF8.self)
        domain = String(decoding: text.utf8.dropFirst(at + 1), as: UTF8.self)
        shownDomain = domain
    }

    /// Returns whether these bytes are an address that is sent and shown exactly as written.
    ///
    /// `init` also accepts other addresses.
    public static func isPlain(_ text: UnsafeBufferPointer<UInt8>) -> Bool { plainAt(text) != nil }

    /// Returns the index of the at sign in a plain address; nil if the address is not plain.
    ///
    /// The domain's last label must begin with a letter, so that it is not a number. A label with
    /// hyphens as its third and fourth characters, such as `xn--…`, is not plain.
    private static func plainAt(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
        guard text.count <= 254, let at = text.firstIndex(of: UInt8(ascii: "@")), (1...64).contains(at),
            text[0] != UInt8(ascii: "-")
        else { return nil }
        var before = UInt8(ascii: ".")
        for byte in text[..<at] {
            guard byte == UInt8(ascii: ".") ? before != byte : isAtomText[Int(byte)] else { return nil }
            before = byte
        }
        guard before != UInt8(ascii: "."), at + 1 < text.count else { return nil }
        var (labels, start) = (0, at + 1)
        for end in (at + 1)...text.count where end == text.count || text[end] == UInt8(ascii: ".") {
            guard isPlain(label: UnsafeBufferPointer(rebasing: text[start..<end])) else { return nil }
            labels += 1
            if end == text.count, !isSmallLetter(text[start]) { return nil }
            start = end + 1
        }
        return labels > 1 ? at : nil
    }

    private static func isPlain(label: UnsafeBufferPointer<UInt8>) -> Bool {
        let hyphen = UInt8(ascii: "-")
        guard (1...63).contains(label.count), label[0] != hyphen, label[label.count - 1] != hyphen else { return false }
        if label.count > 3, label[2] == hyphen, label[3] == hyphen { return false }
        return label.allSatisfy { isSmallLetter($0) || (0x30...0x39).contains($0) || $0 == hyphen }
    }

    private static func isSmallLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }

    private static let isAtomText = (0...255).map { HeaderEncoder.isAtomText(UInt8($0)) }

    private static func checkLocal(_ local: String) throws(AddressRefusal) {
        guard !local.isEmpty else { throw AddressRefusal("nothing stands before the @") }
        guard local.utf8.allSatisfy({ $0 < 0x80 }) else {
            throw AddressRefusal("letters outside ASCII before the @ are not supported (RFC 6531)")
        }
        guard !local.contains("\"") else { throw AddressRefusal("quoted text before the @ is not supported") }
        guard local.utf8.count <= 64 else { throw AddressRefusal("at most 64 octets stand before the @") }
        // Refuses a hyphen at the beginning. If a relay passes the address to a program, the
        // program would read it as an option.
        guard !local.hasPrefix("-") else { throw AddressRefusal("an address does not begin with a hyphen") }
        let atoms = local.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard atoms.allSatisfy({ !$0.isEmpty }) else {
            throw AddressRefusal("a dot before the @ stands between other characters")
        }
        for byte in local.utf8 where byte != UInt8(ascii: ".") && !HeaderEncoder.isAtomText(byte) {
            throw AddressRefusal("“\(Character(UnicodeScalar(byte)))” cannot stand before the @")
        }
    }
}
