/// A JSON object (RFC 8259) written member by member, in the order of the calls.
struct JSONObject {
    private var members: [UInt8] = []

    var bytes: [UInt8] { [UInt8(ascii: "{")] + members + [UInt8(ascii: "}")] }

    mutating func add(_ key: String, _ value: String?) {
        begin(key)
        if let value { append(string: value) } else { members.append(contentsOf: "null".utf8) }
    }

    mutating func add(_ key: String, _ value: Bool) {
        begin(key)
        members.append(contentsOf: (value ? "true" : "false").utf8)
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
        members.append(UInt8(ascii: "\""))
    }
}
