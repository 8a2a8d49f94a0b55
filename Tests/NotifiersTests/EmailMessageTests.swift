import Dates
import Foundation
import Randomness
import Scheduler
import Support
import Testing

@testable import Messages
@testable import Notifiers
@testable import Transport

struct EmailMessageTests {
    static func channel(
        from: String = "Công đoàn ngành Giáo dục <cd@example.vn>", attachesCalendar: Bool = true
    ) throws -> EmailChannel {
        EmailChannel(
            name: "mail",
            settings: EmailSettings(
                server: try SMTPServer(host: "localhost", port: 25, security: .off), from: try Mailbox(from),
                replyTo: try Mailbox("vanphong@example.vn"), attachesCalendar: attachesCalendar), wording: Wording())
    }

    static func lines(_ bytes: [UInt8]) -> [String] {
        String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n").split(
            separator: "\n", omittingEmptySubsequences: false
        )
        .map(String.init)
    }

    /// Checks the rules that every mail must follow.
    ///
    /// All bytes are ASCII, and line ends are CR LF. Lines that can be folded have at most 78
    /// characters, and encoded-words have at most 75 characters.
    static func expectWellFormed(_ bytes: [UInt8]) {
        #expect(bytes.allSatisfy { $0 < 0x80 })
        for (index, byte) in bytes.enumerated() {
            if byte == 10 { #expect(index > 0 && bytes[index - 1] == 13) }
            if byte == 13 { #expect(index + 1 < bytes.count && bytes[index + 1] == 10) }
        }
        for line in lines(bytes) {
            let canFold = line.dropFirst().contains(" ")
            #expect(line.utf8.count <= (canFold ? 78 : 998), "\(line)")
            #expect(!line.hasPrefix("."))
            for word in line.split(separator: " ") where word.hasPrefix("=?") { #expect(word.utf8.count <= 75, "\(word)") }
        }
    }

    static let titles = [
        "Phòng, chống đuối nước trẻ em",
        "Tháng hành động vì bình đẳng giới và phòng ngừa, ứng phó với bạo lực trên cơ sở giới năm 2027: “Chung tay xây dựng xã hội an toàn, bảo đảm bình đẳng giới và trao quyền cho phụ nữ, trẻ em gái”",
        "Plain", "with, comma; \"quotes\" (and) <angles>", "=?UTF-8?B?bm8=?= is text here", "a=?b", "ends with space ",
        String(repeating: "dài", count: 66), String(repeating: "x", count: 200), "Ngày Quốc tế Hạnh phúc 20/3",
        "Tết Trung thu 🥮🏮 👨‍👩‍👧‍👦 gia đình", "Ế\u{323} ơ\u{301}\u{302}", "trộn lẫn English và tiếng Việt — “ngoặc”", "{{title}} {{#x}}",
    ]

    @Test("Three mail parsers decode the Vietnamese subject, text and HTML that were encoded", arguments: titles)
    func readers(_ title: String) async throws {
        try await Self.expectReadable(Fixture.with { $0.title = title }.message())
    }

    @Test("Three mail parsers decode every kind of message", arguments: PictureTests.pages.map(\.name))
    func kinds(_ name: String) async throws {
        let page = try #require(PictureTests.pages.first { $0.name == name })
        try await Self.expectReadable(Fixture.with(page.change).message())
    }

    private static func expectReadable(_ message: Message) async throws {
        let channel = try Self.channel()
        let bytes = try channel.preview(message)
        Self.expectWellFormed(bytes)
        let rendered = Wording().render(message)
        for reader in MailReader.allCases {
            let mail = try await reader.read(bytes)
            #expect(mail.subject == rendered.subject.precomposedStringWithCanonicalMapping, "\(reader)")
            #expect(
                mail.text?.trimmingCharacters(in: .newlines)
                    == rendered.text.precomposedStringWithCanonicalMapping.trimmingCharacters(in: .newlines))
            #expect(
                mail.html?.trimmingCharacters(in: .newlines)
                    == rendered.html.precomposedStringWithCanonicalMapping.trimmingCharacters(in: .newlines))
        }
    }

    @Test("Python's parser decodes random Unicode titles and names without a defect")
    func randomUnicode() async throws {
        var random = RandomSource(seed: 2_027)
        let channel = try Self.channel()
        var messages: [Message] = []
        for _ in 0..<300 {
            let title = Self.randomText(1...200, &random)
            let name = Self.randomText(1...80, &random)
            let fixture = Fixture.with {
                $0.title = title
                $0.recipient = Recipient(id: "r", name: name, email: "r@example.vn", language: nil, via: [], otherwise: [])
            }
            messages.append(fixture.message())
        }
        let bytes = try messages.map { try channel.preview($0) }
        for mail in bytes { Self.expectWellFormed(mail) }
        let wording = Wording()
        for (mail, message) in zip(try await PythonMail.readAll(bytes), messages) {
            #expect(mail.subject == wording.render(message).subject.precomposedStringWithCanonicalMapping)
            #expect(mail.to.first == [message.recipient.name.precomposedStringWithCanonicalMapping, "r@example.vn"])
            #expect(mail.defects.isEmpty)
        }
    }

    /// Returns a random string of letters, marks and symbols of many scripts, with single spaces.
    static func randomText(_ length: ClosedRange<Int>, _ random: inout RandomSource) -> String {
        let ranges: [ClosedRange<UInt32>] = [
            0x41...0x7A, 0xC0...0x17F, 0x1EA0...0x1EF9, 0x300...0x323, 0x4E00...0x4E80, 0x5D0...0x5EA, 0x1F300...0x1F5FF,
            0x21...0x2F,
        ]
        var scalars = String.UnicodeScalarView()
        scalars.append("Đ")
        for _ in 0..<Int.random(in: length, using: &random) {
            if Int.random(in: 0..<8, using: &random) == 0, scalars.last != " " { scalars.append(" ") }
            let range = ranges[Int.random(in: 0..<ranges.count, using: &random)]
            if let scalar = UnicodeScalar(UInt32.random(in: range, using: &random)) { scalars.append(scalar) }
        }
        scalars.append("ỹ")
        return String(scalars)
    }

    @Test("A display name makes no line longer than RFC 2047 allows, even with a long first word (finding 29)")
    func displayNames() throws {
        for count in 1...70 {
            for word in [
                String(repeating: "ộ", count: count), "Sở " + String(repeating: "ộ", count: count),
                "Công đoàn ngành Giáo dục và Đào tạo",
            ] {
                let mailbox = Mailbox(name: word, address: try EmailAddress("vanphong.congdoannganh@example.vn"))
                for field in ["From", "Reply-To", "To", "X-A-Long-Name-Of-A-Header-Field"] {
                    let lines = try HeaderEncoder.field(field, mailbox: mailbox).split(separator: "\r\n")
                    for line in lines {
                        #expect(line.utf8.count <= HeaderEncoder.encodedLineLimit, "\(line)")
                        #expect(line.contains { $0 != " " && $0 != ":" })
                    }
                }
            }
        }
    }

    @Test("A mail has the headers of the contract")
    func headers() async throws {
        let channel = try Self.channel()
        let message = Fixture.with { $0.at = "2027-03-02" }.message()
        let mail = try await PythonMail.read(try channel.preview(message))
        let id = message.delivery.text
        #expect(mail.header("Message-ID") == "<\(id)@example.vn>")
        #expect(mail.header("References")?.hasPrefix("<thread-") == true)
        #expect(mail.header("References")?.hasSuffix("@example.vn>") == true)
        #expect(mail.header("Date") == "Tue, 02 Mar 2027 08:00:00 +0700")
        #expect(mail.header("Auto-Submitted") == "auto-generated")
        #expect(mail.header("X-Auto-Response-Suppress") == "OOF, AutoReply, RN, NRN, DR")
        #expect(mail.header("List-Id") == "<quang-ninh-transport.remindd.example.vn>")
        #expect(mail.header("MIME-Version") == "1.0")
        #expect(mail.header("Reply-To") == "vanphong@example.vn")
        #expect(mail.header("X-Remindd-Rehearsal") == nil)
        #expect(mail.from == [["Công đoàn ngành Giáo dục", "cd@example.vn"]])
        #expect(mail.to == [["Ban Nữ công", "nucong@example.vn"]])
        #expect(mail.contentType == "multipart/mixed")
        #expect(mail.defects.isEmpty)
    }

    @Test("A retry differs only in its date, and a thread root belongs to one occurrence")
    func stable() throws {
        let channel = try Self.channel()
        let notice = Fixture.Case().notice
        let first = Self.lines(try channel.preview(Fixture.with { $0.clock = "08:00" }.message(notice)))
        let second = Self.lines(try channel.preview(Fixture.with { $0.clock = "08:05" }.message(notice)))
        #expect(zip(first, second).filter { $0 != $1 }.map(\.0) == ["Date: Tue, 02 Mar 2027 08:00:00 +0700"])
        let key = notice.reminder.occurrenceKey
        #expect(EmailChannel.thread(key) == EmailChannel.thread(key))
        #expect(
            EmailChannel.thread(key)
                != EmailChannel.thread(OccurrenceKey(plan: key.plan, campaign: key.campaign, occurrence: "2028")))
    }

    @Test("A rehearsal is marked in a header and in the first line of the text, but not in the subject")
    func rehearsal() async throws {
        let channel = try Self.channel()
        let message = Fixture.with { $0.rehearsal = true }.message()
        let mail = try await PythonMail.read(try channel.preview(message))
        #expect(mail.header("X-Remindd-Rehearsal") == "yes")
        #expect(mail.text?.hasPrefix("DIỄN TẬP") == true)
        #expect(mail.subject?.hasPrefix("[Nhắc việc]") == true)
        #expect(mail.html?.contains("DIỄN TẬP") == true)
    }

    @Test(
        "A value with a line end or a control character is not written into a header",
        arguments: ["\r\n", "\n", "\r", "\0", "\u{85}", "\u{7F}"])
    func injection(_ end: String) throws {
        let evil = "a\(end)Bcc: victim@example.test"
        #expect(throws: RenderFailure.self) { _ = try HeaderEncoder.field("Subject", text: evil) }
        #expect(throws: RenderFailure.self) { _ = try HeaderEncoder.field("Message-ID", raw: evil) }
        #expect(
            !Mailbox(name: evil, address: Fixture.address("a@b.test")).name.unicodeScalars.contains {
                $0.properties.generalCategory == .control
            })
        let channel = try Self.channel()
        let bytes = try channel.preview(
            Fixture.with {
                $0.title = evil
                $0.recipient = Recipient(id: "r", name: evil, email: "r@example.vn", language: nil, via: [], otherwise: [])
            }.message())
        #expect(!Self.lines(bytes).contains { $0.lowercased().hasPrefix("bcc:") })
        Self.expectWellFormed(bytes)
    }

    @Test("A recipient without a valid address gets no mail, and the receipt gives the reason")
    func badRecipient() async throws {
        let channel = try Self.channel()
        let receipts = Collected<Receipt>()
        for email in [nil, "a@b>\r\nRCPT TO:<v@w.test"] {
            let fixture = Fixture.with {
                $0.recipient = Recipient(id: "r", name: "R", email: email, language: nil, via: [], otherwise: [])
            }
            channel.deliver(fixture.message()) { receipts.add($0) }
        }
        for receipt in try await receipts.first(2) {
            #expect(receipt.outcome == .notSent && receipt.about == .recipient)
            #expect(!receipt.reply.contains("RCPT"))
        }
        channel.stop(grace: .zero)
    }

    @Test("A Unicode domain appears in the headers in ASCII")
    func internationalSender() async throws {
        let channel = try Self.channel(from: "Thư <thu@bücher.test>")
        let mail = try await PythonMail.read(try channel.preview(Fixture.Case().message()))
        #expect(mail.from == [["Thư", "thu@xn--bcher-kva.test"]])
        #expect(mail.header("Message-ID")?.hasSuffix("@xn--bcher-kva.test>") == true)
    }

    @Test(
        "All line ends of a body become CR LF",
        arguments: [("a\nb", "a\r\nb"), ("a\r\nb", "a\r\nb"), ("a\rb", "a\r\nb"), ("a\r", "a\r\n"), ("a\n\r\n", "a\r\n\r\n")])
    func lineEnds(_ body: String, _ expected: String) {
        #expect(String(decoding: EmailMessage.canonical(body), as: UTF8.self) == expected)
    }

    @Test("Dates just after midnight and in UTC are written as RFC 5322 requires")
    func dates() {
        #expect(EmailMessage.date(Fixture.instant("2027-04-01", "00:05"), in: Fixture.zone) == "Thu, 01 Apr 2027 00:05:00 +0700")
        #expect(EmailMessage.date(Instant(seconds: 0), in: .utc) == "Thu, 01 Jan 1970 00:00:00 +0000")
    }
}
