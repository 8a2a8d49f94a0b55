/// A JSON object (RFC 8259) written member by member, in the order of the calls.
struct JSONObject {
    fileprivate private(set) var members: [UInt8] = []

    var bytes: [UInt8] { [UInt8(ascii: "{")] + members + [UInt8(ascii: "}")] }

    mutating func add(_ key: String, _ value: String?) {
        begin(key)
        if let value { append(string: value) } else { members.append(contentsOf: "null".utf8) }
    }

    mutating func add(_ key: String, _ value: Bool) {
        begin(key)
        members.append(contentsOf: (value ? "true" : "false").utf8)
    }

    mutating func add(_ key: String, _ value: Int) {
        begin(key)
        members.append(contentsOf: "\(value)".utf8)
    }

    mutating func add(_ key: String, _ value: JSONObject?) {
        begin(key)
        members.append(contentsOf: value?.bytes ?? Array("null".utf8))
    }

    mutating func add(_ key: String, _ values: [JSONObject]) {
        begin(key)
        members.append(UInt8(ascii: "["))
        for (index, value) in values.enumerated() {
            if index > 0 { members.append(UInt8(ascii: ",")) }
            members.append(contentsOf: value.bytes)
        }
        members.append(UInt8(ascii: "]"))
    }

    mutating func add(_ key: String, _ values: [String]) {
        begin(key)
        members.append(UInt8(ascii: "["))
        for (index, value) in values.enumerated() {
            if index > 0 { members.append(UInt8(ascii: ",")) }
            append(string: value)
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
        JSONObject.append(string, to: &members)
        members.append(UInt8(ascii: "\""))
    }

    /// What stands between the quotation marks.
    fileprivate static func append(_ string: String, to members: inout [UInt8]) {
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                members.append(UInt8(ascii: "\\"))
                members.append(byte)
            case 0x0A:
                members.append(contentsOf: #"\n"#.utf8)
            case 0x09:
                members.append(contentsOf: #"\t"#.utf8)
            case 0..<0x20, 0x7F:
                members.append(contentsOf: #"\u00"#.utf8)
                members.append(contentsOf: (byte < 0x10 ? "0" : "").utf8)
                members.append(contentsOf: String(byte, radix: 16).utf8)
            default:
                members.append(byte)
            }
        }
    }
}

/// A JSON object that ends in an object, written once and filled many times: bytes, and between them gaps.
struct JSONForm<Gap: Sendable>: Sendable {
    private var bytes: [UInt8]
    private var gaps: [(at: Int, gap: Gap)] = []
    private var isEmpty = true

    /// - Parameters:
    ///   - before: the members that stand before the inner object.
    ///   - opening: the key of the inner object, which the calls of `add` fill.
    init(_ before: JSONObject, opening: String) {
        bytes = [UInt8(ascii: "{")] + before.members
        if !before.members.isEmpty { bytes.append(UInt8(ascii: ",")) }
        bytes += "\"\(opening)\":{".utf8
    }

    mutating func add(_ members: JSONObject) {
        separate()
        bytes += members.members
    }

    /// A text that is all gap.
    mutating func add(_ key: String, gap: Gap) {
        add(key, ["", ""], gap: gap)
    }

    /// A text in pieces, with the same gap between each two.
    mutating func add(_ key: String, _ pieces: [String], gap: Gap) {
        separate()
        bytes += "\"\(key)\":\"".utf8
        for (index, piece) in pieces.enumerated() {
            if index > 0 { gaps.append((bytes.count, gap)) }
            JSONObject.append(piece, to: &bytes)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func close() {
        bytes += "}}".utf8
    }

    private mutating func separate() {
        if !isEmpty { bytes.append(UInt8(ascii: ",")) }
        isEmpty = false
    }

    func bytes(filling: (Gap) -> String) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + 128)
        var copied = 0
        for (at, gap) in gaps {
            output += bytes[copied..<at]
            JSONObject.append(filling(gap), to: &output)
            copied = at
        }
        output += bytes[copied...]
        return output
    }
}
