import Diagnostics

/// Recognizes plain text, which needs neither normalization nor escaping. Nearly all text is plain.
///
/// Plain text consists of printable ASCII, the Latin letters U+00C0 to U+027F and U+1E00 to U+1EFF,
/// and the dashes and quotation marks U+2010 to U+2027. NFC does not change these characters, and
/// all of them may be shown. The space is the only white space among them.
/// Without this check, a third of the start time was spent on normalizing text and reading the
/// Unicode properties of characters.
package enum PlainText {
    /// - Parameter text: well-formed UTF-8.
    package static func holds(_ text: UnsafeBufferPointer<UInt8>, lineFeeds: Bool = false) -> Bool {
        var index = 0
        while index < text.count {
            switch text[index] {
            case 0x20...0x7E: index += 1
            case 0xC3...0xC9: index += 2
            case 0xE1 where (0xB8...0xBB).contains(text[index + 1]): index += 3
            case 0xE2 where text[index + 1] == 0x80 && (0x90...0xA7).contains(text[index + 2]): index += 3
            case 0x0A where lineFeeds: index += 1
            default: return false
            }
        }
        return true
    }

    package static func holds(_ text: String, lineFeeds: Bool = false) -> Bool {
        text.utf8.withContiguousStorageIfAvailable { holds($0, lineFeeds: lineFeeds) } ?? false
    }
}
