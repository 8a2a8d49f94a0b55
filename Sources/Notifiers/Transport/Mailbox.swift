import Diagnostics
import Foundation

/// An address with a display name, such as `Công đoàn ngành Giáo dục <cd@example.vn>`.
public struct Mailbox: Hashable, Sendable {
    /// The display name in NFC, without control characters; empty if there is none.
    public let name: String
    public let address: EmailAddress

    public init(name: String, address: EmailAddress) {
        self.name = oneLine(name.composed, limit: 500)
        self.address = address
    }

    /// Reads `address`, `<address>`, `Name <address>` or `"Name" <address>`.
    public init(_ text: String) throws(AddressRefusal) {
        guard !text.unicodeScalars.contains(where: \.isControl) else {
            throw AddressRefusal("a name and address have no line ends or control characters")
        }
        guard text.hasSuffix(">"), let open = text.lastIndex(of: "<") else {
            self.init(name: "", address: try EmailAddress(text))
            return
        }
        var name = text[..<open].drop { $0 == " " }
        while name.last == " " { name.removeLast() }
        let isQuoted = name.count >= 2 && name.first == "\"" && name.last == "\""
        let inner = text[text.index(after: open)...].dropLast()
        self.init(
            name: isQuoted ? Mailbox.unquoted(name.dropFirst().dropLast()) : String(name),
            address: try EmailAddress(String(inner)))
    }

    /// Returns the text without the backslash of each quoted pair (RFC 5322, section 3.2.4).
    private static func unquoted(_ text: Substring) -> String {
        var name = ""
        var isPair = false
        for character in text {
            if character == "\\", !isPair {
                isPair = true
                continue
            }
            name.append(character)
            isPair = false
        }
        return name
    }
}
