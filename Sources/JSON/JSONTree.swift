/// A JSON value whose objects keep the order of their members, for documents that people read.
package indirect enum JSONTree {
    case string(String)
    case number(Int)
    case flag(Bool)
    case list([JSONTree])
    case object([(String, JSONTree)])

    /// The JSON text of the value, indented by two spaces for each level.
    ///
    /// A list or object without inner lists or objects is on one line, if the line has at most 100
    /// columns.
    package var pretty: String { pretty(indent: 0) }

    private func pretty(indent: Int) -> String {
        let line = compact
        if line.unicodeScalars.count + indent <= 100, depth < 2 { return line }
        let inner = String(repeating: " ", count: indent + 2)
        let end = "\n" + String(repeating: " ", count: indent)
        switch self {
        case .string, .number, .flag: return line
        case .list(let items):
            return "[\n" + items.map { inner + $0.pretty(indent: indent + 2) }.joined(separator: ",\n") + end + "]"
        case .object(let members):
            let rows = members.map { inner + JSONText.quoted($0.0) + ": " + $0.1.pretty(indent: indent + 2) }
            return "{\n" + rows.joined(separator: ",\n") + end + "}"
        }
    }

    private var depth: Int {
        switch self {
        case .string, .number, .flag: 0
        case .list(let items): 1 + (items.map(\.depth).max() ?? 0)
        case .object(let members): 1 + (members.map(\.1.depth).max() ?? 0)
        }
    }

    private var compact: String {
        switch self {
        case .string(let text): JSONText.quoted(text)
        case .number(let number): String(number)
        case .flag(let flag): flag ? "true" : "false"
        case .list(let items): "[" + items.map(\.compact).joined(separator: ", ") + "]"
        case .object(let members):
            "{" + members.map { "\(JSONText.quoted($0.0)): \($0.1.compact)" }.joined(separator: ", ") + "}"
        }
    }
}
