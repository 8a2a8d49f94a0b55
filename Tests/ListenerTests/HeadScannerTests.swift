import Randomness
import Testing

@testable import Listener

/// Tests the scanner that finds the end of a request's head before the parser gets the bytes.
@Suite("The scanner of request heads")
struct HeadScannerTests {
    /// Returns the verdict on the last byte scanned, and the number of bytes scanned.
    private static func scan(_ bytes: [UInt8], _ limits: Limits = Conversation.limits) -> (HeadScanner.Verdict, Int) {
        var scanner = HeadScanner(limits: limits)
        for (index, byte) in bytes.enumerated() {
            let verdict = scanner.take(byte)
            if verdict != .more { return (verdict, index + 1) }
        }
        return (.more, bytes.count)
    }

    private static func status(_ text: String) -> Int? {
        guard case (.refused(let refusal), _) = scan(Array(text.utf8)) else { return nil }
        return refusal.status
    }

    @Test(
        "A head ends at its empty line and not before",
        arguments: [
            "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.0\r\nHost: a\r\n\r\n",
            "POST /a?b=%41 HTTP/1.1\r\nA:\r\nB: \t b\u{1EBF} \r\n\r\n",
            "M-SEARCH * HTTP/1.1\r\n!#$%&'*+-.^_`|~09: x\r\n\r\n", "CONNECT a:1 HTTP/1.1\r\n\r\n",
        ])
    func ends(head: String) {
        let bytes = Array(head.utf8)
        #expect(Self.scan(bytes).0 == .complete)
        #expect(Self.scan(bytes + Array("GET".utf8)).1 == bytes.count)
        #expect(Self.scan(Array(bytes.dropLast())).0 == .more)
    }

    @Test(
        "Everything that RFC 9112 forbids or only tolerates in a head is malformed",
        arguments: [
            "\r\nGET / HTTP/1.1\r\n", " GET / HTTP/1.1\r\n", "GET  / HTTP/1.1\r\n", "GET /  HTTP/1.1\r\n", "GET /\r\n",
            "GET / HTTP/9.9\r\n", "GET / HTTP/2.0\r\n", "GET / HTTP/1.2\r\n", "GET / http/1.1\r\n", "GET / HTTP/1.1 \r\n",
            "GET / HTTP/1.11\r\n", "GET / HTTP/1.1\n", "GET / HTTP/1.1\rA", "GET /\u{0} HTTP/1.1\r\n", "GET /ế HTTP/1.1\r\n",
            "GET\t/ HTTP/1.1\r\n", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}",
            "\r\n\r\n\u{0}\r\nQUIT\n", String(repeating: "A", count: 33),
            "GET / HTTP/1.1\r\nTransfer-Encoding : chunked\r\n", "GET / HTTP/1.1\r\nA: b\n", "GET / HTTP/1.1\r\nA: b\rc",
            "GET / HTTP/1.1\r\nA: \u{0}\r\n", "GET / HTTP/1.1\r\nA: b\r\n folded\r\n", "GET / HTTP/1.1\r\n\tfolded\r\n",
            "GET / HTTP/1.1\r\nno colon\r\n", "GET / HTTP/1.1\r\nnocolon\r\n", "GET / HTTP/1.1\r\n: no name\r\n",
            "GET / HTTP/1.1\r\nA(b): c\r\n", "GET / HTTP/1.1\r\nế: c\r\n", "GET / HTTP/1.1\r\nA: \u{7F}\r\n",
            "GET / HTTP/1.1\r\nA: \u{B}\r\n", "GET / HTTP/1.1\r\n\rA", "GET / HTTP/1.1\r\n\n",
        ])
    func malformed(head: String) { #expect(Self.status(head) == 400) }

    @Test("Each limit is exact to the byte")
    func limits() {
        let limits = Conversation.limits
        func target(_ count: Int) -> String { "GET /" + String(repeating: "a", count: count - 1) + " HTTP/1.1\r\n\r\n" }
        #expect(Self.scan(Array(target(limits.request.target).utf8)).0 == .complete)
        #expect(Self.status(target(limits.request.target + 1)) == 414)

        let start = "GET / HTTP/1.1\r\n"
        func field(_ count: Int) -> String { "A:" + String(repeating: "b", count: count - 2) + "\r\n" }
        #expect(Self.scan(Array((start + field(limits.request.field) + "\r\n").utf8)).0 == .complete)
        #expect(Self.status(start + field(limits.request.field + 1) + "\r\n") == 431)
        #expect(Self.status(start + String(repeating: "a", count: limits.request.field + 1)) == 431)

        func fields(_ count: Int) -> String { start + String(repeating: "A: b\r\n", count: count) + "\r\n" }
        #expect(Self.scan(Array(fields(limits.request.fields).utf8)).0 == .complete)
        #expect(Self.status(fields(limits.request.fields + 1)) == 431)

        let rest = limits.request.head - start.utf8.count - 2
        let full = start + field(rest / 2 - 2) + field(rest - rest / 2 - 2) + "\r\n"
        #expect(full.utf8.count == limits.request.head)
        #expect(Self.scan(Array(full.utf8)).0 == .complete)
        let over = start + field(rest / 2 - 2) + field(rest - rest / 2 - 1) + "\r\n"
        #expect(Self.scan(Array(over.utf8)) == (.refused(.headTooLarge), limits.request.head + 1))
    }

    @Test("Any bytes get a verdict within the limit of a head, and lines of an accepted head end only in CR LF")
    func anything() {
        var random = RandomSource(seed: 16)
        let alphabet = Array("GET / HTTP/1.1\r\n\r\nA: b\t\u{0}\u{7F}\n\r %é".utf8)
        var complete = 0
        for _ in 0..<20_000 {
            var bytes = Array("GET / HTTP/1.1\r\n".utf8.prefix(Int.random(in: 0...16, using: &random)))
            for _ in 0..<Int.random(in: 0...40, using: &random) { bytes.append(alphabet.randomElement(using: &random) ?? 0) }
            bytes += Array("\r\n\r\n".utf8)
            let (verdict, count) = Self.scan(bytes)
            guard verdict == .complete else { continue }
            complete += 1
            let head = bytes.prefix(count)
            let lineFeeds = head.indices.filter { head[$0] == 0x0A }
            #expect(lineFeeds.allSatisfy { $0 > 0 && head[$0 - 1] == 0x0D })
            #expect(
                head.count { $0 == 0x0D } == lineFeeds.count && !head.contains(0) && head.suffix(4).elementsEqual("\r\n\r\n".utf8)
            )
        }
        #expect(complete > 50)
        let endless = [UInt8](repeating: UInt8(ascii: "a"), count: 100_000)
        for start in ["", "GET ", "GET / ", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nA", "GET / HTTP/1.1\r\nA:"] {
            let (verdict, count) = Self.scan(Array(start.utf8) + endless)
            #expect(verdict != .more && verdict != .complete && count <= Conversation.limits.request.head + 1)
        }
    }
}
