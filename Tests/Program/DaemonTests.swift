import Dates
import Foundation
import Ledgers
import ProgramHarness
import Scheduler
import Support
import Testing

/// Tests the built program as a daemon that uses the machine's clock.
@Suite("The daemon", .serialized)
struct DaemonTests {
    @Test("A start after the due time sends one late reminder by mail and webhook; a second start sends nothing again")
    func late() async throws {
        let postfix = try await Postfix.start()
        let nginx = try await Nginx.start()
        let noon = Noon()
        let office = try Office.plain(
            plan: noon.plan([
                ("late", "Phòng, chống đuối nước trẻ em", noon.at(minutes: -40)), ("fresh", "Ngày hội", noon.at(minutes: -2)),
            ]), smtp: postfix.plainPort, http: nginx.port)

        // Makes the daemon's last evaluation an hour old. Without this, the first reminder would
        // not be late, because it fell due before its plan was loaded.
        let hourAgo = Instant(seconds: Int64(time(nil)) - 3_600)
        try SQLiteLedger.open(path: office.ledger, mode: .daemon, now: hourAgo).close()
        var daemon = try await Program.daemon(office)
        #expect(await postfix.mail.holds(2))
        #expect(await nginx.holds(2))
        var ended = try await Program.stop(daemon)
        #expect(ended.status == 0, "\(ended.errors)")

        let mails = try await PythonMail.readAll(postfix.mail.messages())
        #expect(
            Set(mails.map(\.subject)) == [
                "[Nhắc muộn] Hôm nay: Phòng, chống đuối nước trẻ em",
                "[Nhắc việc] Hôm nay: Ngày hội",
            ])
        let lateText = mails.first { $0.subject?.contains("muộn") == true }?.text
        #expect(lateText?.contains("lời nhắc này lẽ ra phải được gửi lúc") == true)
        let bodies = try nginx.requests().map(\.body)
        #expect(bodies.count { $0.contains("\"late\":true") } == 1)
        #expect(bodies.count { $0.contains("\"late\":false") } == 1)

        daemon = try await Program.daemon(office)
        try await Task.sleep(for: .milliseconds(700))
        ended = try await Program.stop(daemon)
        #expect(ended.status == 0)
        #expect(postfix.mail.count == 2)
        #expect(try nginx.requests().count == 2)
        let history = try await Program.history(office)
        #expect(history.map(\.state) == Array(repeating: "delivered", count: 4))
        #expect(history.count(where: \.late) == 2)
    }

    @Test(
        "A reload of a broken plan names file, line and column and keeps the old state; a good plan is accepted (fault 104)"
    )
    func reload() async throws {
        let peer = try await ScriptedServer("receiver.py")
        let noon = Noon()
        let due = noon.nextMinute(atLeast: 10)
        let plan = noon.plan([("first", "Việc đầu", due)], notify: "desk")
        let office = try Office.plain(plan: plan, smtp: FreePort.next(), http: peer.port)
        let daemon = try await Program.daemon(office)

        try office.writePlan(plan.replacingOccurrences(of: "    when:", with: "    wen:"))
        daemon.send(SIGHUP)
        try await daemon.hasPrinted("reload refused")
        #expect(daemon.errors.contains("plans/plan.yaml:9:5: error: "), "\(daemon.errors)")
        #expect(daemon.errors.contains("when"))

        #expect(await peer.sees(within: .seconds(90)) { $0.contains { $0.status == 204 } }, "the old state goes on")
        let history = daemon.errors
        #expect(!history.contains("late"), "\(history)")

        try office.writePlan(
            noon.plan([("first", "Việc đầu", due), ("second", "Việc sau", noon.at(minutes: -5))], notify: "desk"))
        daemon.send(SIGHUP)
        #expect(await peer.sees { $0.count { $0.status == 204 } == 2 })
        #expect(daemon.errors.contains("reloaded: 1 plan with 2 campaigns"))
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test("A thousand SIGHUPs in a second cause few reloads, one at a time, and the daemon keeps running (fault 15)")
    func storm() async throws {
        let noon = Noon()
        let office = try Office.plain(
            plan: noon.plan([("later", "Việc", noon.at(minutes: 300))]), smtp: FreePort.next(), http: FreePort.next())
        let daemon = try await Program.daemon(office)
        for _ in 0..<1_000 {
            daemon.send(SIGHUP)
            usleep(500)
        }
        try await daemon.hasPrinted("reloaded: ")
        try await Task.sleep(for: .milliseconds(500))
        let ended = try await Program.stop(daemon)
        #expect(ended.status == 0)
        let reloads = ended.errors.components(separatedBy: "reloaded: ").count - 1
        #expect((1...200).contains(reloads))
        print("1000 SIGHUPs: \(reloads) reloads")
    }

    @Test("A signal directly after READY is not lost and does not end the daemon")
    func early() async throws {
        let folder = try TemporaryFolder()
        let peer = try await ScriptedServer("notify.py", [folder.path("notify")])
        let noon = Noon()
        let office = try Office.plain(
            plan: noon.plan([("later", "Việc", noon.at(minutes: 300))]), smtp: FreePort.next(), http: FreePort.next())
        for _ in 0..<5 {
            let starts = peer.lines.count { $0.told == "READY=1" }
            let daemon = try Subprocess(
                [Program.path, "run", "--config", office.configuration], environment: ["NOTIFY_SOCKET": folder.path("notify")])
            #expect(await peer.sees { $0.count { $0.told == "READY=1" } > starts })
            daemon.send(SIGHUP)
            try await daemon.hasPrinted("reloaded: ", within: .seconds(5))
            #expect(try await Program.stop(daemon).status == 0)
        }
    }

    @Test("systemd receives READY, WATCHDOG, RELOADING, READY and STOPPING, in that order (fault 11)")
    func notifies() async throws {
        let folder = try TemporaryFolder()
        let peer = try await ScriptedServer("notify.py", [folder.path("notify")])
        let noon = Noon()
        let office = try Office.plain(
            plan: noon.plan([("later", "Việc", noon.at(minutes: 300))]), smtp: FreePort.next(), http: FreePort.next())
        let daemon = try await Program.daemon(
            office, environment: ["NOTIFY_SOCKET": folder.path("notify"), "WATCHDOG_USEC": "600000"])
        func told(_ text: String) -> Int { peer.lines.count { $0.told?.contains(text) == true } }
        #expect(await peer.sees { _ in told("READY=1") == 1 && told("WATCHDOG=1") >= 4 })
        let pings = peer.lines.filter { $0.told == "WATCHDOG=1" }.compactMap(\.at)
        for (before, after) in zip(pings, pings.dropFirst()) { #expect(after - before < 0.6) }
        daemon.send(SIGHUP)
        #expect(await peer.sees { _ in told("RELOADING=1") == 1 && told("READY=1") == 2 })
        #expect(try await Program.stop(daemon).status == 0)
        #expect(await peer.sees { _ in told("STOPPING=1") == 1 })
        let kinds = peer.lines.compactMap(\.told).map { String($0.prefix { $0 != "=" }) }
        #expect(kinds.contains("STATUS"))
        let order = kinds.filter { $0 != "WATCHDOG" && $0 != "STATUS" }
        #expect(order == ["READY", "RELOADING", "READY", "STOPPING"])
        #expect(peer.lines.contains { $0.told?.contains("RELOADING=1\nMONOTONIC_USEC=") == true })
    }
}
