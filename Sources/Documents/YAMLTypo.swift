import Diagnostics

/// The mistake that probably caused a syntax error. libyaml reports only where it stopped.
package struct YAMLTypo {
    package let line: Int
    package let column: Int
    package let message: LocalizedText
    package var hints: [String] = []
    /// The key whose value a hint repeats; nil if no hint repeats a value.
    package var hintedKey: String?
    package var isTab = false
    /// The corrected line, so that reading can continue and find further mistakes.
    ///
    /// The value is nil if the correction is unknown.
    package var repair: Substring?

    static func find(
        problem: String, context: String, _ failure: YAMLComposer.Failure, in lines: [Substring],
        _ vocabulary: KeyVocabulary
    ) -> YAMLTypo {
        func at(_ message: LocalizedText) -> YAMLTypo { YAMLTypo(line: failure.line, column: failure.column, message: message) }
        if let tab = tab(near: failure, lines) { return tab }
        if let mark = listMark(near: failure, lines) { return mark }
        if problem.contains("nesting level") { return at("nested deeper than \(YAMLFile.depthLimit) levels") }
        if problem.contains("mapping values are not allowed") {
            if let missing = missingColon(above: failure.line, lines) { return missing }
            if let indented = indentedTooDeep(failure, lines) { return indented }
            var slip = at("a colon with a space after it is not allowed in the middle of a value; put the value in quotes")
            slip.repair = quoted(failure.line, lines, vocabulary)
            return slip
        }
        if problem.contains("could not find expected ':'") {
            // Uses the line that libyaml began to read as a key, because the colon is missing in
            // that line.
            let line = failure.contextLine > 0 ? failure.contextLine : failure.line
            if let missing = missingColon(in: line, lines) { return missing }
            return YAMLTypo(line: line, column: 1, message: "this line has no colon; a line is written \"key: value\"")
        }
        if context.contains("quoted scalar") {
            return YAMLTypo(
                line: max(1, failure.contextLine), column: 1,
                message: "a quotation mark is opened in this line and never closed, or closed and followed by more text")
        }
        if problem.contains("did not find expected ',' or"), let cut = commentInside(failure, lines) { return cut }
        if problem.contains("did not find expected ',' or ']'") {
            return at(
                "the list that begins in line \(failure.contextLine) is not closed here: a comma or ] is missing, or quotes around a text with a colon"
            )
        }
        if problem.contains("did not find expected ',' or '}'") {
            return at(
                "the table that begins in line \(failure.contextLine) is not closed here: a comma or } is missing, or quotes around a text with a colon"
            )
        }
        if problem.contains("did not find expected '-' indicator") {
            return at(
                "this line does not stand under the \"-\" of the list that begins in line \(failure.contextLine); check its indentation"
            )
        }
        if problem.contains("did not find expected key") {
            if let quoted = textAfterQuotes(in: failure.line, lines) { return quoted }
            return at(
                "this line does not fit the table that begins in line \(failure.contextLine); check its indentation and quotes")
        }
        if problem.contains("cannot start any token") {
            return at("a value cannot begin with this character; put the value in quotes")
        }
        if problem.contains("block sequence entries are not allowed") {
            return at("a \"-\" cannot begin a list here; begin it in a line of its own")
        }
        return at("not YAML: \(printable(problem))")
    }

    /// Finds a list or table in brackets whose closing bracket is inside a comment.
    ///
    /// An example is `{id: a, title: Công văn số 12 #khẩn, when: 1/6}`.
    private static func commentInside(_ failure: YAMLComposer.Failure, _ lines: [Substring]) -> YAMLTypo? {
        guard failure.contextLine > 0, failure.contextLine <= failure.line else { return nil }
        for line in failure.contextLine...failure.line where lines.indices.contains(line - 1) {
            guard let column = CommentCut.column(in: lines[line - 1]) else { continue }
            return YAMLTypo(
                line: line, column: column,
                message:
                    "what follows a # after a space is a comment, and the } or ] behind it is not read; put the text with # in quotes"
            )
        }
        return nil
    }

    /// Finds a tab in the indentation near the failure.
    ///
    /// The function checks the line at which libyaml stopped, the line at which the construct
    /// begins, and the line before the failure.
    private static func tab(near failure: YAMLComposer.Failure, _ lines: [Substring]) -> YAMLTypo? {
        [failure.line, failure.contextLine, failure.line - 1].lazy.compactMap { tab(in: $0, lines) }.first
    }

    private static func tab(in line: Int, _ lines: [Substring]) -> YAMLTypo? {
        guard lines.indices.contains(line - 1) else { return nil }
        let indent = lines[line - 1].prefix { $0 == " " || $0 == "\t" || $0 == "-" }
        guard indent.contains("\t") else { return nil }
        let column = indent.prefix { $0 != "\t" }.count + 1
        return YAMLTypo(
            line: line, column: column, message: "a tab stands where the line is indented; use spaces", isTab: true)
    }

    /// Returns the later lines that are indented by tabs too; empty if this mistake is not a tab.
    package func alike(in lines: [Substring]) -> [YAMLTypo] {
        guard isTab, line < lines.count else { return [] }
        return (line + 1...lines.count).lazy.compactMap { YAMLTypo.tab(in: $0, lines) }
    }

    /// Finds a list item with a wrong hyphen, or without a plain space after its hyphen.
    ///
    /// Word processors replace the hyphen by a dash or bullet, and the space by a no-break space.
    /// People forget the space.
    private static func listMark(near failure: YAMLComposer.Failure, _ lines: [Substring]) -> YAMLTypo? {
        let above = lastLine(above: failure.line, lines) ?? 0
        for line in [failure.line, failure.contextLine, above] where lines.indices.contains(line - 1) {
            let whole = lines[line - 1].unicodeScalars
            let indent = whole.prefix { $0.properties.isWhitespace }
            let content = whole.dropFirst(indent.count)
            let spaces = Substring(String(repeating: " ", count: indent.count))
            func slip(_ column: Int, _ message: LocalizedText, _ meant: String) -> YAMLTypo {
                YAMLTypo(line: line, column: column, message: message, repair: spaces + meant)
            }
            if let odd = OddSpaces.slip(in: line, lines) { return odd }
            guard let first = content.first, let second = content.dropFirst().first else { continue }
            let rest = String(content.dropFirst().drop { $0.properties.isWhitespace })
            if bullets.contains(first), second.properties.isWhitespace {
                return slip(indent.count + 1, "\"\(first)\" is not the \"-\" of a list; write \"- \"", "- " + rest)
            }
            if first == "-", second.properties.isAlphabetic || second.properties.numericType != nil {
                return slip(indent.count + 1, "a space is missing after the \"-\" of the list", "- " + rest)
            }
        }
        return nil
    }

    private static let bullets: Set<Unicode.Scalar> = ["–", "—", "−", "‐", "‑", "•", "●", "▪", "·", "*", "+"]

    /// Finds a key that is indented deeper than the key in the line above.
    ///
    /// YAML reads the deeper key as a part of the value in the line above.
    private static func indentedTooDeep(_ failure: YAMLComposer.Failure, _ lines: [Substring]) -> YAMLTypo? {
        guard let above = lastLine(above: failure.line, lines), lines.indices.contains(failure.line - 1) else { return nil }
        let here = lines[failure.line - 1].unicodeScalars
        let indent = here.prefix { $0 == " " }.count
        // The unexpected colon must be the first colon of its line. Only then is the text before
        // the colon a key.
        guard !here.prefix(failure.column - 1).contains(":") else { return nil }
        let column = lines[above - 1].unicodeScalars.prefix { $0 == " " || $0 == "-" }.count
        guard column < indent else { return nil }
        return YAMLTypo(
            line: failure.line, column: indent + 1,
            message:
                "this line stands deeper than the key in line \(above), whose value it would go on with; begin both in one column",
            repair: Substring(String(repeating: " ", count: column)) + Substring(here.dropFirst(indent)))
    }

    /// Returns the line with its value in quotes; nil if the value cannot be quoted.
    ///
    /// The value begins after the first colon.
    private static func quoted(_ line: Int, _ lines: [Substring], _ vocabulary: KeyVocabulary) -> Substring? {
        guard lines.indices.contains(line - 1), let colon = lines[line - 1].firstRange(of: ": ") else { return nil }
        let value = lines[line - 1][colon.upperBound...]
        guard let first = value.first, !"'\"{[&*!|>".contains(first) else { return nil }
        // Does not quote a value that contains a secret. The secret would become part of the value
        // of another key, and a message may repeat that value.
        guard !vocabulary.secret.contains(where: { value.contains("\($0):") }) else { return nil }
        return lines[line - 1][..<colon.upperBound] + "'" + value.replacing("'", with: "''") + "'"
    }

    /// Returns the last line before `line` that has content; nil if there is none.
    ///
    /// An empty line has no content, and neither has a line with only a comment.
    private static func lastLine(above line: Int, _ lines: [Substring]) -> Int? {
        guard line <= lines.count + 1 else { return nil }
        return (1..<max(1, line)).last { number in
            let content = lines[number - 1].drop { $0 == " " }
            return !content.isEmpty && !content.hasPrefix("#")
        }
    }

    /// Finds a missing colon in the last line before `line`.
    ///
    /// YAML reads a line without a colon as text that continues in the next line. If the next line
    /// has a colon, libyaml reports that colon, although the mistake is in the line before it.
    private static func missingColon(above line: Int, _ lines: [Substring]) -> YAMLTypo? {
        lastLine(above: line, lines).flatMap { missingColon(in: $0, lines) }
    }

    /// Finds a missing `: ` after the first word of a line, as in `title Phòng` or `title:Phòng`.
    package static func missingColon(in line: Int, _ lines: [Substring]) -> YAMLTypo? {
        guard lines.indices.contains(line - 1) else { return nil }
        let whole = lines[line - 1]
        var content = whole.drop { $0 == " " }
        if content.hasPrefix("- ") { content = content.dropFirst(2).drop { $0 == " " } }
        let column = whole.unicodeScalars.count - content.unicodeScalars.count + 1
        guard var slip = missingColon(in: content, line: line, column: column) else { return nil }
        if let meant = slip.repair { slip.repair = whole.prefix(whole.count - content.count) + meant }
        return slip
    }

    /// - Parameter content: the text of a line or of a part of it, from its first letter on.
    package static func missingColon(in content: Substring, line: Int, column: Int) -> YAMLTypo? {
        let word = content.prefix { ($0.isLetter && $0.isASCII) || $0 == "_" }
        guard word.count > 1, !content.contains(": "), !content.hasSuffix(":") else { return nil }
        let rest = content.dropFirst(word.count)
        let next = rest.first ?? " "
        guard next == " " || next == ":" || next == "=" else { return nil }
        let written = rest.drop { $0 == " " || $0 == ":" || $0 == "=" }.unicodeScalars
        let value = Substring(written.drop(while: OddSpaces.isOne))
        let message: LocalizedText =
            if next == ":", let odd = written.first, OddSpaces.isOne(odd) {
                "\(OddSpaces.name(odd)) stands after \"\(word):\"; use a plain space"
            } else if next == ":" {
                "a space is missing after \"\(word):\""
            } else {
                "a colon is missing after \"\(word)\""
            }
        let meant = value.isEmpty ? "\(word):" : "\(word): \(value)"
        let hints = value.isEmpty ? [meant] : hints(word, value, meant)
        return YAMLTypo(
            line: line, column: column, message: message, hints: hints,
            hintedKey: !value.isEmpty && hints == [meant] ? String(word) : nil, repair: meant[...])
    }

    /// Returns the hints of this mistake, without values that may be secret.
    ///
    /// - Parameter keys: keys whose values are not secret.
    package func hints(repeatingValuesOf keys: Set<String>) -> [String] {
        guard let hintedKey, !keys.contains(hintedKey) else { return hints }
        return ["\(hintedKey):"]
    }

    /// Returns the hints for a missing colon. A value that may be a password is left out.
    private static func hints(_ word: Substring, _ value: Substring, _ meant: String) -> [String] {
        let isSecret = value.contains("whsec_") || Spelling.nearest(to: String(word), among: ["password", "secret"]) != nil
        if isSecret { return ["\(word): {credential: NAME}"] }
        if value.contains("://"), value.contains("@") { return [] }
        return [meant]
    }

    private static func textAfterQuotes(in line: Int, _ lines: [Substring]) -> YAMLTypo? {
        for line in [line, line - 1] where lines.indices.contains(line - 1) {
            let marks = lines[line - 1].count { $0 == "\"" }
            guard marks > 1 else { continue }
            return YAMLTypo(
                line: line, column: 1,
                message:
                    "text stands after a closing quotation mark; put all of the value in '…', or write \\\" for a mark within \"…\""
            )
        }
        return nil
    }
}
