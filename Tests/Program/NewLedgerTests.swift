import Foundation
import ProgramHarness
import Support
import Testing

/// Tests the creation of a new ledger, while the service runs and while it does not.
@Suite("A new ledger", .serialized)
struct NewLedgerTests {
    private static func office() throws -> (office: Office, noon: Noon) {
        let noon = Noon()
        let plan = noon.plan([("late", "Việc", noon.at(minutes: -2)), ("later", "Việc sau", noon.at(minutes: 300))])
        return (try Office.plain(plan: plan, smtp: FreePort.next(), http: FreePort.next()), noon)
    }

    private static func files(_ office: Office) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: office.folder.path).filter { $0.hasPrefix("ledger.sqlite") }.sorted()
    }

    @Test(
        "While the service runs, both ways to a new ledger are refused with 75, and its files stay (fault 135)",
        arguments: [["run", "--new-ledger"], ["new-ledger"]])
    func besideTheService(command: [String]) async throws {
        let (office, _) = try Self.office()
        let daemon = try await Program.daemon(office)
        let before = try Self.files(office)
        let refused = try await Program.run([command[0], "--config", office.configuration] + command.dropFirst())
        #expect(refused.status == 75, "\(refused.errors)")
        #expect(refused.errors.contains(command.count > 1 ? "held by process \(daemon.pid)" : "the daemon runs: stop it first"))
        #expect(try Self.files(office) == before)
        #expect(try await Program.stop(daemon).status == 0)
        #expect(try await Program.run(["status", "--config", office.configuration]).status == 0)
    }

    @Test("After the loss of a ledger, `new-ledger` records due reminders as superseded, and the service starts")
    func lost() async throws {
        let (office, _) = try Self.office()
        #expect(try await Program.stop(try await Program.daemon(office)).status == 0)
        try FileManager.default.removeItem(atPath: office.ledger)
        let refused = try await Program.run(["run", "--config", office.configuration])
        #expect(refused.status == 78 && refused.errors.contains("start over with: remindd new-ledger"), "\(refused.errors)")
        let made = try await Program.run(["new-ledger", "--config", office.configuration])
        #expect(made.status == 0, "\(made.errors)")
        #expect(
            made.output
                == "Began a new ledger at \(office.ledger).\nRecorded as superseded, and not sent: 1 reminder due by now.\n")
        let again = try await Program.run(["new-ledger", "--config", office.configuration])
        #expect(again.status == 0 && again.output.contains("The ledger that was there is kept as \(office.ledger).before-"))
        let daemon = try await Program.daemon(office)
        #expect(!daemon.errors.contains("due (late)"), "\(daemon.errors)")
        #expect(try await Program.stop(daemon).status == 0)
        #expect(try await Program.history(office).map(\.state) == ["superseded"])
    }

    @Test(
        "A ledger made by root belongs to the owner of its folder, and root does not have to read the secrets",
        .enabled(if: getuid() == 0, "only root can give a file away"))
    func owner() async throws {
        let (office, _) = try Self.office()
        let text = office.folder.text("remindd.yaml")
        try office.folder.write("state/.keep", "")
        #expect(chown(office.folder.path("state"), 12_345, 12_345) == 0)
        try office.folder.write(
            "remindd.yaml",
            text.replacing("sqlite:ledger.sqlite", with: "sqlite:state/ledger.sqlite")
                .replacing("tls: off,", with: "tls: off, username: an, password: {credential: nowhere},"))
        let made = try await Program.run(["new-ledger", "--config", office.configuration])
        #expect(made.status == 0, "\(made.errors)")
        for name in ["ledger.sqlite", "ledger.sqlite.witness"] {
            var status = stat()
            #expect(stat(office.folder.path("state/\(name)"), &status) == 0)
            #expect(status.st_uid == 12_345 && status.st_gid == 12_345 && status.st_mode & 0o777 == 0o600, "\(name)")
        }
    }

    @Test(
        "If another file is in the ledger's place, no ledger is created, and nothing is moved or overwritten (fault 133)",
        arguments: [["new-ledger"], ["run", "--new-ledger"], ["run"], ["restore"]])
    func anotherFile(command: [String]) async throws {
        let (office, _) = try Self.office()
        try office.folder.write("ledger.sqlite", "what somebody wrote\n")
        try office.folder.write("copy", "no copy")
        let shell = "\"$0\" \(command.joined(separator: " ")) --config \"$1\" < copy"
        let refused = try await Subprocess.run(
            ["/bin/sh", "-c", shell, Program.path, office.configuration], in: office.folder.path, within: .seconds(20))
        #expect(refused.status == (command == ["restore"] ? 65 : 78), "\(refused.errors)")
        #expect(office.folder.text("ledger.sqlite") == "what somebody wrote\n")
        #expect(try Self.files(office) == ["ledger.sqlite"])
    }

    @Test("new-ledger sets aside a damaged ledger that has a high-water mark")
    func damaged() async throws {
        let (office, _) = try Self.office()
        #expect(try await Program.stop(try await Program.daemon(office)).status == 0)
        try office.folder.write("ledger.sqlite", "nothing but garbage\n")
        let made = try await Program.run(["new-ledger", "--config", office.configuration])
        #expect(made.status == 0 && made.output.contains("is kept as"), "\(made.errors)")
    }
}
