import Dates
import Foundation
import ProgramHarness
import Scheduler
import Support
import Testing

@testable import Config
@testable import Diagnostics
@testable import remindd

/// Tests invalid input. Each case is a folder.
///
/// The folder contains the input files, and the files `expected` and `expected.vi` with the lines
/// that `check` prints in English and in Vietnamese, and its exit code. The lines of files that
/// `check` shows below a problem are left out there. `make refusals-record` writes both files.
@Suite("Refusals state the mistake, its place and the right spelling")
struct RefusalTests {
    static let folder = PackageRoot.path("Tests/reminddTests/Refusals")
    static let cases = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()

    @Test("There are at least 70 cases")
    func present() {
        #expect(Self.cases.count >= 70)
    }

    @Test("check prints exactly the expected lines (the folder of input N begins with N)", arguments: cases)
    func refused(name: String) async throws {
        let folder = "\(Self.folder)/\(name)"
        let expected = try String(contentsOfFile: "\(folder)/expected", encoding: .utf8)
        let check = try await Program.run(["check", "--config", "remindd.yaml"], in: folder)
        #expect(check.problems + "exit \(check.status)\n" == expected)
    }

    @Test("check prints exactly the expected lines in Vietnamese", arguments: cases)
    func refusedInVietnamese(name: String) async throws {
        let folder = "\(Self.folder)/\(name)"
        let expected = try? String(contentsOfFile: "\(folder)/expected.vi", encoding: .utf8)
        let check = try await Program.run(["check", "--config", "remindd.yaml", "--language", "vi"], in: folder)
        #expect(check.problems + "exit \(check.status)\n" == expected, "run: make refusals-record")
    }

    @Test("Every text of every refusal is in the Vietnamese catalogue", arguments: cases)
    func translated(name: String) throws {
        let loader = Loader()
        _ = loader.load(configuration: "\(Self.folder)/\(name)/remindd.yaml")
        for template in Set(loader.problems.all.flatMap(\.message.templates)) {
            let words = template.replacing(/\{[0-9]+\}/, with: "")
            guard words.contains(" "), words.contains(where: \.isLetter) else { continue }
            #expect(VietnameseCatalogue.entries[template] != nil, "\(template)")
        }
    }

    @Test("Reading files that are refused takes at most 100 ms in a release build (input rule)", arguments: cases)
    func quick(name: String) {
        let path = "\(Self.folder)/\(name)/remindd.yaml"
        _ = Loader().load(configuration: path)
        let taken = ProcessorTime.measure { _ = Loader().load(configuration: path) }
        // The limit here is 400 ms, because a debug build is several times slower than a release
        // build.
        #expect(taken < .milliseconds(400))
    }

    @Test("Files of more than 4 MiB and values nested too deeply are refused at their place")
    func tooMuch() async throws {
        let folder = try TemporaryFolder()
        let head = "plan: p\ntitle: T\ncampaigns: []\n"
        let cases = [
            (
                head + String(repeating: "#\n", count: 2 << 20),
                "plan.yaml:1:1: error: the file has more than 4194304 bytes, which is the most; many recipients belong in a CSV file\n"
            ),
            (
                head + "notify: " + String(repeating: "[", count: 80) + String(repeating: "]", count: 80) + "\n",
                "plan.yaml:4:72: error: nested deeper than 64 levels\n"
            ),
        ]
        try folder.write("remindd.yaml", "channels: {}\nrecipients: []\nplans: [plan.yaml]\n")
        for (text, line) in cases {
            try folder.write("plan.yaml", text)
            let check = try await Program.run(["check", "--config", "remindd.yaml"], in: folder.path)
            #expect(check.problems == line && check.status == 65)
        }
    }

    @Test(
        "The pages of the twenty most common refusals are made from these cases",
        arguments: [("en", "refusals.md"), ("vi", "refusals.vi.md")])
    func gallery(language: String, file: String) async throws {
        let made = try await Subprocess.run(
            ["/usr/bin/python3", PackageRoot.path("packaging/refusals.py"), "--print", language])
        let page = try String(contentsOfFile: PackageRoot.path("docs/officer/\(file)"), encoding: .utf8)
        #expect(made.status == 0 && made.output == page, "run: make refusals \(made.errors)")
        #expect(page.components(separatedBy: "\n## ").count - 1 == 20)
    }

    @Test("The pages of all refusals have every case with the output of check", arguments: [("en", ""), ("vi", ".vi")])
    func wholeGallery(language: String, suffix: String) async throws {
        let made = try await Subprocess.run(
            ["/usr/bin/python3", PackageRoot.path("packaging/refusals.py"), "--print-all", language])
        #expect(made.status == 0, "\(made.errors)")
        #expect(made.output.components(separatedBy: "\n### ").count - 1 == Self.cases.count)
        for name in Self.cases {
            let expected = try String(contentsOfFile: "\(Self.folder)/\(name)/expected\(suffix)", encoding: .utf8)
            let answer = expected.split(separator: "\n").map { $0.count <= 400 ? String($0) : $0.prefix(399) + "…" }
            #expect(
                made.output.contains(
                    "\(language == "vi" ? "trả lời" : "answers")\n\n```\n" + answer.joined(separator: "\n") + "\n```"), "\(name)")
        }
    }

    /// Files of up to 256 kB that repeat one mistake or are expensive to parse.
    static let monsters: [(name: String, text: String)] = {
        let head = "plan: p\ntitle: T\nremind: [on the day]\nnotify: [an]\ncampaigns:\n"
        func campaigns(_ count: Int, _ line: (Int) -> String) -> String {
            head + (0..<count).map { "  - {id: c\($0), title: T, \(line($0))}\n" }.joined()
        }
        func many(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }
        let bomb = (1..<14).map { "a\($0): &a\($0) [x\(many(",*a\($0 - 1)", 9))]\n" }.joined()
        return [
            ("misspelt phrases", campaigns(3_900) { "when: tu ngya \($0 % 28 + 1)/11 dne 15/12" }),
            ("days that are none", campaigns(6_000) { _ in "when: 31/4" }),
            (
                "rules without a day",
                campaigns(2_500) { _ in "when: 'rrule FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30 from 2026-01-01'" }
            ),
            ("unknown recipients", campaigns(4_000) { "when: 28/6, notify: [somebody-\($0)]" }),
            ("unknown keys", (0..<20_000).map { "tit\($0): x\n" }.joined()),
            ("one key again and again", many("title: x\n", 29_000)),
            ("brackets", many("[", 262_000)), ("braces", many("{a: ", 65_000)), ("dashes", many("- ", 131_000)),
            ("question marks", many("? ", 131_000)),
            ("colons", many("a: ", 87_000)), ("a list", many("- a\n", 65_000)), ("anchors", many("- &a x\n", 37_000)),
            ("aliases", "- &a x\n" + many("- *a\n", 52_000)), ("an alias bomb", "a0: &a0 [x]\n" + bomb),
            ("one line", many("x", 262_000)),
            ("an open quote", "a: \"" + many("x", 262_000)), ("tabs", many("\t", 262_000)),
            ("no colons", many("title x\n", 32_000)),
            ("a long text", "a: |\n" + many(" x\n", 87_000)), ("comments", many("#", 262_000)),
            ("odd spaces where lines are indented", "a:\n" + many("\u{A0}b: x\n", 37_000)),
            ("odd spaces everywhere", "a: " + many("\u{3000}", 87_000)),
            ("hashes", "plan: p\ntitle: T\ncampaigns:\n" + many("- {title: x #y\n  , z: 1}\n", 9_500)),
            ("hashes in one line", "title: " + many("x #y ", 52_000)),
            ("old encodings", campaigns(3_300) { _ in "when: 31/4, note: \"C«ng v¨n cña Së, Tr\u{AD}êng\"" }),
            ("texts encoded twice", campaigns(2_600) { _ in "when: 31/4, note: \"Káº¿ hoáº¡ch cá»§a Sá»Ÿ\"" }),
            ("one old text", "plan: p\ntitle: \"" + many("C«ng v¨n ", 23_000) + "\"\n"),
            ("one text encoded twice", "plan: p\ntitle: \"" + many("áº¿", 37_000) + "\"\n"),
            ("controls", "a: b\n" + many("\u{1}", 200_000)),
            (
                "default leads all wrong",
                campaigns(5_000) { _ in "when: 28/6" }
                    .replacingOccurrences(
                        of: "[on the day]", with: "[\((1...64).map { "\($0) dyas befor" }.joined(separator: ", "))]")
            ),
            (
                "missing colons at the end",
                campaigns(6_000) { _ in "when: 28/6" } + (0..<20).map { "  - id: z\($0)\n    title T\n    when: 28/6\n" }.joined()
            ),
        ]
    }()

    /// Configurations of up to 256 kB in which groups refer to groups.
    static let labyrinths: [(name: String, groups: String)] = {
        let count = 13_000
        func chain(_ next: (Int) -> String) -> String { (0..<count).map { "  g\($0): [\(next($0))]\n" }.joined() }
        return [
            ("a chain of groups", chain { $0 + 1 < count ? "g\($0 + 1)" : "an" }),
            ("a ring of groups", chain { "g\(($0 + 1) % count)" }),
            ("a chain into a ring", chain { "g\($0 + 1 < count ? $0 + 1 : count / 2)" }),
            ("groups that hold themselves", chain { "g\($0)" }),
            ("groups of unknown members", chain { "nobody-\($0)" }),
            (
                "groups that hold all before them",
                (0..<210).map { g in "  g\(g): [\((0..<max(1, g)).map { "g\($0)" }.joined(separator: ", "))]\n" }.joined()
            ),
        ]
    }()

    #if DEBUG
    /// The processor time that reading may take.
    ///
    /// A debug build is about ten times slower than a release build.
    static let patience = Duration.seconds(4)
    #else
    static let patience = Duration.milliseconds(100)
    #endif

    @Test(
        "Even a file of 256 kB that has only mistakes is read in time (rule of section 2)",
        arguments: monsters.map(\.name))
    func inTime(name: String) throws {
        let text = try #require(Self.monsters.first { $0.name == name }?.text)
        #expect(text.utf8.count <= 262_144)
        let reader = { (problems: Problems) in
            PlanReader(
                problems: problems, zones: SystemZones(), defaultZone: .utc,
                directory: RecipientDirectory(recipients: [], groups: [:], addressKinds: [:]), workingDays: .mondayToFriday)
        }
        _ = reader(Problems()).read(bytes: Array("plan: p".utf8), name: "warm.yaml")
        let problems = Problems()
        let subject = reader(problems)
        let taken = ProcessorTime.measure { _ = subject.read(bytes: Array(text.utf8), name: "plan.yaml") }
        #expect(problems.hasErrors)
        #expect(taken < Self.patience, "\(taken)")
    }

    @Test("Many nested groups are read in time and do not exhaust the stack", arguments: labyrinths.map(\.name))
    func groups(name: String) throws {
        let groups = try #require(Self.labyrinths.first { $0.name == name }?.groups)
        let folder = try TemporaryFolder()
        let path = try folder.write(
            "remindd.yaml",
            "plans: []\nchannels: {mail: {email: {server: \"smtp://127.0.0.1:2525\", tls: off, from: nhac@example.vn}}}\n"
                + "recipients: [{id: an, email: an@example.vn, via: [mail]}]\ngroups:\n" + groups)
        let loader = Loader()
        let taken = ProcessorTime.measure {
            guard let loaded = loader.load(configuration: path) else { return }
            CheckReport(loaded: loaded, places: SourceMap(), problems: loader.problems, now: Instant(seconds: 1_800_000_000))
                .inspect()
            _ = loaded.accepted.directory.resolve(["g0"])
        }
        #expect(taken < Self.patience, "\(taken)")
    }
}
