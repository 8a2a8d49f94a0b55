import Foundation
import Support
import Testing

/// What `make fuzz` looks for, on the corpus alone: that its readers compile, and hold what they promise.
@Suite("The corpus of the fuzzers")
struct CorpusTests {
    @Test("Every input comes back, and what is promised of it holds", arguments: Target.allCases)
    func holds(target: Target) throws {
        let folder = PackageRoot.path("Tests/Fuzz/Corpus/\(target.rawValue)")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(names.count >= 4)
        for name in names {
            // As files end in an editor, cut off, and with what does not belong there.
            let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))
            for variant in [
                bytes, bytes + [0x0A], Array(bytes.dropLast(bytes.count / 3)), [0xEF, 0xBB, 0xBF] + bytes, bytes + [0] + bytes,
            ] {
                target.run(variant)
            }
        }
    }

    @Test("The corpus has a folder for each target, and the Makefile names each")
    func complete() throws {
        let targets = Set(Target.allCases.map(\.rawValue))
        #expect(Set(try FileManager.default.contentsOfDirectory(atPath: PackageRoot.path("Tests/Fuzz/Corpus"))) == targets)
        let makefile = try String(contentsOfFile: PackageRoot.path("Makefile"), encoding: .utf8)
        let line = try #require(makefile.split(separator: "\n").first { $0.hasPrefix("FUZZED") })
        #expect(Set(line.split(separator: "=")[1].split(separator: " ").map(String.init)) == targets)
    }
}
