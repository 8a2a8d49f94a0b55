/// Finds unquoted strings that YAML ends before ` #`, although the author meant a literal `#`.
///
/// An example is `Công văn số 12 #khẩn`. Nearly everybody who writes a comment puts a space after
/// the `#`. A letter or digit directly after the `#` therefore suggests a word, not a comment.
package enum CommentCut {
    /// Packs a line and a column into one number.
    ///
    /// Both count from 1. Columns count Unicode scalars.
    private static func key(_ line: Int, _ column: Int) -> Int { line << 32 | column }

    /// Returns the places at which a comment may have cut off a string.
    ///
    /// Each is the beginning of white space before a `#` that a letter or digit follows.
    package static func places(in text: String) -> Set<Int> {
        var text = text
        return text.withUTF8(places)
    }

    private static func places(in text: UnsafeBufferPointer<UInt8>) -> Set<Int> {
        var places: Set<Int> = []
        var (line, column) = (1, 1)
        // The column at which the current white space began; 0 if the last character was not white
        // space.
        var gap = 0
        for (index, byte) in text.enumerated() {
            if byte == 0x0A {
                (line, column, gap) = (line + 1, 1, 0)
                continue
            }
            guard byte & 0xC0 != 0x80 else { continue }
            if byte == 0x20 || byte == 0x09 {
                if gap == 0 { gap = column }
            } else {
                if byte == UInt8(ascii: "#"), gap > 0, index + 1 < text.count, isWord(text[index + 1]) {
                    places.insert(key(line, gap))
                }
                gap = 0
            }
            column += 1
        }
        return places
    }

    /// Returns the column of the first `#` that looks like the start of a word, or nil.
    ///
    /// White space precedes such a `#`, and a letter or digit follows it. Columns count Unicode
    /// scalars from 1.
    package static func column(in line: Substring) -> Int? {
        let scalars = Array(line.unicodeScalars)
        return scalars.indices.dropFirst().dropLast().first { index in
            let next = scalars[index + 1].value
            return scalars[index] == "#" && [" ", "\t"].contains(scalars[index - 1]) && (next > 0x7F || isWord(UInt8(next)))
        }
        .map { $0 + 1 }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        byte >= 0x80 || (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
    }

    /// Returns whether the value at `mark` ends at one of `places`.
    ///
    /// If it does, a comment may have cut it off.
    package static func isAt(_ mark: YAMLNode.Mark, _ places: Set<Int>) -> Bool {
        !places.isEmpty && places.contains(key(mark.lastLine, mark.endColumn))
    }
}
