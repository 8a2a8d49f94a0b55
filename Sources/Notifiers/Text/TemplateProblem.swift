/// What is wrong with a template that the user supplied.
public struct TemplateProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// The template's name, `vi/text`.
    public let template: String
    /// From 1; nil where it is about the template as a whole.
    public let line: Int?
    /// From 1, in characters.
    public let column: Int?
    /// What was found and what is allowed.
    public let message: String

    public var description: String {
        [template, line.map(String.init), column.map(String.init)].compactMap(\.self).joined(separator: ":") + ": " + message
    }
}

/// Reads a template's tags before the template engine sees it: unknown names, unclosed sections, and tags that would reach
/// beyond the message's own variables are found here, with their place.
///
/// Of mustache(5) there are variables, sections, inverted sections and comments.
struct TemplateCheck {
    private let template: String
    private let isHTML: Bool
    private var problems: [TemplateProblem] = []
    private var open: [(name: String, line: Int, column: Int)] = []

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
        while index < text.count {
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
        for section in open { report("the section {{#\(section.name)}} is not closed", section.line, section.column) }
    }

    /// Where the tag's inside ends and what follows it begins.
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
            let nearest = TemplateVariable.nearest(to: name).map { "; did you mean \($0.rawValue)?" } ?? ""
            return report("there is no variable \(name)\(nearest)", line, column)
        }
        if variable.isList, !isSection { report("\(name) is a list: {{#\(name)}}{{.}}{{/\(name)}}", line, column) }
        if variable.isCondition, !isSection {
            report("\(name) is a condition: {{#\(name)}}…{{/\(name)}}", line, column)
        }
    }

    private mutating func report(_ message: String, _ line: Int?, _ column: Int?) {
        problems.append(TemplateProblem(template: template, line: line, column: column, message: message))
    }
}

extension String {
    fileprivate var trimmed: String {
        var rest = self[...].drop { $0.isWhitespace }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}

/// What a template may name. All are texts but the lists and conditions; a text that a message does not have is absent,
/// so that `{{#note}}…{{/note}}` leaves its section out.
enum TemplateVariable: String, CaseIterable {
    /// `[Nhắc việc]`, `[Nhắc muộn]`, `[Thử]`.
    case prefix
    /// The campaign's title.
    case title
    /// `còn 30 ngày`, and the day it counts to.
    case countdown
    case countdown_date
    /// The finished subject line (not in the subject's own template).
    case subject
    /// The days with their weekdays; first and last alone.
    case when
    case start
    case end
    /// The lunar date, for lunar phrases.
    case lunar
    /// The phrase and the days it was taken for, where the phrase names no days.
    case understood
    case note
    case note_lines
    /// The document: as one phrase, and its parts.
    case source
    case source_number
    case source_date
    case source_issuer
    case cite
    /// Why this reader is told; the groups alone; the plan's title and id.
    case reason
    case groups
    case plan
    case plan_id
    case campaign_id
    case occurrence
    case lead
    /// When the reminder fell due.
    case due
    case contact
    /// The reader's name.
    case recipient
    case late
    case test
    case rehearsal
    case possible_duplicate

    var isList: Bool { self == .note_lines }

    var isCondition: Bool {
        switch self {
        case .late, .test, .rehearsal, .possible_duplicate: true
        default: false
        }
    }

    /// The name with the fewest letters different, if that is at most a third of them.
    static func nearest(to name: String) -> TemplateVariable? {
        let ranked = allCases.map { ($0, distance($0.rawValue, name)) }.min { $0.1 < $1.1 }
        guard let (variable, distance) = ranked, distance <= max(1, name.count / 3) else { return nil }
        return variable
    }

    /// Levenshtein's distance.
    private static func distance(_ a: String, _ b: String) -> Int {
        let b = Array(b.prefix(64))
        var row = Array(0...b.count)
        for (i, letter) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for j in b.indices {
                let above = row[j + 1]
                row[j + 1] = min(above + 1, row[j] + 1, diagonal + (letter == b[j] ? 0 : 1))
                diagonal = above
            }
        }
        return row[b.count]
    }
}
