import Foundation
import Support
import Testing

/// What the README shows is what happens.
@Suite("README")
struct ReadmeTests {
    @Test("The worked example prints what the README says it prints")
    func example() async throws {
        let readme = try String(contentsOfFile: PackageRoot.path("README.md"), encoding: .utf8)
        let files = Self.blocks(readme, opening: "```yaml\n")
        let shown = Self.blocks(readme, opening: "```\n").joined()
        let folder = try TemporaryFolder()
        try folder.write("plans/summer.yaml", try #require(files.first))
        try folder.write("remindd.yaml", try #require(files.dropFirst().first))

        let check = try await Program.run(["check", "--config", folder.path("remindd.yaml")])
        #expect(check.status == 0, "\(check.errors)")
        #expect(shown.contains(try #require(check.lines.first)))
        let year = ["--config", folder.path("remindd.yaml"), "--from", "2027-01-01", "--to", "2027-12-31"]
        let simulated = try await Program.run(["simulate"] + year)
        #expect(simulated.status == 0, "\(simulated.errors)")
        #expect(shown.contains("\n" + simulated.output))
    }

    private static func blocks(_ text: String, opening: String) -> [String] {
        text.components(separatedBy: opening).dropFirst().compactMap { $0.components(separatedBy: "```").first }
    }
}
