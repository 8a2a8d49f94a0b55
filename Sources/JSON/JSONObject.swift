/// A JSON object (RFC 8259) whose members are written in the order in which they are added.
package struct JSONObject: Sendable {
    /// The set of characters that are written as `\u` escapes.
    package enum Escaping: Sendable {
        /// Control characters only. Line feed and tab are written as `\n` and `\t`.
        case controls
        /// Control characters, and all characters that are invisible or change the text direction.
        ///
        /// Use this case for text that is shown in terminals or logs.
        case invisibles
    }

    fileprivate private(set) var members: [UInt8] = []
    private let escaping: Escaping

    package init(escaping: Escaping = .controls) {
        self.escaping = escaping
    }

    package var bytes: [UInt8] { [UInt8(ascii: "{")] + members + [UInt8(ascii: "}")] }

    /// The JSON of the object on one line.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The JSON of the members without the braces. More members can be added after a comma.
    package var innerBytes: [UInt8] { members }

    package mutating func add(_ key: String, _ value: String?) {
        begin(key)
        if let value { append(string: value) } else { members.append(contentsOf: "null".utf8) }
    }

    package mutating func add(_ key: String, _ value: Bool) {
        begin(key)
        members.append(contentsOf: (value ? "true" : "false").utf8)
    }

    package mutating func add(_ key: String, _ value: Int?) {
        begin(key)
        members.append(contentsOf: (value.map(String.init) ?? "null").utf8)
    }

    package mutating func add(_ key: String, _ value: JSONObject?) {
        begin(key)
        members.append(contentsOf: value?.bytes ?? Array("null".utf8))
    }

    package mutating func add(_ key: String, _ values: [JSONObject]) {
        begin(key)
        list(values) { $0.members.append(contentsOf: $1.bytes) }
    }

    package mutating func add(_ key: String, _ values: [String]) {
        begin(key)
        list(values) { $0.append(string: $1) }
    }

    private mutating func list<Value>(_ values: [Value], _ append: (inout JSONObject, Value) -> Void) {
        members.append(UInt8(ascii: "["))
        for (index, value) in values.enumerated() {
            if index > 0 { members.append(UInt8(ascii: ",")) }
            append(&self, value)
        }
        members.append(UInt8(ascii: "]"))
    }

    private mutating func begin(_ key: String) {
        if !members.isEmpty { members.append(UInt8(ascii: ",")) }
        append(string: key)
        members.append(UInt8(ascii: ":"))
    }

    private mutating func append(string: String) {
        members.append(UInt8(ascii: "\""))
        JSONText.append(string, escaping, to: &members)
        members.append(UInt8(ascii: "\""))
    }
}

/// A JSON object that is written once, with gaps in its strings, and then filled many times.
///
/// Its last member is an inner object, to which `add` adds members.
package struct JSONForm<Gap: Sendable>: Sendable {
    private var bytes: [UInt8]
    private var gaps: [(at: Int, gap: Gap)] = []
    private var isEmpty = true

    /// - Parameters:
    ///   - before: the members that come before the inner object.
    ///   - opening: the key of the inner object.
    package init(_ before: JSONObject, opening: String) {
        bytes = [UInt8(ascii: "{")] + before.members
        if !before.members.isEmpty { bytes.append(UInt8(ascii: ",")) }
        bytes += "\"\(opening)\":{".utf8
    }

    package mutating func add(_ members: JSONObject) {
        separate()
        bytes += members.members
    }

    /// Adds a string member whose whole value is one gap.
    package mutating func add(_ key: String, gap: Gap) {
        add(key, ["", ""], gap: gap)
    }

    /// Adds a string member that consists of `pieces`, with `gap` between every two pieces.
    package mutating func add(_ key: String, _ pieces: [String], gap: Gap) {
        separate()
        bytes += "\"\(key)\":\"".utf8
        for (index, piece) in pieces.enumerated() {
            if index > 0 { gaps.append((bytes.count, gap)) }
            JSONText.append(piece, .controls, to: &bytes)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    package mutating func close() {
        bytes += "}}".utf8
    }

    private mutating func separate() {
        if !isEmpty { bytes.append(UInt8(ascii: ",")) }
        isEmpty = false
    }

    package func bytes(filling: (Gap) -> String) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + 128)
        var copied = 0
        for (at, gap) in gaps {
            output += bytes[copied..<at]
            JSONText.append(filling(gap), .controls, to: &output)
            copied = at
        }
        output += bytes[copied...]
        return output
    }
}
