import Foundation
import Scheduler
import Yams

// YAML as remindd reads it: one document, scalars are text and the field gives the type, every value knows its place.
//
// Composing is Yams' (`Yams.compose`); what its `load` makes of types, merge keys and tags is never used (decision 3 of
// the architecture). The walk has a budget, because a few hundred bytes of aliases can stand for a billion nodes.

/// A file read as YAML, or the problems that kept it from being read.
struct YAMLFile {
    let root: YAMLValue

    /// A plan or configuration file may have this many bytes; people in large numbers belong in CSV files.
    static let byteLimit = 4 << 20
    static let nodeLimit = 200_000
    static let depthLimit = 64

    /// nil after reporting why.
    init?(bytes: [UInt8], name: String, source: Problem.Source, problems: Problems) {
        let context = YAMLContext(file: name, source: source, problems: problems)
        guard let text = YAMLFile.decode(bytes, context) else { return nil }
        guard !YAMLFile.nestsTooDeep(text, context), !AnchorScan.isTangled(text, context) else { return nil }
        do {
            guard let node = try Yams.compose(yaml: text, .basic) else {
                context.error(line: 1, column: 1, "the file is empty")
                return nil
            }
            guard YAMLFile.isWithinBudget(node, context) else { return nil }
            root = YAMLValue(node: node, context: context, fallback: (1, 1))
        } catch {
            YAMLFile.report(error, in: text, context)
            return nil
        }
    }

    /// UTF-8 without a leading BOM and with line feeds only; nil after reporting what else was found.
    private static func decode(_ bytes: [UInt8], _ context: YAMLContext) -> String? {
        guard bytes.count <= byteLimit else {
            context.error(line: 1, column: 1, "the file has \(bytes.count) bytes; at most \(byteLimit) are allowed")
            return nil
        }
        var content = bytes[...]
        if content.starts(with: [0xEF, 0xBB, 0xBF]) { content = content.dropFirst(3) }
        if let offset = TextFile.firstInvalidUTF8(content) {
            let (line, column) = TextFile.place(of: offset, in: content)
            context.error(line: line, column: column, "not UTF-8 at byte \(offset + 1); save the file as UTF-8")
            return nil
        }
        let forbidden = content.firstIndex { $0 < 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D || $0 == 0x7F }
        if let forbidden {
            let (line, column) = TextFile.place(of: forbidden - content.startIndex, in: content)
            let code = String(content[forbidden], radix: 16)
            context.error(line: line, column: column, "the control character \\u{\(code)} is not allowed in a text")
            return nil
        }
        return TextFile.withLineFeeds(content)
    }

    /// Flow collections recurse in the composer: their depth is bounded before it runs.
    private static func nestsTooDeep(_ text: String, _ context: YAMLContext) -> Bool {
        var depth = 0
        var indents: [Int] = []
        for (number, line) in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            let indent = line.prefix { $0 == 0x20 }.count
            while let last = indents.last, last >= indent { indents.removeLast() }
            indents.append(indent)
            var dashes = 0
            for byte in line {
                switch byte {
                case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
                case UInt8(ascii: "]"), UInt8(ascii: "}"): depth = max(0, depth - 1)
                case UInt8(ascii: "-"), UInt8(ascii: "?"): dashes += 1
                default: break
                }
            }
            if depth > depthLimit || indents.count > 2 * depthLimit || dashes > 10_000 {
                context.error(line: number + 1, column: 1, "nested deeper than \(depthLimit) levels")
                return true
            }
        }
        return false
    }

    private static func isWithinBudget(_ root: Node, _ context: YAMLContext) -> Bool {
        var stack = [(root, 0)]
        var seen = 0
        while let (node, depth) = stack.popLast() {
            seen += 1
            guard seen <= nodeLimit, depth <= depthLimit else {
                let mark = node.mark
                context.error(
                    line: mark?.line ?? 1, column: mark?.column ?? 1,
                    seen > nodeLimit
                        ? "more than \(nodeLimit) values (aliases counted as often as they are used)"
                        : "nested deeper than \(depthLimit) levels")
                return false
            }
            switch node {
            case .sequence(let sequence): stack += sequence.map { ($0, depth + 1) }
            case .mapping(let mapping): stack += mapping.flatMap { [($0.key, depth + 1), ($0.value, depth + 1)] }
            case .scalar, .alias: break
            }
        }
        return true
    }

    private static func report(_ error: any Error, in text: String, _ context: YAMLContext) {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            let line = text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(mark.line - 1).first ?? ""
            if line.prefix(while: { $0 == " " || $0 == "\t" }).contains("\t") {
                context.error(line: mark.line, column: mark.column, "a tab stands where the line is indented; use spaces")
            } else if problem.contains("another document") {
                context.error(line: mark.line, column: mark.column, "a second document begins here; one file holds one")
            } else if problem.contains("mapping values are not allowed") {
                context.error(
                    line: mark.line, column: mark.column,
                    "a colon with a space after it is not allowed in the middle of a value; put the value in quotes")
            } else {
                context.error(line: mark.line, column: mark.column, "not YAML: \(problem)")
            }
        case .duplicatedKeysInMapping(let names, let duplicate):
            let mark = duplicate.mark
            let shown = names.map { "\"\(printable($0))\"" }.joined(separator: ", ")
            context.error(line: mark.line, column: mark.column, "the key \(shown) stands twice in one table")
        case .reader(let problem, _, _, _):
            context.error(line: 1, column: 1, "not YAML: \(problem)")
        default:
            context.error(line: 1, column: 1, "not YAML")
        }
    }
}

/// Finds, before anything is composed, aliases within anchored values: a chain of those doubles at every link, and the
/// composer compares keys by their whole content (380 bytes can keep it busy for half a minute). Aliases elsewhere only
/// repeat what is written once, and the node budget counts them.
private enum AnchorScan {
    /// Eight nested aliases repeat their values at most 3 × 3 × 2 times.
    static let nestedAliasLimit = 8

    static func isTangled(_ text: String, _ context: YAMLContext) -> Bool {
        guard text.utf8.contains(UInt8(ascii: "*")), text.utf8.contains(UInt8(ascii: "&")) else { return false }
        var openAnchors: [Int] = []
        var flowDepth = 0
        var nested = 0
        for (number, line) in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            let indent = line.prefix { $0 == 0x20 }.count
            // Within brackets indentation says nothing: what was anchored stays open until they close.
            if flowDepth == 0, indent < line.count { openAnchors.removeAll { $0 >= indent } }
            var previous = UInt8(ascii: " ")
            for byte in line {
                switch byte {
                case UInt8(ascii: "["), UInt8(ascii: "{"): flowDepth += 1
                case UInt8(ascii: "]"), UInt8(ascii: "}"): flowDepth = max(0, flowDepth - 1)
                case UInt8(ascii: "&") where isTokenStart(previous): openAnchors.append(indent)
                case UInt8(ascii: "*") where isTokenStart(previous) && !openAnchors.isEmpty: nested += 1
                default: break
                }
                previous = byte
            }
            guard nested <= nestedAliasLimit else {
                context.error(
                    line: number + 1, column: 1,
                    "aliases (*) within anchored values (&), more than \(nestedAliasLimit) of them; write it out")
                return true
            }
        }
        return false
    }

    private static func isTokenStart(_ previous: UInt8) -> Bool {
        " \t[{,:-?".utf8.contains(previous)
    }
}

/// Where values report to.
struct YAMLContext {
    let file: String
    let source: Problem.Source
    let problems: Problems

    func error(line: Int, column: Int, _ message: String, hints: [String] = []) {
        add(.error, line, column, message, hints)
    }

    func warning(line: Int, column: Int, _ message: String, hints: [String] = []) {
        add(.warning, line, column, message, hints)
    }

    private func add(_ severity: Problem.Severity, _ line: Int, _ column: Int, _ message: String, _ hints: [String]) {
        let place = Problem.Place(file: file, line: line, column: column)
        problems.add(Problem(severity: severity, source: source, place: place, message: message, hints: hints))
    }
}
