import Foundation
import ProgramHarness
import Support
import Testing

@testable import Diagnostics
@testable import JSON

/// Checks how arguments, file names and strings from files are shown to a person.
///
/// `SecretsTests` checks the replies of servers.
@Suite("No text from outside controls a terminal (item 6)")
struct TerminalTests {
    /// A string that could harm a terminal or a log.
    ///
    /// It contains colours, a bell, an 8-bit control character, a bidirectional override, an
    /// invisible letter, a tag, and a forged line.
    static let evil = "\u{1B}[31m\u{7}\u{9B}2J\u{202E}np\u{200B}\u{E0041}x\nFAKE: all is well"

    /// Every command, with a harmful string in place of each argument.
    static let commands: [[String]] = {
        let names = [
            "run", "check", "occurrences", "simulate", "year", "explain", "render", "send-test", "history", "missed", "failed",
            "release",
            "reload", "status", "backup", "restore", "schema",
        ]
        var commands = [[evil], ["--\(evil)"], ["-\(evil)"]]
        for name in names {
            commands += [
                [name, evil], [name, "--\(evil)"], [name, "--config"], [name, "--config", evil], [name, "--format", evil],
            ]
            commands += [[name, "--format=\(evil)"], [name, "--config=\(evil)", evil], [name, evil, evil, evil]]
        }
        for option in [
            "--from", "--to", "--on", "--since", "--limit", "--clock", "--until", "--speed", "--ledger", "--via", "--lead",
            "--plan", "--recipient", "--html", "--pdf",
        ] {
            commands += ["run", "occurrences", "simulate", "year", "explain", "render", "history"].flatMap {
                [[$0, option, evil], [$0, "\(option)=\(evil)"]]
            }
        }
        return commands + [
            ["failed", "retry", evil], ["failed", evil], ["run", "--clock", "2027-01-01T00:00:00Z", "--until", evil],
        ]
    }()

    private static func expectSafe(_ ran: Subprocess.Finished, _ what: String) {
        let text = ran.output + ran.errors
        let harmful = text.unicodeScalars.filter { $0 != "\n" && !isShowable($0) }
        #expect(harmful.isEmpty, "\(what): \(harmful.map { String($0.value, radix: 16) }) in \(text)")
        let lines = text.split(separator: "\n")
        #expect(!lines.contains { $0.hasPrefix("FAKE") }, "\(what): \(text)")
    }

    @Test("Commands print arguments escaped and on one line, in usage errors and in all other output")
    func arguments() async throws {
        let folder = try TemporaryFolder()
        for command in Self.commands {
            let ran = try await Program.run(command, in: folder.path)
            #expect(ran.status != 0, "\(command)")
            #expect(!ran.errors.isEmpty, "\(command) says nothing")
            Self.expectSafe(ran, "\(command)")
        }
        for command in [["--version", Self.evil], ["help", Self.evil], ["--help", Self.evil]] {
            Self.expectSafe(try await Program.run(command), "\(command)")
        }
    }

    @Test("Usage errors exit with 64 and go to standard error; help and version exit with 0 and go to standard output")
    func usage() async throws {
        for command in [["nonsense"], ["check", "--nonsense"], ["explain"], ["history", "--limit", "many"], ["release"]] {
            let ran = try await Program.run(command)
            #expect(ran.status == 64, "\(command): \(ran.status)")
            #expect(ran.output == "" && ran.errors.contains("Error: ") && ran.errors.contains("Usage: remindd"), "\(ran.errors)")
        }
        for command in [["--help"], ["--version"], ["check", "--help"], ["help", "check"], []] {
            let ran = try await Program.run(command)
            #expect(ran.status == 0 && ran.errors == "" && !ran.output.isEmpty, "\(command): \(ran.errors)")
        }
    }

    @Test("Commands print file names and texts from files escaped")
    func files() async throws {
        let name = Self.evil.replacingOccurrences(of: "/", with: "")
        let folder = try TemporaryFolder()
        let plan = "plan: p\ntitle: T\nremind: [on the day]\nnotify: [an]\ncampaigns:\n  - {id: a, title: T, wen: 28/6}\n"
        try folder.write("plans/\(name).yaml", plan)
        try folder.write("texts/vi/\(name).mustache", "x")
        try folder.write("texts/vi/text.mustache", "{{\(name.replacingOccurrences(of: "\n", with: " "))}}")
        try folder.write("people.csv", "id,name,email,via,\(name)\n\"\(name)\",x,y,z,w\n")
        let quoted = JSONText.quoted("plans/\(name).yaml")
        for more in [
            "plans: plans/", "plans: [\(quoted)]", "plans: [], \(name)", "templates: texts/", "ledger: \"sqlite:\\e[31m\"",
            "socket: \"a\\e[31m\"",
            "working_days: \"no\\u202esuch\"", "groups: {g: {file: people.csv}}", "groups: {g: {file: \"no\\u200bsuch\"}}",
            "contact: \"\\e[31m\"",
            "groups: {\"\\e[31m\": [an]}", "alerts: {to: [\"\\u200bx\"]}", "timezone: \"\\u200bx\"", "\"\\u200bx\": y",
        ] {
            try folder.write(
                "\(name).config",
                "channels:\n  mail: {email: {server: \"smtp://127.0.0.1:2525\", tls: off, from: r@example.vn}}\n"
                    + "recipients:\n  - {id: an, name: \"A\\u200bn\", email: an@example.vn, via: [mail]}\n\(more)\n")
            for command in [["check"], ["status"], ["history"], ["reload"], ["explain", "a"], ["send-test", "an"], ["run"]] {
                let ran = try await Program.run(command + ["--config", folder.path("\(name).config")], in: folder.path)
                Self.expectSafe(ran, "\(more) \(command)")
            }
        }
    }
}
