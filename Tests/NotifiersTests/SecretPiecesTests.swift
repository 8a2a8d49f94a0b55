import Testing

@testable import Notifiers
@testable import Transport

@Suite("Pieces of a secret in a server's reply")
struct SecretPiecesTests {
    private static let token = (0..<200).map { String($0 * 7_919 % 10_007, radix: 36) }.joined(separator: "-")

    private static func hidden(_ text: String, _ secrets: [String] = [token]) -> String {
        SecretPieces.hidden(in: text, of: secrets, as: "(secret)")
    }

    @Test("Each run of at least twelve bytes that is also in a secret is replaced by one mark")
    func pieces() {
        let (first, second) = (Self.token.prefix(400), Self.token.suffix(12))
        #expect(Self.hidden("told: \(first) then \(second).") == "told: (secret) then (secret).")
        #expect(Self.hidden(String(Self.token.prefix(12))) == "(secret)")
        let few = "told: \(Self.token.prefix(11))"
        #expect(Self.hidden(few) == few, "so few bytes reveal nothing")
    }

    @Test("Pieces of a short secret, words of the server and the host of a URL stay visible")
    func others() {
        let short = "twenty-three bytes long"
        #expect(Self.hidden("twenty-three bytes", [short]) == "twenty-three bytes")
        #expect(Self.hidden("535 5.7.8 authentication failed", [Self.token]) == "535 5.7.8 authentication failed")
        let host = "Could not resolve host: hub.example.vn"
        #expect(Self.hidden(host, ["https://hub.example.vn/services/T0123456789/B0123456789"]) == host)
        #expect(Self.hidden("", [Self.token]).isEmpty)
    }

    @Test("A piece that ends within a character is hidden")
    func characters() {
        let secret = "mật khẩu của Ủy ban nhân dân tỉnh"
        let said = Self.hidden("nghe: mật khẩu của Ủy ban và thôi", [secret])
        #expect(said.hasPrefix("nghe: (secret)") && said.hasSuffix("thôi"), "\(said)")
    }
}
