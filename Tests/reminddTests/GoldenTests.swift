import Dates
import Foundation
import Ledgers
import ProgramHarness
import Scheduler
import Support
import Testing

/// Compares every command's text, JSON and help with a recorded transcript.
///
/// If the output differs, the run writes its own transcript to `.build/golden`. If the difference
/// is intended, copy that file over the file in `Tests/reminddTests/Golden`.
@Suite("Golden transcripts", .serialized)
struct GoldenTests {
    private static let formats: [[String]] = [[], ["--format", "json"]]

    @Test("Every command prints the same help, and the same usage errors")
    func help() async throws {
        var transcript = Transcript()
        let commands = [
            [], ["run"], ["check"], ["occurrences"], ["simulate"], ["year"], ["explain"], ["render"], ["send-test"], ["history"],
            ["missed"],
            ["failed"], ["failed", "list"], ["failed", "retry"], ["release"], ["reload"], ["status"], ["backup"], ["restore"],
            ["new-ledger"], ["schema"],
        ]
        for command in commands { try await transcript.run(command + ["--help"]) }
        for command in [
            ["--version"], ["staus"], ["release"], ["release", "--send", "--drop"], ["history", "--limit", "0"],
            ["history", "--since", "2027-02-30"], ["status", "--format", "xml"],
            ["simulate", "--from", "2027-02-01", "--to", "2027-01-01"],
            ["occurrences", "--from", "2027-02-01", "--to", "2027-01-01"], ["explain"], ["failed", "retry"],
        ] { try await transcript.run(command) }
        try transcript.expect("help")
    }

    @Test("The sample's plans give the same occurrences, simulations, explanations and messages")
    func plans() async throws {
        let office = try Office.sample(smtp: 2_525, http: 8_088)
        var transcript = Transcript(office: office)
        let plan = office.folder.path("plans/quang-ninh-transport.yaml")
        for format in Self.formats {
            try await transcript.run(["occurrences", "--from", "2027-01-01", "--to", "2027-12-31"] + format)
            try await transcript.run(["occurrences", plan, "--from", "2027-05-01", "--to", "2027-06-30"] + format)
            try await transcript.run(["simulate", "--from", "2027-05-25", "--to", "2027-06-02"] + format)
            try await transcript.run(["year", "2027"] + format)
            for campaign in ["drowning-prevention", "quang-ninh-transport/mid-autumn", "drowning-preventio", "nothing"] {
                try await transcript.run(["explain", campaign, "--on", "2027-01-01"] + format)
            }
            try await transcript.run(
                [
                    "render", "drowning-prevention", "--on", "2027-01-01", "--recipient", "quang-ninh-women", "--lead", "draft",
                    "--via", "mail",
                ] + format)
        }
        try await transcript.run(["simulate", "--from", "2027-05-25", "--to", "2027-06-02", "--wide"])
        try await transcript.run(["occurrences", "plans/none.yaml", "--from", "2027-01-01", "--to", "2027-12-31"])
        try transcript.expect("plans")
    }

    @Test("Every command prints the same without a ledger, and with files that have errors")
    func noLedger() async throws {
        let office = try Office.plain(plan: Self.plan, smtp: 2_525, http: 8_088, recipients: Self.twoByMail)
        var transcript = Transcript(office: office)
        for format in Self.formats {
            for command in [
                ["status"], ["history"], ["history", "--campaign", "spring"], ["history", "--campaign", "sprung"],
                ["history", "--recipient", "lots"], ["missed"], ["failed"], ["failed", "list"],
                ["failed", "retry", "jrxyxgb3pt6ebqgddi2ew2ajvm"], ["failed", "retry", "--campaign", "spring"],
                ["release", "--send"], ["release", "--drop"], ["reload"], ["reload", "--dry-run"],
                ["explain", "spring", "--on", "2027-01-01"], ["explain", "tet", "--on", "2027-01-01"],
                ["explain", "spring", "--on", "2029-01-01"], ["simulate", "--from", "2027-01-01", "--to", "2027-04-30"],
                ["occurrences", "--from", "2027-01-01", "--to", "2029-12-31"], ["send-test", "ann"],
            ] { try await transcript.run(command + format) }
        }
        try await transcript.run(["backup"])
        try office.writePlan(Self.plan.replacing("    when:", with: "    wen:"))
        for format in Self.formats {
            try await transcript.run(["check"] + format)
            try await transcript.run(["status"] + format)
        }
        try transcript.expect("no-ledger")
    }

    @Test("A rehearsal's ledger gives the same status and history")
    func rehearsal() async throws {
        let mail = try await ScriptedServer("mail.py")
        let office = try Office.plain(
            plan: Self.plan, smtp: mail.port, http: FreePort.next(), recipients: Self.twoByMail)
        let run = try await Program.run(
            [
                "run", "--clock", "2027-01-01T00:00:01+07:00", "--until", "2027-03-20T00:00:00+07:00", "--speed", "10000000",
                "--ledger", office.ledger, "--config", office.configuration,
            ], within: .seconds(120))
        #expect(run.status == 0, "\(run.errors.suffix(2_000))")
        var transcript = Transcript(office: office)
        // The times of attempts and of the end of the rehearsal differ between runs.
        transcript.rules = [
            (/(?m)^(    )[0-9T:+-]{25}/, { "\($0)<time>" }),
            (/(looked until  |"looked_until":"|"at":")[^"\n]*/, { "\($0)<time>" }),
            (/("delivery":")[a-z2-7]{26}/, { "\($0)<id>" }),
        ]
        for format in Self.formats {
            for command in [
                ["status"], ["history"], ["history", "--limit", "2"], ["history", "--since", "2027-02-20"],
                ["history", "--campaign", "trial/spring", "--recipient", "an"], ["history", "--recipient", "nobody"],
            ] { try await transcript.run(command + ["--ledger", office.ledger] + format) }
        }
        try transcript.expect("rehearsal")
    }

    @Test("Every command prints the same beside a running daemon and after its end")
    func daemon() async throws {
        let mail = try await ScriptedServer("mail.py")
        let noon = Noon()
        let plan = noon.plan(
            [("late", "Ngày hội", noon.at(minutes: -2)), ("next", "Ngày mai", noon.at(minutes: 90))], notify: "an, lost")
        let office = try Office.plain(plan: plan, smtp: mail.port, http: FreePort.next(), recipients: Self.twoByMail)
        let daemon = try await Program.daemon(office)
        #expect(await mail.sees { $0.contains { $0.accepted != nil } && $0.contains { $0.refused == 550 } })
        #expect(
            await eventually(within: .seconds(20)) {
                let states = (try? await Program.history(office).map(\.state)) ?? []
                return states.sorted() == ["dead", "delivered"]
            })
        var transcript = Transcript(office: office)
        transcript.rules = Transcript.present
        let questions = [
            ["status"], ["history"], ["history", "--limit", "1"], ["history", "--recipient", "an"],
            ["history", "--campaign", "next"], ["history", "--campaign", "trial/lat"], ["history", "--limit", "20000"],
            ["missed"], ["failed"], ["failed", "list"], ["check"], ["failed", "retry", "jrxyxgb3pt6ebqgddi2ew2ajvm"],
            ["failed", "retry", "--campaign", "nothing"], ["failed", "retry", "--campaign", "next"], ["release", "--send"],
        ]
        for format in Self.formats {
            for command in questions { try await transcript.run(command + format) }
            for command in [
                ["send-test", "an"], ["send-test", "lost"], ["send-test", "ann"], ["send-test", "an", "--via", "post"],
                ["reload", "--dry-run"], ["reload"],
            ] { try await transcript.run(command + format) }
        }
        for path in ["/healthz", "/readyz", "/metrics"] { try await transcript.get(path, from: office.socket) }

        try office.writePlan(plan.replacing("    when:", with: "    wen:"))
        for format in Self.formats {
            try await transcript.run(["check"] + format)
            for more in [["--dry-run"], []] { try await transcript.run(["reload"] + more + format) }
        }
        try office.writePlan(noon.plan([("next", "Ngày mai", noon.at(minutes: 95))], notify: "an, lost"))
        for format in Self.formats {
            for more in [["--dry-run"], [], ["--dry-run", "--confirm"]] { try await transcript.run(["reload"] + more + format) }
        }
        for path in ["/healthz", "/readyz"] { try await transcript.get(path, from: office.socket) }
        let dead = try #require(try await Program.history(office).first { $0.state == "dead" }?.delivery)
        #expect(try await Program.stop(daemon).status == 0)
        for format in Self.formats {
            for command in questions { try await transcript.run(command + format) }
        }
        try await transcript.run(["failed", "retry", dead])
        try await transcript.run(["failed", "retry", dead, "--format", "json"])
        try transcript.expect("daemon")
    }

    @Test("Every command prints the same about a hold and its release, with a daemon and without")
    func holds() async throws {
        let ahead = Zone.utc.civil(at: Instant(seconds: Int64(time(nil)))).day + 5
        let now = Instant(seconds: Int64(time(nil)))
        var transcript = Transcript(office: nil)
        transcript.rules = Transcript.present
        for format in Self.formats {
            for (days, answer) in [(-200, "--drop"), (400, "--send")] {
                let office = try Office.plain(
                    plan: Self.weekBefore(ahead), smtp: FreePort.next(), http: FreePort.next(), recipients: Self.twoByMail)
                try SQLiteLedger.open(path: office.ledger, mode: .daemon, now: now + .days(Int64(days))).close()
                transcript.office = office
                for command in [
                    ["status"], ["failed", "retry", "--campaign", "c"], ["release", answer],
                    ["release", answer, "--clock-is-right"], ["release", answer],
                ] { try await transcript.run(command + format) }
            }
            let office = try Office.plain(
                plan: Self.weekBefore(ahead), smtp: FreePort.next(), http: FreePort.next(), recipients: Self.twoByMail)
            transcript.office = office
            try SQLiteLedger.open(path: office.ledger, mode: .daemon, now: now - .days(3)).close()
            let copy = try Data(contentsOf: URL(fileURLWithPath: office.ledger))
            let first = try await Program.daemon(office)
            try await first.hasPrinted("due (late): p/c")
            _ = try await Program.stop(first)
            try copy.write(to: URL(fileURLWithPath: office.ledger))
            let second = try await Program.daemon(office)
            try await transcript.get("/readyz", from: office.socket)
            for command in [["status"], ["failed", "retry", "--campaign", "c"], ["release", "--drop"], ["release", "--send"]] {
                try await transcript.run(command + format)
            }
            _ = try await Program.stop(second)
            try await transcript.run(["history"] + format)
        }
        try transcript.expect("holds")
    }

    // MARK: files

    private static let plan = """
        plan: trial
        title: Kế hoạch thử
        timezone: Asia/Ho_Chi_Minh
        language: en
        source: {number: 240/KH, date: 2026-11-24, issuer: Sở Giao thông vận tải}
        notify: [an, lost]
        remind: [7 days before, on the day]
        campaigns:
          - id: spring
            title: "Spring \\"fair\\""
            when: 1/3-15/3
            years: 2027-2028
            cite: Điều 3
          - {id: tet, title: Tết, when: mùng 1 tháng giêng, remind: [10 working days before, 3 ngày trước lúc 07:30]}

        """

    private static let twoByMail = """
          - {id: an, email: an@example.vn, via: [mail]}
          - {id: lost, name: Người đi lạc, email: never@example.vn, via: [mail]}
        """

    private static func weekBefore(_ day: Day) -> String {
        """
        plan: p
        title: Kế hoạch
        timezone: UTC
        language: en
        notify: [an]
        remind: [7 days before at 00:00]
        campaigns:
          - {id: c, title: C, when: \(day)}

        """
    }
}

/// The output of a list of commands. Placeholders replace the values that differ between runs.
private struct Transcript {
    typealias Rule = (pattern: Regex<(Substring, Substring)>, replacement: (Substring) -> String)

    var office: Office?
    var rules: [Rule] = []
    private var text = ""

    /// Rules that mask values that differ between runs: times, days, zones, ports and ids.
    static var present: [Rule] {
        [
            (/(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))/, { _ in "<time>" }),
            (/(\d{4}-\d\d-\d\d)/, { _ in "<day>" }), (/(\b\d\d:\d\d\b)/, { _ in "<hh:mm>" }),
            (/(\d{2}\/\d\d\/\d{4})/, { _ in "<day>" }),
            (/\b((?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day) <day>/, { _ in "<weekday> <day>" }),
            (/(\b[a-z2-7]{26}\b)/, { _ in "<id>" }), (/(127\.0\.0\.1:)\d+/, { "\($0)<port>" }),
            // Removes the warning about the zone of `Noon`, and its source line and caret. The
            // warning appears only at some hours.
            (/(?m)^(.*timezone \\?"Etc\/GMT.*\n)(?: +\d+ \| timezone: .*\n +\| +\^\n)?/, { _ in "" }),
            (/(no errors, )\d+ warnings?/, { "\($0)<number> warnings" }),
            // Replaces measured values.
            (/(?m)^(process_\w+|remindd_\w+_timestamp_seconds|\w+_lateness_seconds_(?:sum|bucket)\S*) .*$/, { "\($0) <number>" }),
        ]
    }

    init(office: Office? = nil) {
        self.office = office
    }

    mutating func run(_ arguments: [String]) async throws {
        let asksHelp = arguments.contains { ["--help", "--version"].contains($0) }
        let configuration = office.map { asksHelp ? [] : ["--config", $0.configuration] } ?? []
        let ran = try await Program.run(arguments + configuration)
        add("$ remindd \(arguments.joined(separator: " "))", ran)
    }

    mutating func get(_ path: String, from socket: String) async throws {
        let curl = try requires("curl")
        let ran = try await Subprocess.run([
            curl, "--silent", "--max-time", "20", "--unix-socket", socket, "--write-out", "%{http_code} %{content_type}\n",
            "http://remindd\(path)",
        ])
        add("GET \(path)", ran)
    }

    private mutating func add(_ title: String, _ ran: Subprocess.Finished) {
        var entry = title + "\n" + ran.output
        if !ran.errors.isEmpty { entry += "--- standard error\n" + ran.errors }
        if let folder = office?.folder.path { entry = entry.replacing(folder, with: "<folder>") }
        for rule in rules { entry = entry.replacing(rule.pattern) { rule.replacement($0.output.1) } }
        text += entry + "--- status \(ran.status)\n\n"
    }

    func expect(_ name: String) throws {
        let recorded = PackageRoot.path("Tests/reminddTests/Golden/\(name).txt")
        let expected = (try? String(contentsOfFile: recorded, encoding: .utf8)) ?? ""
        guard text != expected else { return }
        let folder = PackageRoot.path(".build/golden")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try text.write(toFile: "\(folder)/\(name).txt", atomically: true, encoding: .utf8)
        let (lines, wanted) = (text.components(separatedBy: "\n"), expected.components(separatedBy: "\n"))
        let line = zip(lines, wanted).prefix { $0 == $1 }.count
        Issue.record(
            """
            diff Tests/reminddTests/Golden/\(name).txt .build/golden/\(name).txt; the first difference is in line \(line + 1):
            \(line < wanted.count ? wanted[line] : "(end)")
            \(line < lines.count ? lines[line] : "(end)")
            """)
    }
}
