/// A template in the subset of mustache(5) that remindd supports.
///
/// The subset consists of variables, sections, inverted sections and comments. A template is parsed
/// once. It is rendered in one pass over bytes, because `check` renders tens of thousands of texts.
/// `TemplateCheck` has already checked the names of the variables and the places where they are
/// allowed. If the tag of a section or a comment stands alone on its line, the whole line is left
/// out (mustache specification, "Standalone Lines").
struct Template: Sendable {
    private indirect enum Node: Sendable {
        case text([UInt8])
        case variable(TemplateVariable)
        /// The tag `{{.}}`, which stands for the current line of a list.
        ///
        /// In a section of a text variable within the list, it stands for that text.
        case item
        case section(TemplateVariable, isInverted: Bool, [Node])
    }

    /// The maximum size of a text from a user's template, in bytes.
    ///
    /// A section of a list repeats its content for each line of the list, so a few kilobytes of
    /// template and note could become megabytes. An ordinary mail has at most a tenth of this size.
    static let limit = 256 << 10

    private let nodes: [Node]
    private let isHTML: Bool

    /// Parses a template. Returns nil if it has a tag or a section that `TemplateCheck` does not
    /// allow.
    init?(_ text: String, isHTML: Bool) {
        var reader = Reader(bytes: Array(text.utf8))
        guard let nodes = reader.nodes(of: nil, depth: 0) else { return nil }
        self.nodes = nodes
        self.isHTML = isHTML
    }

    /// Returns the rendered template; nil if it would exceed `limit` bytes.
    ///
    /// If the template is HTML, every value is escaped.
    func render(_ values: TemplateValues, limit: Int) -> [UInt8]? {
        var output = Output(limit: limit, isHTML: isHTML)
        return render(nodes, values, item: nil, to: &output) ? output.bytes : nil
    }

    /// Renders `nodes` to `output`. Returns false if `output` exceeds its limit.
    private func render(_ nodes: [Node], _ values: TemplateValues, item: String?, to output: inout Output) -> Bool {
        for node in nodes {
            switch node {
            case .text(let bytes): output.bytes += bytes
            case .variable(let variable):
                if case .text(let text)? = values[variable] { output.append(text) }
            case .item:
                if let item { output.append(item) }
            case .section(let variable, let isInverted, let inner):
                let value = values[variable]
                guard render(inner, of: value, isInverted: isInverted, values, item: item, to: &output) else { return false }
            }
            guard output.bytes.count <= output.limit else { return false }
        }
        return true
    }

    private func render(
        _ inner: [Node], of value: TemplateValue?, isInverted: Bool, _ values: TemplateValues, item: String?,
        to output: inout Output
    ) -> Bool {
        let isThere =
            switch value {
            case nil: false
            case .condition(let holds): holds
            case .list(let lines): !lines.isEmpty
            case .text: true
            }
        guard isThere != isInverted else { return true }
        switch value {
        case .list(let lines) where isThere:
            return lines.allSatisfy { render(inner, values, item: $0, to: &output) }
        case .text(let text): return render(inner, values, item: text, to: &output)
        default: return render(inner, values, item: item, to: &output)
        }
    }

    private struct Output {
        var bytes: [UInt8] = []
        let limit: Int
        private let isHTML: Bool

        init(limit: Int, isHTML: Bool) {
            self.limit = limit
            self.isHTML = isHTML
            bytes.reserveCapacity(4_096)
        }

        /// Appends a value. If the template is HTML, the value is escaped.
        mutating func append(_ text: String) {
            guard isHTML else {
                bytes += text.utf8
                return
            }
            for byte in text.utf8 {
                switch byte {
                case UInt8(ascii: "<"): bytes += "&lt;".utf8
                case UInt8(ascii: ">"): bytes += "&gt;".utf8
                case UInt8(ascii: "&"): bytes += "&amp;".utf8
                case UInt8(ascii: "\""): bytes += "&quot;".utf8
                case UInt8(ascii: "'"): bytes += "&#39;".utf8
                default: bytes.append(byte)
                }
            }
        }
    }

    // MARK: Reading

    private struct Reader {
        let bytes: [UInt8]
        private var position = 0

        init(bytes: [UInt8]) {
            self.bytes = bytes
        }

        private enum Tag {
            case variable(String), section(String, isInverted: Bool), end(String), comment
        }

        /// Parses up to the end tag of `section`, or up to the end of the text if `section` is nil.
        ///
        /// Returns nil if the end tag is missing or if a tag is not allowed.
        mutating func nodes(of section: String?, depth: Int) -> [Node]? {
            var nodes: [Node] = []
            var text: [UInt8] = []
            while position < bytes.count {
                guard startsTag(at: position) else {
                    text.append(bytes[position])
                    position += 1
                    continue
                }
                let start = position
                guard let tag = takeTag() else { return nil }
                var isVariable = false
                if case .variable = tag { isVariable = true }
                if !isVariable, let blanks = blanks(before: start), let next = lineEnd(after: position) {
                    text.removeLast(min(blanks, text.count))
                    position = next
                }
                if case .comment = tag { continue }
                if !text.isEmpty { nodes.append(.text(text)) }
                text = []
                switch tag {
                case .comment: break
                case .end(let name): return name == section ? nodes : nil
                case .variable("."): nodes.append(.item)
                case .variable(let name):
                    guard let variable = TemplateVariable(rawValue: name) else { return nil }
                    nodes.append(.variable(variable))
                case .section(let name, let isInverted):
                    guard depth < TemplateCheck.depthLimit, let variable = TemplateVariable(rawValue: name),
                        let inner = self.nodes(of: name, depth: depth + 1)
                    else { return nil }
                    nodes.append(.section(variable, isInverted: isInverted, inner))
                }
            }
            guard section == nil else { return nil }
            if !text.isEmpty { nodes.append(.text(text)) }
            return nodes
        }

        private func startsTag(at index: Int) -> Bool {
            bytes[index] == UInt8(ascii: "{") && index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "{")
        }

        /// Reads the tag that begins at `position` with `{{`, and moves `position` past its `}}`.
        ///
        /// Returns nil if the tag is not closed.
        private mutating func takeTag() -> Tag? {
            let isTriple = position + 2 < bytes.count && bytes[position + 2] == UInt8(ascii: "{")
            let start = position + (isTriple ? 3 : 2)
            let braces = [UInt8](repeating: UInt8(ascii: "}"), count: isTriple ? 3 : 2)
            guard let end = bytes[start...].firstRange(of: braces) else { return nil }
            position = end.upperBound
            let inner = String(decoding: bytes[start..<end.lowerBound], as: UTF8.self)
            guard !isTriple, let mark = inner.first else { return isTriple ? .variable(inner.trimmed) : nil }
            let name = String(inner.dropFirst()).trimmed
            return switch mark {
            case "!": .comment
            case "#": .section(name, isInverted: false)
            case "^": .section(name, isInverted: true)
            case "/": .end(name)
            case "&": .variable(name)
            default: .variable(inner.trimmed)
            }
        }

        private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

        /// Returns the number of blanks before `index` on its line.
        ///
        /// The result is nil if other text comes before `index`.
        private func blanks(before index: Int) -> Int? {
            var start = index
            while start > 0, Self.isBlank(bytes[start - 1]) { start -= 1 }
            return start == 0 || bytes[start - 1] == 0x0A || bytes[start - 1] == 0x0D ? index - start : nil
        }

        /// Returns where the next line begins if only blanks follow `index` on its line.
        ///
        /// The result is nil if other text follows.
        private func lineEnd(after index: Int) -> Int? {
            var end = index
            while end < bytes.count, Self.isBlank(bytes[end]) { end += 1 }
            guard end < bytes.count else { return end }
            if bytes[end] == 0x0A { return end + 1 }
            guard bytes[end] == 0x0D else { return nil }
            return end + 1 < bytes.count && bytes[end + 1] == 0x0A ? end + 2 : end + 1
        }
    }
}

/// The value of a template variable in one message.
enum TemplateValue: Sendable {
    /// A string that is not empty.
    case text(String)
    case list([String])
    case condition(Bool)
}

/// The values of the template variables in one message. A variable without a value has no entry.
struct TemplateValues: Sendable {
    private var values: [TemplateVariable: TemplateValue] = [:]

    init() {
        values.reserveCapacity(TemplateVariable.allCases.count)
    }

    subscript(_ variable: TemplateVariable) -> TemplateValue? {
        get { values[variable] }
        set { values[variable] = newValue }
    }
}
