import Diagnostics
import Foundation

/// Parses a host name into the ASCII form that is sent and the form that people read.
///
/// A label in Unicode is sent as `xn--` and its Punycode (RFC 3492). Only these rules of IDNA (RFC
/// 5891, 5892) are checked: a label is in lower case and NFC, and consists only of letters, marks,
/// digits and hyphens. It does not begin with a mark, and has no compatibility characters, which
/// would be mapped to other characters. A label in `xn--` form is decoded and checked by the same
/// rules.
enum DomainName {
    struct Parsed {
        let ascii: String
        let shown: String
    }

    static func parse(_ text: String) throws(AddressRefusal) -> Parsed {
        guard !text.isEmpty else { throw AddressRefusal("nothing stands after the @") }
        guard !text.hasPrefix("[") else { throw AddressRefusal("an IP address instead of a domain is not supported") }
        guard !text.hasSuffix(".") else { throw AddressRefusal("a domain does not end in a dot") }
        var ascii: [String] = []
        var shown: [String] = []
        for label in text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            let pair = try parse(label: String(Substring(label)))
            ascii.append(pair.ascii)
            shown.append(pair.shown)
        }
        let joined = ascii.joined(separator: ".")
        guard joined.utf8.count <= 253 else { throw AddressRefusal("a domain has at most 253 octets") }
        // inet_aton(3), and therefore libcurl, reads a name whose last label is a number as an
        // address. Examples are 127.1 and 0x7f000001.
        guard let last = ascii.last, !isNumber(last) else {
            throw AddressRefusal("an IP address instead of a domain is not supported")
        }
        return Parsed(ascii: joined, shown: shown.joined(separator: "."))
    }

    /// Returns whether a label of the domain mixes Latin, Greek or Cyrillic letters.
    ///
    /// No language mixes these scripts in one word.
    static func mixesScripts(_ domain: String) -> Bool {
        var script = 0
        for scalar in domain.unicodeScalars {
            let its =
                switch scalar.value {
                case 0x41...0x24F, 0x1E00...0x1EFF: 1
                case 0x370...0x3FF, 0x1F00...0x1FFF: 2
                case 0x400...0x52F: 3
                default: 0
                }
            if scalar == "." { script = 0 }
            guard its > 0, scalar.properties.isAlphabetic else { continue }
            if script > 0, script != its { return true }
            script = its
        }
        return false
    }

    private static func parse(label: String) throws(AddressRefusal) -> Parsed {
        guard !label.isEmpty else { throw AddressRefusal("a domain has an empty part between two dots") }
        let shown = label.lowercased().composed
        var ascii = shown
        if !shown.utf8.allSatisfy({ $0 < 0x80 }) {
            try check(unicode: shown)
            guard let code = Punycode.encode(Array(shown.unicodeScalars)) else {
                throw AddressRefusal("the domain part \(shown) is too long")
            }
            ascii = "xn--" + code
        }
        guard ascii.utf8.count <= 63 else { throw AddressRefusal("a part of a domain has at most 63 octets") }
        guard ascii.utf8.allSatisfy({ isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") }) else {
            throw AddressRefusal("a domain has letters, digits, hyphens and dots only")
        }
        guard !ascii.hasPrefix("-"), !ascii.hasSuffix("-") else {
            throw AddressRefusal("a part of a domain does not begin or end with a hyphen")
        }
        // Only labels that were written in ASCII are decoded and checked here. Unicode labels were
        // checked above.
        return Parsed(ascii: ascii, shown: ascii == shown ? try readable(ascii) ?? shown : shown)
    }

    /// Returns the Unicode form of an `xn--` label; nil for any other label.
    private static func readable(_ ascii: String) throws(AddressRefusal) -> String? {
        guard ascii.hasPrefix("xn--") else { return nil }
        guard let scalars = Punycode.decode(Array(ascii.utf8.dropFirst(4))) else {
            throw AddressRefusal("the domain part \(ascii) is not valid Punycode")
        }
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars)
        // Refuses characters that are also refused in a Unicode label: bidirectional overrides, and
        // invisible or private characters.
        guard (try? check(unicode: text)) != nil else {
            throw AddressRefusal("the domain part \(ascii) stands for characters that no domain has")
        }
        return text
    }

    private static func check(unicode label: String) throws(AddressRefusal) {
        guard label.precomposedStringWithCompatibilityMapping == label, !label.hasPrefix("xn--") else {
            throw AddressRefusal("the domain part \(label) holds a compatibility character")
        }
        for (index, scalar) in label.unicodeScalars.enumerated() {
            let isAllowed =
                switch scalar.properties.generalCategory {
                case .lowercaseLetter, .otherLetter, .modifierLetter, .decimalNumber: true
                case .nonspacingMark, .spacingMark: index > 0
                default: scalar == "-"
                }
            guard isAllowed else { throw AddressRefusal("a domain has letters, digits, hyphens and dots only") }
        }
    }

    private static func isNumber(_ label: String) -> Bool {
        if label.utf8.allSatisfy(isDigit) { return true }
        return label.hasPrefix("0x") && label.utf8.dropFirst(2).allSatisfy { isDigit($0) || (0x61...0x66).contains($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
