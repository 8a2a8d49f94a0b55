import Scheduler
import Testing

@testable import Messages
@testable import Notifiers

/// Tests templates, which are mustache limited to variables, sections and comments.
@Suite("Templates")
struct TemplateTests {
    private static let values: TemplateValues = {
        var values = TemplateValues()
        values[.title] = .text("T & 'x' <b>\"")
        values[.note] = .text("one\ntwo")
        values[.noteLines] = .list(["one", "two <"])
        values[.late] = .condition(true)
        values[.moved] = .condition(false)
        return values
    }()

    private static func rendered(_ text: String, isHTML: Bool = false, limit: Int = .max) -> String? {
        Template(text, isHTML: isHTML)?.render(values, limit: limit).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(
        "Variables, sections, lists and comments are rendered",
        arguments: [
            ("{{title}}|{{ title }}|{{{title}}}|{{&title}}|{{cite}}", "T & 'x' <b>\"|T & 'x' <b>\"|T & 'x' <b>\"|T & 'x' <b>\"|"),
            ("{{#late}}a{{/late}}{{^late}}b{{/late}}{{#moved}}c{{/moved}}{{^moved}}d{{/moved}}", "ad"),
            ("{{#cite}}a{{/cite}}{{^cite}}b{{/cite}}{{#note}}{{note}}{{.}}{{/note}}", "bone\ntwoone\ntwo"),
            (
                "{{#note_lines}}[{{.}}{{#late}}{{.}}{{/late}}{{title}}]{{/note_lines}}",
                "[oneoneT & 'x' <b>\"][two <two <T & 'x' <b>\"]"
            ),
            (
                "{{#note_lines}}{{#title}}{{.}}{{/title}},{{/note_lines}}{{^note_lines}}x{{/note_lines}}",
                "T & 'x' <b>\",T & 'x' <b>\","
            ),
            ("a{{! nothing of this }}b {{!\nnor this }}c", "ab c"), ("{ {title}} {", "{ {title}} {"), ("", ""),
        ])
    func kinds(text: String, expected: String) {
        #expect(Self.rendered(text) == expected)
    }

    @Test(
        "A section's tag or a comment alone on its line removes the line",
        arguments: [
            ("a\n{{#late}}\nb\n{{/late}}\nc", "a\nb\nc"), ("a\n  {{#late}}  \n b\n\t{{/late}}\nc", "a\n b\nc"),
            ("{{#late}}\na\n{{/late}}\n", "a\n"), ("a\n{{!x}}\nb", "a\nb"), ("a\n {{!x}} b\nc", "a\n  b\nc"),
            ("a\r\n{{#late}}\r\nb\r\n{{/late}}\r\nc", "a\r\nb\r\nc"), ("a\n{{/late}}", nil), ("{{#late}}\na\n  {{/late}}", "a\n"),
            ("a {{#late}}\nb\n{{/late}} c", "a \nb\n c"), ("{{#late}}{{/late}}\na", "\na"),
            ("  {{title}}\n", "  T & 'x' <b>\"\n"),
        ])
    func alone(text: String, expected: String?) {
        #expect(Self.rendered(text) == expected)
    }

    @Test("In HTML every value is escaped, even before a combining mark; the template's own text is not")
    func escaped() {
        #expect(
            Self.rendered("<p>{{title}}{{#note_lines}}{{.}}{{/note_lines}}", isHTML: true)
                == "<p>T &amp; &#39;x&#39; &lt;b&gt;&quot;onetwo &lt;")
        var values = TemplateValues()
        values[.title] = .text("<\u{301}script>")
        let html = Template("{{title}}", isHTML: true)?.render(values, limit: .max)
        #expect(html == Array("&lt;\u{301}script&gt;".utf8))
    }

    @Test(
        "Incomplete tags, unknown names and unsupported tags make no template",
        arguments: [
            "{{", "{{title", "{{#late}}", "{{#late}}{{/moved}}", "{{/late}}", "{{tilte}}", "{{}}", "{{{title}}", "{{>x}}",
        ])
    func broken(text: String) {
        #expect(Self.rendered(text) == nil)
    }

    @Test("Sections may be nested up to the depth limit of TemplateCheck, and not deeper")
    func depth() {
        func nested(_ depth: Int) -> String {
            String(repeating: "{{#late}}", count: depth) + "x" + String(repeating: "{{/late}}", count: depth)
        }
        #expect(Self.rendered(nested(TemplateCheck.depthLimit)) == "x")
        #expect(Self.rendered(nested(TemplateCheck.depthLimit + 1)) == nil)
    }

    @Test("Rendering stops at the limit, and the built-in text replaces a user's text that is too long")
    func tooLong() {
        #expect(Self.rendered("{{note}}{{note}}", limit: 14) == "one\ntwoone\ntwo")
        #expect(Self.rendered("{{note}}{{note}}", limit: 13) == nil)
        let lines = Fixture.with { $0.note = String(repeating: "a\n", count: 2_000) }
        for part in ["vi/subject", "vi/text"] {
            let (wording, problems) = Wording.reading([
                part: "{{#note_lines}}\(String(repeating: "x", count: 200)){{/note_lines}}"
            ])
            #expect(problems.isEmpty)
            let rendering = wording.render(lines.message())
            let tooMuch = RenderFailure("the templates of vi come to more than 256 kB with this message")
            #expect(rendering.failure == tooMuch, "\(part)")
            #expect(rendering.text == Wording().render(lines.message()).text)
        }
    }
}
