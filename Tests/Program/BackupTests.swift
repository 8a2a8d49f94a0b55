import Dates
import Foundation
import ProgramHarness
import Scheduler
import Support
import Testing

/// Tests that the ledger can be backed up while the daemon runs, and restored.
///
/// After a restore, nothing is sent twice unless an operator decides so, and nothing is lost.
@Suite("Backup, restore and moving to another machine", .serialized)
struct BackupTests {
    /// Runs a shell command with the program as `$0` and the configuration as `$1`.
    private static func shell(_ command: String, _ office: Office) async throws -> Subprocess.Finished {
        try await Subprocess.run(["/bin/sh", "-c", command, Program.path, office.configuration], in: office.folder.path)
    }

    private static func backup(_ office: Office, to name: String) async throws -> Subprocess.Finished {
        try await shell("\"$0\" backup --config \"$1\" > \(name)", office)
    }

    private static func restore(_ office: Office, from name: String) async throws -> Subprocess.Finished {
        try await shell("\"$0\" restore --config \"$1\" < \(name)", office)
    }

    private static func sqlite(_ office: Office, _ file: String, _ sql: String) async throws -> String {
        let ran = try await Subprocess.run([requires("sqlite3"), office.folder.path(file), sql])
        return (ran.output + ran.errors).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test(
        "A copy made while the daemon runs is whole; restored, it holds deliveries until release and repeats no mail"
    )
    func way() async throws {
        let mail = try await ScriptedServer("mail.py")
        let noon = Noon()
        let late = ("late", "Ngày hội", noon.at(minutes: -2))
        let office = try Office.plain(
            plan: noon.plan([late], notify: "an, desk"), smtp: mail.port, http: FreePort.next())
        var daemon = try await Program.daemon(office)
        #expect(await mail.sees { $0.contains { $0.data != nil } })
        #expect(
            await eventually(within: .seconds(10)) {
                (try? await Program.history(office).contains { $0.state == "delivered" }) == true
            })
        let copied = try await Self.backup(office, to: "copy.sqlite")
        #expect(copied.status == 0, "\(copied.errors)")
        #expect(try await Self.sqlite(office, "copy.sqlite", "PRAGMA integrity_check") == "ok")
        #expect(
            try await Self.sqlite(
                office, "copy.sqlite", "SELECT group_concat(channel || ' ' || state) FROM delivery ORDER BY channel"
            )
            .contains("mail delivered"))
        let leftovers = try FileManager.default.contentsOfDirectory(atPath: office.folder.path).filter { $0.contains("backup") }
        #expect(leftovers.isEmpty, "\(leftovers)")
        let busy = try await Self.restore(office, from: "copy.sqlite")
        #expect(busy.status == 75)
        #expect(busy.errors == "remindd: the daemon runs: stop it first (systemctl stop remindd)\n")

        // Sends another campaign. The copy was made before, so it has no record of this campaign.
        try office.writePlan(noon.plan([late, ("since", "Sau bản sao", noon.at(minutes: -1))], notify: "an, desk"))
        #expect(try await Program.run(["reload", "--config", office.configuration]).status == 0)
        #expect(await mail.sees { $0.count { $0.data != nil } == 2 })
        #expect(try await Program.stop(daemon).status == 0)

        let restored = try await Self.restore(office, from: "copy.sqlite")
        #expect(restored.status == 0, "\(restored.errors)")
        #expect(restored.output.contains("Restored \(office.ledger) as it was at "), "\(restored.output)")
        #expect(restored.output.contains("The ledger that was there is kept as \(office.ledger).before-"))
        #expect(restored.output.contains("until: remindd release --send|--drop"))

        daemon = try await Program.daemon(office)
        let status = try await Program.run(["status", "--config", office.configuration])
        #expect(status.output.contains("held          "), "\(status.output)")
        try await Task.sleep(for: .seconds(3))
        #expect(mail.lines.count { $0.data != nil } == 2, "deliveries due since the copy are held")
        let released = try await Program.run(["release", "--drop", "--config", office.configuration])
        #expect(released.status == 0, "\(released.errors)")
        try await Task.sleep(for: .seconds(2))
        #expect(mail.lines.count { $0.data != nil } == 2, "dropped deliveries are not sent")
        #expect(!(try await Program.run(["status", "--config", office.configuration])).output.contains("held          "))
        let again = try await Program.run(["release", "--send", "--format", "json", "--config", office.configuration])
        #expect(again.output == "{\"answer\":\"send\",\"released\":false}\n")
        let reload = try await Program.run(["reload", "--dry-run", "--format", "json", "--config", office.configuration])
        #expect(reload.output.hasPrefix("{\"reloaded\":false,\"refused\":null,\"plans\":1,"), "\(reload.output)")
        #expect(reload.lines.count == 1)
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test("After a move to another machine, `release --send` sends the reminders that fell due in between once, and nothing else")
    func moving() async throws {
        let mail = try await ScriptedServer("mail.py")
        let noon = Noon()
        let old = try Office.plain(
            plan: noon.plan([("late", "Ngày hội", noon.at(minutes: -2))], notify: "an"), smtp: mail.port, http: FreePort.next())
        var daemon = try await Program.daemon(old)
        #expect(await mail.sees { $0.contains { $0.data != nil } })
        #expect(try await Program.stop(daemon).status == 0)
        let copied = try await Self.backup(old, to: "copy.sqlite")
        #expect(copied.status == 0, "\(copied.errors): no daemon is needed")

        let new = try Office.plain(
            plan: noon.plan(
                [("late", "Ngày hội", noon.at(minutes: -2)), ("between", "Đang dời", noon.at(minutes: -1))], notify: "an"),
            smtp: mail.port, http: FreePort.next())
        try FileManager.default.copyItem(atPath: old.folder.path("copy.sqlite"), toPath: new.folder.path("copy.sqlite"))
        let restored = try await Self.restore(new, from: "copy.sqlite")
        #expect(restored.status == 0, "\(restored.errors)")
        #expect(!restored.output.contains("is kept as"), "there was no ledger before")
        daemon = try await Program.daemon(new)
        try await Task.sleep(for: .seconds(2))
        #expect(mail.lines.count { $0.data != nil } == 1)
        #expect(try await Program.run(["release", "--send", "--config", new.configuration]).status == 0)
        #expect(await mail.sees { $0.count { $0.data != nil } == 2 }, "what fell due between is sent")
        #expect(try await Program.stop(daemon).status == 0)
        #expect(mail.lines.count { $0.data != nil } == 2, "and nothing else")
    }

    @Test(
        "restore refuses empty input, text, cut or damaged copies, other databases and rehearsals, and changes nothing"
    )
    func refusals() async throws {
        let noon = Noon()
        let office = try Office.plain(
            plan: noon.plan([("next", "Ngày mai", noon.at(minutes: 90))]), smtp: FreePort.next(), http: FreePort.next())
        let daemon = try await Program.daemon(office)
        #expect(try await Self.backup(office, to: "copy.sqlite").status == 0)
        #expect(try await Program.stop(daemon).status == 0)
        let before = office.ledgerBytes
        let copy = FileManager.default.contents(atPath: office.folder.path("copy.sqlite")) ?? Data()
        #expect(copy.count > 20_000)
        let put = { (name: String, data: Data) in try data.write(to: URL(fileURLWithPath: office.folder.path(name))) }
        try put("empty", Data())
        try put("text", Data("not a ledger\n".utf8))
        try put("short", copy.prefix(copy.count / 2))
        var damaged = copy
        for index in 4_096..<16_384 { damaged[index] = 0xFF }
        try put("damaged", damaged)
        _ = try await Self.sqlite(office, "other", "CREATE TABLE a (b); INSERT INTO a VALUES (1)")
        try put("rehearsal", copy)
        _ = try await Self.sqlite(office, "rehearsal", "UPDATE meta SET kind = 'rehearsal'")
        for name in ["empty", "text", "short", "damaged", "other", "rehearsal"] {
            let answer = try await Self.restore(office, from: name)
            #expect(answer.status == 65, "\(name): \(answer.status) \(answer.output)\(answer.errors)")
            #expect(answer.errors.hasPrefix("remindd: standard input is no copy of a ledger: "), "\(name): \(answer.errors)")
            #expect(office.ledgerBytes == before, "\(name) touched the ledger")
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: office.folder.path).filter { $0.contains("restore") }
        #expect(left.isEmpty, "\(left)")
        let full = try await Self.shell("\"$0\" backup --config \"$1\" > /dev/full", office)
        #expect(full.status == 1)
        #expect(
            full.errors == "remindd: the copy cannot be written to standard output: No space left on device\n", "\(full.errors)")
    }

    @Test(
        "While a ledger of 200 000 deliveries is copied, the loop answers and a second copy is refused; the copy is whole"
    )
    func large() async throws {
        let mail = try await ScriptedServer("mail.py")
        let noon = Noon()
        let office = try Office.plain(
            plan: noon.plan([("late", "Ngày hội", noon.at(minutes: -2))], notify: "an"), smtp: mail.port, http: FreePort.next())
        var daemon = try await Program.daemon(office)
        #expect(await mail.sees { $0.contains { $0.data != nil } })
        #expect(try await Program.stop(daemon).status == 0)
        _ = try await Self.sqlite(
            office, "ledger.sqlite",
            """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)
            INSERT INTO delivery (id, reminder, recipient, channel, state, attempts, deadline)
            SELECT printf('%064d', i), 1, 'reader-' || i, 'mail', 'delivered', 1, 4000000000000 FROM n
            """)
        daemon = try await Program.daemon(office)
        async let first = Self.backup(office, to: "one.sqlite")
        async let second = Self.backup(office, to: "two.sqlite")
        async let status = Program.run(["status", "--config", office.configuration])
        let answers = try await [first, second]
        #expect(try await status.status == 0)
        #expect(answers.contains { $0.status == 0 })
        for answer in answers where answer.status != 0 {
            #expect(
                answer.errors == "remindd: the daemon gives no copy: remindd: another backup is under way\n", "\(answer.errors)")
        }
        let name = answers[0].status == 0 ? "one.sqlite" : "two.sqlite"
        #expect(try await Self.sqlite(office, name, "PRAGMA quick_check; SELECT count(*) FROM delivery") == "ok\n200001")
        #expect(try await Program.stop(daemon).status == 0)
    }
}
