/// Encodes bytes in base64 with padding (RFC 4648, section 4).
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    package static func text(_ bytes: [UInt8]) -> String { text(bytes[...]) }

    static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: lines(bytes, length: .max), as: UTF8.self)
    }

    /// Returns the base64 of `bytes` in lines of `length` characters.
    ///
    /// `length` must be a multiple of 4. Each line except the last ends in CR LF (RFC 2045, section
    /// 6.8).
    package static func lines(_ bytes: ArraySlice<UInt8>, length: Int) -> [UInt8] {
        guard !bytes.isEmpty else { return [] }
        let characters = (bytes.count + 2) / 3 * 4
        let size = characters + 2 * ((characters - 1) / length)
        return [UInt8](unsafeUninitializedCapacity: size) { output, count in
            alphabet.withUnsafeBufferPointer { letters in
                bytes.withUnsafeBufferPointer { input in
                    var (index, column) = (0, 0)
                    while index < input.count {
                        if column == length {
                            output.initializeElement(at: count, to: 13)
                            output.initializeElement(at: count + 1, to: 10)
                            count += 2
                            column = 0
                        }
                        let left = input.count - index
                        let b0 = Int(input[index])
                        let b1 = left > 1 ? Int(input[index + 1]) : 0
                        let b2 = left > 2 ? Int(input[index + 2]) : 0
                        output.initializeElement(at: count, to: letters[b0 >> 2])
                        output.initializeElement(at: count + 1, to: letters[(b0 & 3) << 4 | b1 >> 4])
                        let third = left > 1 ? letters[(b1 & 15) << 2 | b2 >> 6] : UInt8(ascii: "=")
                        output.initializeElement(at: count + 2, to: third)
                        output.initializeElement(at: count + 3, to: left > 2 ? letters[b2 & 63] : UInt8(ascii: "="))
                        count += 4
                        index += 3
                        column += 4
                    }
                }
            }
        }
    }

    /// Appends the four characters that encode one, two or three bytes.
    package static func append(_ group: ArraySlice<UInt8>, to output: inout [UInt8]) {
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
