/// RFC 4648, section 4, with padding.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func text(_ bytes: [UInt8]) -> String {
        String(decoding: lines(bytes, length: .max), as: UTF8.self)
    }

    /// Base64 in lines of `length` (a multiple of 4) characters, each but the last ending in CR LF (RFC 2045, section 6.8).
    static func lines(_ bytes: [UInt8], length: Int) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count / 3 * 4 + bytes.count / 28 + 8)
        var column = 0
        var index = 0
        while index < bytes.count {
            if column == length {
                output.append(13)
                output.append(10)
                column = 0
            }
            append(bytes[index..<min(index + 3, bytes.count)], to: &output)
            index += 3
            column += 4
        }
        return output
    }

    /// Four characters for one, two or three bytes.
    static func append(_ group: ArraySlice<UInt8>, to output: inout [UInt8]) {
        let start = group.startIndex
        let b0 = Int(group[start])
        let b1 = group.count > 1 ? Int(group[start + 1]) : 0
        let b2 = group.count > 2 ? Int(group[start + 2]) : 0
        output.append(alphabet[b0 >> 2])
        output.append(alphabet[(b0 & 3) << 4 | b1 >> 4])
        output.append(group.count > 1 ? alphabet[(b1 & 15) << 2 | b2 >> 6] : UInt8(ascii: "="))
        output.append(group.count > 2 ? alphabet[b2 & 63] : UInt8(ascii: "="))
    }
}
