import Diagnostics

/// Checks the tags of a template before `Template` parses it.
///
/// The check reports unknown variables, unclosed sections and unsupported tags, each with its line
/// and column. Of mustache(5), only variables, sections, inverted sections and comments are
/// supported.
struct TemplateCheck {
    private let template: String
    private let isHTML: Bool
    private var problems: [TemplateProblem] = []
    private var open: [(name: String, line: Int, column: Int)] = []

    /// The maximum nesting depth of sections.
    ///
    /// `Template` calls itself once for each level, and each call needs space on the stack.
    static let depthLimit = 16
    /// The maximum number of reported problems. A user rarely corrects more of them at a time.
    static let problemLimit = 100
    static func problems(in text: String, template: String) -> [TemplateProblem] {
        var check = TemplateCheck(template: template, isHTML: template.hasSuffix("html"))
        check.run(Array(text))
        return check.problems
    }

    private init(template: String, isHTML: Bool) {
        self.template = template
        self.isHTML = isHTML
    }

    private mutating func run(_ text: [Character]) {
        var line = 1
        var column = 1
        var index = 0
        while index < text.count, problems.count < Self.problemLimit {
            guard text[index] == "{", index + 1 < text.count, text[index + 1] == "{" else {
                (line, column) = text[index].isNewline ? (line + 1, 1) : (line, column + 1)
                index += 1
                continue
            }
            guard let end = Self.end(of: index, in: text) else {
                report("a tag is not closed: }} is missing", line, column)
                return
            }
            take(String(text[(index + 2)..<end.inner]), line, column)
            for character in text[index..<end.next] {
                (line, column) = character.isNewline ? (line + 1, 1) : (line, column + 1)
            }
            index = end.next
        }
        for section in open.prefix(max(0, Self.problemLimit - problems.count)) {
            report("the section {{#\(section.name)}} is not closed", section.line, section.column)
        }
    }

    /// Returns where the content of a tag ends and where the text after the tag begins.
    ///
    /// The result is nil if the tag is not closed.
    private static func end(of start: Int, in text: [Character]) -> (inner: Int, next: Int)? {
        let isTriple = start + 2 < text.count && text[start + 2] == "{"
        let braces = isTriple ? 3 : 2
        var index = start + 2
        while index + braces <= text.count {
            if text[index..<(index + braces)].allSatisfy({ $0 == "}" }) { return (index, index + braces) }
            index += 1
        }
        return nil
    }

    private mutating func take(_ tag: String, _ line: Int, _ column: Int) {
        guard let mark = tag.first else { return report("an empty tag {{}}", line, column) }
        let name = String(tag.dropFirst()).trimmed
        switch mark {
        case "!":
            break
        case "#", "^":
            checkName(name, isSection: true, line, column)
            if TemplateVariable(rawValue: name)?.isList == true, mark == "#",
                open.contains(where: { TemplateVariable(rawValue: $0.name)?.isList == true })
            {
                report("the list {{#\(name)}} stands within a list: each of its lines would repeat all of them", line, column)
            }
            if open.count == Self.depthLimit {
                report("sections stand in one another deeper than \(Self.depthLimit)", line, column)
            }
            open.append((name, line, column))
        case "/":
            guard let last = open.popLast() else { return report("{{/\(name)}} closes no section", line, column) }
            if last.name != name { report("{{/\(name)}} stands where {{/\(last.name)}} should", line, column) }
        case "{", "&":
            if isHTML { report("text in HTML is always escaped: write {{\(name)}}", line, column) }
            checkName(name, isSection: false, line, column)
        case ">", "<", "$", "*", "=", "%":
            report("{{\(mark)…}} is not supported: variables, sections and comments only", line, column)
        default:
            checkName(tag.trimmed, isSection: false, line, column)
        }
    }

    private mutating func checkName(_ name: String, isSection: Bool, _ line: Int, _ column: Int) {
        if name == "." {
            if isSection || !open.contains(where: { TemplateVariable(rawValue: $0.name)?.isList == true }) {
                report("{{.}} stands only within a list such as {{#note_lines}}", line, column)
            }
            return
        }
        guard let variable = TemplateVariable(rawValue: name) else {
            let nearest: LocalizedText = TemplateVariable.nearest(to: name).map { "; did you mean \($0.rawValue)?" } ?? ""
            return report("there is no variable \(name)\(nearest)", line, column)
        }
        if variable.isList, !isSection { report("\(name) is a list: {{#\(name)}}{{.}}{{/\(name)}}", line, column) }
        if variable.isCondition, !isSection {
            report("\(name) is a condition: {{#\(name)}}…{{/\(name)}}", line, column)
        }
    }

    private mutating func report(_ message: LocalizedText, _ line: Int?, _ column: Int?) {
        problems.append(TemplateProblem(template: template, line: line, column: column, message: message))
    }
}

extension String {
    var trimmed: String {
        var rest = self[...].drop { $0.isWhitespace }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
