import Diagnostics

/// Finds unusual spaces and invisible characters in the indentation of YAML files.
///
/// Word processors, web pages and telephones insert them at the beginning of a line. YAML reads
/// them as a part of the key, so the indentation that it sees differs from the visible one.
package enum OddSpaces {
    /// Returns whether the indentation of a line has an unusual space or an invisible character.
    ///
    /// Plain spaces and hyphens may come before that character.
    package static func mayIndent(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { text in
            var isIndent = true
            for (index, byte) in text.enumerated() {
                switch byte {
                case 0x0A: isIndent = true
                case 0x20, 0x2D: break
                case 0xC2, 0xE1, 0xE2, 0xE3, 0xEF:
                    if isIndent, isOne(text, at: index) { return true }
                    isIndent = false
                default: isIndent = false
                }
            }
            return false
        }
    }

    private static func isOne(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
        var end = index + 1
        while end < text.count, text[end] & 0xC0 == 0x80 { end += 1 }
        let scalar = String(decoding: text[index..<end], as: UTF8.self).unicodeScalars.first
        return scalar.map(isOne) ?? false
    }

    /// Returns whether a scalar is white space outside ASCII or an invisible character.
    package static func isOne(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value > 0x7F else { return false }
        return scalar.properties.isWhitespace || ["\u{180E}", "\u{200B}", "\u{200C}", "\u{200D}", "\u{2060}"].contains(scalar)
    }

    /// Returns the mistake in each line whose key or list item begins with an unusual space.
    ///
    /// The result has at most `Problems.limit` mistakes, because no more can be reported.
    package static func slips(in node: YAMLNode, _ lines: [Substring]) -> [YAMLTypo] {
        var found: Set<Int> = []
        collect(node, isKey: false, &found)
        return found.sorted().prefix(Problems.limit).compactMap { slip(in: $0, lines) }
    }

    private static func collect(_ node: YAMLNode, isKey: Bool, _ lines: inout Set<Int>) {
        switch node {
        case .scalar(let scalar):
            if scalar.style == .plain, scalar.string.unicodeScalars.first.map(isOne) == true, isKey {
                lines.insert(scalar.mark.line)
            }
        case .sequence(let items):
            for item in items.nodes { collect(item, isKey: true, &lines) }
        case .mapping(let mapping):
            for (key, value) in mapping.pairs {
                collect(key, isKey: true, &lines)
                collect(value, isKey: false, &lines)
            }
        }
    }

    /// Returns the mistake in one line; nil if its indentation has only plain spaces and hyphens.
    package static func slip(in line: Int, _ lines: [Substring]) -> YAMLTypo? {
        guard lines.indices.contains(line - 1) else { return nil }
        let whole = lines[line - 1].unicodeScalars
        let indent = whole.prefix { $0 == " " || $0 == "-" || isOne($0) }
        guard let odd = indent.firstIndex(where: isOne) else { return nil }
        let meant = indent.map { isOne($0) ? width($0) : String($0) }.joined()
        return YAMLTypo(
            line: line, column: whole.distance(from: whole.startIndex, to: odd) + 1,
            message: "\(name(indent[odd])) stands where the line is indented; use plain spaces",
            repair: Substring(meant) + Substring(whole.dropFirst(indent.count)))
    }

    /// Returns the name of an unusual space for a message, such as `a no-break space (U+00A0)`.
    package static func name(_ scalar: Unicode.Scalar) -> LocalizedText {
        if scalar == "\u{A0}" { return "a no-break space (U+00A0)" }
        return "a space of another kind (U+\(padded(String(scalar.value, radix: 16, uppercase: true))))"
    }

    private static func padded(_ code: String) -> String { String(repeating: "0", count: max(0, 4 - code.count)) + code }

    /// Returns plain spaces of about the same width; empty if the character is invisible.
    private static func width(_ scalar: Unicode.Scalar) -> String {
        guard scalar.properties.isWhitespace else { return "" }
        return scalar == "\u{3000}" || scalar == "\u{2003}" ? "  " : " "
    }
}
