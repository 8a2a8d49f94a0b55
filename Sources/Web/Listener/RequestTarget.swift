/// The target of a request: its path as sent, and its decoded query.
struct RequestTarget: Equatable {
    let path: String
    let query: [Request.QueryItem]

    /// Parses and checks a target.
    ///
    /// The path is not decoded, so that a secret in a path is compared byte for byte.
    init(_ text: String) throws(Refusal) {
        let bytes = text.utf8
        let end = bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.endIndex
        guard RequestTarget.isPath(bytes[..<end]) else { throw Refusal(status: 404, why: "there is nothing at this path") }
        path = String(text[..<end])
        query = end == bytes.endIndex ? [] : try RequestTarget.items(bytes[bytes.index(after: end)...])
    }

    /// Returns whether a path has only letters, digits and `-._~@/`, in valid segments.
    ///
    /// Only the last segment may be empty, and no segment may be `.` or `..`.
    private static func isPath(_ bytes: Substring.UTF8View) -> Bool {
        guard bytes.first == UInt8(ascii: "/"), bytes.allSatisfy(isPathByte) else { return false }
        let segments = bytes.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return segments.dropLast().allSatisfy { !$0.isEmpty }
            && segments.allSatisfy { !($0.elementsEqual(".".utf8) || $0.elementsEqual("..".utf8)) }
    }

    private static func isPathByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "@"), UInt8(ascii: "/"):
            true
        default: false
        }
    }

    /// Parses `name=value&name=value` (URL Standard, section 5.1). A name without `=` has an empty
    /// value.
    private static func items(_ bytes: Substring.UTF8View) throws(Refusal) -> [Request.QueryItem] {
        var items: [Request.QueryItem] = []
        for item in bytes.split(separator: UInt8(ascii: "&")) {
            let equals = item.firstIndex(of: UInt8(ascii: "=")) ?? item.endIndex
            let value = equals == item.endIndex ? item[equals...] : item[item.index(after: equals)...]
            items.append(Request.QueryItem(name: try decoded(item[..<equals]), value: try decoded(value)))
        }
        return items
    }

    /// Decodes `%41` to `A`, and `+` to a space. Refuses C0 control characters and DEL.
    private static func decoded(_ bytes: Substring.UTF8View) throws(Refusal) -> String {
        var out: [UInt8] = []
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(hexDigit), let low = rest.popFirst().flatMap(hexDigit) else {
                    throw Refusal.malformed("% in the query stands before two hexadecimal digits")
                }
                out.append(high << 4 | low)
            case UInt8(ascii: "+"): out.append(UInt8(ascii: " "))
            case UInt8(ascii: "#"): throw Refusal.malformed("a fragment is not sent")
            default: out.append(byte)
            }
        }
        guard let text = String(validating: out, as: UTF8.self), out.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw Refusal.malformed("the query is not text")
        }
        return text
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
