import Testing

@Suite("Folders")
struct FolderCyclesTests {
    @Test("The folders of a target form no cycle", arguments: FolderCycles.roots)
    func cycles(root: String) throws {
        for finding in FolderCycles.findings(try TidyTests.sources.get(), below: root) { Issue.record("\(finding)") }
    }

    @Test("A cycle over three folders is found, with the types that make it")
    func finds() {
        let files = [
            ("Sources/X/A/One.swift", "struct One { let two: Two }\nprivate struct Hidden {}"),
            ("Sources/X/B/Two.swift", "struct Two {\n    enum Kind {}\n    let three: Three.Part\n}"),
            ("Sources/X/C/Three.swift", "enum Three { struct Part {} }\nextension One {}"),
            ("Sources/X/D/Four.swift", "struct Four { let one: One, kind: Kind, hidden: Hidden } // Two"),
            ("Sources/Y/A/Other.swift", "struct Other { let four: Four }"),
        ].map { SourceFile(path: $0.0, text: $0.1) }
        let uses = FolderCycles.cyclicUses(FolderCycles.uses(files, below: "Sources/X"))
        #expect(uses.map { "\($0.edge) \($0.type)" } == ["A → B Two", "B → C Three", "C → A One"])
        #expect(FolderCycles.uses(files, below: "Sources/X").map(\.edge).contains("D → A"))
        #expect(
            FolderCycles.findings(files, below: "Sources/X").map(\.message).last
                == "names One, which makes a cycle of folders of Sources/X: C → A")
    }

    @Test("A type that two folders declare, or the folder itself declares, and an imported module are no dependency")
    func ambiguous() {
        let files = [
            ("Sources/X/A/One.swift", "struct One { let log: Logging.Logger }\nstruct Both {}"),
            ("Sources/X/B/Two.swift", "struct Two { let one: One, both: Both }\nstruct Both {}"),
            (
                "Sources/X/C/Three.swift",
                "import struct Logging.Logger\nimport Two\nstruct Three {\n    struct One {}\n}\nlet a = One(), b = Both.self, c = Two.self"
            ),
        ].map { SourceFile(path: $0.0, text: $0.1) }
        #expect(FolderCycles.uses(files, below: "Sources/X").map { "\($0.edge) \($0.type)" } == ["B → A One"])
    }
}
