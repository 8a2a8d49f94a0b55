import Dates
import Foundation
import Plans
import Scheduler
import Testing

@testable import Messages
@testable import Notifiers
@testable import Transport

struct WebhookTests {
    @Test("A signature equals that of the Standard Webhooks reference implementations")
    func signatureVector() throws {
        let secret = try WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        let signature = secret.signature(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: Array(#"{"test": 2432232314}"#.utf8))
        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test(
        "An invalid secret is refused, and the message does not contain it",
        arguments: [
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_%%%", "whsec_c2hvcnQ=",
            "whsec_" + String(repeating: "QUFB", count: 30),
        ])
    func badSecrets(_ text: String) {
        do {
            let secret = try WebhookSecret(text)
            Issue.record("\(secret) was taken")
        } catch {
            #expect(!error.description.contains(text.dropFirst(6)) || text.count < 8)
        }
    }

    @Test("Descriptions and dumps do not contain a secret")
    func secretIsSilent() throws {
        let secret = try WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        var dumped = ""
        dump(secret, to: &dumped)
        #expect("\(secret) \(dumped)".contains("MfKQ") == false)
        #expect("\(secret)" == "(secret)")
    }

    struct Body: Decodable {
        struct Data: Decodable {
            struct Source: Decodable {
                let number: String?
                let date: String?
                let issuer: String?
            }

            let delivery, plan, campaign, title, occurrence, start, end, lead, anchor, due, recipient, subject, text: String
            let late: Bool
            let source: Source?
            let cite: String?
            let tags: [String]
        }

        let type, timestamp: String
        let data: Data
    }

    @Test(
        "The type names the kind of message, so that a program need not read the texts (finding 19)",
        arguments: [
            (ReminderContent.Kind.reminder, "reminder.due"), (.moved, "reminder.moved"), (.gone, "reminder.cancelled"),
            (.test, "test"),
        ])
    func types(kind: ReminderContent.Kind, type: String) throws {
        #expect(try Self.body(Fixture.with { $0.kind = kind }).decoded.type == type)
    }

    @Test(
        "Only a moved occurrence has its old dates, null if they are not known (finding 19)"
    )
    func oldDays() throws {
        let old = Fixture.day("2027-03-25")...Fixture.day("2027-04-24")
        for (kind, formerDates, expected) in [
            (ReminderContent.Kind.moved, old, #""end":"2027-04-30","old_start":"2027-03-25","old_end":"2027-04-24","lead""#),
            (.moved, nil, #""end":"2027-04-30","old_start":null,"old_end":null,"lead""#),
            (.gone, old, #""end":"2027-04-30","lead""#),
            (.reminder, nil, #""end":"2027-04-30","lead""#),
        ] {
            let fixture = Fixture.with {
                $0.kind = kind
                $0.formerDates = formerDates
            }
            let text = String(decoding: try Self.body(fixture).bytes, as: UTF8.self)
            #expect(text.contains(expected), "\(text)")
        }
    }

    @Test("A message has the time, the place, the owner, the link and the lead's own words if the plan has them")
    func details() throws {
        let fixture = Fixture.with {
            $0.time = EventTime(stored: "14:00-16:30")
            $0.details = EventDetails(place: "Hội trường A", owner: "lan", link: "https://example.vn/ke-hoach")
            $0.owner = "Nguyễn Thị Lan"
            $0.lead = Lead(
                id: "l", rule: .onTheDay, at: TimeOfDay("08:00")!, notify: [], say: "Gửi báo cáo")
        }
        let text = String(decoding: try Self.body(fixture).bytes, as: UTF8.self)
        #expect(text.contains(#""end":"2027-04-30","time":"14:00 - 16:30","lead""#))
        let details =
            #""place":"Hội trường A","owner":"Nguyễn Thị Lan","link":"https://example.vn/ke-hoach","say":"Gửi báo cáo"}}"#
        #expect(text.hasSuffix(details), "\(text)")
    }

    @Test("A moved occurrence has its old time, null if it had none")
    func oldTime() throws {
        for (old, new, expected) in [
            ("08:00", "14:00", #""old_time":"08:00","lead""#), (nil, "14:00", #""old_time":null,"lead""#),
            ("08:00", nil, #""old_time":"08:00","lead""#),
        ] {
            let fixture = Fixture.with {
                $0.kind = .moved
                ($0.time, $0.formerTime) = (new.flatMap { EventTime(stored: $0) }, old.flatMap { EventTime(stored: $0) })
            }
            let text = String(decoding: try Self.body(fixture).bytes, as: UTF8.self)
            #expect(text.contains(expected), "\(text)")
        }
    }

    static func body(_ fixture: Fixture.Case) throws -> (bytes: [UInt8], decoded: Body) {
        let message = fixture.message()
        let draft = Wording().draft(of: message)
        let bytes = WebhookBody(message, draft).bytes(message)
        return (bytes, try JSONDecoder().decode(Body.self, from: Data(bytes)))
    }

    @Test("The body has the fields of the contract in their order")
    func fields() throws {
        let (bytes, body) = try Self.body(Fixture.Case())
        #expect(body.type == "reminder.due" && body.timestamp == "2027-03-02T08:00:00+07:00")
        #expect(body.data.delivery.count == 26)
        #expect(body.data.plan == "quang-ninh-transport" && body.data.campaign == "drowning-prevention")
        #expect(body.data.start == "2027-04-01" && body.data.end == "2027-04-30" && body.data.anchor == "2027-04-01")
        #expect(body.data.due == "2027-03-02T08:00:00+07:00" && body.data.late == false)
        #expect(body.data.recipient == "women-committee" && body.data.tags == ["children"])
        #expect(body.data.subject == "[Nhắc việc] Còn 30 ngày (01/04): Phòng, chống đuối nước trẻ em")
        #expect(body.data.source?.number == "240/LĐTBXH-TE&BĐG" && body.data.source?.date == "2024-01-24")
        let text = String(decoding: bytes, as: UTF8.self)
        let keys = [
            "type", "timestamp", "data", "delivery", "plan", "campaign", "title", "occurrence", "start", "end", "lead", "anchor",
            "due",
            "late", "recipient", "subject", "text", "source", "cite", "tags",
        ]
        let places = keys.compactMap { text.range(of: "\"\($0)\":")?.lowerBound }
        #expect(places.count == keys.count && places == places.sorted())
    }

    @Test("Values that the plan does not have are null, and a test message has its own type")
    func absent() throws {
        let (bytes, body) = try Self.body(
            Fixture.with {
                ($0.source, $0.cite, $0.tags, $0.kind) = (Plan.Source(), nil, [], .test)
            })
        #expect(body.data.source == nil && body.data.cite == nil && body.data.tags.isEmpty && body.type == "test")
        #expect(String(decoding: bytes, as: UTF8.self).hasSuffix(#""source":null,"cite":null,"tags":[]}}"#))
    }

    @Test("Any text makes valid JSON and decodes to the same text")
    func escapes() throws {
        let evil = "\"\\/\u{8}\u{c}\t\u{0}\u{1f}\u{7f}\u{2028}😀 ế \u{FFFF}\n</script>"
        let (_, body) = try Self.body(Fixture.with { ($0.title, $0.cite, $0.tags) = (evil, evil, [evil, ""]) })
        #expect(body.data.title == evil && body.data.cite == evil && body.data.tags == [evil, ""])
    }

    @Test(
        "To stay under 20 kB the text is cut after a whole character, then the cited sentence",
        arguments: ["ế", "\"", "👨‍👩‍👧‍👦", "x\t", "\u{1}"])
    func limit(_ unit: String) throws {
        func repeated(_ bytes: Int) -> String { String(repeating: unit, count: bytes / unit.utf8.count) }
        let (bytes, body) = try Self.body(Fixture.with { ($0.note, $0.cite) = (repeated(40_000) + "y", repeated(2_000)) })
        #expect(bytes.count < 20_000 && bytes.count > 19_900 || unit == "\u{1}")
        // The text ends with a whole character of the unit.
        #expect(unit.contains { body.data.text.hasSuffix("\($0)…") } || unit == "\u{1}")
        #expect(body.data.cite == repeated(2_000))
        let (small, cut) = try Self.body(Fixture.with { $0.cite = repeated(40_000) })
        #expect(small.count < 20_000 && cut.data.text.isEmpty && unit.contains { cut.data.cite?.hasSuffix("\($0)…") == true })
    }

    @Test("A preview shows the request without the signature and without a secret URL")
    func preview() throws {
        let url = try WebhookURL("https://hub.example.vn/services/s3cret?x=1")
        for isSecret in [false, true] {
            let transfers = HTTPTransfers()
            let channel = WebhookChannel(
                name: "hub",
                settings: WebhookSettings(
                    url: url, urlIsSecret: isSecret, secrets: [try WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")],
                    version: "1.2.3"), wording: Wording(), transfers: transfers)
            let text = String(decoding: try channel.preview(Fixture.with { $0.rehearsal = true }.message()), as: UTF8.self)
            #expect(text.contains("user-agent: remindd/1.2.3\r\n") && text.contains("webhook-timestamp: 1803949200\r\n"))
            #expect(text.contains("webhook-id: rehearsal-") && text.contains("x-remindd-rehearsal: yes\r\n"))
            #expect(!text.contains("v1,"))
            #expect(text.contains("s3cret") == !isSecret)
            transfers.stop(grace: .zero)
        }
    }

    @Test(
        "A URL that libcurl could read differently is refused",
        arguments: [
            "file:///etc/passwd", "gopher://x.test/", "ftp://x.test/", "dict://x.test/", "ldap://x.test/", "x.test/hook", "",
            "https://", "https:///path", "https://x.test/a b", "https://x.test/\ta", "https://x.test/\r\nHost: y",
            "https://x.test/#f", "https://user:word@x.test/", "https://x.test:0/", "https://x.test:65536/", "https://x.test:+1/",
            "https://[fe80::1%25eth0]/", "https://[::1/", "https://[127.0.0.1]/", "https://127.1/", "https://2130706433/",
            "https://0177.0.0.1/", "https://x..test/", "https://x.test/\u{e9}",
            "https://x.test/" + String(repeating: "a", count: 2_048),
            "https://x.test\\@y.test/",
        ])
    func badURLs(_ text: String) {
        #expect(throws: SettingRefusal.self) { _ = try WebhookURL(text) }
    }

    @Test("A URL is parsed into host, port and path")
    func goodURLs() throws {
        let plain = try WebhookURL("https://Hub.Example.vn/remind?x=%20")
        #expect(plain.host == "hub.example.vn" && plain.port == 443 && plain.path == "/remind?x=%20" && plain.isEncrypted)
        let local = try WebhookURL("http://127.0.0.1:8081")
        #expect(local.isLoopback && local.port == 8_081 && local.path == "/" && !local.isEncrypted)
        #expect(try WebhookURL("http://[::1]:8081/").isLoopback)
        #expect(try WebhookURL("http://localhost/").isLoopback)
        #expect(try !WebhookURL("http://localhost.example.vn/").isLoopback)
        #expect(try WebhookURL("https://10.1.2.3/").address == IPAddress("10.1.2.3"))
    }

    @Test(
        "Closed addresses need allow_networks, and metadata addresses are never allowed",
        arguments: [
            ("127.0.0.1", true, true), ("::1", true, true), ("::ffff:127.0.0.1", true, true), ("64:ff9b::7f00:1", true, true),
            ("10.0.0.1", true, true), ("172.31.255.255", true, true), ("192.168.0.1", true, true), ("fc00::1", true, true),
            ("fd12::1", true, true), ("0.0.0.0", true, false), ("100.64.0.1", true, true), ("192.0.0.8", true, true),
            ("198.19.0.1", true, true), ("224.0.0.1", true, false), ("240.0.0.1", true, false), ("255.255.255.255", true, false),
            ("169.254.169.254", true, false), ("fe80::1", true, false), ("fd00:ec2::254", true, false),
            ("::ffff:169.254.169.254", true, false), ("8.8.8.8", false, true), ("172.32.0.1", false, true),
            ("100.128.0.1", false, true), ("2606:4700::1111", false, true), ("203.162.0.1", false, true),
        ])
    func destinations(_ text: String, _ isClosed: Bool, _ canBeAllowed: Bool) throws {
        let address = try #require(IPAddress(text))
        let everything = ["0.0.0.0/0", "::/0"].compactMap(Network.init)
        #expect(AddressPolicy.allow(address, networks: []) == !isClosed)
        #expect(AddressPolicy.allow(address, networks: everything) == canBeAllowed)
    }

    @Test("A network is written as its first address and its prefix length")
    func networks() throws {
        let network = try #require(Network("127.0.0.0/8"))
        #expect(try network.contains(#require(IPAddress("127.255.0.1"))))
        #expect(try !network.contains(#require(IPAddress("128.0.0.1"))))
        #expect(try !network.contains(#require(IPAddress("::2"))))
        #expect(network.description == "127.0.0.0/8")
        for bad in ["127.0.0.1/8", "127.0.0.0/33", "127/8", "::1/129", "x", "", "10.0.0.0/", "10.0.0.0/8/8", "10.0.0.0/-1"] {
            #expect(Network(bad) == nil, "\(bad)")
        }
        #expect(Network("::1") != nil && Network("fd00::/8") != nil)
    }

    @Test("An alert gives one total of the facts that do not fit and the facts that were dropped before")
    func leftOut() throws {
        let facts = (0..<70).map { OperatorMessage.Fact(kind: "dead", text: "\($0) " + String(repeating: "x", count: 500)) }
        let bulletin = OperatorMessage(
            kind: .alert, id: "b", at: Fixture.instant("2027-03-02"), zone: Fixture.zone, language: .vi, subject: "S",
            opening: "O",
            facts: facts, leftOut: 20, closing: "C")
        let recipient = Recipient(id: "an", name: "An", email: nil, language: .vi, via: ["hub"], otherwise: [])
        let body = WebhookChannel.body(bulletin, recipient)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
        let data = try #require(object["data"] as? [String: Any])
        let shown = try #require(data["facts"] as? [Any]).count
        #expect(shown < 70 && data["left_out"] as? Int == 90 - shown)
        let text = try #require(data["text"] as? String)
        #expect(text.contains("Còn \(90 - shown) việc nữa") && text.components(separatedBy: "việc nữa").count == 2)
    }
}
