import Diagnostics
import Foundation
import Scheduler

/// Encodes header fields in folded ASCII, so that a value cannot begin another field.
///
/// A line has at most 998 characters and should have at most 78 (RFC 5322, section 2.1.1). An
/// encoded-word has at most 75 characters, and a line that contains one has at most 76. No
/// character is split between two encoded-words (RFC 2047, section 2).
package enum HeaderEncoder {
    static let lineLimit = 78
    static let encodedLineLimit = 76
    static let wordLimit = 75

    /// Returns the field `Name: text` for text that people read (RFC 5322 "unstructured").
    ///
    /// The text is written as it is if that is possible. If not, it is written as encoded-words.
    package static func field(_ name: String, text: String) throws(RenderFailure) -> String {
        let text = text.composed
        try refuseControls(in: text, of: name)
        if isPlain(text), let folded = foldPlain(text, from: name.utf8.count + 2) { return "\(name): \(folded)\r\n" }
        return "\(name): \(encodedWords(text, from: name.utf8.count + 2))\r\n"
    }

    /// Returns the field `Name: display name <address>`.
    package static func field(_ name: String, mailbox: Mailbox) throws(RenderFailure) -> String {
        let shown = mailbox.name
        try refuseControls(in: shown, of: name)
        let address = "<\(mailbox.address.ascii)>"
        guard !shown.isEmpty else { return try field(name, raw: mailbox.address.ascii) }
        let phrase =
            isPlain(shown) && shown.utf8.count <= 60 ? quoted(shown) : Self.phrase(shown, from: name.utf8.count + 2)
        let lastLine = phrase.utf8.reversed().prefix { $0 != UInt8(ascii: "\n") }.count
        let used = phrase.utf8.contains(UInt8(ascii: "\n")) ? lastLine : name.utf8.count + 2 + lastLine
        let limit = holds("=?", phrase) ? encodedLineLimit : lineLimit
        let gap = used + 1 + address.utf8.count <= limit ? " " : "\r\n "
        return "\(name):\(phrase.hasPrefix("\r\n") ? "" : " ")\(phrase)\(gap)\(address)\r\n"
    }

    /// Returns the field `Name: value` for an ASCII value that needs no encoding.
    ///
    /// If the field is too long for one line, it is folded after the colon.
    package static func field(_ name: String, raw value: String) throws(RenderFailure) -> String {
        try refuseControls(in: value, of: name)
        guard value.utf8.allSatisfy({ $0 < 0x80 }), value.utf8.count <= 990 else {
            throw RenderFailure("the header \(name) cannot hold its value")
        }
        let gap = name.utf8.count + 2 + value.utf8.count <= lineLimit ? " " : "\r\n "
        return "\(name):\(gap)\(value)\r\n"
    }

    /// Returns whether the byte is `atext` in the grammar of RFC 5322.
    static func isAtomText(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
        }
    }

    // MARK: Parts

    private static func refuseControls(in value: String, of name: String) throws(RenderFailure) {
        if value.holdsControls {
            throw RenderFailure("the header \(name) may not hold a line end or control character")
        }
    }

    /// Returns whether the text can be written in a header without encoding.
    ///
    /// The text must be printable ASCII. No mail program may read a part of it as an encoded-word,
    /// and folding must not change its spaces.
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !holds("=?", text) && !holds("  ", text)
            && text.utf8.first != UInt8(ascii: " ") && text.utf8.last != UInt8(ascii: " ")
    }

    /// Returns whether the text contains the two characters of `pair`.
    ///
    /// The function compares bytes, because Foundation's search converts the text to UTF-16.
    private static func holds(_ pair: StaticString, _ text: some StringProtocol) -> Bool {
        let (first, second) = (pair.utf8Start[0], pair.utf8Start[1])
        return zip(text.utf8, text.utf8.dropFirst()).contains { $0 == first && $1 == second }
    }

    /// Folds the text before spaces. Returns nil if a word is longer than a line.
    private static func foldPlain(_ text: String, from column: Int) -> String? {
        var folded = ""
        var used = column
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            let isFirst = folded.isEmpty
            if isFirst ? used + word.utf8.count > lineLimit : word.utf8.count + 1 > lineLimit { return nil }
            if isFirst {
                used += word.utf8.count
            } else if used + 1 + word.utf8.count <= lineLimit {
                folded += " "
                used += 1 + word.utf8.count
            } else {
                folded += "\r\n "
                used = 1 + word.utf8.count
            }
            folded += word
        }
        return folded
    }

    private static func quoted(_ text: String) -> String {
        if text.utf8.allSatisfy({ isAtomText($0) || $0 == UInt8(ascii: " ") }) { return text }
        return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    /// Encodes a display name.
    ///
    /// A decoder drops the space between two encoded-words (RFC 2047, section 6.2). Python's parser
    /// up to 3.11 keeps this space in display names. It would thus show a space within a word that
    /// is split between two encoded-words. Words that need no encoding are therefore left as they
    /// are. Other words in sequence become one encoded-word if they fit. If they do not fit, they
    /// are split after a space. Python's parser then shows two spaces at worst.
    private static func phrase(_ text: String, from column: Int) -> String {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard !words.contains(where: \.isEmpty) else { return encodedWords(text, from: column) }
        var tokens: [String] = []
        var run: [Substring] = []
        func closeRun() {
            if !run.isEmpty { tokens += encodedRun(run) }
            run = []
        }
        for word in words {
            if word.utf8.allSatisfy(isAtomText), !holds("=?", word), word.utf8.count <= 60 {
                closeRun()
                tokens.append(String(word))
            } else {
                run.append(word)
            }
        }
        closeRun()
        var folded = ""
        var used = column
        for token in tokens {
            // The first token needs no space before it, because a space already follows the colon
            // of `Name:`.
            let fits = used + token.utf8.count + (folded.isEmpty ? 0 : 1) <= encodedLineLimit
            if !fits { folded += "\r\n " } else if !folded.isEmpty { folded += " " }
            used = fits ? used + token.utf8.count + (folded.isEmpty ? 0 : 1) : 1 + token.utf8.count
            folded += token
        }
        return folded
    }

    /// Returns encoded-words, each of which ends at the end of a word. A word that is too long is
    /// split.
    private static func encodedRun(_ words: [Substring]) -> [String] {
        let room = 45
        var chunks: [[UInt8]] = [[]]
        for (index, word) in words.enumerated() {
            let bytes = Array((word + (index + 1 < words.count ? " " : "")).utf8)
            if chunks[chunks.count - 1].count + bytes.count > room, !chunks[chunks.count - 1].isEmpty { chunks.append([]) }
            guard bytes.count > room else {
                chunks[chunks.count - 1] += bytes
                continue
            }
            var start = 0
            for end in ends(of: bytes) {
                if chunks[chunks.count - 1].count + end - start > room { chunks.append([]) }
                chunks[chunks.count - 1] += bytes[start..<end]
                start = end
            }
        }
        return chunks.filter { !$0.isEmpty }.map { "=?UTF-8?B?\(Base64.text($0))?=" }
    }

    /// Returns encoded-words in base64, one on each line.
    ///
    /// Base64 is shorter than the encoding "Q", because a third of Vietnamese text is non-ASCII.
    private static func encodedWords(_ text: String, from column: Int) -> String {
        let frame = "=?UTF-8?B??=".utf8.count
        let bytes = Array(text.utf8)
        var words: [String] = []
        var (start, end) = (0, 0)
        var room = bytesOfBase64(min(wordLimit, encodedLineLimit - column) - frame)
        func close() {
            words.append("=?UTF-8?B?\(Base64.text(bytes[start..<end]))?=")
            start = end
            room = bytesOfBase64(wordLimit - frame)
        }
        for next in ends(of: bytes) {
            if next - start > room, end > start { close() }
            end = next
        }
        if end > start || words.isEmpty { close() }
        return words.joined(separator: "\r\n ")
    }

    /// Returns the positions in the text at which an encoded-word may end.
    ///
    /// These are the ends of the characters as people see them. If a character is longer than an
    /// encoded-word, they are the ends of its scalars.
    private static func ends(of bytes: [UInt8]) -> [Int] {
        var ends: [Int] = []
        ends.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            // In text of ASCII, precomposed Latin letters and the punctuation marks from U+2010 on,
            // each scalar is a character of its own. Any other text has to be searched for
            // character boundaries.
            switch bytes[index] {
            case 0..<0x80: index += 1
            case 0xC2..<0xCC: index += 2
            case 0xE1 where index + 2 < bytes.count && (0xB8...0xBB).contains(bytes[index + 1]): index += 3
            case 0xE2 where index + 2 < bytes.count && bytes[index + 1] == 0x80 && (0x90..<0xA8).contains(bytes[index + 2]):
                index += 3
            default: return endsOfCharacters(bytes)
            }
            ends.append(index)
        }
        return ends
    }

    private static func endsOfCharacters(_ bytes: [UInt8]) -> [Int] {
        var ends: [Int] = []
        var end = 0
        for character in String(decoding: bytes, as: UTF8.self) {
            let size = character.utf8.count
            if size <= 30 {
                ends.append(end + size)
            } else {
                var scalarEnd = end
                for scalar in character.unicodeScalars {
                    scalarEnd += UTF8.width(scalar)
                    ends.append(scalarEnd)
                }
            }
            end += size
        }
        return ends
    }

    private static func bytesOfBase64(_ characters: Int) -> Int {
        characters / 4 * 3
    }
}
