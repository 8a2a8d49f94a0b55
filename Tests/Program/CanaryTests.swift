import Dates
import Foundation
import ProgramHarness
import Scheduler
import Support
import Testing

@testable import Config

/// Runs a real daemon with a canary word in every secret, and searches all its output for the word.
///
/// The daemon's servers refuse the secrets and repeat everything that they receive.
@Suite("No output of a running daemon contains a secret", .serialized)
struct CanaryTests {
    private static let isRoot = getuid() == 0
    /// The word in each secret. It occurs nowhere outside the secrets.
    static let canary = "Kanarienvogel"
    /// The word in the secrets that replace the first secrets while the daemon runs.
    static let second = "Papageientaucher"

    /// An output of the program, with its source.
    private struct Found {
        let road: String
        let bytes: [UInt8]
    }

    private struct Trial {
        let office: Office
        let echo: ScriptedServer
        let good: ScriptedServer
        let daemon: Subprocess
        /// The folder with the daemon's journal entries, standard error and service notifications.
        let heard: TemporaryFolder
        let environment: [String: String]
        var found: [Found] = []
        /// Names of the files that contain the secrets themselves.
        static let own: Set = ["password", "token", "url", "secret", "beat", "credential"]

        init() async throws {
            echo = try await ScriptedServer("echo.py")
            good = try await ScriptedServer("mail.py")
            heard = try TemporaryFolder()
            let http = echo.lines.first?.status ?? 0
            let noon = Noon()
            let mail = { (more: String) in
                "{email: {server: \"smtp://127.0.0.1:\(more)\", tls: off, from: nhac@example.vn, username: user, password: "
            }
            office = try Office.small(
                plan: noon.plan([("late", "Ngày hội", noon.at(minutes: -2))], notify: "an, desk"),
                channels: """
                      mail: \(mail("\(echo.port)")){file: password}}}
                      mail2: \(mail("\(echo.port)")){env: REMINDD_CANARY}}}
                      mail3: \(mail("\(echo.port)")){credential: credential}}}
                      mail4: {email: {server: "smtp://127.0.0.1:\(echo.port)", tls: off, from: nhac@example.vn, username: user, auth: xoauth2, token: {file: token}}}
                      hub: {webhook: {url: {file: url}, secret: {file: secret}, allow_networks: [127.0.0.0/8]}}
                      works: {email: {server: "smtp://127.0.0.1:\(good.port)", tls: off, from: nhac@example.vn}}
                    """,
                recipients: """
                      - {id: an, email: an@example.vn, via: [mail, mail2, mail3, mail4]}
                      - {id: desk, via: [hub]}
                      - {id: admin, email: admin@example.vn, via: [works], language: en}
                    """,
                more: "plans: plans/\nalerts: {to: [admin]}\nheartbeat: {url: {file: beat}, every: 10 seconds}\n")
            try Self.put(CanaryTests.canary, in: office, http: http)
            environment = [
                "REMINDD_CANARY": CanaryTests.canary + "-environment", "CREDENTIALS_DIRECTORY": office.folder.path("credentials"),
            ]
            daemon = try Subprocess(
                [
                    "/usr/bin/python3", PackageRoot.path("Tests/Servers/journal.py"), heard.path, Program.path,
                    "run",
                    "--config", office.configuration,
                ], environment: environment)
        }

        /// Writes every secret file of the office. Each secret contains `word`.
        static func put(_ word: String, in office: Office, http: Int) throws {
            // The token is as long as a token of Microsoft's servers. Every part of it contains the
            // word, because a server may repeat only the token's beginning or end.
            let token = (0..<50).map { "\(word)-token-\($0 * 7_919)-of-many-parts" }.joined(separator: ".")
            for (name, text) in [
                ("password", word + "-password\n"), ("token", token + "\n"),
                ("beat", "http://127.0.0.1:\(http)/ping/\(word)-beat\n"),
                ("url", "http://127.0.0.1:\(http)/services/T0/\(word)-url?key=\(word)-query\n"),
                ("secret", "whsec_" + Data((word + "-signing-secret-of-24").utf8).base64EncodedString() + "\n"),
                ("credentials/credential", word + "-credential\n"),
            ] { chmod(try office.folder.write(name, text), 0o600) }
        }

        mutating func take(_ road: String, _ bytes: [UInt8]) { found.append(Found(road: road, bytes: bytes)) }

        @discardableResult
        mutating func run(_ arguments: String...) async throws -> Subprocess.Finished {
            let ran = try await Subprocess.run(
                [Program.path, arguments[0], "--config", office.configuration] + arguments.dropFirst(), environment: environment)
            take(arguments.joined(separator: " "), Array((ran.output + ran.errors).utf8))
            return ran
        }

        mutating func get(_ path: String, _ body: String? = nil) async throws {
            let ran = try await Subprocess.run(
                [
                    "curl", "--silent", "--include", "--max-time", "20", "--unix-socket", office.socket,
                    "http://remindd\(path)",
                ] + (body.map { ["--data", $0] } ?? []))
            take("socket \(path)", Array(ran.output.utf8))
        }

        /// Collects all files in the office's folder except the secrets.
        ///
        /// The files include the ledger, its write-ahead log, its high-water mark and the accepted
        /// copy.
        mutating func takeFiles() {
            for name in FileManager.default.subpaths(atPath: office.folder.path) ?? [] {
                guard !Self.own.contains(String(name.split(separator: "/").last ?? "")),
                    let data = FileManager.default.contents(atPath: office.folder.path(name))
                else { continue }
                take("file \(name)", Array(data))
            }
        }

        /// Collects everything in `heard`, and the alert mails to the administrator.
        mutating func takeHeard() {
            for name in ["journal", "stderr", "notify"] { take(name, Array(heard.text(name).utf8)) }
            for line in good.lines { take("alert", line.bytes) }
        }
    }

    /// Returns the strings that reveal a secret: the word itself, and parts of its Base64 forms.
    ///
    /// The word has three Base64 forms, because its form depends on its offset in the encoded text.
    private static func signs(_ word: String) -> [String] {
        let base64 = (0...2).map { offset in
            let text = Data((String(repeating: "-", count: offset) + word).utf8).base64EncodedString()
            return String(text.dropFirst(offset == 0 ? 0 : offset + 1).prefix(14))
        }
        return [word] + base64
    }

    private static func look(through found: [Found], _ words: [String]) {
        let signs = words.flatMap(signs)
        for one in found {
            // Removes line ends, because Base64 in a mail is broken into lines.
            let joined = Data(one.bytes.filter { $0 != 0x0D && $0 != 0x0A })
            for sign in signs where joined.range(of: Data(sign.utf8)) != nil {
                Issue.record("\(one.road) holds \(sign): \(String(decoding: one.bytes, as: UTF8.self).prefix(2_000))")
            }
        }
    }

    @Test(
        "No command, socket, log, ledger, backup, accepted copy or alert contains a secret, although servers repeat them",
        .enabled(if: isRoot, "needs root for a journal of its own"))
    func sweep() async throws {
        var trial = try await Trial()
        let (office, http) = (trial.office, trial.echo.lines.first?.status ?? 0)
        #expect(
            await eventually(within: .seconds(30)) { trial.heard.text("notify").contains("READY=1") },
            "\(trial.heard.text("stderr"))")
        // Waits until both kinds of server have refused and an alert was sent.
        #expect(
            await eventually(within: .seconds(60)) {
                let journal = trial.heard.text("journal")
                return journal.contains("535") && journal.contains("401") && trial.good.lines.contains { $0.data != nil }
            }, "\(trial.heard.text("journal"))\(trial.heard.text("stderr"))")
        #expect(trial.heard.text("journal").contains("heartbeat does not get through"), "\(trial.heard.text("journal"))")
        try await everything(&trial)

        // Changes the secrets while the daemon runs. The servers repeat the old and the new
        // secrets.
        try Trial.put(Self.second, in: office, http: http)
        try await trial.run("send-test", "an")
        try await trial.run("send-test", "desk")
        #expect(try await trial.run("reload").status == 0)
        try await everything(&trial)

        // Messages about invalid secrets, or about secret files that other users can read, do not
        // repeat the secrets.
        for (name, text) in [
            ("secret", "whsec_\(Self.canary)!"), ("url", "ftp://example.vn/\(Self.canary)"), ("beat", Self.canary),
        ] {
            try Trial.put(Self.second, in: office, http: http)
            try office.folder.write(name, text)
            #expect(try await trial.run("reload").status == 78, "\(name)")
            try await trial.run("check")
        }
        try Trial.put(Self.second, in: office, http: http)
        chmod(office.folder.path("password"), 0o644)
        #expect(try await trial.run("reload").status == 78)
        trial.takeFiles()

        let limits = try String(contentsOfFile: "/proc/\(try Self.pid(of: trial))/limits", encoding: .utf8)
        #expect(limits.contains(#/Max core file size +0 +0 /#))
        let command = FileManager.default.contents(atPath: "/proc/\(try Self.pid(of: trial))/cmdline") ?? Data()
        trial.take("arguments", Array(command))
        trial.daemon.send(SIGTERM)
        #expect(try await trial.daemon.finish().status == 0)
        trial.takeFiles()
        trial.takeHeard()
        #expect(trial.found.count > 60)
        #expect(trial.found.contains { $0.road == "alert" } && trial.found.contains { $0.road == "file ledger.sqlite.accepted" })
        Self.look(through: trial.found, [Self.canary, Self.second])
        print("canary sweep: \(trial.found.count) outputs, \(trial.found.reduce(0) { $0 + $1.bytes.count }) bytes")
    }

    /// Collects the output of every command and of every HTTP path of the control socket.
    private func everything(_ trial: inout Trial) async throws {
        for command in [
            ["status"], ["history"], ["failed"], ["missed"], ["reload"], ["reload", "--dry-run"], ["check"], ["send-test", "an"],
            ["send-test", "desk"], ["send-test", "nobody"], ["explain", "late"],
            ["simulate", "--from", "2026-01-01", "--to", "2027-12-31"],
            ["render", "late", "--recipient", "an", "--lead", "on the day", "--via", "mail"],
            ["render", "late", "--recipient", "desk", "--lead", "on the day", "--via", "hub"],
        ] {
            let ran = try await Subprocess.run(
                [Program.path, command[0], "--config", trial.office.configuration] + command.dropFirst(),
                environment: trial.environment)
            trial.take(command.joined(separator: " "), Array((ran.output + ran.errors).utf8))
            if command[0] == "history" { #expect(ran.output.contains("535") && ran.output.contains("401"), "\(ran.output)") }
        }
        for command in ["status", "history", "failed", "missed", "check"] { try await trial.run(command, "--format", "json") }
        for path in ["/metrics", "/healthz", "/readyz", "/v1/backup", "/nothing"] { try await trial.get(path) }
        try await trial.get("/v1/command", "{\"status\":{\"json\":true}}")
        let copy = try await Subprocess.run(
            [
                "/bin/sh", "-c", "\"$0\" backup --config \"$1\" | od -An -v -tx1 | tr -d ' \\n'", Program.path,
                trial.office.configuration,
            ])
        let bytes = stride(from: 0, to: copy.output.utf8.count - 1, by: 2).compactMap { at -> UInt8? in
            let start = copy.output.utf8.index(copy.output.startIndex, offsetBy: at)
            return UInt8(copy.output[start...].prefix(2), radix: 16)
        }
        #expect(bytes.starts(with: Array("SQLite format 3".utf8)))
        trial.take("backup", bytes)
        trial.takeFiles()
        trial.takeHeard()
    }

    /// Returns the process id of the daemon, which `journal.py` started.
    private static func pid(of trial: Trial) throws -> String {
        let children = try String(contentsOfFile: "/proc/\(trial.daemon.pid)/task/\(trial.daemon.pid)/children", encoding: .utf8)
        return try #require(children.split(separator: " ").last.map(String.init))
    }

    @Test("check refuses a secret written into the configuration without repeating it, however malformed the line is")
    func inline() async throws {
        for lines in [
            "username: user, password: \(Self.canary)", "username: user, pasword: \(Self.canary)",
            "username: user, password: [\(Self.canary)]", "username: user, password: {secret: \(Self.canary)}",
            "username: user, password:\(Self.canary)", "username: user, password \(Self.canary)",
            "username: user, password=\(Self.canary)", "username: user, password: {\(Self.canary)}",
            "username: user, password: *\(Self.canary)", "username: user, password: first, \(Self.canary)",
            "username: user, password: {file: a, \(Self.canary)}", "username: user, password: {credential \(Self.canary)}",
        ] {
            let office = try Office.small(
                plan: "plan: p\ntitle: T\ncampaigns: []\n",
                channels: "  mail: {email: {server: \"smtp://127.0.0.1:25\", tls: off, from: nhac@example.vn, \(lines)}}")
            try await Self.expectNothing(office, lines)
        }
        for lines in [
            "password \(Self.canary)", "password: \(Self.canary)", "password = \(Self.canary)", "password:\(Self.canary)",
            "password: \"\(Self.canary)", "password: '\(Self.canary)' x", "\tpassword: \(Self.canary)",
            "password: {file: a\n        b \(Self.canary)",
            "password: \(Self.canary)\n      reply_to nhac@example.vn",
            "username: user\n      password \(Self.canary)\n      reply_to: a",
            "pw \(Self.canary)", "passphrase \(Self.canary)", "smtp_password \(Self.canary)", "token \(Self.canary)",
            "login user \(Self.canary)", "reply_to: a@example.vn password: \(Self.canary)", "-password: \(Self.canary)",
            "  password: \(Self.canary)", "• password: \(Self.canary)",
        ] {
            let office = try Office.small(
                plan: "plan: p\ntitle: T\ncampaigns: []\n",
                channels:
                    "  mail:\n    email:\n      server: smtp://127.0.0.1:25\n      tls: off\n      from: nhac@example.vn\n      \(lines)"
            )
            try await Self.expectNothing(office, lines)
        }
        for lines in [
            "url: \"https://example.vn/\", secret: whsec_\(Self.canary)",
            "url: \"https://example.vn/\", secret: [whsec_\(Self.canary)]",
            "url: \"https://example.vn/\", secret:whsec_\(Self.canary)",
            "url: \"https://example.vn/\", secret: {whsec_\(Self.canary)}",
            "url: \"https://user:\(Self.canary)@example.vn/\"",
            "url: \"https://example.vn/\", proxy: \"http://user:\(Self.canary)@proxy:3128\"",
            "url: \"https://example.vn/\", proxy: \"socks5://user:\(Self.canary)@proxy:3128\"",
        ] {
            let office = try Office.small(
                plan: "plan: p\ntitle: T\ncampaigns: []\n", channels: "  hub: {webhook: {\(lines)}}",
                recipients: "  - {id: desk, via: [hub]}")
            try await Self.expectNothing(office, lines)
        }
    }

    private static func expectNothing(_ office: Office, _ lines: String) async throws {
        let check = try await Program.run(["check", "--config", office.configuration])
        #expect(check.status == 78, "\(lines): \(check.output)\(check.errors)")
        #expect(!(check.output + check.errors).contains(canary), "\(lines): \(check.errors)")
    }
}
