/// An error or a warning about a user's file, with its place, a message and hints.
package struct Problem: Hashable, Codable, Sendable, CustomStringConvertible {
    package enum Severity: String, Hashable, Codable, Sendable {
        case error, warning
    }

    /// The kind of file, which determines the exit code.
    ///
    /// The exit code is 65 for data that officers write, and 78 for the configuration.
    package enum Source: Hashable, Codable, Sendable {
        /// A plan, working-day or recipient file.
        case data
        case configuration
    }

    /// A place in a file. `line` and `column` count from 1; `column` counts Unicode scalars.
    package struct Place: Hashable, Codable, Sendable {
        package let file: String
        package let line: Int
        package let column: Int

        package init(file: String, line: Int, column: Int) {
            self.file = file
            self.line = line
            self.column = column
        }
    }

    package let severity: Severity
    package let source: Source
    package let place: Place
    /// The text of the problem on one line, escaped for display.
    ///
    /// It names the value found and the values allowed.
    package let message: LocalizedText
    /// The valid spellings most similar to the value found; empty if none is similar.
    package let hints: [String]

    package init(severity: Severity, source: Source, place: Place, message: LocalizedText, hints: [String]) {
        self.severity = severity
        self.source = source
        self.place = place
        self.message = message
        self.hints = hints
    }

    /// The problem as one line in English: `file:line:column: error: message; did you mean "…"?`.
    package var description: String { line(in: .english) }

    /// Returns the problem as one line: `file:line:column: error: message; did you mean "…"?`.
    package func line(in language: DisplayLanguage) -> String {
        let severity: LocalizedText = severity == .error ? "error" : "warning"
        let text = printable(message.text(in: language), limit: 10_000) + hintText.text(in: language)
        return "\(printable(place.file, limit: 4_096)):\(place.line):\(place.column): \(severity.text(in: language)): \(text)"
    }

    private var hintText: LocalizedText {
        let quoted = hints.map { "\"\(printable($0))\"" }
        guard let first = quoted.first else { return "" }
        let either = quoted.dropFirst().reduce(LocalizedText(verbatim: first)) { "\($0) or \($1)" }
        return "; did you mean \(either)?"
    }
}

/// Returns `text` in a form that is safe for terminals and logs.
///
/// Control characters, bidirectional overrides and other invisible characters become `\u{…}`. If
/// the text has more than `limit` characters, the rest is replaced by `…`.
package func printable(_ text: String, limit: Int = 120) -> String {
    if text.utf8.count <= limit, text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return text }
    var shown = ""
    for (count, scalar) in text.unicodeScalars.enumerated() {
        if count == limit { return shown + "…" }
        if isShowable(scalar) {
            shown.unicodeScalars.append(scalar)
        } else {
            shown += "\\u{" + String(scalar.value, radix: 16) + "}"
        }
    }
    return shown
}

/// Returns whether a character may be shown in terminals and logs.
///
/// False for control, format, private and unassigned characters, for surrogates and for line
/// separators. Format characters are invisible, such as zero-width characters and bidirectional
/// controls.
package func isShowable(_ scalar: Unicode.Scalar) -> Bool {
    // Saves the search in Unicode's tables for ASCII, Latin and Vietnamese letters. Nearly every
    // string has only these. U+00AD is a format character.
    if (0x20...0x7E).contains(scalar.value) || (0x1E00...0x1EFF).contains(scalar.value) { return true }
    if (0xA1...0x24F).contains(scalar.value) { return scalar.value != 0xAD }
    return switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
    default: true
    }
}
