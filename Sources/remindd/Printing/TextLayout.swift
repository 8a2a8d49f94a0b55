/// Breaks text into lines that fit a terminal.
enum TextLayout {
    /// Returns the number of columns that a text takes in a terminal.
    ///
    /// Combining marks take none, and the characters of Chinese, Japanese and Korean take two.
    static func width(_ text: String) -> Int {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
        return text.unicodeScalars.reduce(0) { $0 + width($1) }
    }

    private static func width(_ scalar: Unicode.Scalar) -> Int {
        // Latin and Vietnamese letters, and the dashes, arrows and blocks that the program prints.
        if scalar.value < 0x300 || (0x1E00...0x2FFF).contains(scalar.value) { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        let wide: [ClosedRange<UInt32>] = [
            0x1100...0x115F, 0x3000...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD,
        ]
        return wide.contains { $0.contains(scalar.value) } ? 2 : 1
    }

    /// Breaks a text between words into lines of at most `columns` columns.
    ///
    /// Only a word that does not fit one line is broken inside. No-break spaces hold words
    /// together, and become spaces in the result. The result has at least one line.
    static func wrap(_ text: String, to columns: Int) -> [String] {
        let columns = max(1, columns)
        var lines: [String] = []
        var line = ""
        var used = 0
        for word in text.split(separator: " ").map(String.init) {
            let length = width(word)
            if !line.isEmpty, used + 1 + length <= columns {
                line += " " + word
                used += 1 + length
                continue
            }
            if !line.isEmpty { lines.append(line) }
            (line, used) = (word, length)
            while used > columns {
                let (head, tail) = broken(line, at: columns)
                lines.append(head)
                (line, used) = (tail, width(tail))
            }
        }
        if !line.isEmpty || lines.isEmpty { lines.append(line) }
        return lines.map { $0.replacing("\u{A0}", with: " ") }
    }

    /// Divides a word into a first part that fits `columns`, with at least one character, and the
    /// rest.
    private static func broken(_ word: String, at columns: Int) -> (head: String, tail: String) {
        var head = ""
        var used = 0
        for character in word {
            let length = width(String(character))
            if !head.isEmpty, used + length > columns { break }
            head.append(character)
            used += length
        }
        return (head, String(word.dropFirst(head.count)))
    }

    /// Returns the text with spaces after it, so that it takes `columns` columns.
    static func padded(_ text: String, to columns: Int) -> String {
        text + String(repeating: " ", count: max(0, columns - width(text)))
    }
}
