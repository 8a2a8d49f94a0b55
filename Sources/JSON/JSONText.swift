/// Writes JSON strings (RFC 8259, section 7).
package enum JSONText {
    /// Returns the text in quotation marks, with invisible characters escaped.
    package static func quoted(_ text: String) -> String {
        var bytes = [UInt8(ascii: "\"")]
        append(text, .invisibles, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the text to `bytes`, escaped but without quotation marks.
    static func append(_ text: String, _ escaping: JSONObject.Escaping, to bytes: inout [UInt8]) {
        // Most values are ids, dates and channels, which are ASCII. Their bytes need no check of
        // Unicode categories.
        if escaping == .controls || text.utf8.allSatisfy({ $0 < 0x80 }) {
            for byte in text.utf8 { append(byte, to: &bytes) }
            return
        }
        for scalar in text.unicodeScalars {
            if isVisible(scalar) {
                for byte in UTF8.encode(scalar)! { append(byte, to: &bytes) }
            } else {
                for unit in UTF16.encode(scalar)! { append(escaped: unit, to: &bytes) }
            }
        }
    }

    private static func append(_ byte: UInt8, to bytes: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(byte)
        case 0x0A: bytes.append(contentsOf: #"\n"#.utf8)
        case 0x09: bytes.append(contentsOf: #"\t"#.utf8)
        case 0..<0x20, 0x7F: append(escaped: UInt16(byte), to: &bytes)
        default: bytes.append(byte)
        }
    }

    private static func append(escaped unit: UInt16, to bytes: inout [UInt8]) {
        let hex = String(unit, radix: 16)
        bytes.append(contentsOf: #"\u"#.utf8)
        bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 4 - hex.utf8.count))
        bytes.append(contentsOf: hex.utf8)
    }

    /// Returns false for a character that has to be escaped because of its Unicode category.
    ///
    /// These are format, surrogate, private and unassigned characters, line separators, and control
    /// characters outside ASCII. `append(_:to:)` escapes the control characters of ASCII.
    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control: scalar.value < 0x80
        case .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}
