import CYaml

// Builds nodes from the events of libyaml, which the package Yams includes. The composer of Yams is
// not used, because it reports a duplicate key without its place, and aliases within aliases keep
// it busy for half a minute. This composer stops at `nodeLimit`, and counts each use of an alias in
// full.

/// Composes one YAML document within limits on the number and the depth of its values.
package struct YAMLComposer {
    /// The reason why no document could be composed, with the place.
    package struct Failure: Error {
        package enum Cause {
            case empty
            case secondDocument
            case tooDeep
            case tooManyNodes
            case undefinedAlias
            /// A syntax error, with libyaml's message and its name for the construct being parsed.
            ///
            /// `context` is empty if libyaml does not name the construct.
            case syntax(problem: String, context: String)
        }

        package let cause: Cause
        /// The line of the failure. `line` and `column` count from 1.
        package let line: Int
        package let column: Int
        /// The line where the construct that libyaml was parsing begins; 0 if libyaml names none.
        package var contextLine = 0
    }

    private struct Frame {
        let isMapping: Bool
        let anchor: String?
        let tag: String?
        let line: Int
        let column: Int
        var children: [YAMLNode] = []
        /// The number of values in the collection, including the collection itself.
        ///
        /// Each use of an alias adds the number of values that the alias stands for.
        var size = 1
    }

    private let nodeLimit: Int
    private let depthLimit: Int
    private var stack: [Frame] = []
    private var anchors: [String: (node: YAMLNode, size: Int)] = [:]
    private var count = 0
    private var root: YAMLNode?

    /// - Parameter text: UTF-8 with line feeds.
    package static func compose(_ text: String, nodeLimit: Int, depthLimit: Int) throws(Failure) -> YAMLNode {
        var composer = YAMLComposer(nodeLimit: nodeLimit, depthLimit: depthLimit)
        var text = text
        let bytes = text.withUTF8 { Input(copying: $0) }
        return try composer.run(bytes)
    }

    private init(nodeLimit: Int, depthLimit: Int) {
        self.nodeLimit = nodeLimit
        self.depthLimit = depthLimit
    }

    /// A copy of the text at a fixed address, because libyaml keeps a pointer to the text.
    ///
    /// At least one byte is allocated, because an empty buffer may have no address.
    private final class Input {
        let bytes: UnsafeMutablePointer<UInt8>
        let count: Int

        init(copying text: UnsafeBufferPointer<UInt8>) {
            count = text.count
            bytes = .allocate(capacity: count + 1)
            if let start = text.baseAddress { bytes.update(from: start, count: count) }
        }

        deinit { bytes.deallocate() }
    }

    private mutating func run(_ input: Input) throws(Failure) -> YAMLNode {
        // libyaml keeps pointers to parts of the parser, so the parser must not move.
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        defer { parser.deallocate() }
        guard yaml_parser_initialize(parser) == 1 else {
            throw Failure(cause: .syntax(problem: "no memory", context: ""), line: 1, column: 1)
        }
        defer { yaml_parser_delete(parser) }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, input.bytes, input.count)
        defer { withExtendedLifetime(input) {} }
        var event = yaml_event_t()
        while true {
            guard yaml_parser_parse(parser, &event) == 1 else { throw Self.failure(parser.pointee) }
            defer { yaml_event_delete(&event) }
            if event.type == YAML_STREAM_END_EVENT { break }
            try take(&event)
        }
        guard let root else { throw Failure(cause: .empty, line: 1, column: 1) }
        return root
    }

    private mutating func take(_ event: inout yaml_event_t) throws(Failure) {
        let line = event.start_mark.line + 1
        let column = event.start_mark.column + 1
        switch event.type {
        case YAML_DOCUMENT_START_EVENT:
            if root != nil { throw Failure(cause: .secondDocument, line: line, column: column) }
        case YAML_ALIAS_EVENT:
            let name = Self.text(event.data.alias.anchor) ?? ""
            guard let (node, size) = anchors[name] else {
                throw Failure(cause: .undefinedAlias, line: line, column: column)
            }
            try add(node, size: size, line, column)
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let string = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            let mark = YAMLNode.Mark(
                line: line, column: column, lastLine: event.end_mark.line + 1, endColumn: event.end_mark.column + 1)
            let node = YAMLNode.scalar(
                .init(string: string, style: Self.style(scalar.style), tag: Self.text(scalar.tag), mark: mark))
            if let anchor = Self.text(scalar.anchor) { anchors[anchor] = (node, 1) }
            try add(node, size: 1, line, column)
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            try open(
                Frame(
                    isMapping: false, anchor: Self.text(start.anchor), tag: Self.text(start.tag), line: line, column: column))
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            try open(
                Frame(isMapping: true, anchor: Self.text(start.anchor), tag: Self.text(start.tag), line: line, column: column))
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
            try close(event.end_mark)
        default:
            break
        }
    }

    private mutating func open(_ frame: Frame) throws(Failure) {
        guard stack.count < depthLimit else { throw Failure(cause: .tooDeep, line: frame.line, column: frame.column) }
        stack.append(frame)
    }

    private mutating func close(_ end: yaml_mark_t) throws(Failure) {
        guard let frame = stack.popLast() else { preconditionFailure("libyaml ended what it had not begun") }
        let mark = YAMLNode.Mark(line: frame.line, column: frame.column, lastLine: end.line + 1, endColumn: end.column + 1)
        let node: YAMLNode
        if frame.isMapping {
            let children = frame.children
            let pairs = stride(from: 0, to: children.count - 1, by: 2).map { (key: children[$0], value: children[$0 + 1]) }
            node = .mapping(.init(pairs: pairs, tag: frame.tag, mark: mark))
        } else {
            node = .sequence(.init(nodes: frame.children, tag: frame.tag, mark: mark))
        }
        if let anchor = frame.anchor { anchors[anchor] = (node, frame.size) }
        // Subtracts the values in the collection, because `add` counted each of them before and now
        // counts the collection as a whole.
        count -= frame.size - 1
        try add(node, size: frame.size, frame.line, frame.column)
    }

    private mutating func add(_ node: YAMLNode, size: Int, _ line: Int, _ column: Int) throws(Failure) {
        count += size
        guard count <= nodeLimit else { throw Failure(cause: .tooManyNodes, line: line, column: column) }
        guard stack.isEmpty else {
            stack[stack.count - 1].children.append(node)
            stack[stack.count - 1].size += size
            return
        }
        root = root ?? node
    }

    // MARK: Conversions from C

    private static func text(_ bytes: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        bytes.map { String(cString: $0) }
    }

    private static func style(_ style: yaml_scalar_style_t) -> YAMLNode.Style {
        switch style {
        case YAML_SINGLE_QUOTED_SCALAR_STYLE, YAML_DOUBLE_QUOTED_SCALAR_STYLE: .quoted
        case YAML_LITERAL_SCALAR_STYLE, YAML_FOLDED_SCALAR_STYLE: .block
        default: .plain
        }
    }

    private static func failure(_ parser: yaml_parser_t) -> Failure {
        let problem = parser.problem.map { String(cString: $0) } ?? "not readable"
        let context = parser.context.map { String(cString: $0) } ?? ""
        return Failure(
            cause: .syntax(problem: problem, context: context), line: parser.problem_mark.line + 1,
            column: parser.problem_mark.column + 1, contextLine: context.isEmpty ? 0 : parser.context_mark.line + 1)
    }
}
