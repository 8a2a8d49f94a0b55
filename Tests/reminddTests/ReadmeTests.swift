import Foundation
import Support
import Testing

/// What the READMEs show is what happens, in either language.
@Suite("README")
struct ReadmeTests {
    static let pages = ["README.md", "README.vi.md"]

    @Test("The worked example prints what the README says it prints, line for line", arguments: pages)
    func example(page: String) async throws {
        let readme = try String(contentsOfFile: PackageRoot.path(page), encoding: .utf8)
        // Before each file stands its name.
        let files = readme.matches(of: #/`([a-z./]+\.yaml)`:[^`]*(?:`[^`]*`[^`]*)*?```yaml\n((?s:.*?))```/#).map {
            (String($0.1), String($0.2))
        }
        try #require(files.count == 2 && files[0].0.hasPrefix("plans/") && files[1].0 == "remindd.yaml", "\(files)")
        let mail = try await ScriptedPeer("smtp_peer.py")
        let folder = try TemporaryFolder()
        for (name, text) in files {
            try folder.write(name, text.replacingOccurrences(of: "127.0.0.1:2525", with: "127.0.0.1:\(mail.port)"))
        }
        for (command, shown) in Self.commands(readme) {
            var words = command.split(separator: " ").map(String.init)
            guard words.removeFirst() == "remindd" else { continue }
            let ran = try await Program.run(words, within: .seconds(300), in: folder.path)
            #expect(ran.status == 0, "\(command): \(ran.errors)")
            guard words[0] != "run" else { continue }
            // What depends on today is not compared: what check says of the coming year and days.
            let (got, wanted) =
                words[0] == "check"
                ? (ran.lines.first ?? "", shown.split(separator: "\n").first { !$0.contains(": warning: ") }.map(String.init))
                : (ran.output, shown)
            #expect(got == wanted, "\(command)")
        }
        #expect(mail.lines.count { $0.accepted != nil } == 6, "the year was rehearsed")
    }

    @Test(
        "From apt install to the first mail it is at most five commands and one edited file, in either language the same",
        arguments: pages)
    func installation(page: String) throws {
        let readme = try String(contentsOfFile: PackageRoot.path(page), encoding: .utf8)
        let lines = readme.split(separator: "\n").map(String.init)
        let start = try #require(lines.firstIndex { $0.hasPrefix("    apt install ./remindd_") })
        let block = lines[start...].prefix { $0.hasPrefix("    ") }.map {
            $0.split(separator: "#")[0].trimmingCharacters(in: .whitespaces)
        }
        #expect(
            block == [
                "apt install ./remindd_0.1.0_amd64.deb", "editor /etc/remindd/remindd.yaml", "systemctl reload remindd",
                "remindd send-test admin",
            ])
    }

    @Test("Each README leads to the other")
    func linked() throws {
        for (page, other) in zip(Self.pages, Self.pages.reversed()) {
            #expect(try String(contentsOfFile: PackageRoot.path(page), encoding: .utf8).contains("](\(other))"))
        }
    }

    /// Commands after `$ ` in blocks of text, continued lines joined, each with what is shown below it.
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
