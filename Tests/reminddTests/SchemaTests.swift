import Foundation
import ProgramHarness
import Support
import Testing

@testable import remindd

/// Compares the JSON Schemas for editors with the files that the program accepts.
@Suite("The JSON Schemas and the program agree")
struct SchemaTests {
    @Test("The schemas in config/ are the ones that the program prints", arguments: Schema.Document.allCases)
    func shipped(document: Schema.Document) async throws {
        let printed = try await Program.run(["schema", document.rawValue])
        let shipped = try String(contentsOfFile: PackageRoot.path("config/\(document.rawValue).schema.json"), encoding: .utf8)
        #expect(printed.output == shipped, "run: remindd schema \(document.rawValue) > config/\(document.rawValue).schema.json")
    }

    static let samples: [(document: String, files: [String])] = [
        ("config", ["config/remindd.yaml", "packaging/remindd.yaml"]),
        ("plan", names(in: "config/plans").map { "config/plans/\($0)" }),
        ("working-days", names(in: "config/working-days").map { "config/working-days/\($0)" }),
    ]

    static func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: PackageRoot.path(folder))) ?? [])
            .filter { $0.hasSuffix(".yaml") }.sorted()
    }

    @Test("Every sample is valid, and its first line names its schema for editors", arguments: samples)
    func valid(document: String, files: [String]) async throws {
        #expect(!files.isEmpty)
        for line in try await Self.verdicts(document, files.map(PackageRoot.path)) { #expect(line.hasSuffix(": ok"), "\(line)") }
        for file in files {
            let text = try String(contentsOfFile: PackageRoot.path(file), encoding: .utf8)
            let first = String(text.prefix { $0 != "\n" })
            let prefix = "# yaml-language-server: $schema="
            try #require(first.hasPrefix(prefix), "\(file)")
            let folder = PackageRoot.path(file).split(separator: "/").dropLast().joined(separator: "/")
            // The packaged sample names the path at which the package installs the schema.
            let named = String(first.dropFirst(prefix.count)).replacingOccurrences(
                of: "/usr/share/remindd", with: PackageRoot.path("config"))
            let path = named.hasPrefix("/") ? named : "/\(folder)/\(named)"
            #expect(FileManager.default.fileExists(atPath: path) && path.hasSuffix("\(document).schema.json"), "\(file)")
        }
    }

    /// A typo in a sample, made by replacing `from` with `to`.
    struct Slip: Sendable, CustomTestStringConvertible {
        let document: String
        let sample: String
        let from: String
        let to: String
        var testDescription: String { "\(sample): \(to)" }

        init(_ document: String, _ sample: String, _ from: String, _ to: String) {
            self.document = document
            self.sample = sample
            self.from = from
            self.to = to
        }
    }

    private static let plan = "config/plans/bac-ninh-gender-equality.yaml"
    private static let configuration = "config/remindd.yaml"
    private static let calendar = "config/working-days/vn.yaml"

    static let slips: [Slip] = [
        Slip("plan", plan, "plan: bac-ninh", "plam: bac-ninh"), Slip("plan", plan, "plan: bac-ninh", "plan: Bac Ninh "),
        Slip("plan", plan, "language: vi", "language: fr"), Slip("plan", plan, "at: \"08:00\"", "at: \"25:00\""),
        Slip("plan", plan, "rest_days: previous working day", "rest_days: never"),
        Slip("plan", plan, "notify: [bac-ninh-gender]", "notify: bac-ninh-gender"),
        Slip("plan", plan, "date: 2024-11-11", "date: 11/2024"), Slip("plan", plan, "years: 2024-", "years: always"),
        Slip("plan", plan, "tags: [gender]", "tags: gender"), Slip("plan", plan, "{id: draft,", "{name: draft,"),
        Slip("config", configuration, "channels:\n", "chanels:\n"),
        Slip("config", configuration, "catch_up: latest", "catch_up: last"),
        Slip("config", configuration, "server: smtp://", "server: http://"),
        Slip("config", configuration, "tls: off", "tls: maybe"),
        Slip("config", configuration, "rate: 6000 per minute", "rate: many"),
        Slip("config", configuration, "allow_networks: [127.0.0.0/8]", "allow_networks: [localhost]"),
        Slip("config", configuration, "{id: admin, name", "{id: Admin, name"),
        Slip("config", configuration, "{id: admin, name: Quản trị remindd, email", "{name: Quản trị remindd, email"),
        Slip("config", configuration, "schools: {file: recipients/schools.csv}", "schools: {path: recipients/schools.csv}"),
        Slip("config", configuration, "weekly: Monday 08:00", "weekly: 8h"),
        Slip("config", configuration, "    email:\n", "    e-mail:\n"),
        Slip("working-days", calendar, "weekly_rest: [Saturday, Sunday]", "weekly_rest: [Saturday, Sontag]"),
        Slip("working-days", calendar, "official: 2015-2026", "official: all"),
        Slip("working-days", calendar, "calendar: vn", "kalendar: vn"),
    ]

    @Test("Both the schema and the program refuse a typo", arguments: slips)
    func refusedTwice(slip: Slip) async throws {
        let folder = try TemporaryFolder()
        try FileManager.default.removeItem(atPath: folder.path)
        try FileManager.default.copyItem(atPath: PackageRoot.path("config"), toPath: folder.path)
        let file = folder.path(String(slip.sample.dropFirst("config/".count)))
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let broken = text.replacingOccurrences(of: slip.from, with: slip.to)
        try #require(broken != text, "the sample has no \(slip.from)")
        try Data(broken.utf8).write(to: URL(fileURLWithPath: file))

        let verdicts = try await Self.verdicts(slip.document, [file])
        #expect(!verdicts.isEmpty && verdicts.allSatisfy { !$0.hasSuffix(": ok") }, "the schema accepts it")
        let check = try await Program.run(["check", "--config", folder.path("remindd.yaml")])
        #expect([65, 78].contains(check.status), "the program accepts it")
        #expect(check.errors.contains("\(file):") && check.errors.contains(": error: "))
    }

    private static func verdicts(_ document: String, _ files: [String]) async throws -> [String] {
        let script = PackageRoot.path("Tests/Support/Scripts/validate.py")
        let schema = PackageRoot.path("config/\(document).schema.json")
        let run = try await Subprocess.run(["/usr/bin/python3", script, schema] + files)
        #expect(run.status == 0, "\(run.errors)")
        return run.output.split(separator: "\n").map(String.init)
    }
}
