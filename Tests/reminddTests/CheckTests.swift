import Dates
import Foundation
import ProgramHarness
import Scheduler
import Support
import Testing

@testable import Config
@testable import remindd

/// Tests the problems that `check` finds by examining all files together, on a fixed day.
@Suite("`check` finds problems before they have an effect")
struct CheckTests {
    /// The time of every `check` in these tests: noon of Sunday, 1 March 2026, in Vietnam.
    static let now = Instant(rfc3339: "2026-03-01T12:00:00+07:00")!

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var plan = CheckTests.plan
        var configuration = CheckTests.configuration
        var files: [String: String] = [:]
        let finds: [String]
        var testDescription: String { name }
    }

    static let plan = """
        plan: p
        title: Kế hoạch
        remind: [7 days before]
        notify: [an]
        campaigns:
          - {id: a, title: A, when: 28/6}
        """

    static let configuration = """
        channels:
          mail: {email: {server: "smtp://127.0.0.1:2525", tls: off, from: nhac@example.vn}}
        recipients:
          - {id: an, email: an@example.vn, via: [mail]}
        plans: [plan.yaml]
        """

    static func campaigns(_ lines: String, head: String = "remind: [7 days before]\nnotify: [an]") -> String {
        "plan: p\ntitle: Kế hoạch\n\(head)\ncampaigns:\n\(lines)"
    }

    static let cases: [Case] = [
        Case(name: "nothing if nothing is wrong", finds: []),
        Case(
            name: "campaigns that never come again, each at its own line",
            plan: campaigns(
                "  - {id: a, title: A, when: 2025-06-28}\n  - {id: b, title: B, when: 28/6}\n  - {id: c, title: C, when: 1/5, years: 2024-2025}"
            ),
            finds: [
                "plan.yaml:6:5: warning: campaign a never comes again; its last day was 2025-06-28",
                "plan.yaml:8:5: warning: campaign c never comes again; its last day was 2025-05-01",
            ]),
        Case(
            name: "reminders that are due too late or never",
            plan: campaigns(
                "  - {id: a, title: A, when: 2026-05-03 - 2026-05-10, remind: [1 day before, every Monday during]}\n"
                    + "  - {id: b, title: B, when: 2026-06-03, remind: [every Monday during]}",
                head: "notify: [an]\nrest_days: next working day"),
            finds: [
                "plan.yaml:6:63: warning: campaign a, \"1 day before\": falls on 2026-05-04, not before the beginning on 2026-05-03 (once)",
                "plan.yaml:7:50: warning: campaign b, \"every Monday during\": no such day lies between 2026-06-03 and 2026-06-03 (once)",
            ]),
        Case(
            name: "reminders that are due when the time of the event is over",
            plan: campaigns(
                "  - {id: a, title: A, when: 2026-05-05, time: \"06:30\", remind: [on the day, 2 hours before, 1 day after the end]}\n"
                    + "  - {id: b, title: B, when: chậm nhất 2026-05-05 lúc 08:00, remind: [đúng ngày, {id: som, when: đúng ngày lúc 07:59}]}\n"
                    + "  - {id: c, title: C, when: 5/5, time: \"07:30\", remind: [on the day]}",
                head: "notify: [an]"),
            finds: [
                "plan.yaml:5:65: warning: campaign a, \"on the day\": is due at 2026-05-05T08:00:00+07:00, and is never sent, "
                    + "because the occurrence ends at 2026-05-05T07:30:00+07:00 (once)",
                "plan.yaml:6:70: warning: campaign b, \"on the day\": is due at 2026-05-05T08:00:00+07:00, and is never sent, "
                    + "because the occurrence ends at 2026-05-05T08:00:00+07:00 (once)",
            ]),
        Case(
            name: "times that the clocks skip or show twice (input 27)",
            plan: campaigns(
                "  - {id: gap, title: Gap, when: last Sunday of March}\n  - {id: fold, title: Fold, when: last Sunday of October}",
                head: "timezone: Europe/Berlin\nremind: [on the day]\nat: \"02:30\"\nnotify: [an]"),
            finds: [
                "plan.yaml:4:10: warning: campaign gap, \"on the day\": there is no 02:30 on 2026-03-29, the clocks go forward; it goes out at 2026-03-29T03:00:00+02:00",
                "plan.yaml:4:10: warning: campaign fold, \"on the day\": 02:30 comes twice on 2026-10-25, the clocks go back; it goes out at 2026-10-25T02:30:00+02:00",
            ]),
        Case(
            name: "recipients who cannot be reached, and channels that nobody uses",
            configuration: configuration.replacingOccurrences(
                of: "plans:",
                with: "  - {id: binh, email: b@example.vn, via: [mail]}\n  - {id: chi, email: c@example.vn, via: []}\nplans:"
            ).replacingOccurrences(
                of: "recipients:",
                with: "  spare: {email: {server: \"smtps://mail.example.vn\", from: x@example.vn}}\nrecipients:"),
            finds: [
                "remindd.yaml:3:18: warning: no recipient uses channel spare",
                "remindd.yaml:6:10: warning: recipient binh is named by no plan and no alert",
                "remindd.yaml:7:10: warning: recipient chi is without a channel: \"via\" is empty",
                "remindd.yaml:7:10: warning: recipient chi is named by no plan and no alert",
            ]),
        Case(
            name: "groups without members, directly or through others (input 36)",
            plan: plan.replacingOccurrences(of: "[an]", with: "[an, outer]"),
            configuration: configuration + "\ngroups:\n  inner: []\n  outer: [inner]",
            finds: [
                "remindd.yaml:7:10: warning: group inner has no members",
                "remindd.yaml:8:3: warning: group outer has no members: its groups have none",
            ]),
        Case(
            name: "reminders whose groups are all empty",
            plan: plan.replacingOccurrences(of: "[an]", with: "[inner]"),
            configuration: configuration + "\ngroups:\n  inner: []\nalerts: {to: [an]}",
            finds: [
                "remindd.yaml:7:10: warning: group inner has no members",
                "plan.yaml:3:10: warning: campaign a, \"7 days before\": the groups named have no members",
            ]),
        Case(
            name: "Finding 9: reminders that fall due together, each within the channel's rate, their sum beyond it",
            plan: campaigns(
                "  - {id: a, title: A, when: 20/3}\n  - {id: b, title: B, when: 20/3}\n  - {id: c, title: C, when: 21/3}",
                head: "remind: [on the day at 22:00]\nnotify: [an, binh]"),
            configuration: configuration.replacingOccurrences(of: "tls: off", with: "tls: off, rate: 1 per hour")
                .replacingOccurrences(of: "plans:", with: "  - {id: binh, email: b@example.vn, via: [mail]}\nplans:"),
            finds: [
                "plan.yaml:3:10: warning: campaign b, \"on the day\" by mail: 2 messages at 2026-03-20T22:00:00+07:00, behind 2 that wait already; at 1 per hour 0 can go before the deadline 2026-03-21T00:00:00+07:00, 2 would not"
            ]),
        Case(
            name: "an overlong subject",
            plan: campaigns("  - {id: a, title: \(String(repeating: "á", count: 190)), when: 28/6}"),
            finds: [
                "plan.yaml:6:5: warning: campaign a, \"7 days before\" by mail in vi: the subject has 222 characters; most mail programs show fewer than 200"
            ]),
        Case(
            name: "a user's template that renders an empty text",
            configuration: configuration + "\ntemplates: texts", files: ["texts/vi/subject.mustache": "{{#late}}late{{/late}}\n"],
            finds: [
                "plan.yaml:6:5: error: campaign a, \"7 days before\" by mail in vi: template vi/subject comes out empty: the built-in one would go out"
            ]),
        Case(
            name: "a user's template whose text is empty only for late reminders or change notices",
            configuration: configuration + "\ntemplates: texts",
            files: ["texts/vi/subject.mustache": "{{^late}}{{^moved}}{{^gone}}{{title}}{{/gone}}{{/moved}}{{/late}}\n"],
            finds: [
                "plan.yaml:6:5: error: a late reminder in vi: template vi/subject comes out empty: the built-in one would go out",
                "plan.yaml:6:5: error: other dates in vi: template vi/subject comes out empty: the built-in one would go out",
                "plan.yaml:6:5: error: a cancellation in vi: template vi/subject comes out empty: the built-in one would go out",
            ]),
        Case(
            name: "a language's folder that is a file, and a template outside a language's folder",
            configuration: configuration + "\ntemplates: texts", files: ["texts/vi": "x", "texts/text.mustache": "x"],
            finds: [
                "texts/vi:1:1: error: the texts in this language: it is no folder",
                "texts/text.mustache:1:1: warning: no text of this name is ever used; there are vi/subject, vi/text, vi/html, en/subject, en/text, en/html",
            ]),
        Case(
            name: "each lead in each language and channel once, for the recipient with the longest name, 400 days ahead",
            plan: """
                plan: p
                title: Kế hoạch
                notify: [all]
                campaigns:
                  - {id: a, title: A, when: 28/6, remind: [7 days before, {when: on the day, notify: [an]}]}
                  - {id: far, title: Far, when: 2027-06-28, remind: [7 days before]}
                """,
            configuration: """
                channels:
                  mail: {email: {server: "smtp://127.0.0.1:2525", tls: off, from: nhac@example.vn}}
                  post: {email: {server: "smtp://127.0.0.1:2525", tls: off, from: nhac@example.vn}}
                recipients:
                  - {id: an, email: an@example.vn, via: [mail]}
                  - {id: long, name: \(String(repeating: "á", count: 195)), email: long@example.vn, via: [mail]}
                  - {id: bo, email: bo@example.vn, language: en, via: [post]}
                  - {id: binh, email: binh@example.vn, language: en, via: [mail], otherwise: [post]}
                groups:
                  all: [an, long, bo, binh]
                templates: texts
                plans: [plan.yaml]
                """,
            files: [
                "texts/vi/subject.mustache": "{{title}} cho {{recipient}}",
                "texts/en/subject.mustache": "{{#cite}}cited{{/cite}}",
            ],
            finds: [
                "plan.yaml:5:5: error: campaign a, \"7 days before\" by mail in en: template en/subject comes out empty: the built-in one would go out",
                "plan.yaml:5:5: warning: campaign a, \"7 days before\" by mail in vi: the subject has 201 characters; most mail programs show fewer than 200",
                "plan.yaml:5:5: error: campaign a, \"7 days before\" by post in en: template en/subject comes out empty: the built-in one would go out",
            ]),
        Case(
            name: "a template under a name that nothing uses",
            configuration: configuration + "\ntemplates: texts", files: ["texts/vi/subjct.mustache": "x"],
            finds: [
                "texts/vi/subjct.mustache:1:1: warning: no text of this name is ever used; there are vi/subject, vi/text, vi/html, en/subject, en/text, en/html; did you mean \"vi/subject.mustache\"?"
            ]),
        Case(
            name: "paths that the service's sandbox hides, and a ledger that it cannot write (finding 17)",
            configuration: configuration.replacingOccurrences(
                of: "plans: [plan.yaml]", with: "plans: [plan.yaml, /root/none]\nworking_days: /home/none/vn.yaml")
                + "\nledger: sqlite:/srv/none/ledger.sqlite\nsocket: /run/none/control.sock",
            finds: [
                "remindd.yaml:5:8: error: plans: /root/none does not exist",
                "remindd.yaml:5:8: warning: plans: /root/none is not visible to the service: its sandbox hides /root; put it under /etc/remindd, or see SANDBOX in remindd(8)",
                "remindd.yaml:6:15: error: working_days: /home/none/vn.yaml cannot be read: No such file or directory",
                "remindd.yaml:6:15: warning: working_days: /home/none/vn.yaml is not visible to the service: its sandbox hides /home; put it under /etc/remindd, or see SANDBOX in remindd(8)",
                "remindd.yaml:7:9: warning: ledger: /srv/none/ledger.sqlite is outside of /var/lib/remindd, the one folder that the service may write to; leave ledger: out, or see SANDBOX in remindd(8)",
            ]),
        Case(
            name: "files of certificates without a certificate",
            configuration: configuration.replacingOccurrences(of: "tls: off", with: "tls: off, ca: none.pem"),
            files: ["none.pem": "no"],
            finds: ["remindd.yaml:2:17: error: channel mail: ca: none.pem holds no certificate (PEM)"]),
        Case(
            name: "working days of a year without an official calendar",
            plan: campaigns("  - {id: a, title: A, when: 2027-02-15, remind: [5 working days before]}", head: "notify: [an]"),
            finds: [
                "plan.yaml:1:1: warning: reminders that count working days fall in 2027, for which no official working calendar is loaded"
            ]),
    ]

    @Test("check prints exactly the expected problems", arguments: cases)
    func printed(tried: Case) throws {
        let folder = try TemporaryFolder()
        try folder.write("plan.yaml", tried.plan)
        try folder.write("remindd.yaml", tried.configuration)
        for (name, text) in tried.files { try folder.write(name, text) }
        let found = try Self.problems(in: folder)
        #expect(found == tried.finds, "\(found.joined(separator: "\n"))")
    }

    /// Returns the problems that `check` prints at `now`, with paths relative to the folder.
    static func problems(in folder: TemporaryFolder) throws -> [String] {
        let places = SourceMap()
        let loader = Loader(places: places)
        let loaded = try #require(loader.load(configuration: folder.path("remindd.yaml")))
        CheckReport(loaded: loaded, places: places, problems: loader.problems, now: now).inspect()
        return loader.problems.sorted.map { $0.description.replacingOccurrences(of: folder.path(""), with: "") }
    }

    @Test("Finding 9: for 20 000 recipients at 22:00 and 100 per minute, check gives the number of unsent messages (fault 142)")
    func rate() async throws {
        let folder = try TemporaryFolder()
        try folder.write(
            "plan.yaml", Self.campaigns("  - {id: a, title: A, when: 28/6}", head: "remind: [on the day at 22:00]\nnotify: [all]")
        )
        try folder.write(
            "remindd.yaml",
            Self.configuration.replacingOccurrences(of: "tls: off", with: "tls: off, rate: 100 per minute")
                + "\ngroups:\n  all: {file: all.csv}\nledger: sqlite:ledger.sqlite\n")
        let rows = (1...20_000).map { "r\($0),R,r\($0)@example.vn,mail\n" }
        try folder.write("all.csv", "id,name,email,via\n" + rows.joined())
        let check = try await Program.run(["check", "--config", "remindd.yaml"], in: folder.path)
        #expect(check.status == 0, "\(check.errors)")
        #expect(check.errors.contains("campaign a, \"on the day\" by mail: 20000 messages at "), "\(check.errors)")
        #expect(check.errors.contains("; at 100 per minute 12000 can go before the deadline "), "\(check.errors)")
        #expect(check.errors.contains(", 8000 would not\n"), "\(check.errors)")
    }

    @Test("check reports secrets that are invalid or that others can read, without showing them")
    func secretFiles() throws {
        let folder = try TemporaryFolder()
        try folder.write("plan.yaml", Self.plan)
        let names = ["url", "bad-url", "open", "short", "empty"]
        try folder.write("url", "https://hooks.example.vn/services/T0CANARY\n")
        try folder.write("bad-url", "http://hooks.example.vn/services/T0CANARY\n")
        try folder.write("open", "whsec_CANARYCANARYCANARYCANARYCANARYCANARY\n")
        try folder.write("short", "whsec_Q0FOQVJZ\n")
        try folder.write("empty", "\n")
        for name in names { chmod(folder.path(name), name == "open" ? 0o644 : 0o600) }
        try folder.write(
            "remindd.yaml",
            """
            plans: [plan.yaml]
            channels:
              a: {webhook: {url: {file: url}, secret: {file: open}}}
              b: {webhook: {url: {file: bad-url}, secret: {credential: hub}}}
              c: {webhook: {url: {file: bad-url}}}
              d: {webhook: {url: {file: url}, secret: {file: short}}}
              e: {webhook: {url: {file: url}, secret: {file: empty}}}
            recipients:
              - {id: an, via: [a, b, c, d, e]}
            heartbeat: {url: {file: bad-url}}
            """)
        let found = try Self.problems(in: folder)
        #expect(
            found == [
                "remindd.yaml:3:16: error: channel a: open can be read by others; chmod 0600 or 0640",
                "remindd.yaml:4:16: warning: channel b: the credential hub is not visible here",
                "remindd.yaml:5:16: warning: channel c has no secret: its requests carry no signature",
                "remindd.yaml:5:16: error: channel c: url: http:// sends in clear and is allowed to loopback only; use https://, or set insecure: true; a private address needs allow_networks: [10.20.0.0/16] too",
                "remindd.yaml:6:16: error: channel d: a webhook secret has 24 to 64 bytes",
                "remindd.yaml:7:16: error: channel e: empty is empty",
                "remindd.yaml:10:12: error: heartbeat: url: http:// sends in clear and is allowed to loopback only; use https://, or set insecure: true; a private address needs allow_networks: [10.20.0.0/16] too",
            ])
        #expect(!found.joined().contains("CANARY"))
    }

    @Test("check finds a configuration and a plan by names in another Unicode normalization form")
    func decomposedNames() async throws {
        let folder = try TemporaryFolder()
        let (typed, packed) = ("kế hoạch", "kế hoạch".decomposedStringWithCanonicalMapping)
        try FileManager.default.createDirectory(atPath: folder.path + "/" + packed, withIntermediateDirectories: false)
        for (name, text) in ["remindd.yaml": Self.configuration, "plan.yaml": Self.plan] {
            try text.write(toFile: "\(folder.path)/\(packed)/\(name)", atomically: false, encoding: .utf8)
        }
        let check = try await Program.run(["check", "--config", "\(typed)/remindd.yaml", "\(typed)/plan.yaml"], in: folder.path)
        #expect(check.status == 0, "\(check.output)\(check.errors)")
    }

    @Test("check prints errors before warnings, --strict makes warnings fail, and JSON has the same problems")
    func streams() async throws {
        let folder = try TemporaryFolder()
        try folder.write(
            "plan.yaml", Self.campaigns("  - {id: a, title: A, when: 2025-06-28}\n  - {id: b, title: B, when: 28/6}"))
        try folder.write("remindd.yaml", Self.configuration + "\nledger: sqlite:ledger.sqlite\n")
        let check = ["check", "--config", "remindd.yaml"]
        let plain = try await Program.run(check, in: folder.path)
        #expect(plain.status == 0 && plain.lines.first == "1 plan with 2 campaigns, 1 recipient: no errors, 1 warning.")
        #expect(plain.output.contains("At once on the next start: nothing.") && plain.output.contains("In the next 30 days"))
        #expect(try await Program.run(check + ["--strict"], in: folder.path).status == 1)
        let json = try await Program.run(check + ["--format", "json"], in: folder.path)
        let problem = try #require(try Line.all(json.errors).first)
        #expect(
            problem["severity"] == "warning" && problem["file"] == "plan.yaml" && problem["message"].contains("never comes again")
        )

        try folder.write(
            "plan.yaml",
            Self.campaigns("  - {id: a, title: A, when: 2025-06-28, remind: []}\n  - {id: b, title: B, when: 31/6}", head: ""))
        let broken = try await Program.run(check, in: folder.path)
        let words = broken.problems.split(separator: "\n").map { $0.contains(": error: ") }
        #expect(broken.status == 65 && words == words.sorted { $0 && !$1 } && words.contains(false), "\(broken.errors)")
    }
}
