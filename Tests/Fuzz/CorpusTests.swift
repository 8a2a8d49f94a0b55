import Foundation
import Support
import Testing

/// Runs the corpus through the fuzz targets, so that `make test` checks that they compile and pass.
@Suite("The fuzzing corpus")
struct CorpusTests {
    @Test("Every input returns, and its guarantees hold", arguments: Target.allCases)
    func holds(target: Target) throws {
        let folder = PackageRoot.path("Tests/Fuzz/Corpus/\(target.rawValue)")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(names.count >= 4)
        for name in names {
            // Tests each input in five forms: unchanged, with a line feed at its end, cut off, with
            // a byte order mark, and with a NUL.
            let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))
            for variant in [
                bytes, bytes + [0x0A], Array(bytes.dropLast(bytes.count / 3)), [0xEF, 0xBB, 0xBF] + bytes, bytes + [0] + bytes,
            ] {
                target.run(variant)
            }
        }
    }

    @Test("The corpus has a folder for each target, and the Makefile names every target")
    func complete() throws {
        let targets = Set(Target.allCases.map(\.rawValue))
        #expect(Set(try FileManager.default.contentsOfDirectory(atPath: PackageRoot.path("Tests/Fuzz/Corpus"))) == targets)
        let makefile = try String(contentsOfFile: PackageRoot.path("Makefile"), encoding: .utf8)
        let line = try #require(makefile.split(separator: "\n").first { $0.hasPrefix("FUZZED") })
        #expect(Set(line.split(separator: "=")[1].split(separator: " ").map(String.init)) == targets)
    }
}
