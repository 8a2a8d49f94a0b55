import Dates
import Foundation
import Plans
import ProgramHarness
import Scheduler
import Support
import Testing

@testable import Monitoring

/// Checks that the manual pages agree with the program.
@Suite("Manual")
struct ManualTests {
    @Test(
        "The program accepts the plan of remindd-plan(5) in either language and lists its occurrences",
        arguments: ["docs/man/remindd-plan.5.md", "docs/man/vi/remindd-plan.5.md"])
    func plan(page: String) async throws {
        let text = try String(contentsOfFile: PackageRoot.path(page), encoding: .utf8)
        let plan = try #require(text.components(separatedBy: "```yaml\n").dropFirst().first?.components(separatedBy: "```").first)
        let folder = try TemporaryFolder()
        try folder.write("plan.yaml", plan)
        let ran = try await Program.run(["occurrences", folder.path("plan.yaml"), "--from", "2027-01-01", "--to", "2027-12-31"])
        #expect(ran.status == 0, "\(ran.errors)")
        #expect(ran.lines.count == 6, "one month, one festival and four quarters: \(ran.output)")
    }

    @Test(
        "The program accepts every phrase of remindd-plan(5) in either language",
        arguments: ["docs/man/remindd-plan.5.md", "docs/man/vi/remindd-plan.5.md"])
    func phrases(page: String) throws {
        let text = try String(contentsOfFile: PackageRoot.path(page), encoding: .utf8)
        /// Returns the phrases in the section `title`, without their explanations.
        func offered(_ title: String) -> [String] {
            let section = text.components(separatedBy: "\n# ").first {
                $0.contains("(\(title))") || $0.hasPrefix(title.uppercased() + "\n")
            }
            let blocks = (section ?? "").components(separatedBy: "\n\n").filter { $0.contains("\n:   ") }
            return blocks.flatMap { $0.components(separatedBy: "\n:   ")[0].matches(of: /\*\*(.+?)\*\*/).map { String($0.1) } }
        }
        let (when, remind) = (offered("when"), offered("remind"))
        #expect(when.count >= 25 && remind.count >= 9, "\(when) \(remind)")
        for phrase in when {
            #expect(throws: Never.self, "\(phrase)") { try WhenPhrase(phrase: phrase) }
        }
        for phrase in remind {
            #expect(throws: Never.self, "\(phrase)") { try LeadPhrase(phrase: phrase) }
        }
    }

    @Test(
        "remindd(8) lists every kind of journal line with its own id, in either language",
        arguments: ["docs/man/remindd.8.md", "docs/man/vi/remindd.8.md"])
    func kinds(page: String) throws {
        let source = try String(contentsOfFile: PackageRoot.path("Sources/Monitoring/Journal/MessageKind.swift"), encoding: .utf8)
        let page = try String(contentsOfFile: PackageRoot.path(page), encoding: .utf8)
        let known = source.matches(of: /case (\w+) = "([0-9a-f]{32})"/).map { "\($0.1) \($0.2)" }
        let listed = page.matches(of: /([0-9a-f]{32})\n:   \*(\w+)\*/).map { "\($0.2) \($0.1)" }
        #expect(known.count > 20 && Set(known.map { $0.suffix(32) }).count == known.count)
        #expect(listed == known)
    }

    @Test("remindd(8) warns of endpoints that accept everything while nobody reads the messages (fault 94)")
    func endpointThatTakesEverything() throws {
        let page = try String(contentsOfFile: PackageRoot.path("docs/man/remindd.8.md"), encoding: .utf8)
        let unseen = try #require(
            page.components(separatedBy: "# WHAT CANNOT BE SEEN").last?.components(separatedBy: "\n# ").first)
        #expect(unseen.contains("answers 200 to everything"))
    }

    @Test("The help of every command has an example, and the program accepts every example")
    func examples() async throws {
        var commands: [[String]] = [[]]
        var seen = 0
        while let command = commands.popLast() {
            let help = try await Program.run(command + ["--help"]).output
            let list =
                help.components(separatedBy: "\nSUBCOMMANDS:\n").dropFirst().last?.components(separatedBy: "\n\n").first ?? ""
            commands += list.split(separator: "\n").filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }
                .compactMap { $0.split(separator: " ").first.map { command + [String($0)] } }
            let examples = help.components(separatedBy: "Example: ").dropFirst().map {
                // Joins the lines of long examples.
                ($0.components(separatedBy: "\n\n").first ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
            }
            #expect(!examples.isEmpty, "remindd \(command.joined(separator: " ")) --help")
            for example in examples {
                seen += 1
                #expect(example.hasPrefix("remindd \(command.first ?? "")"), "\(example)")
                // Runs the example in a folder without a configuration. The program accepts the
                // arguments, and reports that files are missing.
                let folder = try TemporaryFolder()
                try folder.write("ledger-2027-01-31.sqlite", "")
                let body = example.dropFirst("remindd ".count)
                let ran = try await Subprocess.run(
                    ["/bin/sh", "-c", "\"$0\" \(body) --config none.yaml 2>errors; s=$?; cat errors >&2; exit $s", Program.path],
                    in: folder.path)
                let takesConfiguration = !["schema", "init", nil].contains(command.first)
                #expect(ran.status != 64 || !takesConfiguration, "\(example): \(ran.errors)")
                #expect(!ran.errors.contains("Usage:") || !takesConfiguration, "\(example): \(ran.errors)")
            }
        }
        #expect(seen >= 19)
    }

    @Test(
        "remindd(1) names exactly the commands that exist, in either language",
        arguments: [
            ("docs/man/remindd.1.md", "# COMMANDS", "# EXIT STATUS"),
            ("docs/man/vi/remindd.1.md", "# CÁC LỆNH", "# TRẠNG THÁI KẾT THÚC"),
        ])
    func commands(page: String, first: String, last: String) async throws {
        let text = try String(contentsOfFile: PackageRoot.path(page), encoding: .utf8)
        let help = try await Program.run(["--help"])
        let list = help.output.components(separatedBy: "\nSUBCOMMANDS:\n").last?.components(separatedBy: "\n\n").first ?? ""
        let known = Set(
            list.split(separator: "\n").filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }
                .compactMap { $0.split(separator: " ").first.map(String.init) }
        )
        let after = text.components(separatedBy: first).last ?? ""
        let entries = (after.components(separatedBy: last).first ?? "").components(separatedBy: "\n\n")
        let heads = entries.filter { $0.contains("\n:   ") }.compactMap { $0.split(separator: "\n").first }
        let words = heads.flatMap { $0.components(separatedBy: "**") }
        let named = Set(words.filter { !$0.isEmpty && $0.allSatisfy { $0.isLowercase || $0 == "-" } }).subtracting(["retry"])
        #expect(!known.isEmpty && named == known, "in the page \(named.sorted()), in the program \(known.sorted())")
    }
}
