/// A line of a file, with a caret below the place of a problem.
///
/// ```
///   8 |     when: 15-11
///     |           ^
/// ```
package struct SourceExcerpt {
    package let lines: [String]

    /// - Parameters:
    ///   - line: the line without its line break. Invisible characters are escaped for display.
    ///   - number: the number of the line, from 1.
    ///   - column: the place of the problem in Unicode scalars, from 1. A place behind the line is
    ///     shown at its end.
    ///   - width: the number of columns that may be used. A longer line is cut around the place,
    ///     and `…` stands for the text that is left out.
    package init(line: String, number: Int, column: Int, width: Int) {
        let gutter = "\(number)"
        let margin = "  \(gutter) | "
        let (text, place) = SourceExcerpt.cut(line, column: column, width: max(20, width - margin.count))
        let blank = String(repeating: " ", count: gutter.count)
        lines = [margin + text, "  \(blank) | " + String(repeating: " ", count: place) + "^"]
    }

    /// Returns the part of a line to show, and the number of columns before the place in it.
    private static func cut(_ line: String, column: Int, width: Int) -> (text: String, place: Int) {
        let cells = line.unicodeScalars.map { scalar -> String in
            scalar == "\t" ? "    " : printable(String(scalar))
        }
        let widths = cells.map { DisplayWidth.of($0) }
        let index = min(max(0, column - 1), cells.count)
        let before = widths[..<index].reduce(0, +)
        let total = widths.reduce(0, +)
        guard total > width else { return (cells.joined(), before) }
        // The place gets two thirds of the width before it, because the mistake is read with the
        // words in front of it.
        var (start, used) = (0, before)
        while start < index, used + 1 > width * 2 / 3 {
            used -= widths[start]
            start += 1
        }
        // A combining mark stays with its letter.
        while start < index, widths[start] == 0 { start += 1 }
        let head = start > 0 ? "…" : ""
        let place = DisplayWidth.of(head) + widths[start..<index].reduce(0, +)
        var (end, taken) = (start, DisplayWidth.of(head))
        while end < cells.count, taken + widths[end] + (end + 1 < cells.count ? 1 : 0) <= width {
            taken += widths[end]
            end += 1
        }
        return (head + cells[start..<end].joined() + (end < cells.count ? "…" : ""), place)
    }
}
