import Foundation
import Support
import Testing

/// Checks the house style by reading files. The checks take about a second.
@Suite("Tidy")
struct TidyTests {
    static let sources = Result { try SourceFile.all(below: ["Sources"]) }
    static let tests = Result { try SourceFile.all(below: ["Tests"]) }

    @Test("Every folder imports only the modules that ARCHITECTURE.md allows")
    func imports() throws { try expectNone(Self.sources.get().flatMap(TidyRule.imports)) }

    @Test("No file names a kind of channel outside the channel's folder and the one line that registers it")
    func channels() throws {
        let files = try Self.sources.get()
        // Checks that the rule finds exactly the channels that exist.
        #expect(
            Set(files.flatMap(ChannelRule.channelTypes)) == [
                "ConfiguredEmail", "ConfiguredWebhook", "EmailChannel", "WebhookChannel",
            ])
        expectNone(ChannelRule.strangers(files))
    }

    @Test("No code reads the time, starts loose tasks, crashes on purpose, or prints outside the commands")
    func bannedCalls() throws { try expectNone(Self.sources.get().flatMap(TidyRule.bannedCalls)) }

    @Test("No function is longer than 70 lines")
    func longFunctions() throws { try expectNone(Self.sources.get().flatMap(TidyRule.longFunctions)) }

    @Test("No type has more than 15 stored properties")
    func largeTypes() throws { try expectNone(Self.sources.get().flatMap(SizeRule.types)) }

    @Test("No file of the sources and the tests is longer than 500 lines")
    func longFiles() throws { try expectNone((Self.sources.get() + Self.tests.get()).flatMap(SizeRule.length)) }

    @Test("Code that switches off a check of the compiler has its reason on the line above")
    func unreasonedUnsafety() throws {
        try expectNone((Self.sources.get() + Self.tests.get()).flatMap(TidyRule.unreasonedUnsafety))
    }

    @Test("Files are named after their type")
    func fileNames() throws {
        let support = try Self.tests.get().filter {
            $0.path.hasPrefix("Tests/Support/") && $0.path != "Tests/Support/Fixtures.swift"
        }
        try expectNone((Self.sources.get() + support).flatMap(TidyRule.fileName))
    }

    @Test("Every function of the tests runs")
    func forgottenTests() throws {
        try expectNone(TidyRule.forgottenTests(Self.tests.get(), mentionedIn: Self.sources.get()))
    }

    @Test("Text files have no blanks at line ends, no leftover notes, and one line feed at the end")
    func text() throws {
        let endings = ["swift", "c", "h", "sh", "py", "pl", "md", "yaml", "csv", "service", "sysusers", "tmpfiles", "example"]
        let folders = ["Sources", "Tests", "config", "docs", "packaging", "systemd"]
        // Excludes files of invalid input, which keep their carriage returns and invalid UTF-8.
        var paths = try SourceFile.paths(below: folders) { path in
            !["Tests/reminddTests/Refusals/", "Tests/Fuzz/Corpus/"].contains(where: path.hasPrefix)
                && endings.contains { path.hasSuffix(".\($0)") }
        }
        paths += [
            "Makefile", "Package.swift", ".ci/run", "README.md", "README.vi.md", "ARCHITECTURE.md", "CONTRIBUTING.md",
            "CHANGELOG.md",
        ]
        expectNone(
            try paths.flatMap { TidyRule.text(path: $0, try String(contentsOfFile: PackageRoot.path($0), encoding: .utf8)) })
    }

    private func expectNone(_ findings: [Finding]) {
        for finding in findings { Issue.record("\(finding)") }
    }
}

/// Tests that each rule finds the violations that it should find.
@Suite("Tidy rules")
struct TidyRuleTests {
    @Test(
        "A rule finds the line that breaks it",
        arguments: [
            ("Sources/Scheduler/Dates/Day.swift", "import Foundation", 1),
            ("Sources/Scheduler/Engine/Planner.swift", "// why\nprivate import GRDB", 2),
            ("Sources/Ledgers/SQLite/Query.swift", "@preconcurrency import Notifiers", 1),
            ("Sources/Notifiers/Email/Mail.swift", "import struct CCurl.curl_slist", 1),
            ("Sources/remindd/Daemon.swift", "import Listener", 1),
            ("Sources/remindd/Control/QueryHandlers.swift", "import NIOCore", 1),
            ("Sources/Reports/StatusReport.swift", "import Ledgers", 1),
            ("Sources/Web/Listener/Limits.swift", "import Scheduler", 1),
            ("Sources/Elsewhere/Thing.swift", "struct Thing {}", 1),
            ("Sources/remindd/Daemon.swift", "let now = Date()", 1),
            ("Sources/remindd/Daemon.swift", "\"a \\(f(\"b\")) \\(try! c())\"", 1),
            ("Sources/remindd/Daemon.swift", "Task {\n}", 1),
            ("Sources/remindd/Daemon.swift", "debug\nprint(1)", 2),
            ("Sources/remindd/Daemon.swift", "final class A: @unchecked Sendable {}", 1),
        ])
    func finds(path: String, code: String, line: Int) {
        let file = SourceFile(path: path, text: code)
        let findings = TidyRule.imports(file) + TidyRule.bannedCalls(file) + TidyRule.unreasonedUnsafety(file)
        #expect(findings.map(\.line) == [line], "\(findings)")
    }

    @Test(
        "A switch over the kind of channel, a cast to one and a use by another kind are found",
        arguments: [
            ("Sources/remindd/Daemon.swift", "switch a {\ncase let fax as ConfiguredFax: break\n}", [2]),
            ("Sources/Config/Reader.swift", "if kind == ConfiguredFax.self {}", [1]),
            ("Sources/Notifiers/Settings/Advice.swift", "(a as? FaxChannel)", [1]),
            ("Sources/Notifiers/Email/Mail.swift", "FaxChannel()", [1]),
            ("Sources/Notifiers/Fax/FaxOutcome.swift", "FaxChannel()", []),
            ("Sources/Notifiers/Channels.swift", "ConfiguredFax.self", []),
            ("Sources/remindd/Daemon.swift", "// ConfiguredFax\nlet text = \"FaxChannel\"", []),
        ])
    func findsKinds(path: String, code: String, lines: [Int]) {
        let fax = [
            SourceFile(
                path: "Sources/Notifiers/Fax/ConfiguredFax.swift", text: "package struct ConfiguredFax: ChannelSettings {}"),
            SourceFile(
                path: "Sources/Notifiers/Fax/FaxChannel.swift",
                text: "final class FaxChannel {}\nextension FaxChannel: Announcing {}"),
        ]
        #expect(ChannelRule.strangers(fax + [SourceFile(path: path, text: code)]).map(\.line) == lines)
    }

    @Test(
        "A rule accepts code that only looks like a violation",
        arguments: [
            "// try! is banned", "let text = \"print(1)\"", "let text = #\"a \" fatalError( \"#", "debugprint(1)",
            "InstantDate()",
            "let text = \"\"\"\n    as! \"quoted\"\n    \"\"\"", "func run() async throws", "myTask { }",
            "// one thread only\nfinal class A: @unchecked Sendable {}",
        ])
    func passes(code: String) {
        let file = SourceFile(path: "Sources/remindd/Daemon.swift", text: code)
        #expect((TidyRule.imports(file) + TidyRule.bannedCalls(file) + TidyRule.unreasonedUnsafety(file)).isEmpty)
    }

    @Test("Functions are measured from their first line to their closing brace")
    func measures() {
        let file = SourceFile(
            path: "Sources/remindd/Daemon.swift",
            text: """
                protocol P {
                    func required(_ f: () -> Void) throws
                    init(a: Int)
                }
                struct S {
                    func long(
                        _ f: () -> Void = { print("}") }
                    ) {
                        func inner() {}
                        // }
                    }
                }
                """ + "\nfunc seventyOne() {" + String(repeating: "\n", count: 70) + "}\n")
        #expect(
            file.functions.map { "\($0.name) \($0.line) \($0.length)" }.sorted() == [
                "init 3 1", "inner 9 1", "long 6 6", "required 2 1", "seventyOne 13 71",
            ])
        #expect(TidyRule.longFunctions(file).map(\.line) == [13])
    }

    @Test("Only stored properties are counted")
    func countsProperties() {
        let file = SourceFile(
            path: "a.swift",
            text: """
                final class A {
                    let a = 1, b: Int
                    private(set) var c: [String] = { [] }()
                    @Flag(help: "let x") var d: Int?
                    static let e = 1
                    var f: Int { 1 }
                    var g: Int {
                        let inner = 2
                        return inner
                    }
                    struct B { let h: Int }
                }
                extension A { var i: Int { 1 } }
                """)
        #expect(SizeRule.storedProperties(of: file).map { "\($0.name) \($0.count)" } == ["A 3", "B 0"])
        let sixteen = (1...16).map { "let p\($0): Int\n" }.joined()
        let large = SourceFile(path: "Sources/remindd/C.swift", text: "struct C {\n\(sixteen)}\n")
        #expect(SizeRule.types(large).map(\.message) == ["C has 16 stored properties; 15 is the most"])
        let long = SourceFile(path: "Sources/remindd/D.swift", text: String(repeating: "\n", count: 501))
        #expect(SizeRule.length(long).count == 1)
    }

    @Test("Only test functions without @Test and without a caller are found")
    func forgets() {
        let file = SourceFile(
            path: "Tests/ATests/ATests.swift",
            text: "@Test(\"x\", arguments: [f { 1 }])\nfunc a() { b() }\nfunc b() {}\nfunc testC() {}\n")
        #expect(TidyRule.forgottenTests([file], mentionedIn: []).map(\.line) == [4])
    }

    @Test("File names and text are checked")
    func looks() {
        let file = SourceFile(path: "Sources/Scheduler/Plans/Plan.swift", text: "struct Other {}")
        #expect(TidyRule.fileName(file).count == 1)
        #expect(TidyRule.fileName(SourceFile(path: "A/Plan.swift", text: "public struct Plan: Sendable {}")).isEmpty)
        #expect(TidyRule.fileName(SourceFile(path: "A/Plan+Row.swift", text: "struct Plan {}")).count == 1)
        let found = TidyRule.text(path: "a.md", "one \ntwo\r\nTO" + "DO: three\n\n")
        #expect(found.map(\.line) == [1, 2, 3, 5])
    }
}
