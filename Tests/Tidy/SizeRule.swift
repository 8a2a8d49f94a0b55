/// Limits for the size of a type and a file.
///
/// Larger ones that exist today are listed with their size. They may shrink, and their entries must
/// then shrink too. They may not grow.
enum SizeRule {
    static let mostProperties = 15
    static let mostLines = 500

    /// Types with more stored properties, by path and name.
    private static let largeTypes = [
        "Sources/Config/RecipientReader.swift RecipientReader": 16,
        "Sources/Notifiers/Transport/HTTPExchange.swift HTTPExchange": 19,
    ]

    /// Files with more lines.
    private static let longFiles: [String: Int] = [:]

    static func types(_ file: SourceFile) -> [Finding] {
        storedProperties(of: file).compactMap { type in
            let known = largeTypes["\(file.path) \(type.name)"]
            guard type.count != (known ?? type.count) || known == nil && type.count > mostProperties else { return nil }
            let most = known.map { "its entry in SizeRule says \($0)" } ?? "\(mostProperties) is the most"
            return Finding(
                path: file.path, line: type.line, message: "\(type.name) has \(type.count) stored properties; \(most)")
        }
    }

    static func length(_ file: SourceFile) -> [Finding] {
        let lines = file.lines.count - (file.lines.last == "" ? 1 : 0)
        let known = longFiles[file.path]
        guard lines != (known ?? lines) || known == nil && lines > mostLines else { return [] }
        let most = known.map { "its entry in SizeRule says \($0)" } ?? "\(mostLines) is the most"
        return [Finding(path: file.path, line: 1, message: "the file has \(lines) lines; \(most)")]
    }

    /// The structs, classes and actors of a file, with the number of their stored properties.
    static func storedProperties(of file: SourceFile) -> [(name: String, line: Int, count: Int)] {
        var found: [(name: String, line: Int, count: Int)] = []
        // For each open brace, the index in `found` of the type that it belongs to.
        var open: [Int?] = []
        for (index, line) in file.code.enumerated() {
            let words = declaration(line)
            if let type = open.last ?? nil, words.first == "let" || words.first == "var", !isComputed(line) {
                found[type].count += 1
            }
            var declared: Int?
            if let first = words.first, ["struct", "class", "actor"].contains(first), words.count > 1 {
                found.append((words[1], index + 1, 0))
                declared = found.count - 1
            }
            for character in line {
                if character == "{" {
                    open.append(declared)
                    declared = nil
                } else if character == "}" {
                    _ = open.popLast()
                }
            }
        }
        return found
    }

    /// The words of a declaration from its keyword on; none for static members and other lines.
    private static func declaration(_ line: String) -> [String] {
        let words = line.split { !$0.isLetter && !$0.isNumber && !"_@()".contains($0) }.map(String.init)
        let keyword = words.firstIndex { ["let", "var", "struct", "class", "actor"].contains($0) }
        guard let keyword else { return [] }
        let modifiers = words[..<keyword].map { $0.prefix { $0 != "(" } }
        let known: Set<Substring> = [
            "private", "fileprivate", "public", "package", "internal", "lazy", "weak", "unowned", "final", "nonisolated",
        ]
        guard modifiers.allSatisfy({ known.contains($0) || $0.hasPrefix("@") || $0 == ")" }) else { return [] }
        return Array(words[keyword...])
    }

    /// Whether a property has a body. A property with a default value in a closure is stored.
    private static func isComputed(_ line: String) -> Bool {
        guard let brace = line.firstIndex(of: "{") else { return false }
        return !line[..<brace].contains("=") && !line[brace...].contains("didSet")
    }
}
