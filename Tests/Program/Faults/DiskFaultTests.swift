import Dates
import Foundation
import Ledgers
import ProgramHarness
import Scheduler
import Support
import Testing

/// Runs the program on disks that are full, slow, broken or read-only, or lose power.
///
/// These are faults 16 to 25.
@Suite("Faults of the disk", .serialized, .enabled(if: SmallDisk.mayMount, "only root can mount a disk of its own"))
struct DiskFaultTests {
    private static let noon = Noon()
    private static let later = plan()

    /// Returns a plan with a campaign due in five hours, and the campaigns `ids`, due a minute ago.
    private static func plan(_ ids: String..., notify: String = "an") -> String {
        noon.plan(
            [("later", "Việc", noon.at(minutes: 300))] + ids.map { ($0, "Việc \($0)", noon.at(minutes: -1)) }, notify: notify)
    }

    private static func office(
        _ disk: SmallDisk, mail: UInt16, hub: UInt16 = FreePort.next(), plan: String = later, recipient: String = "an"
    ) throws -> Office {
        try Office.small(
            plan: plan, channels: Office.plainChannels(smtp: mail, http: hub),
            recipients: """
                  - {id: an, email: \(recipient)@example.vn, via: [mail]}
                  - {id: admin, via: [hub]}
                """, more: "plans: plans/\nalerts: {to: [admin]}\n"
        ).moved(to: disk)
    }

    /// Starts a daemon and waits until the daemon has nothing more to write.
    private static func atRest(_ office: Office, _ disk: SmallDisk) async throws -> Subprocess {
        let daemon = try await Program.daemon(office)
        let highWaterMark = HighWaterMark.path(ofLedger: disk.path + "/ledger.sqlite")
        #expect(await eventually(within: .seconds(10)) { FileManager.default.fileExists(atPath: highWaterMark) })
        return daemon
    }

    private static func wasSent(_ peer: ScriptedServer) -> Bool { peer.lines.contains { $0.told == "RCPT" } }

    @Test(
        "On a full disk nothing is sent without a durable intent, an alert is sent, and sending resumes within 10 s (fault 16)")
    func full() async throws {
        let disk = try await SmallDisk.memory(megabytes: 2)
        let (mail, hub) = (try await ScriptedServer("mail.py"), try await ScriptedServer("receiver.py"))
        let office = try Self.office(disk, mail: mail.port, hub: hub.port)
        let daemon = try await Self.atRest(office, disk)
        disk.fill()
        try office.writePlan(Self.plan("one"))
        daemon.send(SIGHUP)
        try await daemon.hasPrinted("the ledger's disk is full")
        #expect(await hub.sees(within: .seconds(20)) { $0.contains { $0.status == 204 } }, "the alert needs no ledger")
        let alert = String(decoding: hub.lines.first { $0.data != nil }?.bytes ?? [], as: UTF8.self)
        #expect(alert.contains("\"kind\":\"disk full\""), "\(alert)")
        #expect(!Self.wasSent(mail))
        disk.free()
        #expect(await mail.sees(within: .seconds(10)) { $0.contains { $0.accepted != nil } })
        #expect(try await Program.stop(daemon).status == 0)
        #expect(try await Program.history(office).map(\.state) == ["delivered"])
    }

    @Test(
        "Without space to record an outcome nothing new is sent; it is recorded later, or unknown after a crash (fault 17)",
        arguments: [false, true])
    func fullAfterAnswer(crashes: Bool) async throws {
        let disk = try await SmallDisk.memory(megabytes: 2)
        let mail = try await ScriptedServer("mail.py")
        let office = try Self.office(disk, mail: mail.port, recipient: "slow2")
        var daemon = try await Self.atRest(office, disk)
        try office.writePlan(Self.plan("one"))
        daemon.send(SIGHUP)
        #expect(await mail.sees { $0.contains { $0.data != nil } })
        disk.fill()
        try await daemon.hasPrinted("the ledger's disk is full")
        #expect(mail.lines.count { $0.accepted != nil } == 1)
        try office.writePlan(Self.plan("one", "two"))
        daemon.send(SIGHUP)
        try await Task.sleep(for: .seconds(2))
        #expect(mail.lines.count { $0.told == "RCPT" } == 1, "nothing new is sent while the outcome is not recorded")
        if crashes {
            daemon.send(SIGKILL)
            try await daemon.finish()
            disk.free()
            daemon = try await Program.daemon(office)
        } else {
            disk.free()
        }
        #expect(await mail.sees { $0.count { $0.accepted != nil } == (crashes ? 3 : 2) })
        #expect(try await Program.stop(daemon).status == 0)
        let history = try await Program.history(office)
        #expect(history.map(\.state) == ["delivered", "delivered"])
        let first = history.first { $0.campaign == "one" }
        #expect(first?.attempts.map(\.outcome) == (crashes ? ["unknown", "delivered"] : ["delivered"]))
        let mails = try await PythonMail.readAll(mail.lines.filter { $0.data != nil }.map(\.bytes))
        #expect(Set(mails.compactMap { $0.header("Message-ID") }).count == 2)
    }

    @Test("After a read error the daemon exits with 1 and sends nothing; it starts again when the disk is readable (fault 21)")
    func unreadable() async throws {
        let disk = try await SmallDisk.memory(megabytes: 60)
        let mail = try await ScriptedServer("mail.py")
        let ledger = try SQLiteLedger.open(
            path: disk.path + "/ledger.sqlite", mode: .daemon, now: Instant(seconds: Int64(time(nil))))
        let old = (0..<20_000).map { number in
            Reminder(
                key: ReminderKey(plan: "old", campaign: "c\(number)", lead: "on the day", anchor: Day(2025, 1, 1)!),
                occurrence: "2025", start: Day(2025, 1, 1)!, end: Day(2025, 1, 1)!, due: Instant(seconds: 1_735_689_600),
                deadline: Instant(seconds: 1_735_776_000))
        }
        _ = try ledger.fire(EvaluationResult(lookedUntil: .distantPast, superseded: old))
        ledger.close()
        let office = try Self.office(disk, mail: mail.port)
        let daemon = try await Self.atRest(office, disk)
        let strace = try await Strace(
            daemon, calls: ["pread64"], injection: "pread64:error=EIO:when=1+",
            paths: [disk.path + "/ledger.sqlite", disk.path + "/ledger.sqlite-wal"])
        try office.writePlan(Self.plan("one"))
        _ = try await Program.run(["history", "--config", office.configuration, "--limit", "10000"])
        daemon.send(SIGHUP)
        let ended = try await daemon.finish(within: .seconds(30))
        #expect(ended.status == 1)
        #expect(ended.errors.contains("the ledger is broken"), "\(ended.errors)")
        try await strace.ended()
        #expect(!Self.wasSent(mail))
        let next = try await Program.daemon(office)
        try await next.hasPrinted("delivered 250")
        #expect(try await Program.stop(next).status == 0)
    }

    @Test("After failed blocks under ext4 the daemon exits with 1 and has sent nothing; after a repair it sends (faults 20, 22)")
    func brokenBlocks() async throws {
        let disk = try await SmallDisk.ext4()
        let mail = try await ScriptedServer("mail.py")
        let office = try Self.office(disk, mail: mail.port)
        let daemon = try await Self.atRest(office, disk)
        disk.breakBlocks()
        try office.writePlan(Self.plan("one"))
        daemon.send(SIGHUP)
        let ended = try await daemon.finish(within: .seconds(30))
        #expect(ended.status == 1, "\(ended.errors)")
        #expect(ended.errors.contains("the ledger is broken: SQLite "), "\(ended.errors)")
        #expect(!Self.wasSent(mail))
        disk.mendBlocks()
        try await disk.restart()
        let next = try await Program.daemon(office)
        try await next.hasPrinted("delivered 250")
        #expect(try await Program.stop(next).status == 0)
        #expect(mail.lines.count { $0.accepted != nil } == 1)
    }

    @Test("If the file system is or becomes read-only, the daemon exits with 1 and sends nothing (fault 25)")
    func readOnly() async throws {
        let disk = try await SmallDisk.ext4()
        let mail = try await ScriptedServer("mail.py")
        let office = try Self.office(disk, mail: mail.port)
        let daemon = try await Self.atRest(office, disk)
        try await disk.becomeReadOnly()
        try office.writePlan(Self.plan("one"))
        daemon.send(SIGHUP)
        #expect(try await daemon.finish(within: .seconds(30)).status == 1)
        let refused = try await Program.run(["run", "--config", office.configuration])
        #expect(refused.status == 1)
        #expect(refused.errors.contains("the ledger cannot be opened"), "\(refused.errors)")
        #expect(!Self.wasSent(mail))
        try await disk.restart()
        let next = try await Program.daemon(office)
        try await next.hasPrinted("delivered 250")
        #expect(try await Program.stop(next).status == 0)
    }

    @Test("Syncs that take half a second delay deliveries, but the watchdog is fed all the time (fault 23)")
    func slow() async throws {
        let disk = try await SmallDisk.memory(megabytes: 8)
        let folder = try TemporaryFolder()
        let systemd = try await ScriptedServer("notify.py", [folder.path("notify")])
        let mail = try await ScriptedServer("mail.py")
        let office = try Self.office(disk, mail: mail.port)
        let daemon = try await Program.daemon(
            office, environment: ["NOTIFY_SOCKET": folder.path("notify"), "WATCHDOG_USEC": "4000000"])
        let strace = try await Strace(
            daemon, calls: ["fdatasync", "fsync"], injection: "fdatasync,fsync:delay_enter=500000")
        try office.writePlan(Self.plan("one"))
        daemon.send(SIGHUP)
        try await daemon.hasPrinted("delivered 250")
        try await strace.detach()
        #expect(try await Program.stop(daemon).status == 0)
        let pings = systemd.lines.filter { $0.told == "WATCHDOG=1" }.compactMap(\.at)
        for (before, after) in zip(pings, pings.dropFirst()) { #expect(after - before < 4) }
        #expect(try await Program.history(office).map(\.state) == ["delivered"])
    }

    @Test("After a power cut the ledger has every attempt that a server saw, and everyone is notified in the end (fault 24)")
    func powerCut() async throws {
        let disk = try await SmallDisk.ext4()
        let mail = try await ScriptedServer("mail.py")
        let office = try Self.office(disk, mail: mail.port, plan: Self.plan("one", notify: "all"))
        let names = (0..<3_000).map { "r\($0)" }
        try office.folder.write(
            "people.csv", "id,name,email,via\n" + names.map { "\($0),\($0),\($0)@example.vn,mail\n" }.joined())
        let settings = office.folder.text("remindd.yaml") + "groups:\n  all: {file: people.csv}\n"
        try office.folder.write("remindd.yaml", settings)

        for cut in 1...3 {
            let daemon = try Program.start(["run", "--config", office.configuration])
            #expect(await mail.sees { Set($0.compactMap(\.accepted)).count >= cut * 600 })
            // Writes a file without a sync. The loss of this file proves that the simulated power
            // cut works.
            let unsynced = open(disk.path + "/unsynced-\(cut)", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
            #expect(write(unsynced, "x", 1) == 1)
            close(unsynced)
            // Stops the daemon, because only the file system is shut down and not the machine.
            // Otherwise the daemon could continue after an fdatasync that reports success for lost
            // data.
            daemon.send(SIGSTOP)
            try await disk.cutPower()
            daemon.send(SIGKILL)
            try await daemon.finish()
            let heardOf = Set(mail.lines.filter { $0.told == "RCPT" }.compactMap(\.recipient).map { $0.prefix { $0 != "@" } })
            try await disk.restart()
            #expect(FileManager.default.contents(atPath: disk.path + "/unsynced-\(cut)") != Data("x".utf8))
            let ledger = try SQLiteLedger.open(path: disk.path + "/ledger.sqlite", mode: .reader, now: .distantPast)
            let known = Set(
                try ledger.history(HistoryFilter(limit: 10_000)).filter { $0.state == "in flight" || !$0.attempts.isEmpty }
                    .compactMap(\.recipient))
            ledger.close()
            let forgotten = heardOf.filter { !known.contains(String($0)) }
            #expect(forgotten.isEmpty, "sent to without a durable intent: \(forgotten.prefix(5))")
            print("power cut \(cut): \(heardOf.count) heard of, \(known.count) in the ledger")
        }
        let daemon = try Program.start(["run", "--config", office.configuration])
        #expect(await mail.sees { Set($0.compactMap(\.accepted)).count == names.count })
        try await Task.sleep(for: .milliseconds(500))
        #expect(try await Program.stop(daemon).status == 0)
        let history = try await Program.history(office, ["--limit", "10000"])
        #expect(history.count == names.count && history.allSatisfy { $0.state == "delivered" })
        let mails = mail.lines.filter { $0.data != nil }
        print("power cuts: \(names.count) told by \(mails.count) mails")
    }
}
