import Foundation

/// One JSON object on one line, keys in the order given.
struct JSONLine {
    private var text = "{"

    mutating func add(_ key: String, _ value: String?) {
        addRaw(key, value.map(JSONLine.quoted) ?? "null")
    }

    mutating func add(_ key: String, _ value: Int?) {
        addRaw(key, value.map(String.init) ?? "null")
    }

    mutating func add(_ key: String, _ value: Bool) {
        addRaw(key, value ? "true" : "false")
    }

    mutating func add(_ key: String, _ values: [String]) {
        addRaw(key, "[" + values.map(JSONLine.quoted).joined(separator: ",") + "]")
    }

    mutating func add(_ key: String, _ values: [JSONLine]) {
        addRaw(key, "[" + values.map(\.finished).joined(separator: ",") + "]")
    }

    private mutating func addRaw(_ key: String, _ value: String) {
        if text.utf8.count > 1 { text += "," }
        text += "\"\(key)\":\(value)"
    }

    var finished: String { text + "}" }
    /// What can still be added to.
    var unfinished: String { text }

    /// RFC 8259 string; control characters, bidi overrides and line separators as `\u` escapes.
    static func quoted(_ value: String) -> String {
        // Ids, dates and channels, which most values are.
        if value.utf8.allSatisfy({ (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }) { return "\"\(value)\"" }
        var quoted = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case _ where isShowable(scalar): quoted.unicodeScalars.append(scalar)
            default:
                for unit in UTF16.encode(scalar)! {
                    let hex = String(unit, radix: 16)
                    quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
                }
            }
        }
        return quoted + "\""
    }
}
