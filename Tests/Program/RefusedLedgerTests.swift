import Dates
import Foundation
import Ledgers
import ProgramHarness
import Scheduler
import Support
import Testing

/// Tests ledgers that another process has open, or that are too new, damaged or of another program.
@Suite("Ledgers that are refused", .serialized)
struct RefusedLedgerTests {
    private static func office() throws -> Office {
        let noon = Noon()
        return try Office.plain(
            plan: noon.plan([("later", "Việc", noon.at(minutes: 300))]), smtp: FreePort.next(), http: FreePort.next())
    }

    private static func run(_ office: Office, _ more: [String] = []) async throws -> Subprocess.Finished {
        try await Program.run(["run", "--config", office.configuration] + more, within: .seconds(20))
    }

    @Test("If the ledger is held, run, history and status exit with 75 after five seconds and name the holder (faults 30, 31)")
    func held() async throws {
        let office = try Self.office()
        let daemon = try await Program.daemon(office)
        // Without the socket, commands cannot query the daemon, so they wait for its lock.
        try FileManager.default.removeItem(atPath: office.socket)
        let clock = ContinuousClock()
        let began = clock.now
        async let second = Self.run(office)
        async let history = Program.run(["history", "--config", office.configuration])
        async let status = Program.run(["status", "--config", office.configuration])
        for refused in try await [second, history, status] {
            #expect(refused.status == 75)
            #expect(refused.errors.contains("process \(daemon.pid)"), "\(refused.errors)")
            #expect(refused.output.isEmpty)
        }
        // The commands wait for five seconds. Further seconds are allowed for starting three
        // programs at the same time.
        #expect((.seconds(4.5)..<(.seconds(20))).contains(clock.now - began))
        #expect(daemon.isRunning)
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test("A start waits for a ledger that is released within five seconds (fault 30)")
    func waited() async throws {
        let office = try Self.office()
        let daemon = try await Program.daemon(office)
        let second = try Program.start(["run", "--config", office.configuration])
        try await Task.sleep(for: .seconds(1))
        #expect(try await Program.stop(daemon).status == 0)
        try await second.hasPrinted("notice: remindd ")
        try await Task.sleep(for: .milliseconds(200))
        #expect(try await Program.stop(second).status == 0)
    }

    @Test("A ledger of a newer schema is refused with 78, and the file stays the same byte for byte (fault 34)")
    func newer() async throws {
        let office = try Self.office()
        #expect(try await Program.stop(Program.daemon(office)).status == 0)
        let bumped = try await Subprocess.run(["sqlite3", office.ledger, "PRAGMA user_version = 99"])
        #expect(bumped.status == 0, "\(bumped.errors)")
        try await Self.expectRefused(office, "newer")
    }

    @Test("A file that is no ledger is refused with 78 and stays unchanged (fault 27)", arguments: ["noise", "text", "stranger"])
    func damaged(kind: String) async throws {
        let office = try Self.office()
        switch kind {
        case "noise": try office.folder.write("ledger.sqlite", bytes: (0..<8_192).map { UInt8(truncatingIfNeeded: $0 &* 31 + 7) })
        case "text": try office.folder.write("ledger.sqlite", "Kính gửi\n")
        default:
            let made = try await Subprocess.run([
                "sqlite3", office.ledger, "CREATE TABLE other (a); INSERT INTO other VALUES (1)",
            ])
            #expect(made.status == 0)
        }
        try await Self.expectRefused(office, "ledger")
    }

    @Test("A ledger with a broken page is refused with 78 (fault 27)")
    func brokenPage() async throws {
        let office = try Self.office()
        #expect(try await Program.stop(Program.daemon(office)).status == 0)
        var bytes = office.ledgerBytes
        for index in 4_096..<min(bytes.count, 16_384) { bytes[index] = 0xA5 }
        try office.folder.write("ledger.sqlite", bytes: bytes)
        try await Self.expectRefused(office, "damaged")
    }

    private static func expectRefused(_ office: Office, _ word: String) async throws {
        let before = office.ledgerBytes
        for command in ["run", "history", "status"] {
            let refused = try await Program.run([command, "--config", office.configuration], within: .seconds(20))
            #expect(refused.status == 78, "\(command): \(refused.errors)")
            #expect(refused.errors.contains(word), "\(command): \(refused.errors)")
            #expect(refused.output.isEmpty)
        }
        #expect(office.ledgerBytes == before)
    }

    @Test("A rehearsal refuses a real ledger and a real run refuses a rehearsal's, with 78 and without changing a byte")
    func mixed() async throws {
        let office = try Self.office()
        let clock = ["--clock", "2027-05-02T07:59:58+07:00", "--until", "2027-05-02T08:00:10+07:00", "--speed", "1000"]
        #expect(try await Program.stop(Program.daemon(office)).status == 0)
        let real = office.ledgerBytes
        var refused = try await Self.run(office, clock + ["--ledger", office.ledger])
        #expect(refused.status == 78)
        #expect(refused.errors.contains("real ledger"), "\(refused.errors)")
        #expect(office.ledgerBytes == real)

        let other = try Self.office()
        let rehearsed = try await Self.run(other, clock + ["--ledger", other.ledger])
        #expect(rehearsed.status == 0, "\(rehearsed.errors)")
        let before = other.ledgerBytes
        refused = try await Self.run(other)
        #expect(refused.status == 78)
        #expect(refused.errors.contains("rehearsal"), "\(refused.errors)")
        #expect(other.ledgerBytes == before)
    }

    @Test("--new-ledger keeps the old ledger beside the new one and records due reminders as superseded")
    func startsOver() async throws {
        let peer = try await ScriptedServer("receiver.py")
        let noon = Noon()
        let office = try Office.plain(
            plan: noon.plan([("trial", "Việc", noon.at(minutes: -30))], notify: "desk"), smtp: FreePort.next(), http: peer.port)
        let first = try await Program.daemon(office)
        #expect(await peer.sees { $0.contains { $0.status == 204 } })
        #expect(try await Program.stop(first).status == 0)

        let second = try await Program.daemon(office, ["--new-ledger"])
        try await Task.sleep(for: .milliseconds(500))
        #expect(try await Program.stop(second).status == 0)
        #expect(peer.lines.count { $0.status != nil } == 1)
        let history = try await Program.history(office)
        #expect(history.map(\.state) == ["superseded"])
        #expect(history.first?.recipient == nil)
        let kept = try FileManager.default.contentsOfDirectory(atPath: office.folder.path).filter { $0.contains(".before-") }
        #expect(!kept.isEmpty)
    }
}
