import Foundation
import Support

/// A Swift file, prepared for the tidy rules.
struct SourceFile {
    /// The path relative to the package root.
    let path: String
    let lines: [String]
    /// The lines without comments and the text of string literals. Interpolated code is kept.
    let code: [String]
    /// The words of the code, in their order. A name with dots counts as several words.
    let words: [String]
    let functions: [Function]
    /// The lines of all comments. Each line starts at its `//`.
    let comments: [Text]
    /// The lines of text in string literals, without interpolations.
    let texts: [Text]
    private let bare: [UInt8]

    struct Text: Equatable {
        /// The line number, starting at 1.
        let line: Int
        let text: String
    }

    struct Function {
        let name: String
        /// The line number of the `func` or `init`, starting at 1.
        let line: Int
        /// The number of lines up to the closing brace; 1 for a requirement without a body.
        let length: Int
        /// Whether the function has the attribute `@Test`.
        let isTest: Bool
    }

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var blanking = Blanking(text)
        bare = blanking.run()
        code = bare.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        words = bare.split { !isWordByte($0) }.map { String(decoding: $0, as: UTF8.self) }
        functions = Self.functions(in: bare)
        let bytes = Array(text.utf8)
        comments = Self.parts(blanking.comments, of: bytes)
        texts = Self.parts(blanking.texts, of: bytes)
    }

    /// Returns the text of some ranges of a file, line by line. The ranges must be in ascending
    /// order.
    private static func parts(_ ranges: [Range<Int>], of bytes: [UInt8]) -> [Text] {
        var parts: [Text] = []
        var (line, counted) = (1, 0)
        for range in ranges where !range.isEmpty {
            line += bytes[counted..<range.lowerBound].count { $0 == UInt8(ascii: "\n") }
            counted = range.lowerBound
            let rows = bytes[range].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            for (offset, row) in rows.enumerated() where !row.isEmpty {
                parts.append(Text(line: line + offset, text: String(decoding: row, as: UTF8.self)))
            }
        }
        return parts
    }

    /// The imported modules, with the numbers of their lines, which start at 1.
    var imports: [(module: String, line: Int)] {
        code.enumerated().compactMap { index, line in
            let words = line.split(separator: " ").filter { !$0.hasPrefix("@") }
            guard let keyword = words.prefix(2).firstIndex(of: "import"), words.count > keyword + 1 else { return nil }
            return (String(words[words.count - 1].prefix { $0 != "." }), index + 1)
        }
    }

    /// Returns the numbers of the lines whose code contains `text`.
    ///
    /// A match that begins inside a word does not count.
    func lines(with text: String) -> [Int] {
        let pattern = Array(text.utf8)
        var found: [Int] = []
        bare.withUnsafeBytes { code in
            var (from, line, counted) = (0, 1, 0)
            while let place = memchr(code.baseAddress! + from, Int32(pattern[0]), code.count - from) {
                let offset = UnsafeRawPointer(place) - UnsafeRawPointer(code.baseAddress!)
                from = offset + 1
                guard offset + pattern.count <= code.count, memcmp(place, pattern, pattern.count) == 0 else { continue }
                line += code[counted..<offset].count { $0 == UInt8(ascii: "\n") }
                counted = offset
                if offset == 0 || !isWordByte(code[offset - 1]) || !isWordByte(pattern[0]) { found.append(line) }
            }
        }
        return found
    }

    private static func functions(in code: [UInt8]) -> [Function] {
        struct Open {
            var function: (name: String, line: Int, isTest: Bool)?
        }
        var found: [Function] = []
        var braces: [Open] = []
        var declared: (name: String, line: Int, isTest: Bool, parentheses: Int)?
        var (line, parentheses, testAhead, index) = (1, 0, false, 0)

        func endWithoutBody() {
            if let here = declared { found.append(Function(name: here.name, line: here.line, length: 1, isTest: here.isTest)) }
            declared = nil
        }
        func word(from start: Int) -> String {
            let end = code[start...].firstIndex { !isWordByte($0) } ?? code.endIndex
            return String(decoding: code[start..<end], as: UTF8.self)
        }
        while index < code.count {
            let byte = code[index]
            switch byte {
            case UInt8(ascii: "\n"): line += 1
            case UInt8(ascii: "("): parentheses += 1
            case UInt8(ascii: ")"): parentheses -= 1
            case UInt8(ascii: "{"):
                if let here = declared, here.parentheses == parentheses {
                    braces.append(Open(function: (here.name, here.line, here.isTest)))
                    declared = nil
                } else {
                    braces.append(Open(function: nil))
                }
            case UInt8(ascii: "}"):
                // A brace inside parentheses closes a default value. Only a brace outside of
                // parentheses can end the type that contains a requirement without a body.
                if let here = declared, here.parentheses == parentheses { endWithoutBody() }
                if let here = braces.popLast()?.function {
                    found.append(
                        Function(name: here.name, line: here.line, length: line - here.line + 1, isTest: here.isTest))
                }
            default: break
            }
            guard isWordByte(byte) else {
                index += 1
                continue
            }
            let text = word(from: index)
            let before = index == 0 ? UInt8(ascii: "\n") : code[index - 1]
            index += text.utf8.count
            if text == "Test", before == UInt8(ascii: "@") { testAhead = true }
            let isInitializer = text == "init" && before != UInt8(ascii: ".") && index < code.count
            guard text == "func" || isInitializer else { continue }
            endWithoutBody()
            var name = text
            if text == "func", let start = code[index...].firstIndex(where: isWordByte) { name = word(from: start) }
            declared = (name, line, testAhead, parentheses)
            testAhead = false
        }
        return found
    }
}

private func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "_"), 0x80...0xFF:
        true
    default: false
    }
}

/// Replaces comments and the text of string literals by blanks, byte for byte and line for line.
private struct Blanking {
    private var bytes: [UInt8]
    private var index = 0
    /// The ranges of comments, in ascending order.
    private(set) var comments: [Range<Int>] = []
    private(set) var texts: [Range<Int>] = []

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    mutating func run() -> [UInt8] {
        code(untilParenthesis: false)
        return bytes
    }

    private func starts(with pattern: [UInt8]) -> Bool {
        guard index + pattern.count <= bytes.count else { return false }
        for offset in pattern.indices where bytes[index + offset] != pattern[offset] { return false }
        return true
    }

    private mutating func blank() {
        if bytes[index] != UInt8(ascii: "\n") { bytes[index] = UInt8(ascii: " ") }
        index += 1
    }

    private mutating func code(untilParenthesis: Bool) {
        var depth = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "#"), UInt8(ascii: "\""):
                string()
                continue
            case UInt8(ascii: "/") where index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "/"):
                let start = index
                while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { blank() }
                comments.append(start..<index)
                continue
            case UInt8(ascii: "/") where index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "*"):
                let end = Array("*/".utf8)
                while index < bytes.count, !starts(with: end) { blank() }
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"): depth -= 1
            default: break
            }
            index += 1
            if untilParenthesis, depth == 0 { return }
        }
    }

    /// Skips a string literal with any number of `#` and one or three quotes.
    ///
    /// A `#` that does not begin a literal is code, such as the `#` of `#expect`.
    private mutating func string() {
        var hashes = 0
        while index + hashes < bytes.count, bytes[index + hashes] == UInt8(ascii: "#") { hashes += 1 }
        index += hashes
        guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { return }
        let quotes = starts(with: [UInt8](repeating: UInt8(ascii: "\""), count: 3)) ? 3 : 1
        index += quotes
        let close = [UInt8](repeating: UInt8(ascii: "\""), count: quotes) + [UInt8](repeating: UInt8(ascii: "#"), count: hashes)
        let escape = [UInt8(ascii: "\\")] + [UInt8](repeating: UInt8(ascii: "#"), count: hashes)
        var start = index
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\"") where starts(with: close):
                texts.append(start..<index)
                index += close.count
                return
            case UInt8(ascii: "\\") where starts(with: escape):
                for _ in escape { blank() }
                guard index < bytes.count else { return }
                guard bytes[index] == UInt8(ascii: "(") else {
                    blank()
                    continue
                }
                texts.append(start..<(index - escape.count))
                code(untilParenthesis: true)
                start = index
            default: blank()
            }
        }
    }
}

extension SourceFile {
    /// Returns all Swift files below these folders of the package, sorted by path.
    static func all(below folders: [String]) throws -> [SourceFile] {
        try paths(below: folders) { $0.hasSuffix(".swift") }.map {
            SourceFile(path: $0, text: try String(contentsOfFile: PackageRoot.path($0), encoding: .utf8))
        }
    }

    /// Returns the files below `folders` that `isWanted` selects.
    ///
    /// The files are paths relative to the package root.
    static func paths(below folders: [String], where isWanted: (String) -> Bool) throws -> [String] {
        let found = try folders.flatMap { folder in
            try FileManager.default.subpathsOfDirectory(atPath: PackageRoot.path(folder)).map { "\(folder)/\($0)" }
        }.filter(isWanted).sorted()
        // Throws if there are no files, because otherwise every rule would pass.
        if found.isEmpty { throw CocoaError(.fileNoSuchFile) }
        return found
    }
}
