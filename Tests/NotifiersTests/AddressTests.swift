import Dates
import Randomness
import Scheduler
import Support
import Testing

@testable import Notifiers
@testable import Transport

struct AddressTests {
    @Test(
        "A text that libcurl or a server could read as more than an address is refused",
        arguments: [
            ("input 47: a command smuggled in", "a@b>\r\nRCPT TO:<v@w.test"), ("input 48: NUL", "a@b.test\0.evil.test"),
            ("input 49: empty", ""), ("input 49: no at sign", "not-an-address"), ("input 49: parameters", "b@x.test SIZE=1"),
            ("input 51: quoted", "\"a b\"@x.test"), ("input 51: quoted, no space", "\"ab\"@x.test"),
            ("input 51: comment", "a(c)@x.test"), ("input 51: literal", "a@[127.0.0.1]"),
            ("an IP address as the domain", "a@127.0.0.1"),
            ("input 52: local part of 65", String(repeating: "a", count: 65) + "@x.test"),
            (
                "input 52: 255 octets",
                "abc@" + (Array(repeating: String(repeating: "b", count: 60), count: 4) + ["testing"]).joined(separator: ".")
            ),
            ("label of 64", "a@\(String(repeating: "b", count: 64)).test"), ("input 54: UTF-8 before the @", "ngọc@example.vn"),
            ("input 55: trailing dot", "a@example.vn."), ("input 55: no dot", "a@localhost"), ("empty label", "a@example..vn"),
            ("leading dot", ".a@example.vn"), ("trailing dot before the @", "a.@example.vn"), ("two dots", "a..b@example.vn"),
            ("two at signs", "a@b@example.vn"), ("angle brackets", "<a@example.vn>"), ("hyphen first", "a@-example.vn"),
            ("underscore", "a@exa_mple.vn"), ("a line feed at the end", "a@example.vn\n"), ("tab", "a\t@example.vn"),
            ("no local part", "@example.vn"), ("no domain", "a@"), ("bad Punycode", "a@xn--99999999.vn"),
            ("Punycode of characters that nobody sees (found by fuzzing)", "a@xn--localhost.vn"),
            ("full-width letters", "a@ｅxample.vn"), ("zero width joiner", "a@ex\u{200D}ample.vn"), ("emoji", "a@😀.vn"),
            ("a mark first", "a@\u{301}a.vn"),
            ("finding 27: an option to a program", "-oQ/tmp@example.org"), ("finding 27: a hyphen alone", "-@example.org"),
        ])
    func refused(_ name: String, _ text: String) {
        #expect(throws: AddressRefusal.self) { _ = try EmailAddress(text) }
    }

    @Test(
        "Plain addresses are accepted unchanged, except that the domain is put in lower case",
        arguments: [
            ("nucong@example.vn", "nucong@example.vn"), ("Nu.Cong+tag@EXAMPLE.vn", "Nu.Cong+tag@example.vn"),
            ("o'brien!#$%&*/=?^_`{|}~-@x.test", "o'brien!#$%&*/=?^_`{|}~-@x.test"), ("a@1and1.de", "a@1and1.de"),
            ("a@b.c3", "a@b.c3"),
            (
                "\(String(repeating: "a", count: 64))@\(String(repeating: "b", count: 63)).test",
                "\(String(repeating: "a", count: 64))@\(String(repeating: "b", count: 63)).test"
            ),
        ])
    func taken(_ text: String, _ wire: String) throws {
        #expect(try EmailAddress(text).ascii == wire)
    }

    @Test(
        "A domain in Unicode is sent in ASCII, and both forms can be shown",
        arguments: [
            ("thu@bücher.test", "xn--bcher-kva.test", "bücher.test"), ("thu@BÜCHER.test", "xn--bcher-kva.test", "bücher.test"),
            ("thu@bu\u{308}cher.test", "xn--bcher-kva.test", "bücher.test"),
            ("thu@xn--bcher-kva.test", "xn--bcher-kva.test", "bücher.test"),
            ("thu@giáodục.vn", "xn--giodc-yqa4094c.vn", "giáodục.vn"), ("thu@例え.test", "xn--r8jz45g.test", "例え.test"),
            ("thu@faß.de", "xn--fa-hia.de", "faß.de"),
        ])
    func international(_ text: String, _ ascii: String, _ shown: String) throws {
        let address = try EmailAddress(text)
        #expect(address.domain == ascii)
        #expect(address.shownDomain == shown)
    }

    /// Tests the samples (A), (B), (G), (I), (L) and (S) of RFC 3492, section 7.1.
    @Test(
        "Encoding and decoding Punycode reproduce the samples of RFC 3492",
        arguments: [
            ("ليهمابتكلموشعربي؟", "egbpdaj6bu4bxfgehfvwxn"), ("他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"),
            ("почемужеонинеговорятпорусски", "b1abfaaepdrnnbgefbadotcwatmq2g4l"), ("3年b組金八先生", "3b-ww4c5e180e575a65lsy2b"),
            ("tạisaohọkhôngthểchỉnóitiếngviệt", "tisaohkhngthchnitingvit-kjcr8268qyxafd2f1b9g"), ("-> $1.00 <-", "-> $1.00 <--"),
        ])
    func punycode(_ text: String, _ code: String) {
        #expect(Punycode.encode(Array(text.unicodeScalars)) == code)
        #expect(Punycode.decode(Array(code.utf8)) == Array(text.unicodeScalars))
    }

    @Test("Labels that are too long, invalid Punycode and other invalid values are refused")
    func noPunycode() throws {
        let long = String(repeating: "ế", count: 60)
        #expect(Punycode.encode(Array(String(repeating: "ế", count: 64).unicodeScalars)) == nil)
        #expect(Punycode.encode(Array(long.unicodeScalars)) == nil)
        #expect(Punycode.decode(Array(repeating: UInt8(ascii: "a"), count: 60)) == nil)
        #expect(Punycode.decode(Array("99999999999999".utf8)) == nil)
        #expect(Punycode.decode(Array("99999999".utf8)) == nil)
        #expect(throws: AddressRefusal.self) { try EmailAddress("a@\(long).vn") }
        #expect(throws: SettingRefusal.self) { try SMTPServer(host: "mail.example.vn", port: 0, security: .off) }
        #expect(throws: SettingRefusal.self) { try WebhookURL("http://[::1]x/") }
        for value in ["ế", String(repeating: "x", count: 991), "a\r\nb"] {
            #expect(throws: RenderFailure.self) { try HeaderEncoder.field("X-Test", raw: value) }
        }
        #expect(throws: UnixSocketCall.Failure.self) {
            try UnixSocketCall.perform(socket: "/nonexistent/socket", target: "/", patience: .seconds(1)) { _ in true }
        }
    }

    @Test("A refusal over the control socket is reported with the text and status of the response")
    func refusedOverSocket() async throws {
        let folder = try TemporaryFolder()
        let script = """
            import socket, sys
            server = socket.socket(socket.AF_UNIX)
            server.bind(sys.argv[1])
            server.listen()
            print("ready", flush=True)
            for words in (b"busy", b""):
                client = server.accept()[0]
                client.recv(65536)
                client.sendall(b"HTTP/1.1 503 No\\r\\nContent-Length: %d\\r\\nConnection: close\\r\\n\\r\\n%s" % (len(words), words))
                client.close()
            """
        let server = try Subprocess(["/usr/bin/python3", "-c", script, folder.path("socket")])
        try await server.hasPrinted("ready")
        for words in ["busy", "HTTP 503"] {
            let failure = #expect(throws: UnixSocketCall.Failure.self) {
                try UnixSocketCall.perform(socket: folder.path("socket"), target: "/", patience: .seconds(5)) { _ in true }
            }
            #expect(failure?.description == words)
            #expect(failure?.status == 503)
        }
        try await server.finish()
    }

    @Test("The client retries a server with a full queue until the queue has room")
    func fullQueue() async throws {
        let folder = try TemporaryFolder()
        let script = """
            import socket, sys, time
            server = socket.socket(socket.AF_UNIX)
            server.bind(sys.argv[1])
            server.listen(0)
            held = socket.socket(socket.AF_UNIX)
            held.connect(sys.argv[1])
            print("ready", flush=True)
            time.sleep(0.5)
            server.accept()
            client = server.accept()[0]
            client.recv(65536)
            client.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n")
            """
        let server = try Subprocess(["/usr/bin/python3", "-c", script, folder.path("socket")])
        try await server.hasPrinted("ready")
        try UnixSocketCall.perform(socket: folder.path("socket"), target: "/", patience: .seconds(5)) { _ in true }
        try await server.finish()
    }

    @Test("Decoding reverses the Punycode encoder, and no bytes make the decoder trap")
    func punycodeRoundTrip() {
        var random = RandomSource(seed: 7)
        for _ in 0..<2_000 {
            let scalars = (0..<Int.random(in: 1...12, using: &random)).compactMap { _ in
                UnicodeScalar(UInt32.random(in: 0x21...0x1FFFF, using: &random))
            }
            if let code = Punycode.encode(scalars) { #expect(Punycode.decode(Array(code.utf8)) == scalars) }
            _ = Punycode.decode(
                (0..<Int.random(in: 0...59, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) })
        }
    }

    @Test("The full grammar accepts every plain address and leaves it unchanged", arguments: 0..<20 as Range<UInt64>)
    func plain(seed: UInt64) {
        var random = RandomSource(seed: seed)
        let usual = Array(repeating: ["a", "bc", "vn", "x1", "b.c", "a-b"], count: 6).flatMap { $0 }
        let pieces = usual + ["0", ".", "-", "Z", "1.2", "@", "xn--", "0x1", "+", " ", "\"", "é", "\r", "\u{0}"]
        let long = String(repeating: "a", count: 63)
        var count = 0
        for _ in 0..<3_000 {
            func some() -> String {
                (0..<Int.random(in: 0...5, using: &random)).map { _ in pieces.randomElement(using: &random)! }.joined()
            }
            var text = "\(some())@\(some()).\(some())"
            if Int.random(in: 0..<20, using: &random) == 0 { text += "." + long + "." + long + "." + long }
            guard text.utf8.withContiguousStorageIfAvailable(EmailAddress.isPlain) == true else { continue }
            count += 1
            guard let read = try? EmailAddress(checking: text), let short = try? EmailAddress(text) else {
                Issue.record("\(text.debugDescription) is taken for a plain address")
                continue
            }
            #expect(read == short && read.ascii == text && read.shown == text && !read.isMixedScript)
        }
        #expect(count > 20)
        #expect("nguyen.thi-an+2@so-gd.hanoi.vn".utf8.withContiguousStorageIfAvailable(EmailAddress.isPlain) == true)
    }

    @Test("A domain that mixes Latin with Cyrillic letters is recognised")
    func mixedScript() throws {
        #expect(try EmailAddress("a@pаypal.test").isMixedScript)
        #expect(try !EmailAddress("a@giáodục.vn").isMixedScript)
    }

    @Test("A mailbox is an address with or without a name, in each form that a name can have")
    func mailbox() throws {
        let plain = try Mailbox("cd@example.vn")
        #expect(plain.name.isEmpty && plain.address.ascii == "cd@example.vn")
        let named = try Mailbox("Công đoàn ngành Giáo dục <cd@example.vn>")
        #expect(named.name == "Công đoàn ngành Giáo dục" && named.address.ascii == "cd@example.vn")
        #expect(try Mailbox("\"Công đoàn, ngành\" <cd@example.vn>").name == "Công đoàn, ngành")
        #expect(try Mailbox("\"A \\\"B\\\" C\" <a@b.vn>").name == "A \"B\" C", "quoted pairs (finding 28)")
        #expect(try Mailbox("\"A \\\\ B\" <a@b.vn>").name == "A \\ B")
        #expect(throws: AddressRefusal.self) { _ = try Mailbox("Công đoàn <cd@example.vn>\r\nBcc: x@y.test") }
        #expect(throws: AddressRefusal.self) { _ = try Mailbox("Công đoàn <>") }
    }
}
