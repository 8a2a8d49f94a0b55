import Foundation
import ProgramHarness
import Support
import Testing

/// Checks that a reload refuses changes that need a restart, and files that are being written.
@Suite("Reloads that are refused", .serialized)
struct ReloadKeysTests {
    private static func office() throws -> Office {
        let noon = Noon()
        return try Office.plain(
            plan: noon.plan([("later", "Việc", noon.at(minutes: 300))]), smtp: FreePort.next(), http: FreePort.next())
    }

    @Test(
        "A reload refuses a changed key that needs a restart, gives this reason, and keeps the old state (fault 134)",
        arguments: [
            ("ledger: sqlite:ledger.sqlite", "ledger: sqlite:new.sqlite", "ledger: is "),
            ("socket: control.sock", "socket: other.sock", "socket: is "),
        ])
    func restartKeys(old: String, new: String, words: String) async throws {
        let office = try Self.office()
        let daemon = try await Program.daemon(office)
        let text = office.folder.text("remindd.yaml")
        // The changed configuration may name another socket, so `reload` gets a copy of the old
        // one.
        let before = try office.folder.write("before.yaml", text)
        try office.folder.write("remindd.yaml", text.replacing(old, with: new))
        for arguments in [["--dry-run"], []] {
            let refused = try await Program.run(["reload", "--config", before] + arguments)
            #expect(refused.status == 78, "\(refused.output)\(refused.errors)")
            #expect(refused.errors.contains(words) && refused.errors.contains("this needs a restart"), "\(refused.errors)")
            #expect(refused.errors.contains("remindd backup > FILE") == (words == "ledger: is "))
        }
        try office.folder.write("remindd.yaml", text)
        #expect(try await Program.run(["reload", "--config", before]).status == 0)
        #expect(try await Program.stop(daemon).status == 0)
    }

    /// Starts a program that writes a plan line by line over some time, as a slow copy does.
    private static func writer(_ office: Office, lines: Int, every seconds: Double) throws -> Subprocess {
        let script = """
            import sys, time
            path, text = sys.argv[1], open(sys.argv[1]).read()
            file = open(path, "w")
            file.write(text); file.flush(); print("begun", flush=True)
            for number in range(\(lines)):
                time.sleep(\(seconds)); file.write(f"# {number}\\n"); file.flush()
            """
        return try Subprocess(["/usr/bin/python3", "-c", script, office.folder.path("plans/plan.yaml")])
    }

    @Test("A reload refuses a plan that is being written, and accepts the plan when it is complete (fault 132)")
    func written() async throws {
        let office = try Self.office()
        let daemon = try await Program.daemon(office)
        let writer = try Self.writer(office, lines: 60, every: 0.05)
        try await writer.hasPrinted("begun")
        let refused = try await Program.run(["reload", "--config", office.configuration])
        #expect(refused.status == 65, "\(refused.output)\(refused.errors)")
        #expect(
            refused.errors.contains("plan.yaml:1:1: error: this file changed while it was read: it is being written"),
            "\(refused.errors)")
        try await writer.finish()
        #expect(try await Program.run(["reload", "--config", office.configuration]).status == 0)
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test("A start waits a few seconds for a plan that is being written (fault 132)")
    func writtenAtAStart() async throws {
        let office = try Self.office()
        let writer = try Self.writer(office, lines: 20, every: 0.05)
        try await writer.hasPrinted("begun")
        let daemon = try await Program.daemon(office)
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test("If socket: names a file, the file stays unchanged and the daemon works without a socket (fault 133)")
    func socketNamesAFile() async throws {
        let office = try Self.office()
        try office.folder.write("notes.txt", "what somebody wrote\n")
        try office.folder.write("remindd.yaml", office.folder.text("remindd.yaml").replacing("control.sock", with: "notes.txt"))
        let daemon = try await Program.daemon(office)
        try await daemon.hasPrinted(
            "no control socket at \(office.folder.path("notes.txt")), tried again every 5 s: it is a file, not a socket: it is not touched"
        )
        let status = try await Program.run(["status", "--config", office.configuration])
        #expect(status.status == 1 && status.errors.contains("is a file, not a socket"), "\(status.errors)")
        #expect(try await Program.stop(daemon).status == 0)
        #expect(office.folder.text("notes.txt") == "what somebody wrote\n")
    }
}
