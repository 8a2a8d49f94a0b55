/// Breaks text into lines that fit a terminal, between words.
package enum WordWrap {
    /// Returns the lines of `text`, each at most `width` columns wide.
    ///
    /// A word that is wider than a line is kept whole, because a path or an address must stay
    /// usable. Line breaks of the text are kept.
    ///
    /// - Parameter indent: the number of spaces before each continued line. They come on top of the
    ///   spaces with which the text's own line begins.
    package static func lines(of text: String, width: Int, indent: Int = 2) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line(String($0), width, indent) }
    }

    /// Returns the lines of a text for a column of a table, each at most `width` columns wide.
    ///
    /// A word that is wider than the column is broken inside. Several spaces count as one. No-break
    /// spaces hold words together, and become spaces in the result. The result has at least one
    /// line.
    package static func column(of text: String, width: Int) -> [String] {
        let width = max(1, width)
        let words = text.split(separator: " ").flatMap { broken($0, width) }
        return lines(of: words.joined(separator: " "), width: width, indent: 0).map { $0.replacing("\u{A0}", with: " ") }
    }

    /// Divides a word into parts of at most `width` columns, each with at least one character.
    private static func broken(_ word: Substring, _ width: Int) -> [String] {
        guard DisplayWidth.of(word) > width else { return [String(word)] }
        var parts: [String] = []
        var (part, used) = ("", 0)
        for character in word {
            let wanted = DisplayWidth.of(String(character))
            if !part.isEmpty, used + wanted > width {
                parts.append(part)
                (part, used) = ("", 0)
            }
            part.append(character)
            used += wanted
        }
        return parts + [part]
    }

    private static func line(_ text: String, _ width: Int, _ indent: Int) -> [String] {
        guard DisplayWidth.of(text) > width else { return [text] }
        let own = text.prefix { $0 == " " }.count
        let margin = String(repeating: " ", count: min(own + indent, max(0, width / 2)))
        var lines: [String] = []
        var current = ""
        var used = 0
        var gap = ""
        for piece in pieces(of: text) {
            guard piece.first != " " else {
                gap = piece
                continue
            }
            let wanted = DisplayWidth.of(gap) + DisplayWidth.of(piece)
            let isEmpty = current.allSatisfy { $0 == " " }
            if !isEmpty, used + wanted > width {
                lines.append(current)
                current = margin + piece
                used = DisplayWidth.of(current)
            } else {
                current += gap + piece
                used += wanted
            }
            gap = ""
        }
        return lines + [current]
    }

    /// Returns the words of a line, and the runs of spaces between them.
    private static func pieces(of text: String) -> [String] {
        var pieces: [String] = []
        for character in text {
            if let last = pieces.last?.first, (last == " ") == (character == " ") {
                pieces[pieces.count - 1].append(character)
            } else {
                pieces.append(String(character))
            }
        }
        return pieces
    }
}
