/// The limits for the size of a type and of a file.
enum SizeRule {
    static let mostProperties = 15
    static let mostLines = 500
    /// Files that consist of a table of data, which may have any length.
    static let tables: Set = ["Sources/Diagnostics/VietnameseCatalogue.swift"]

    static func types(_ file: SourceFile) -> [Finding] {
        storedProperties(of: file).filter { $0.count > mostProperties }.map { type in
            Finding(
                path: file.path, line: type.line,
                message: "\(type.name) has \(type.count) stored properties; \(mostProperties) is the most")
        }
    }

    static func length(_ file: SourceFile) -> [Finding] {
        let lines = file.lines.count - (file.lines.last == "" ? 1 : 0)
        guard lines > mostLines, !tables.contains(file.path) else { return [] }
        return [Finding(path: file.path, line: 1, message: "the file has \(lines) lines; \(mostLines) is the most")]
    }

    /// Returns each struct, class and actor of a file, with the number of its stored properties.
    static func storedProperties(of file: SourceFile) -> [(name: String, line: Int, count: Int)] {
        var found: [(name: String, line: Int, count: Int)] = []
        // For each open brace, the index in `found` of the type that the brace opens; nil if the
        // brace opens no type.
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

    /// Returns the words of a declaration from its keyword on.
    ///
    /// Returns an empty array for static members and for lines without a declaration.
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

    /// Returns whether a property is computed.
    ///
    /// A property with a default value, even a closure, is stored. So is a property with `didSet`.
    private static func isComputed(_ line: String) -> Bool {
        guard let brace = line.firstIndex(of: "{") else { return false }
        return !line[..<brace].contains("=") && !line[brace...].contains("didSet")
    }
}
