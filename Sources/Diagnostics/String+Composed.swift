import Foundation

extension String {
    /// The text in NFC, the composed normalization form of Unicode.
    ///
    /// Text of characters below U+0300, Vietnamese letters (U+1E00...U+1EFF), quotation marks and
    /// dashes (U+2002...U+203F) is returned unchanged. It is already in NFC (Unicode Standard Annex
    /// 15, section 9: NFC_Quick_Check=Yes, combining class 0).
    package var composed: String {
        var copy = self
        let isPlain = copy.withUTF8 { bytes in
            var index = 0
            while index < bytes.count {
                let byte = bytes[index]
                if byte < 0xCC {
                    index += 1
                } else if byte == 0xE1, index + 1 < bytes.count, (0xB8...0xBB).contains(bytes[index + 1]) {
                    index += 3
                } else if byte == 0xE2, index + 2 < bytes.count, bytes[index + 1] == 0x80, bytes[index + 2] >= 0x82 {
                    index += 3
                } else {
                    return false
                }
            }
            return true
        }
        return isPlain ? self : precomposedStringWithCanonicalMapping
    }
}
