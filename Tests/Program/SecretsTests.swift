import Foundation
import ProgramHarness
import Support
import Testing

@testable import Config
@testable import Diagnostics
@testable import Notifiers

/// Runs the program with a canary word in every secret. The servers repeat what they receive.
@Suite("Secrets and control characters in output")
struct SecretsTests {
    /// The word in each secret. It occurs nowhere outside the secrets.
    static let canary = "Kanarienvogel"

    private struct Trial {
        let office: Office
        let environment: [String: String]
        /// The output of the program, with the command that printed it.
        var printed: [(command: String, text: String)] = []
        /// Names of the files that contain the secrets themselves.
        static let own: Set = ["password", "url", "secret", "credential"]
    }

    private static func trial() async throws -> (trial: Trial, peer: ScriptedServer) {
        let peer = try await ScriptedServer("echo.py")
        let http = peer.lines.first?.status ?? 0
        let folder = try TemporaryFolder()
        try folder.write(
            "plans/plan.yaml",
            "plan: p\ntitle: \"Kế\\u200b hoạch\\U000E0041\"\nremind: [7 days before, on the day]\nnotify: [an, desk]\ncampaigns:\n  - {id: a, title: \"A\\u200b\\u2060B\\U000E0042\", when: 28/6, note: \"\\u200bx\"}\n"
        )
        try folder.write("password", canary + "-password\n")
        try folder.write("url", "http://127.0.0.1:\(http)/services/T0/\(canary)-url?key=\(canary)-query\n")
        try folder.write("secret", "whsec_" + Data((canary + "-signing-secret-of-24").utf8).base64EncodedString() + "\n")
        try folder.write("credentials/credential", canary + "-credential\n")
        for name in ["password", "url", "secret", "credentials/credential"] { chmod(folder.path(name), 0o600) }
        try folder.write(
            "remindd.yaml",
            """
            ledger: sqlite:ledger.sqlite
            channels:
              mail: {email: {server: "smtp://127.0.0.1:\(peer.port)", tls: off, from: nhac@example.vn, username: user, password: {file: password}}}
              mail2: {email: {server: "smtp://127.0.0.1:\(peer.port)", tls: off, from: nhac@example.vn, username: user, password: {env: REMINDD_CANARY}}}
              mail3: {email: {server: "smtp://127.0.0.1:\(peer.port)", tls: off, from: nhac@example.vn, username: user, password: {credential: credential}}}
              hub: {webhook: {url: {file: url}, secret: {file: secret}, allow_networks: [127.0.0.0/8]}}
            recipients:
              - {id: an, email: an@example.vn, via: [mail, mail2, mail3]}
              - {id: desk, via: [hub]}
            """)
        let environment = [
            "REMINDD_CANARY": canary + "-environment", "CREDENTIALS_DIRECTORY": folder.path("credentials"),
        ]
        return (Trial(office: Office(folder: folder), environment: environment), peer)
    }

    /// Runs every command that reads, shows or sends data, and a rehearsal of two reminders.
    private static func runAll(_ trial: inout Trial) async throws {
        let rehearsal = ["--ledger", trial.office.folder.path("rehearsal.sqlite")]
        let commands: [[String]] = [
            ["check"], ["check", "--format", "json"], ["simulate", "--from", "2027-01-01", "--to", "2027-12-31"],
            ["occurrences", "--from", "2027-01-01", "--to", "2027-12-31"], ["explain", "a"],
            ["explain", "a", "--format", "json"],
            ["render", "a", "--recipient", "an", "--lead", "on the day", "--via", "mail"],
            ["render", "a", "--recipient", "desk", "--lead", "on the day", "--via", "hub"],
            ["send-test", "an"], ["send-test", "desk"],
            ["run", "--clock", "2027-06-20T07:59:00+07:00", "--speed", "100000", "--until", "2027-06-22T00:00:00+07:00"]
                + rehearsal,
            ["history"] + rehearsal, ["history", "--format", "json"] + rehearsal, ["status"] + rehearsal,
            ["status", "--format", "json"] + rehearsal,
        ]
        for command in commands {
            let limit: Duration = command[0] == "run" ? .seconds(8) : .seconds(60)
            let program = try Subprocess(
                [Program.path, command[0], "--config", trial.office.configuration] + command.dropFirst(),
                environment: trial.environment)
            // Stops a rehearsal, which would otherwise continue until the deadline, because refused
            // deliveries are retried.
            if command[0] == "run" {
                _ = await eventually(within: limit) { !program.isRunning }
                program.send(SIGTERM)
            }
            let end = try await program.finish()
            trial.printed.append((command.joined(separator: " "), end.output + end.errors))
        }
    }

    @Test("Nothing that the program prints or writes contains a secret")
    func canaries() async throws {
        var (trial, peer) = try await Self.trial()
        defer { withExtendedLifetime(peer) {} }
        try await Self.runAll(&trial)
        let printed = trial.printed
        // Checks that the secrets were used: both servers refused the secrets and repeated them.
        #expect(printed.contains { $0.command.hasPrefix("send-test an") && $0.text.contains("535") }, "\(printed)")
        #expect(printed.contains { $0.command.hasPrefix("send-test desk") && $0.text.contains("401") }, "\(printed)")
        let history = try #require(printed.first { $0.command.hasPrefix("history --format json") })
        #expect(history.text.contains("535") && history.text.contains("401"), "\(history.text)")
        func base64(_ text: String, _ length: Int) -> String { String(Data(text.utf8).base64EncodedString().prefix(length)) }
        let signs = [Self.canary, base64(Self.canary, 14), base64("\0user\0" + Self.canary, 22)]
        for sign in signs {
            for (command, text) in printed { #expect(!text.contains(sign), "\(command): \(text)") }
        }
        let root = trial.office.folder.path
        for name in FileManager.default.subpaths(atPath: root) ?? [] {
            let isOwn = Trial.own.contains(String(name.split(separator: "/").last ?? ""))
            guard !isOwn, let data = FileManager.default.contents(atPath: "\(root)/\(name)") else { continue }
            for sign in signs { #expect(data.range(of: Data(sign.utf8)) == nil, "\(name) holds a secret") }
        }
    }

    @Test("No control, bidi or invisible character of an answer or a title reaches the terminal (item 6)")
    func terminal() async throws {
        var (trial, peer) = try await Self.trial()
        defer { withExtendedLifetime(peer) {} }
        try await Self.runAll(&trial)
        // Skips `render`, which prints the bytes of a message. All other output is meant to be read
        // by people.
        for (command, text) in trial.printed where !command.hasPrefix("render") {
            let harmful = text.unicodeScalars.filter { $0 != "\n" && $0 != "\t" && !isShowable($0) }
            #expect(harmful.isEmpty, "\(command): \(harmful.map { String($0.value, radix: 16) }) in \(text)")
        }
    }

    @Test("A process that has read a secret leaves no core dump and hides its memory from the user's other processes")
    func coreDumps() {
        _ = Secrets.resolve(.inline("x"))
        #expect(OwnMemory.isHidden)
    }

    @Test(
        "A secret's file is one line, which may have a byte order mark and final line ends; others are refused (finding 30)",
        arguments: [
            ([0xEF, 0xBB, 0xBF] + Array("mật khẩu ".utf8) + [0x0D, 0x0A], "mật khẩu ", ""),
            (Array("mat-khau\n\n\r\n".utf8), "mat-khau", ""), (Array("mat-khau".utf8), "mat-khau", ""),
            (Array("mat-khau\nkhac\n".utf8), nil, " holds several lines; a secret is one line of text"),
            (Array("mat\0khau\n".utf8), nil, " holds a control character; a secret is one line of text"),
            (Array("mat\tkhau\n".utf8), nil, " holds a control character; a secret is one line of text"),
            ([0x6D, 0xE2, 0x74, 0x0A], nil, ": not UTF-8 at byte 2; save the file as UTF-8"),
            ([0xFF, 0xFE, 0x6D, 0x00, 0x0A, 0x00], nil, ": the file is in UTF-16; save it as UTF-8"),
            ([0xEF, 0xBB, 0xBF, 0x0A], nil, " is empty"), ([], nil, " is empty"),
        ] as [([UInt8], String?, String)])
    func files(bytes: [UInt8], secret: String?, refusal: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("secret", bytes: bytes)
        chmod(path, 0o600)
        switch Secrets.resolve(.file(path)) {
        case .success(let text): #expect(text.utf8.elementsEqual((secret ?? "(refused)").utf8))
        case .failure(let failure): #expect("\(failure)" == path + refusal && secret == nil)
        }
    }
}
