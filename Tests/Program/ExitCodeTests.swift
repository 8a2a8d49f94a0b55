import Dates
import Foundation
import Ledgers
import ProgramHarness
import Scheduler
import Support
import Testing

/// Checks the exit codes and the help of each command.
@Suite("Exit codes")
struct ExitCodeTests {
    private static func office() throws -> Office {
        let noon = Noon()
        return try Office.plain(
            plan: noon.plan([("womens-day", "Ngày 8/3", noon.at(minutes: 300))]), smtp: FreePort.next(), http: FreePort.next())
    }

    @Test(
        "Usage errors exit with 64 or 2 and print the usage to standard error",
        arguments: [
            "frobnicate", "simulate --from 2027-01-02 --to 2027-01-01", "simulate --from 2027-02-29 --to 2027-03-01",
            "run --speed 3", "run --clock yesterday", "run --clock 2027-01-01T00:00:00+07:00 --speed 0", "history --limit 0",
            "status --format xml", "send-test", "render x --recipient y",
        ])
    func usage(command: String) async throws {
        let run = try await Program.run(command.split(separator: " ").map(String.init))
        #expect([2, 64].contains(run.status))
        #expect(run.output.isEmpty)
        #expect(run.errors.contains("Usage: remindd"))
    }

    @Test("A day or an instant that cannot be read is refused with an example of the right form")
    func forms() async throws {
        for wrong in ["3/31/2027", "1/3", "1/3/27", "31/2/2027", "+1/3/2027", "1/3/2027/", "2027/3/1"] {
            let day = try await Program.run(["simulate", "--from", wrong, "--to", "2027-12-31"])
            #expect(day.status == 64 && day.errors.contains("2027-01-31 or 31/1/2027"), "\(day.errors)")
        }
        let instant = try await Program.run(["run", "--clock", "2027-05-02"])
        #expect(instant.errors.contains("T07:59:58+07:00"), "\(instant.errors)")
    }

    @Test("Commands exit with 3 for unknown campaigns, recipients, leads and channels, and suggest the nearest spelling")
    func unknown() async throws {
        let office = try Self.office()
        let cases = [
            (["render", "womans-day", "--recipient", "an", "--lead", "on the day", "--via", "mail"], "womens-day"),
            (["render", "trial/womens-dy", "--recipient", "an", "--lead", "on the day", "--via", "mail"], "trial/womens-day"),
            (["render", "womens-day", "--recipient", "dessk", "--lead", "on the day", "--via", "mail"], "desk"),
            (["render", "womens-day", "--recipient", "an", "--lead", "on the dya", "--via", "mail"], "on the day"),
            (["render", "womens-day", "--recipient", "an", "--lead", "on the day", "--via", "maill"], "mail"),
            (["send-test", "dest"], "desk"), (["history", "--campaign", "womens-da"], "womens-day"),
            (["history", "--recipient", "dsk"], "desk"),
        ]
        for (arguments, nearest) in cases {
            let run = try await Program.run(arguments + ["--config", office.configuration])
            #expect(run.status == 3, "\(arguments): \(run.errors)")
            #expect(run.errors.contains("did you mean \"\(nearest)\"?"), "\(arguments): \(run.errors)")
            #expect(run.output.isEmpty)
        }
    }

    @Test("Commands exit with 2 for a campaign id that several plans have, and list the campaigns")
    func ambiguous() async throws {
        let office = try Self.office()
        let noon = Noon()
        try office.folder.write("plans/b.yaml", noon.plan([("womens-day", "Ngày 8/3", noon.at(minutes: 300))], id: "other"))
        let run = try await Program.run([
            "render", "womens-day", "--recipient", "an", "--lead", "on the day", "--via", "mail", "--config",
            office.configuration,
        ])
        #expect(run.status == 2)
        #expect(run.errors.contains("trial/womens-day") && run.errors.contains("other/womens-day"))
    }

    @Test("Commands exit with 65 for a broken plan and with 78 for a missing configuration")
    func files() async throws {
        let office = try Self.office()
        let commands = [
            ["run"], ["check"], ["simulate", "--from", "2027-01-01", "--to", "2027-01-02"],
            ["occurrences", "--from", "2027-01-01", "--to", "2027-01-02"], ["status"], ["history"], ["send-test", "an"],
            ["render", "womens-day", "--recipient", "an", "--lead", "on the day", "--via", "mail"],
        ]
        try office.writePlan("plan: trial\n")
        for command in commands {
            let run = try await Program.run(command + ["--config", office.configuration])
            #expect(run.status == 65, "\(command): \(run.errors)")
            #expect(run.errors.contains("plans/plan.yaml:1:1: error: "), "\(command): \(run.errors)")
            #expect(run.output.isEmpty, "\(command)")
        }
        for command in commands {
            let run = try await Program.run(command + ["--config", office.folder.path("none.yaml")])
            #expect(run.status == 78, "\(command): \(run.errors)")
            #expect(run.output.isEmpty, "\(command)")
        }
    }

    @Test(
        "check and run refuse, with 78, a password file that is missing or that others can read (fault 112)",
        arguments: [nil, 0o644])
    func password(mode: Int?) async throws {
        let noon = Noon()
        let office = try Office.small(
            plan: noon.plan([("trial", "Việc", noon.at(minutes: 300))], notify: "an"),
            channels: """
                  mail: {email: {server: "smtps://localhost:\(FreePort.next())", username: remindd, password: {file: password}, from: a@example.vn}}
                """,
            recipients: "  - {id: an, email: an@example.vn, via: [mail]}", more: "plans: plans/\n")
        if let mode {
            try office.folder.write("password", "geheim\n")
            chmod(office.folder.path("password"), mode_t(mode))
        }
        for command in ["check", "run"] {
            let daemon = try Program.start([command, "--config", office.configuration])
            let ended = await eventually(within: .seconds(5)) { !daemon.isRunning }
            if !ended { daemon.send(SIGTERM) }
            let refused = try await daemon.finish()
            #expect(ended, "\(command) does not end by itself")
            #expect(refused.status == 78, "\(command): \(refused.errors)")
            #expect(refused.errors.contains("password"), "\(command): \(refused.errors)")
            #expect(!refused.errors.contains("geheim"))
        }
    }

    @Test(
        "The help of every command ends with an example of that command",
        arguments: ["", "run", "check", "occurrences", "simulate", "render", "send-test", "history", "status"])
    func help(command: String) async throws {
        let help = try await Program.run((command.isEmpty ? [] : [command]) + ["--help"])
        #expect(help.status == 0)
        #expect(help.errors.isEmpty)
        let example = try #require(help.output.components(separatedBy: "Example: ").dropFirst().first)
        #expect(example.hasPrefix("remindd \(command)"))
    }
}
