import Diagnostics

/// One value of a YAML file, with its place.
///
/// Each reading function returns the value as one type. If the value has another type, the function
/// reports an error and returns nil.
package struct YAMLValue {
    package let node: YAMLNode
    package let context: YAMLContext

    /// The default maximum size of a string in bytes.
    package static let scalarLimit = 64 << 10

    package var line: Int { node.mark.line }
    package var column: Int { node.mark.column }
    package var place: Problem.Place { Problem.Place(file: context.file, line: line, column: column) }

    package func error(_ message: LocalizedText, hints: [String] = []) {
        context.error(line: line, column: column, message, hints: hints)
    }

    package func warning(_ message: LocalizedText, hints: [String] = []) {
        context.warning(line: line, column: column, message, hints: hints)
    }

    /// The value as messages show it: a string in quotes, or the kind of any other value.
    package var shown: LocalizedText {
        switch node {
        case .scalar(let scalar): isNull(scalar) ? "an empty value" : "\"\(printable(scalar.string))\""
        case .sequence: "a list"
        case .mapping: "a table"
        }
    }

    package var isNull: Bool {
        if case .scalar(let scalar) = node { return isNull(scalar) }
        return false
    }

    private func isNull(_ scalar: YAMLNode.Scalar) -> Bool {
        scalar.style == .plain && scalar.string.utf8.count <= 4
            && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    private var isPlainlyTagged: Bool {
        guard let tag = node.tag else { return true }
        return ["tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map", "", "!"].contains(tag)
    }

    /// Returns the value as text in NFC.
    ///
    /// If the value is no text or has control characters, reports an error and returns nil.
    ///
    /// - Parameters:
    ///   - isProse: whether typographic quotation marks may enclose the text. If false, they are
    ///     reported, because the author meant the quotation marks of YAML.
    ///   - multiline: whether line feeds and tabs are allowed.
    package func text(
        _ what: LocalizedText, isProse: Bool = false, multiline: Bool = false, maxCharacters: Int? = nil,
        maxBytes: Int = scalarLimit
    ) -> String? {
        guard case .scalar(let scalar) = node else {
            error("\(what) must be a text; found \(shown)")
            return nil
        }
        if isProse { warnOfDamage(scalar, what) }
        if isPlain(scalar, isProse: isProse, multiline: multiline, most: min(maxBytes, maxCharacters ?? maxBytes)) {
            return scalar.string
        }
        guard isPlainlyTagged else {
            error("\(what) carries the tag \(printable(node.tag ?? "")); tags are not allowed")
            return nil
        }
        guard !isNull(scalar) else {
            error("\(what) is empty")
            return nil
        }
        let text = scalar.string.composed
        guard text.utf8.count <= maxBytes else {
            error("\(what) has \(text.utf8.count) bytes; at most \(maxBytes) are allowed")
            return nil
        }
        // Counts code points, as JSON Schema does. A single `Character` can consist of a thousand
        // marks.
        if let maxCharacters, text.unicodeScalars.count > maxCharacters {
            error("\(what) has \(text.unicodeScalars.count) characters; at most \(maxCharacters) are allowed")
            return nil
        }
        if let bad = text.unicodeScalars.first(where: { !isAllowed($0, multiline: multiline) }) {
            let code = String(bad.value, radix: 16)
            guard bad != "\n" || scalar.style != .block else {
                error("\(what) is one line of text, and after > or | a line break stands at its end; write it behind the colon")
                return nil
            }
            let place: LocalizedText = multiline ? "" : " in one line of text"
            error("\(what) holds the character \\u{\(code)}, which is not allowed\(place)")
            return nil
        }
        guard multiline || text.unicodeScalars.contains(where: { $0 != " " && isShowable($0) && !$0.properties.isWhitespace })
        else {
            error("\(what) is empty")
            return nil
        }
        if !isProse, let inner = withoutTypographicQuotes(text) {
            error("\(what) is \(shown): typographic quotation marks are letters like any other; write \" or none", hints: [inner])
            return nil
        }
        return text
    }

    /// Warns if a comment may have cut off the text, or if a conversion damaged its letters.
    private func warnOfDamage(_ scalar: YAMLNode.Scalar, _ what: LocalizedText) {
        guard !context.problems.isFull else { return }
        if scalar.style == .plain, CommentCut.isAt(scalar.mark, context.cuts) {
            let rest = context.lines[scalar.mark.lastLine - 1].unicodeScalars.dropFirst(scalar.mark.endColumn - 1)
            let cut = String(rest.drop { $0 == " " || $0 == "\t" })
            warning(
                "\(what) ends before \"\(printable(cut, limit: 40))\": what follows a # after a space is a comment; "
                    + "put the text in quotes")
        }
        guard let damage = LegacyText.find(in: scalar.string) else { return }
        let reading: LocalizedText = damage.reading.map { "; it reads \"\(printable(oneLine($0)))\"" } ?? ""
        warning("\(what) \(damage.words)\(reading)")
    }

    private func oneLine(_ text: String) -> String { text.replacing("\n", with: " ") }

    /// Returns whether a fast check proves that the text has no mistake.
    ///
    /// - Parameter most: the limit in bytes. It also limits the characters, because no character is
    ///   shorter than a byte.
    private func isPlain(_ scalar: YAMLNode.Scalar, isProse: Bool, multiline: Bool, most: Int) -> Bool {
        let text = scalar.string.utf8
        guard scalar.tag == nil, text.count <= most, let first = text.first, first > 0x20, isProse || first < 0x80 else {
            return false
        }
        return PlainText.holds(scalar.string, lineFeeds: multiline) && !isNull(scalar)
    }

    private func withoutTypographicQuotes(_ text: String) -> String? {
        guard let first = text.first, YAMLValue.quotationMarks.contains(first), let last = text.last,
            YAMLValue.quotationMarks.contains(last), text.count > 2
        else { return nil }
        return String(text.dropFirst().dropLast())
    }

    private static let quotationMarks: Set<Character> = ["“", "”", "„", "‟", "‘", "’", "«", "»"]

    /// Returns whether a string may contain this scalar.
    ///
    /// Joiners are allowed, because some scripts need them. Control characters, bidirectional
    /// controls and line separators are not allowed.
    private func isAllowed(_ scalar: Unicode.Scalar, multiline: Bool) -> Bool {
        if scalar == "\n" || scalar == "\t" { return multiline }
        if isShowable(scalar) { return true }
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate: return false
        case .format: return !scalar.properties.isBidiControl
        default: return true
        }
    }

    /// Returns the path in this value. If the value is no path, reports an error and returns nil.
    ///
    /// A relative path is joined to `folder`. If a file exists under another Unicode normalization
    /// form of the path, the result is the path of that file.
    package func path(_ what: LocalizedText, in folder: String) -> String? {
        guard text(what) != nil, case .scalar(let scalar) = node else { return nil }
        // Uses the scalar and not the text in NFC, because the exact bytes of a file's name matter.
        return Paths.existing(Paths.join(folder, scalar.string))
    }

    package func list(_ what: LocalizedText) -> [YAMLValue]? {
        guard case .sequence(let sequence) = node, isPlainlyTagged else {
            guard case .scalar(let scalar) = node, !isNull else {
                error("\(what) must be a list; found \(shown)")
                return nil
            }
            if scalar.style == .plain, scalar.string.hasPrefix("-") {
                error("\(what) must be a list; found \(shown): a space is missing after the \"-\" of an item")
            } else {
                error("\(what) must be a list; found \(shown)", hints: ["[\(scalar.string)]"])
            }
            return nil
        }
        return sequence.nodes.map { YAMLValue(node: $0, context: context) }
    }

    /// Returns a list of one-line strings. Reports invalid items and leaves them out.
    package func texts(_ what: LocalizedText, isProse: Bool = false) -> [(text: String, value: YAMLValue)]? {
        list(what)?.compactMap { item in item.text("an item of \(what)", isProse: isProse).map { ($0, item) } }
    }

    /// Returns the entries of a table whose keys the user chooses.
    package func entries(_ what: LocalizedText) -> [(key: String, keyValue: YAMLValue, value: YAMLValue)]? {
        guard case .mapping(let mapping) = node, isPlainlyTagged else {
            error("\(what) must be a table of keys and values; found \(shown)")
            return nil
        }
        var entries: [(String, YAMLValue, YAMLValue)] = []
        var lines: [String: Int] = [:]
        for (keyNode, valueNode) in mapping.pairs {
            let key = YAMLValue(node: keyNode, context: context)
            guard case .scalar(let scalar) = keyNode else {
                key.error("a key must be a text; found \(key.shown)")
                continue
            }
            guard scalar.string != "<<" else {
                key.error("merge keys (<<) are not allowed; write it out")
                continue
            }
            let name = scalar.string.composed
            if let line = lines.updateValue(key.line, forKey: name) {
                key.error("the key \"\(printable(name))\" stands twice in \(what), first in line \(line); one of them must go")
                continue
            }
            entries.append((name, key, YAMLValue(node: valueNode, context: context)))
        }
        return entries
    }

    /// Returns the value as a table that may have only these keys. If it is not a table, reports an
    /// error and returns nil.
    ///
    /// Any other key is reported and left out. The report suggests the most similar of the allowed
    /// keys. A missing required key is also reported.
    package func table(_ what: LocalizedText, keys: Keys) -> YAMLTable? {
        guard let entries = entries(what) else { return nil }
        var values: [String: YAMLValue] = [:]
        var reported: Set<String> = []
        for (key, keyValue, value) in entries {
            guard keys.all.contains(key) else {
                guard !context.problems.isFull else { break }
                if let meant = reportUnknown(key, at: keyValue, value, what, keys) { reported.insert(meant) }
                continue
            }
            values[key] = value
        }
        for (key, value) in values {
            let swallowed = swallowed(by: value, under: key, keys, values)
            guard !swallowed.isEmpty else { continue }
            values[key] = nil
            reported.formUnion(swallowed + [key])
        }
        for key in keys.required where values[key] == nil && !reported.contains(key) {
            error("\(what) has no \"\(key)\"; it is required")
        }
        return YAMLTable(values: values, owner: self)
    }

    /// Reports an unknown key. Returns the key that was probably meant; nil if that is not clear.
    private func reportUnknown(
        _ key: String, at place: YAMLValue, _ value: YAMLValue, _ what: LocalizedText, _ keys: Keys
    ) -> String? {
        let nearest = context.problems.areHintsWanted ? Spelling.nearest(to: key, among: keys.all) : nil
        let allowed: LocalizedText = "allowed: \(keys.all.joined(separator: ", "))"
        guard value.isNull, nearest == nil, place.isFollowedByNoColon else {
            let shown = keys.holdsSecrets && nearest == nil && !Identifier.looksLikeKey(key) ? "" : " \"\(printable(key))\""
            place.error("unknown key\(shown) in \(what); \(allowed)", hints: nearest.map { [$0] } ?? [])
            return nearest
        }
        // Within { }, there are two possible mistakes: a missing colon (`title Phòng`), or a value
        // with a comma in it, whose second part is read as a key.
        let word = String(key.prefix { $0.isLetter || $0 == "_" })
        if keys.all.contains(word), let slip = YAMLTypo.missingColon(in: key[...], line: place.line, column: place.column) {
            context.report(slip)
            return word
        }
        let shown: LocalizedText = keys.holdsSecrets ? "what begins here" : "\"\(printable(key))\""
        place.error(
            "\(shown) in \(what) is no key with a value: within { } a comma ends a value; put a value with a comma in quotes; \(allowed)"
        )
        return nil
    }

    /// Whether the key has no quotes and a comma or brace follows it instead of a colon.
    private var isFollowedByNoColon: Bool {
        guard case .scalar(let scalar) = node, scalar.style == .plain, scalar.mark.line == scalar.mark.lastLine else {
            return false
        }
        let behind = context.lines[line - 1].unicodeScalars.dropFirst(column - 1 + scalar.string.unicodeScalars.count)
        return behind.first { $0 != " " }.map { $0 == "," || $0 == "}" } ?? false
    }

    /// Reports and returns the keys without a colon that became part of the value above them.
    ///
    /// A value without quotes continues on the next line if that line has no colon. If the next
    /// line begins with a missing key of the table, its colon was probably forgotten.
    private func swallowed(
        by value: YAMLValue, under key: String, _ keys: Keys, _ values: [String: YAMLValue]
    ) -> [String] {
        guard case .scalar(let scalar) = value.node, scalar.style == .plain, scalar.mark.lastLine > scalar.mark.line else {
            return []
        }
        var found: [String] = []
        for line in (scalar.mark.line + 1)...scalar.mark.lastLine {
            let word = String(context.lines[line - 1].drop { $0 == " " }.prefix { $0.isLetter || $0 == "_" })
            guard keys.all.contains(word), values[word] == nil, !found.contains(word),
                let slip = YAMLTypo.missingColon(in: line, context.lines)
            else { continue }
            // Ignores optional keys in prose, because a line of prose may begin with "at" or
            // "note".
            guard !Keys.prose.contains(key) || keys.required.contains(word) else { continue }
            context.report(slip)
            found.append(word)
        }
        return found
    }

    /// Returns the case of `type` whose raw value is the text. If there is none, reports an error
    /// and returns nil.
    ///
    /// - Parameter words: other words for the cases. Accents and capitals do not matter in them.
    package func choice<Choice: RawRepresentable & CaseIterable>(
        _ what: LocalizedText, _ type: Choice.Type, also words: [(word: String, value: Choice)] = []
    ) -> Choice? where Choice.RawValue == String {
        guard let text = text(what) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        let plain = Spelling.withoutAccents(text)
        if let word = words.first(where: { Spelling.withoutAccents($0.word) == plain }) { return word.value }
        let allowed = Choice.allCases.map(\.rawValue)
        error(
            "\(what) is \(shown); allowed: \(allowed.joined(separator: ", "))",
            hints: Spelling.nearest(to: text, among: allowed + words.map(\.word)).map { [$0] } ?? [])
        return nil
    }
}

/// A table that has only allowed keys.
package struct YAMLTable {
    package let values: [String: YAMLValue]
    package let owner: YAMLValue

    package subscript(_ key: String) -> YAMLValue? { values[key] }
}
