import Foundation
import Support
import Testing

/// Checks the language of comments, messages and documents against the list of known findings.
@Suite("Language")
struct LanguageTests {
    private static let markdownFiles = [
        "README.md", "README.vi.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md",
    ]

    @Test("No file breaks a language rule more often than LanguageDebt lists; `make language` shortens the list")
    func debt() throws {
        let findings = try Self.findings()
        let counts = Self.counts(findings)
        if ProcessInfo.processInfo.environment["LANGUAGE_DEBT"] == "write" { return try Self.write(counts) }
        for (key, found) in findings.sorted(by: { $0.key < $1.key }) {
            let listed = LanguageDebt.counts[key] ?? 0
            guard found.count > listed else { continue }
            let rows = found.map(\.description).joined(separator: "\n  ")
            Issue.record("\(key): \(found.count) findings, and LanguageDebt lists \(listed)\n  \(rows)")
        }
        let left = counts.values.reduce(0, +)
        let shrunk = LanguageDebt.counts.filter { counts[$0.key, default: 0] < $0.value }
        print("language: \(left) findings left; \(shrunk.count) entries are too high: make language")
    }

    @Test("Relative links in Markdown lead to files")
    func links() throws {
        for (path, lines) in try Self.markdown() {
            for finding in TidyRule.links(
                lines, path: path, exists: { FileManager.default.fileExists(atPath: PackageRoot.path($0)) })
            {
                Issue.record("\(finding)")
            }
        }
    }

    // MARK: The list of known findings

    /// Returns the findings, keyed by rule and file name, such as `word Dispatcher.swift`.
    ///
    /// The key does not contain the folder, so that a file can be moved without a change of the
    /// list.
    private static func findings() throws -> [String: [Finding]] {
        var found: [String: [Finding]] = [:]
        func add(_ rule: String, _ findings: [Finding]) {
            for finding in findings {
                found["\(rule) \(finding.path.split(separator: "/").last ?? "")", default: []].append(finding)
            }
        }
        for file in try TidyTests.sources.get() + TidyTests.tests.get() + SourceFile.all(below: ["bench"]) {
            add("type", TidyRule.oldTypeNames(file))
            add("comment", TidyRule.commentWidth(file.comments, lines: file.lines, path: file.path))
            // The language rules and their tests contain the obsolete words.
            let isRule = file.path.hasPrefix("Tests/Tidy/") && file.path.contains("Language")
            if !isRule { add("word", TidyRule.words(file)) }
        }
        for (path, text) in try scripts() {
            let comments = Comments.find(in: text, path: path)
            add("comment", TidyRule.commentWidth(comments, lines: text.components(separatedBy: "\n"), path: path))
            add("word", TidyRule.words(comments, path: path))
        }
        for (path, lines) in try markdown() { add("markdown", TidyRule.markdownWidth(lines, path: path)) }
        return found
    }

    /// Returns the C, Python and shell files as pairs of path and text.
    private static func scripts() throws -> [(String, String)] {
        let endings = [".c", ".h", ".py", ".sh"]
        let paths = try SourceFile.paths(below: ["Sources", "Tests", "bench", "packaging"]) { path in
            endings.contains(where: path.hasSuffix)
        }
        return try (paths + [".ci/run"]).map { ($0, try String(contentsOfFile: PackageRoot.path($0), encoding: .utf8)) }
    }

    private static func markdown() throws -> [(String, [String])] {
        let paths = try SourceFile.paths(below: ["docs", "packaging"]) { $0.hasSuffix(".md") } + markdownFiles
        return try paths.filter { FileManager.default.fileExists(atPath: PackageRoot.path($0)) }.map {
            ($0, try String(contentsOfFile: PackageRoot.path($0), encoding: .utf8).components(separatedBy: "\n"))
        }
    }

    private static func counts(_ findings: [String: [Finding]]) -> [String: Int] { findings.mapValues(\.count) }

    /// Writes the list of known findings. The total of a rule may not grow.
    private static func write(_ counts: [String: Int]) throws {
        func totals(_ counts: [String: Int]) -> [Substring: Int] {
            counts.reduce(into: [:]) { $0[$1.key.prefix { $0 != " " }, default: 0] += $1.value }
        }
        let (before, now) = (totals(LanguageDebt.counts), totals(counts))
        for (rule, count) in now where !before.isEmpty {
            #expect(count <= before[rule] ?? 0, "the list of \(rule) may only shrink")
        }
        let files = Dictionary(grouping: counts.sorted { $0.key < $1.key }) { $0.key.split(separator: " ")[1] }
        let rows = files.sorted { $0.key < $1.key }.map { file, rules in
            "        \(file)" + rules.map { " \($0.key.prefix { $0 != " " }) \($0.value)" }.joined() + "\n"
        }.joined()
        let path = PackageRoot.path("Tests/Tidy/LanguageDebt.swift")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let start = try #require(text.range(of: "rows = \"\"\"\n"))
        try "\(text[..<start.upperBound])\(rows)        \"\"\"\n}\n".write(toFile: path, atomically: true, encoding: .utf8)
    }

    // MARK: The rules

    @Test(
        "Old words are found in comments and messages, also across lines",
        arguments: [
            "// nobody is told of it", "/// The server is left\n/// alone.", "let text = \"a slip in \\(name)\"",
            "// What the witness says", "let text = \"\"\"\n    Whoever hears\n    \"\"\"", "f() // the mended line",
        ])
    func findsWords(code: String) {
        #expect(TidyRule.words(SourceFile(path: "A.swift", text: code)).count == 1)
    }

    @Test(
        "Words that only look like old ones are accepted",
        arguments: [
            "let isTold = witness", "/// Calls `reroute` once.", "// the recommended one", "let path = \"ledger.sqlite.witness\"",
            "// slippery, unreachedness", "// the paths/slip are kept", "/// is\n\nlet a = 1\n/// told",
        ])
    func acceptsWords(code: String) {
        #expect(TidyRule.words(SourceFile(path: "A.swift", text: code)).isEmpty)
    }

    @Test("Types with old names are found, and other uses of these names are not")
    func findsTypes() {
        let file = SourceFile(
            path: "A.swift", text: "struct Span {}\nlet a = Span()\nfinal class Bell: P {}\nstruct Spans {}\n// enum Cut\n")
        #expect(TidyRule.oldTypeNames(file).map(\.line) == [1, 3])
    }

    @Test("Long comments are found in Swift, C, Python and shell, and long code is not")
    func findsWidth() {
        let long = String(repeating: "word ", count: 21) + "end"
        func found(_ text: String, _ path: String) -> [Int] {
            let lines = text.components(separatedBy: "\n")
            let comments =
                path.hasSuffix(".swift") ? SourceFile(path: path, text: text).comments : Comments.find(in: text, path: path)
            return TidyRule.commentWidth(comments, lines: lines, path: path).map(\.line)
        }
        #expect(found("// \(long)\nlet a = \"\(long)\"\n/// https://\(String(repeating: "a", count: 120))", "a.swift") == [1])
        #expect(found("// \(long)\n/*\n * \(long) */\nf(\"\(long)\"); // a b\nf(\"\(long)\");", "a.c") == [1, 3, 4])
        #expect(found("# \(long)\n\"\"\"a\n\(long)\"\"\"\na = \"\"\"\n# \(long)\n\"\"\"\nb = '# \(long)'", "a.py") == [1, 3])
        #expect(found("# \(long)\necho \"# \(long)\" ${a#b}", "a.sh") == [1])
    }

    @Test("Long Markdown lines are found; tables, code and the targets of links do not count")
    func findsMarkdown() {
        let long = String(repeating: "word ", count: 27)
        let lines = [long, "| \(long) |", "```", long, "```", "    \(long)", "[a](\(String(repeating: "b", count: 140)))"]
        #expect(TidyRule.markdownWidth(lines, path: "a.md").map(\.line) == [1])
    }

    @Test("Relative links to missing files are found; anchors, addresses and code are not checked")
    func findsLinks() {
        let lines = ["[a](b.md#c) [d](../e.md)", "[f](#g) [h](https://i) `[j](k)`", "```", "[l](m)", "```", "![n](o.png)"]
        let findings = TidyRule.links(lines, path: "docs/x/a.md") { ["docs/x/b.md"].contains($0) }
        #expect(findings.map(\.line) == [1, 6])
    }
}
