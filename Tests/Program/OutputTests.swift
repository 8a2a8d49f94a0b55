import Foundation
import ProgramHarness
import Support
import Testing

@testable import Diagnostics

/// Tests commands whose output cannot be written.
///
/// The reason is a full disk, a closed stream, or a pipe without a reader.
@Suite("Output that cannot be written")
struct OutputTests {
    private static func office() throws -> Office {
        let noon = Noon()
        return try Office.plain(
            plan: noon.plan([("later", "Việc", noon.at(minutes: 300))]), smtp: FreePort.next(), http: FreePort.next())
    }

    private static func run(_ command: String, _ redirection: String, _ office: Office) async throws -> Subprocess.Finished {
        let arguments = command.split(separator: " ").map { "'\($0.replacing("_", with: " "))'" }
        let takesConfiguration = !["schema", "--help", "--version", "bogus"].contains { command.hasPrefix($0) }
        let configuration = takesConfiguration ? " --config \"$1\"" : ""
        return try await Subprocess.run(
            [
                "/bin/sh", "-c", "\"$0\" \(arguments.joined(separator: " "))\(configuration) \(redirection)", Program.path,
                office.configuration,
            ],
            in: office.folder.path)
    }

    static let commands = [
        "check", "simulate --from 2026-01-01 --to 2027-12-31", "simulate --from 2026-01-01 --to 2027-12-31 --format json",
        "occurrences --from 2026-01-01 --to 2027-12-31", "explain later", "status", "schema plan", "--help", "--version",
        "render later --recipient an --lead on_the_day --via mail", "history",
    ]

    @Test("A command that cannot write its output exits with 1 and prints the reason (fault 136)", arguments: commands)
    func standardOutput(command: String) async throws {
        let office = try Self.office()
        // Runs the daemon once, so that `history` has something to show.
        #expect(try await Program.stop(try await Program.daemon(office)).status == 0)
        let plain = try await Self.run(command, "", office)
        #expect(plain.status == 0 && (!plain.output.isEmpty || command == "history"), "\(plain.errors)")
        for (redirection, reason) in [(">/dev/full", "No space left on device"), (">&-", "Bad file descriptor")]
        where !plain.output.isEmpty {
            let ended = try await Self.run(command, redirection, office)
            #expect(ended.status == 1, "\(command) \(redirection): \(ended.end)")
            #expect(ended.errors.hasSuffix("remindd: standard output cannot be written: \(reason)\n"), "\(ended.errors)")
        }
    }

    @Test("If SIGPIPE is ignored, a command reports that the reader of its output has gone")
    func pipe() async throws {
        let office = try Self.office()
        let python =
            "import subprocess,sys; p=subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.PIPE, restore_signals=False); "
            + "p.stdout.close(); print(p.stderr.read().decode(), p.wait())"
        let ran = try await Subprocess.run(
            ["/usr/bin/python3", "-c", python, Program.path, "schema", "config"], in: office.folder.path)
        #expect(ran.output == "remindd: standard output cannot be written: Broken pipe\n 1\n", "\(ran.output)")
    }

    @Test("If standard error cannot be written, the exit status stays the same, except that 0 becomes 1")
    func standardError() async throws {
        let office = try Self.office()
        for redirection in ["2>/dev/full", "2>&-"] {
            #expect(try await Self.run("bogus", redirection, office).status == 64)
            #expect(try await Self.run("check", redirection, office).status == 1, "its warnings were lost")
        }
        try office.writePlan("plan: p\n")
        for redirection in ["2>/dev/full", "2>&-"] {
            #expect(try await Self.run("check", redirection, office).status == 65)
        }
    }

    @Test("A daemon started with closed streams writes no messages into the ledger (fault 136)")
    func daemonWithoutStreams() async throws {
        let office = try Self.office()
        let daemon = try Subprocess(
            ["/bin/sh", "-c", "exec \"$0\" run --config \"$1\" <&- >&- 2>&-", Program.path, office.configuration])
        #expect(await eventually(within: .seconds(10)) { FileManager.default.fileExists(atPath: office.socket) })
        #expect(try await Program.run(["status", "--config", office.configuration]).status == 0)
        daemon.send(SIGTERM)
        #expect(try await daemon.finish().status == 0)
        #expect(try await Program.run(["history", "--config", office.configuration]).status == 0)
    }
}
