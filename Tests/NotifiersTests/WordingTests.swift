import Foundation
import Plans
import Scheduler
import Support
import Testing

@testable import Messages
@testable import Notifiers
@testable import Transport

struct WordingTests {
    struct Subject: Sendable, CustomTestStringConvertible {
        let at: String
        let start: String
        let end: String
        let vi: String
        let en: String
        var testDescription: String { "\(start) - \(end) on \(at)" }
    }

    static let rows: [Subject] = [
        Subject(
            at: "2027-03-02", start: "2027-04-01", end: "2027-04-30", vi: "Còn 30 ngày (01/04)", en: "30 days left (1 April)"),
        Subject(at: "2027-03-31", start: "2027-04-01", end: "2027-04-30", vi: "Còn 1 ngày (01/04)", en: "1 day left (1 April)"),
        Subject(
            at: "2027-04-01", start: "2027-04-01", end: "2027-04-30", vi: "Bắt đầu hôm nay, đến 30/04",
            en: "Starts today, until 30 April"),
        Subject(
            at: "2027-04-02", start: "2027-04-01", end: "2027-04-30", vi: "Đang diễn ra, còn 28 ngày (đến 30/04)",
            en: "Under way, 28 days left (until 30 April)"),
        Subject(
            at: "2027-04-29", start: "2027-04-01", end: "2027-04-30", vi: "Đang diễn ra, còn 1 ngày (đến 30/04)",
            en: "Under way, 1 day left (until 30 April)"),
        Subject(
            at: "2027-04-30", start: "2027-04-01", end: "2027-04-30", vi: "Ngày cuối (30/04)", en: "Last day (30 April)"),
        Subject(
            at: "2027-05-10", start: "2027-04-01", end: "2027-04-30", vi: "Đã kết thúc 10 ngày (30/04)",
            en: "Ended 10 days ago (30 April)"),
        Subject(at: "2027-06-28", start: "2027-06-28", end: "2027-06-28", vi: "Hôm nay", en: "Today"),
        Subject(
            at: "2027-06-29", start: "2027-06-28", end: "2027-06-28", vi: "Đã kết thúc 1 ngày (28/06)",
            en: "Ended 1 day ago (28 June)"),
        Subject(
            at: "2026-12-22", start: "2027-01-01", end: "2027-01-31", vi: "Còn 10 ngày (01/01/2027)",
            en: "10 days left (1 January 2027)"),
        Subject(
            at: "2026-12-15", start: "2026-12-15", end: "2027-01-15", vi: "Bắt đầu hôm nay, đến 15/01/2027",
            en: "Starts today, until 15 January 2027"),
        Subject(
            at: "2027-01-02", start: "2026-12-26", end: "2026-12-26", vi: "Đã kết thúc 7 ngày (26/12/2026)",
            en: "Ended 7 days ago (26 December 2026)"),
    ]

    @Test("A user's text that renders empty is replaced by the built-in one and reported (fault 110)")
    func blank() throws {
        let (wording, problems) = Wording.reading(["vi/subject": "{{#late}}Muộn: {{title}}{{/late}}"])
        #expect(problems.isEmpty, "the template is not empty for other messages")
        let stoodIn = wording.render(Fixture.Case().message())
        let builtin = Wording().render(Fixture.Case().message())
        #expect(stoodIn.subject == builtin.subject && stoodIn.text == builtin.text && stoodIn.html == builtin.html)
        #expect(stoodIn.failure == RenderFailure("template vi/subject comes out empty"))
        #expect(builtin.failure == nil)
        let late = wording.render(Fixture.with { $0.firedLate = true }.message())
        #expect(late.subject.hasPrefix("Muộn: ") && late.failure == nil)
    }

    @Test("The subject counts days from the local date of the attempt, in both languages", arguments: rows)
    func subject(_ row: Subject) {
        for language in Language.allCases {
            let fixture = Fixture.with {
                ($0.start, $0.end, $0.due, $0.at, $0.language) = (row.start, row.end, row.at, row.at, language)
            }
            let words = language == .vi ? "[Nhắc việc] \(row.vi)" : "[Reminder] \(row.en)"
            let expected = "\(words): Phòng, chống đuối nước trẻ em"
            #expect(Wording().render(fixture.message()).subject == expected)
        }
    }

    @Test("The subjects of a late reminder, a late attempt and a test begin with their own words")
    func prefixes() {
        func prefix(_ change: @escaping (inout Fixture.Case) -> Void) -> Substring? {
            Wording().render(Fixture.with(change).message()).subject.split(separator: "] ").first
        }
        #expect(prefix { $0.firedLate = true } == "[Nhắc muộn")
        #expect(prefix { $0.at = "2027-03-03" } == "[Nhắc muộn")
        #expect(prefix { $0.clock = "23:59" } == "[Nhắc việc")
        #expect(
            prefix {
                $0.kind = .test; $0.firedLate = true
            } == "[Thử")
        #expect(
            prefix {
                $0.language = .en; $0.firedLate = true
            } == "[Late reminder")
        #expect(
            prefix {
                $0.language = .en; $0.kind = .test
            } == "[Test")
    }

    @Test("The recipient's language takes precedence over the plan's")
    func language() {
        let fixture = Fixture.with {
            $0.recipient = Recipient(id: "r", name: "R", email: "r@x.test", language: .en, via: [], otherwise: [])
        }
        #expect(Wording().render(fixture.message()).subject.hasPrefix("[Reminder]"))
    }

    @Test("The Vietnamese text is rendered word for word")
    func vietnameseText() {
        let fixture = Fixture.with {
            $0.recipient = Recipient(
                id: "lan", name: "Nguyễn Thị Lan", addresses: [.email: "lan@example.vn"], language: nil, salutation: "đồng chí",
                via: [], otherwise: [])
            $0.details = EventDetails(place: "Hội trường A", link: "https://qn.example.vn/ke-hoach")
            $0.owner = "Ban Tuyên giáo"
            $0.audience = Audience(names: ["Nguyễn Thị Lan", "Ban Nữ công"], count: 14)
        }
        #expect(
            Wording().render(fixture.message()).text == """
                Còn 30 ngày (01/04): Rà soát biển cảnh báo tại khu vực nguy cơ đuối nước.

                Kính gửi: đồng chí Nguyễn Thị Lan

                Phòng, chống đuối nước trẻ em

                Thời gian: từ thứ Năm, ngày 01/04/2027 đến thứ Sáu, ngày 30/04/2027 (30 ngày)
                Kế hoạch ghi: đầu quý 2
                Địa điểm: Hội trường A
                Phụ trách: Ban Tuyên giáo
                Liên kết: https://qn.example.vn/ke-hoach

                Việc cần làm:
                Rà soát biển cảnh báo tại khu vực nguy cơ đuối nước.
                Gọi 111 khi cần.

                Căn cứ: Công văn số 240/LĐTBXH-TE&BĐG ngày 24/01/2024 của Sở Giao thông vận tải Quảng Ninh
                “triển khai sớm các hoạt động phòng chống đuối nước ngay trong đầu quý 2”

                Nơi nhận:
                - Nguyễn Thị Lan
                - Ban Nữ công
                - và 12 nơi khác

                Lý do nhận: thuộc nhóm all-units của “Kế hoạch công tác trẻ em”.
                Liên hệ: Văn phòng Công đoàn ngành, 0229 3871 234

                """)
    }

    @Test("The English text of a late message without optional values is rendered word for word")
    func englishText() {
        let fixture = Fixture.with {
            $0.language = .en
            ($0.cite, $0.note, $0.contact, $0.groups) = (nil, nil, nil, [])
            $0.source = Plan.Source()
            $0.at = "2027-03-03"
        }
        #expect(
            Wording().render(fixture.message()).text == """
                29 days left (1 April): Phòng, chống đuối nước trẻ em

                Late: this reminder was due at 08:00, Tuesday, 2 March 2027.

                Dear Ban Nữ công,

                Phòng, chống đuối nước trẻ em

                When: from Thursday, 1 April 2027 to Friday, 30 April 2027 (30 days)
                The plan says: early Q2

                Why you get this: you are named in “Kế hoạch công tác trẻ em”.

                """)
    }

    @Test(
        "A mail address in `contact` is a link in the HTML (review of the edge, 37)",
        arguments: [
            ("Văn phòng, <vp@example.vn>, 0229 3871 234", "vp@example.vn"), ("vp@example.vn.", "vp@example.vn"),
            ("Gọi 0229 3871 234", nil), ("@vanphong trên Zalo", nil), ("a\"b@example.vn", "b@example.vn"),
        ])
    func contactLink(contact: String, address: String?) {
        let html = Wording().render(Fixture.with { $0.contact = contact }.message()).html
        let links = html.matches(of: /href="mailto:([^"]*)"/).map { String($0.1) }
        #expect(links == (address.map { [$0] } ?? []), "\(html)")
    }

    @Test("A lunar phrase shows the lunar date beside the solar date")
    func lunar() {
        let fixture = Fixture.with {
            ($0.when, $0.start, $0.end) = (Fixture.phrase("lunar 15/8"), "2027-09-15", "2027-09-15")
            ($0.due, $0.at) = ("2027-09-01", "2027-09-01")
        }
        let text = Wording().render(fixture.message()).text
        #expect(text.contains("Thời gian: thứ Tư, ngày 15/09/2027\nÂm lịch: rằm tháng Tám năm Đinh Mùi\n"))
        let window = Fixture.with {
            ($0.when, $0.start, $0.end) = (Fixture.phrase("lunar 23/12 - 7/1"), "2027-01-30", "2027-02-12")
            ($0.due, $0.at, $0.language) = ("2027-01-02", "2027-01-02", .en)
        }
        let expected = "Lunar date: 23/12, year Bính Ngọ, to 7/1, year Đinh Mùi\n"
        #expect(Wording().render(window.message()).text.contains(expected))
    }

    @Test(
        "A phrase that names no dates is shown; others are not, and neither is a rule that no phrase describes",
        arguments: [
            ("June", "2027-06-01", "2027-06-30", "tháng 6"),
            ("last day of June", "2027-06-30", "2027-06-30", "ngày cuối tháng 6"),
            ("early Q2", "2027-04-10", "2027-05-10", "đầu quý 2, riêng lần này đổi ngày"),
            ("by June", "2027-06-30", "2027-06-30", "chậm nhất ngày cuối tháng 6"),
            ("rrule FREQ=YEARLY;BYMONTH=9;BYDAY=1MO from 2026-01-01", "2027-09-06", "2027-09-06", "thứ hai đầu tiên của tháng 9"),
            ("rrule FREQ=YEARLY;BYMONTH=9;BYDAY=5MO from 2026-01-01", "2030-09-30", "2030-09-30", nil),
            ("28/6", "2027-06-28", "2027-06-28", nil), ("1/6 - 30/6", "2027-06-01", "2027-06-30", nil),
            ("2027-04-15", "2027-04-15", "2027-04-15", nil), ("lunar 15/8", "2027-09-15", "2027-09-15", nil),
        ] as [(String, String, String, String?)])
    func understood(_ phrase: String, _ start: String, _ end: String, _ expected: String?) {
        let words = Phrasebook(language: .vi)
        #expect(words.understood(Fixture.phrase(phrase), Fixture.day(start), Fixture.day(end)) == expected)
    }

    @Test("Values are not parsed as templates and cannot become HTML")
    func dataIsData() {
        let evil = "{{contact}} {{#late}} <script>alert(\"1\")</script> & 'x' {{{plan}}}"
        let fixture = Fixture.with {
            ($0.title, $0.note, $0.cite) = (evil, evil, evil)
            $0.recipient = Recipient(id: "r", name: "<b>R</b>", email: "r@x.test", language: nil, via: [], otherwise: [])
        }
        let rendering = Wording().render(fixture.message())
        #expect(rendering.subject.contains(evil))
        #expect(rendering.text.contains("\n\(evil)\n") && rendering.text.contains("<b>R</b>"))
        #expect(!rendering.html.contains("<script") && !rendering.html.contains("<b>"))
        #expect(rendering.html.contains("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39; {{{plan}}}"))
    }

    @Test("HTML follows the recipient's light or dark scheme; coloured boxes have their own text colour")
    func colorScheme() {
        for language in Language.allCases {
            let html = Wording().render(Fixture.with { $0.language = language }.message()).html
            #expect(html.contains("<meta name=\"color-scheme\" content=\"light dark\">"))
            #expect(!html.contains("background:#ffffff"))
        }
        for template in [BuiltinTemplates.vietnameseHTML, BuiltinTemplates.englishHTML] {
            let boxes = template.components(separatedBy: "background:#")
            #expect(boxes.count == 7 && boxes.dropFirst().allSatisfy { $0.dropFirst(6).hasPrefix(";color:#1a1a1a") })
            #expect(template.contains("@media (prefers-color-scheme: dark)"))
        }
    }

    @Test("The HTML names its language and loads no external resources")
    func html() {
        for language in Language.allCases {
            let html = Wording().render(Fixture.with { $0.language = language }.message()).html
            #expect(html.contains("<html lang=\"\(language.rawValue)\">"))
            for banned in ["<img", "http://", "https://", "<link", "<script", "url("] { #expect(!html.contains(banned)) }
        }
    }

    @Test("Recipients share a rendering with their own names, unless other values differ between them")
    func cache() {
        let wording = Wording()
        let notice = Fixture.Case().notice
        func text(_ name: String, _ change: (inout Fixture.Case) -> Void = { _ in }) -> String {
            var fixture = Fixture.with(change)
            fixture.recipient = Recipient(id: "r", name: name, email: nil, language: nil, via: [], otherwise: [])
            return wording.render(fixture.message(notice)).text
        }
        #expect(text("Lan").contains("Kính gửi: Lan") && text("Hồng").contains("Kính gửi: Hồng"))
        #expect(text("Lan", { $0.groups = ["b"] }).contains("nhóm b"))
        #expect(text("Lan", { $0.at = "2027-03-05" }).contains("Còn 27 ngày"))
        #expect(text("Lan", { $0.possibleDuplicate = true }).contains("hai lần"))
        for day in 1...28 {
            for group in 0..<20 {
                _ = text(
                    "x",
                    {
                        $0.at = "2027-02-\(twoDigits(day))"; $0.groups = ["g\(group)"]
                    })
            }
        }
        #expect(text("Lan").contains("Kính gửi: Lan"))
        #expect(text("\u{1}gap\u{1}").contains("Kính gửi: gap"))
    }

    @Test("The shipped template files equal the built-in templates")
    func files() throws {
        for (name, text) in Wording.builtinTexts {
            let file = PackageRoot.path("config/templates/\(name).mustache")
            #expect(try String(contentsOfFile: file, encoding: .utf8) == text, "\(file)")
        }
    }

    @Test("The built-in templates pass the check for users' templates")
    func builtinsAreClean() {
        let (_, problems) = Wording.reading(Wording.builtinTexts)
        #expect(problems.isEmpty)
    }

    @Test("A user's template replaces the built-in one")
    func overrides() {
        let (wording, problems) = Wording.reading([
            "vi/subject.mustache": "{{title}}: {{#note_lines}}[{{.}}]{{/note_lines}} {{recipient}} &\n"
        ])
        #expect(problems.isEmpty)
        let rendering = wording.render(Fixture.Case().message())
        #expect(
            rendering.subject
                == "Phòng, chống đuối nước trẻ em: [Rà soát biển cảnh báo tại khu vực nguy cơ đuối nước.][Gọi 111 khi cần.] Ban Nữ công &"
        )
        #expect(rendering.text == Wording().render(Fixture.Case().message()).text)
    }

    @Test(
        "A template with a mistake is reported with its place, and the built-in one replaces it",
        arguments: [
            ("vi/subject", "{{titel}}", "vi/subject:1:1: there is no variable titel; did you mean title?"),
            ("vi/text", "a\nb {{#note}}\nc", "vi/text:2:3: the section {{#note}} is not closed"),
            ("vi/text", "{{#note}}\n{{/cite}}", "vi/text:2:1: {{/cite}} stands where {{/note}} should"),
            ("vi/text", "{{/note}}", "vi/text:1:1: {{/note}} closes no section"),
            ("vi/text", "x {{note", "vi/text:1:3: a tag is not closed: }} is missing"),
            ("vi/html", "<p>{{{title}}}</p>", "vi/html:1:4: text in HTML is always escaped: write {{title}}"),
            ("vi/text", "{{>../../etc/passwd}}", "vi/text:1:1: {{>…}} is not supported: variables, sections and comments only"),
            ("vi/text", "{{=<% %>=}}", "vi/text:1:1: {{=…}} is not supported: variables, sections and comments only"),
            ("en/text", "{{.}}", "en/text:1:1: {{.}} stands only within a list such as {{#note_lines}}"),
            ("en/text", "{{note_lines}}", "en/text:1:1: note_lines is a list: {{#note_lines}}{{.}}{{/note_lines}}"),
            ("en/text", "{{late}}", "en/text:1:1: late is a condition: {{#late}}…{{/late}}"),
            ("en/text", "{{upper(title)}}", "en/text:1:1: there is no variable upper(title)"),
            ("en/text", "{{}}", "en/text:1:1: an empty tag {{}}"),
            (
                "fr/text", "x",
                "fr/text: no such template; there are vi/subject, vi/text, vi/html, en/subject, en/text, en/html"
            ),
        ])
    func mistakes(_ name: String, _ text: String, _ expected: String) {
        let (wording, problems) = Wording.reading([name: text])
        #expect(problems.map(\.description) == [expected])
        #expect(wording.render(Fixture.Case().message()) == Wording().render(Fixture.Case().message()))
    }
}
