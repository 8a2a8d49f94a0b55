import Diagnostics

/// Texts that need no second look, which are nearly all: made of characters that NFC leaves alone, whichever of them stand
/// together, and that may be shown.
///
/// Those are printable ASCII, the Latin letters of U+00C0 to U+027F and U+1E00 to U+1EFF, with which Vietnamese is written, and
/// the dashes and quotation marks of U+2010 to U+2027. White space among them is the space alone. Looking up what Unicode
/// says of each character, and normalising what is normal, took a third of the time of a start.
package enum PlainText {
    /// - Parameter text: in UTF-8.
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
