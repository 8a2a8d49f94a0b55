import Foundation
import ProgramHarness
import Support
import Testing

@testable import Transport

/// Checks that the READMEs and the user documentation agree with the program, in either language.
///
/// The user documentation consists of the pages for officers and the pages for administrators.
@Suite("README")
struct ReadmeTests {
    static let pages = ["README.md", "README.vi.md"]
    static let officers = ["docs/officer/plan.md", "docs/officer/plan.vi.md"]
    static let administrators = ["docs/administrator/install.md", "docs/administrator/install.vi.md"]

    @Test("The worked example prints exactly what the page for officers shows", arguments: officers)
    func example(page: String) async throws {
        let readme = try String(contentsOfFile: PackageRoot.path(page), encoding: .utf8)
        // Finds the YAML blocks by the file name that precedes each block.
        let files = readme.matches(of: #/`([a-z./]+\.yaml)`:[^`]*(?:`[^`]*`[^`]*)*?```yaml\n((?s:.*?))```/#).map {
            (String($0.1), String($0.2))
        }
        try #require(files.count == 2 && files[0].0.hasPrefix("plans/") && files[1].0 == "remindd.yaml", "\(files)")
        let mail = try await ScriptedServer("mail.py")
        let folder = try TemporaryFolder()
        for (name, text) in files {
            try folder.write(name, text.replacingOccurrences(of: "127.0.0.1:2525", with: "127.0.0.1:\(mail.port)"))
        }
        for (command, shown) in Self.commands(readme) {
            var words = command.split(separator: " ").map(String.init)
            guard words.removeFirst() == "remindd" else { continue }
            let locale = page.hasSuffix(".vi.md") ? "vi_VN.UTF-8" : "C.UTF-8"
            let ran = try await Subprocess.run(
                [Program.path] + words, environment: ["LC_ALL": locale], in: folder.path, within: .seconds(300))
            #expect(ran.status == 0, "\(command): \(ran.errors)")
            guard words[0] != "run" else { continue }
            // Leaves out what `check` prints about the coming year and the coming days, because it
            // depends on today's date.
            let (got, wanted) =
                words[0] == "check"
                ? (ran.lines.first ?? "", shown.split(separator: "\n").first(where: Self.isAnswer).map(String.init))
                : (ran.output, shown)
            #expect(got == wanted, "\(command)")
        }
        #expect(mail.lines.count { $0.accepted != nil } == 6, "the year was rehearsed")
    }

    @Test(
        "The way from apt install to the first mail takes four commands, the same in either language",
        arguments: pages + administrators)
    func installation(page: String) throws {
        let readme = try String(contentsOfFile: PackageRoot.path(page), encoding: .utf8)
        let lines = readme.split(separator: "\n").map(String.init)
        let start = try #require(lines.firstIndex { $0.hasPrefix("    apt install ./remindd_") })
        let block = lines[start...].prefix { $0.hasPrefix("    ") }.map {
            $0.split(separator: "#")[0].trimmingCharacters(in: .whitespaces)
        }
        #expect(
            block == [
                "apt install ./remindd_*.deb", "editor /etc/remindd/remindd.yaml", "systemctl reload remindd",
                "remindd send-test admin",
            ])
    }

    @Test("The configuration on the page for administrators is complete", arguments: administrators)
    func configuration(page: String) async throws {
        let text = try String(contentsOfFile: PackageRoot.path(page), encoding: .utf8)
        let shown = try #require(
            text.components(separatedBy: "```yaml\n").dropFirst().first?.components(separatedBy: "```").first)
        let folder = try TemporaryFolder()
        try folder.write("plans/none.txt", "")
        try folder.write("remindd.yaml", shown)
        let ran = try await Program.run(["check", "--config", "remindd.yaml"], in: folder.path)
        #expect(ran.status == 0, "\(ran.errors)")
    }

    @Test("Each page links to its translation, and every link leads to a file", arguments: [pages, officers, administrators])
    func linked(pair: [String]) throws {
        for (page, other) in zip(pair, pair.reversed()) {
            let text = try String(contentsOfFile: PackageRoot.path(page), encoding: .utf8)
            let links = text.matches(of: /\]\(([^)#]+)/).map { String($0.1) }
            #expect(links.contains { other.hasSuffix($0) }, "\(page)")
            let folder = page.split(separator: "/").dropLast().joined(separator: "/")
            for link in links {
                #expect(FileManager.default.fileExists(atPath: PackageRoot.path("\(folder)/\(link)")), "\(page): \(link)")
            }
        }
    }

    /// Returns whether a line that the page shows for `check` is no warning and no line of a file.
    private static func isAnswer(_ line: Substring) -> Bool {
        !line.contains(": warning: ") && !line.contains(": cảnh báo: ") && line.prefixMatch(of: /\ +[0-9]*\ \|\ /) == nil
    }

    /// Returns the commands in code blocks, each with the output that is shown below it.
    ///
    /// A command follows `$ `. The lines of a continued command are joined.
    private static func commands(_ readme: String) -> [(command: String, shown: String)] {
        let blocks = readme.components(separatedBy: "```\n$ ").dropFirst().compactMap { $0.components(separatedBy: "```").first }
        return blocks.flatMap { block in
            block.replacingOccurrences(of: "\\\n", with: "").components(separatedBy: "\n$ ").map { entry in
                let lines = entry.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
                return (lines[0].split(separator: " ").joined(separator: " "), lines.dropFirst().joined(separator: "\n"))
            }
        }
    }
}
