/// Finds the comments of C, Python and shell files.
enum Comments {
    /// Returns the lines of all comments, without the code before the comment marker.
    ///
    /// The lines of docstrings, and the lines of a C block comment after its first line, are
    /// returned whole.
    static func find(in text: String, path: String) -> [SourceFile.Text] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if path.hasSuffix(".py") { return python(lines) }
        if path.hasSuffix(".c") || path.hasSuffix(".h") { return c(lines) }
        return zip(1..., lines).compactMap { number, line in
            start(of: "#", in: line).map { SourceFile.Text(line: number, text: String(line[$0...])) }
        }
    }

    /// Returns comments and docstrings. Three quotes at the start of a line begin a docstring.
    private static func python(_ lines: [Substring]) -> [SourceFile.Text] {
        let quotes = "\"\"\""
        var found: [SourceFile.Text] = []
        var (isDocstring, isLiteral) = (false, false)
        for (number, line) in zip(1..., lines) {
            let marks = line.ranges(of: quotes).count
            if isDocstring || isLiteral {
                if isDocstring { found.append(SourceFile.Text(line: number, text: String(line))) }
                if marks % 2 == 1 { (isDocstring, isLiteral) = (false, false) }
            } else if line.drop(while: \.isWhitespace).hasPrefix(quotes) {
                found.append(SourceFile.Text(line: number, text: String(line)))
                isDocstring = marks % 2 == 1
            } else if marks % 2 == 1 {
                isLiteral = true
            } else if let start = start(of: "#", in: line) {
                found.append(SourceFile.Text(line: number, text: String(line[start...])))
            }
        }
        return found
    }

    private static func c(_ lines: [Substring]) -> [SourceFile.Text] {
        var found: [SourceFile.Text] = []
        var isBlock = false
        for (number, line) in zip(1..., lines) {
            if isBlock {
                found.append(SourceFile.Text(line: number, text: String(line)))
                isBlock = !line.contains("*/")
            } else if let start = start(of: "/", in: line), line[start...].hasPrefix("//") || line[start...].hasPrefix("/*") {
                found.append(SourceFile.Text(line: number, text: String(line[start...])))
                isBlock = line[start...].hasPrefix("/*") && !line[start...].contains("*/")
            }
        }
        return found
    }

    /// Returns the index of the first `mark` outside quotes, at a line start or after a blank.
    ///
    /// Returns nil if there is none.
    private static func start(of mark: Character, in line: Substring) -> Substring.Index? {
        guard line.contains(mark) else { return nil }
        var quote: Character?
        var previous: Character = " "
        for index in line.indices {
            let character = line[index]
            if let open = quote {
                if character == open, previous != "\\" { quote = nil }
            } else if character == "\"" || character == "'" {
                quote = character
            } else if character == mark, previous.isWhitespace {
                return index
            }
            previous = character
        }
        return nil
    }
}
