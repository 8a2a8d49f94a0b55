import Testing

@testable import Diagnostics

/// Tests how text is measured, wrapped and cut for a terminal.
@Suite("Text in a terminal")
struct TerminalTextTests {
    @Test(
        "Combining marks take no column, East Asian letters and emoji take two",
        arguments: [
            ("Phòng, chống", 12), ("Pho\u{300}ng", 5), ("漢字", 4), ("한글", 4), ("ＡＢ", 4), ("🎉", 2), ("a\u{200B}b", 2),
            ("x\u{AD}y", 2), ("", 0),
        ])
    func widths(text: String, width: Int) {
        #expect(DisplayWidth.of(text) == width)
    }

    @Test("Lines are broken between words, continued lines are indented, and no word is broken")
    func wraps() {
        let text = "  when \"15-11\": day and month are joined by \"/\""
        #expect(
            WordWrap.lines(of: text, width: 24) == ["  when \"15-11\": day and", "    month are joined by", "    \"/\""])
        #expect(WordWrap.lines(of: "a short line", width: 12) == ["a short line"])
        let path = "/srv/remindd/plans/a-very-long-name-of-a-plan.yaml:8:13:"
        #expect(WordWrap.lines(of: "\(path) error", width: 20) == [path, "  error"])
        #expect(WordWrap.lines(of: "một hai ba bốn\n漢字 漢字 漢字", width: 10) == ["một hai ba", "  bốn", "漢字 漢字", "  漢字"])
    }

    @Test("No wrapped line is wider than the terminal, and no word is lost", arguments: 20...100)
    func fits(width: Int) {
        let text =
            "tệp thay đổi trong lúc đọc vì đang được ghi; hãy thử lại khi ghi xong, và xem ngày 15/11 - 15/12 của kế hoạch này"
        let lines = WordWrap.lines(of: text, width: width)
        #expect(lines.allSatisfy { DisplayWidth.of($0) <= width })
        #expect(lines.map { $0.drop { $0 == " " } }.joined(separator: " ") == text)
    }

    /// Returns an excerpt and the text above its caret.
    private static func excerpt(_ line: String, _ column: Int, width: Int = 80) -> (lines: [String], above: String) {
        let lines = SourceExcerpt(line: line, number: 8, column: column, width: width).lines
        // The caret stands under the cell at this column.
        let place = lines[1].count - 1
        var shown = 0
        for character in lines[0] {
            if shown == place { return (lines, String(character)) }
            shown += DisplayWidth.of(String(character))
        }
        return (lines, "")
    }

    @Test("The caret stands below the place of the problem")
    func caret() {
        let plain = Self.excerpt("    when: 15-11", 11)
        #expect(plain.lines == ["  8 |     when: 15-11", "    |           ^"] && plain.above == "1")
        #expect(Self.excerpt("title: Phòng, chống đuối nước, when: 8/6", 32).above == "w")
    }

    @Test("Combining marks and wide letters before the place do not move the caret away from it")
    func unusual() {
        // Decomposed: each mark is a scalar of its own, and takes no column.
        #expect(Self.excerpt("Pho\u{300}ng x: 1", 8).above == "x")
        #expect(Self.excerpt("漢字 x: 1", 4).above == "x")
        #expect(Self.excerpt("a\u{200B}x", 3).lines[0].contains("a\\u{200b}x"))
        #expect(Self.excerpt("a\u{200B}x", 3).above == "x")
        #expect(Self.excerpt("\tx", 2).above == "x")
    }

    @Test("A place behind the line is shown at its end")
    func behind() {
        #expect(Self.excerpt("plan:", 90).lines[1] == "    |      ^")
    }

    @Test("A long line is cut around the place, and its cut sides have an ellipsis", arguments: [1, 40, 200, 390, 400])
    func cut(column: Int) {
        let line = String(repeating: "áb漢", count: 133) + "Z"
        let (lines, above) = Self.excerpt(line, column, width: 60)
        let scalars = Array(line.unicodeScalars)
        #expect(above == String(scalars[column - 1]))
        #expect(DisplayWidth.of(lines[0]) <= 60 && DisplayWidth.of(lines[1]) <= 60)
        #expect(lines[0].hasPrefix("  8 | …") == (column >= 40))
        #expect(lines[0].hasSuffix("…") == (column < 390))
    }
}
