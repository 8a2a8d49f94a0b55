/// Finds plain texts that YAML cuts off before ` #`, although the author meant a literal `#`.
///
/// An example is `Công văn số 12 #khẩn`. Nearly everybody puts a space between `#` and a comment. A
/// letter or digit directly after `#` therefore suggests a word, not a comment.
package enum CommentCut {
    /// A place in a file as one number. Line and column count from 1, columns in Unicode scalars.
    private static func key(_ line: Int, _ column: Int) -> Int { line << 32 | column }

    /// The places of the white space before each `#` that is followed by a letter or digit.
    package static func places(in text: String) -> Set<Int> {
        var text = text
        return text.withUTF8(places)
    }

    private static func places(in text: UnsafeBufferPointer<UInt8>) -> Set<Int> {
        var places: Set<Int> = []
        var (line, column) = (1, 1)
        // The column at which the current white space began; 0 outside of white space.
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

    /// The column of the first `#` in a line that looks like a part of a word; nil if there is
    /// none.
    ///
    /// Such a `#` has white space before it and a letter or digit after it. Columns count in
    /// Unicode scalars from 1.
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

    /// Whether the value at `mark` ends at one of `places`, so that a comment may have cut it off.
    package static func isAt(_ mark: YAMLNode.Mark, _ places: Set<Int>) -> Bool {
        !places.isEmpty && places.contains(key(mark.lastLine, mark.endColumn))
    }
}
