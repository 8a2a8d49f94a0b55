import Foundation
import Testing

@testable import Diagnostics
@testable import Notifiers
@testable import Transport

/// Tests that a body encoded once decodes like a body that is encoded for each recipient.
struct SplicedBodyTests {
    static let names = ["", "A", "An", "Nga", "Nguyễn Thị Hương Giang", String(repeating: "Lê Đỗ ", count: 30), "a\r\nb"]

    @Test("A text encoded once and filled with any name at any place decodes to the text with that name")
    func decodes() throws {
        for before in 0..<60 {
            for name in Self.names {
                let pieces = [
                    String(repeating: "ữ", count: before / 2) + String(repeating: "x", count: before % 7),
                    String(repeating: "và ", count: before), String(repeating: "z", count: before % 5) + "\n",
                ]
                var bytes: [UInt8] = []
                SplicedBody(pieces).append(filling: name, to: &bytes)
                let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false)
                #expect(lines.allSatisfy { $0.utf8.count <= 76 })
                let joined = lines.joined()
                #expect(!joined.dropLast(2).contains("="))
                let decoded = try #require(Data(base64Encoded: joined))
                let whole = pieces.map { EmailMessage.canonical($0) }.joined(separator: EmailMessage.canonical(name))
                #expect([UInt8](decoded) == [UInt8](whole))
            }
        }
    }

    @Test("A text without a gap for the name, or an empty text, is encoded as a whole")
    func single() {
        for text in ["", "a", "Kính gửi", String(repeating: "dài ", count: 100)] {
            var bytes: [UInt8] = []
            SplicedBody([text]).append(filling: "unused", to: &bytes)
            #expect(bytes == Base64.lines(EmailMessage.canonical(text)[...], length: 76))
        }
    }

    @Test("The fast NFC conversion equals Foundation's for every scalar, alone and with a combining mark")
    func composed() {
        for value in UInt32(0)...0xFFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            for text in [
                String(Character(scalar)), "a\(Character(scalar))", String(String.UnicodeScalarView([scalar, "\u{301}"])),
            ] {
                #expect(
                    Array(text.composed.utf8) == Array(text.precomposedStringWithCanonicalMapping.utf8),
                    "U+\(String(value, radix: 16))")
            }
        }
    }

    @Test("The search for control characters in UTF-8 agrees with Unicode")
    func controls() {
        for value in UInt32(0)...0x3FF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            #expect(
                "ế\(Character(scalar))".holdsControls == (scalar.properties.generalCategory == .control),
                "U+\(String(value, radix: 16))")
        }
    }
}
