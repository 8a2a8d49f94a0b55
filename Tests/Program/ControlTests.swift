import Dates
import Foundation
import ProgramHarness
import Scheduler
import Support
import Testing

@testable import Transport

/// Checks that commands query a running daemon over its socket, and work without a daemon.
@Suite("The control socket", .serialized)
struct ControlTests {
    private static func ask(_ office: Office, _ command: String...) async throws -> Subprocess.Finished {
        try await Program.run(command + ["--config", office.configuration])
    }

    @Test(
        "Commands print the same with and without a daemon; the socket has mode 660, and a killed daemon's socket does no harm"
    )
    func same() async throws {
        let mail = try await ScriptedServer("mail.py")
        let noon = Noon()
        let office = try Office.plain(
            plan: noon.plan([("late", "Ngày hội", noon.at(minutes: -2))], notify: "an, lost"), smtp: mail.port,
            http: FreePort.next(),
            recipients: """
                  - {id: an, email: an@example.vn, via: [mail]}
                  - {id: lost, email: never@example.vn, via: [mail]}
                """)
        var daemon = try await Program.daemon(office)
        #expect(await mail.sees { $0.contains { $0.data != nil } && $0.contains { $0.refused == 550 } })
        var status = stat()
        #expect(stat(office.socket, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o660)

        let commands = [
            ["history", "--format", "json"], ["history"], ["failed"], ["failed", "list", "--format", "json"], ["missed"],
            ["history", "--campaign", "nothing"], ["history", "--recipient", "an", "--limit", "1"],
        ]
        var asked: [Subprocess.Finished] = []
        for command in commands { asked.append(try await Program.run(command + ["--config", office.configuration])) }
        let running = try await Self.ask(office, "status")
        #expect(running.output.contains("running       since "), "\(running.output)\(running.errors)")
        #expect(running.output.contains("1 accepted by the server, 1 dead"), "\(running.output)")
        #expect(asked[1].output.contains("accepted by the server"))
        #expect(asked[5].status == 3)

        daemon.send(SIGKILL)
        _ = try await daemon.finish()
        #expect(FileManager.default.fileExists(atPath: office.socket), "a killed daemon leaves its socket")
        for (command, answer) in zip(commands, asked) {
            let direct = try await Program.run(command + ["--config", office.configuration])
            #expect(direct.output == answer.output, "\(command)")
            #expect(direct.errors == answer.errors, "\(command)")
            #expect(direct.status == answer.status, "\(command)")
        }
        #expect(try await Self.ask(office, "status").output.contains("running       no"))

        daemon = try await Program.daemon(office)
        #expect(try await Self.ask(office, "status").output.contains("running       since "))
        #expect(try await Program.stop(daemon).status == 0)
        #expect(!FileManager.default.fileExists(atPath: office.socket), "a daemon that stops removes its socket")
    }

    @Test(
        "A refused reload keeps the old state, --dry-run changes nothing, and a large loss needs --confirm (faults 104, 107)"
    )
    func reload() async throws {
        let noon = Noon()
        let two = noon.plan([("a", "Một", noon.at(minutes: 60)), ("b", "Hai", noon.at(minutes: 90))], notify: "desk")
        let office = try Office.plain(plan: two, smtp: FreePort.next(), http: FreePort.next())
        let none = try await Self.ask(office, "reload")
        #expect(none.status == 1)
        #expect(none.errors.contains("no daemon answers at "), "\(none.errors)")

        let daemon = try await Program.daemon(office)
        try office.writePlan(two.replacingOccurrences(of: "    when:", with: "    wen:"))
        let broken = try await Self.ask(office, "reload")
        #expect(broken.status == 65)
        #expect(broken.errors.contains("plans/plan.yaml:9:5: error: "), "\(broken.errors)")
        #expect(broken.errors.contains("reload refused, the old state stays"))

        try office.writePlan(
            noon.plan(
                [("a", "Một", noon.at(minutes: 75)), ("b", "Hai", noon.at(minutes: 90)), ("c", "Ba", noon.at(minutes: -3))],
                notify: "desk"))
        let dry = try await Self.ask(office, "reload", "--dry-run")
        #expect(dry.status == 0, "\(dry.errors)")
        #expect(dry.output.contains("added: 1\n  trial/c\n"), "\(dry.output)")
        #expect(dry.output.contains("reminders that come at another time: 1\n  trial/a once “on the day”: "), "\(dry.output)")
        #expect(dry.output.contains("goes out at once: 1\n  trial/c once: on the day, 1 message\n"), "\(dry.output)")
        #expect(dry.output.contains("nothing was changed"))
        #expect(try await Self.ask(office, "status").output.contains("with 2 campaigns"))
        let real = try await Self.ask(office, "reload")
        #expect(real.status == 0)
        #expect(try await Self.ask(office, "status").output.contains("with 3 campaigns"))

        try office.writePlan(noon.plan([("a", "Một", noon.at(minutes: 75))], notify: "desk"))
        let loss = try await Self.ask(office, "reload")
        #expect(loss.status == 1)
        #expect(loss.errors.contains("2 of 3 campaigns are gone (trial/b, trial/c); if that is meant: remindd reload --confirm"))
        #expect(try await Self.ask(office, "status").output.contains("with 3 campaigns"))
        #expect(try await Self.ask(office, "reload", "--confirm").status == 0)
        #expect(try await Self.ask(office, "status").output.contains("with 1 campaigns"))
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test(
        "Changed and new files are logged once, shown by status and to systemd, and used only after a reload"
    )
    func changedFiles() async throws {
        let folder = try TemporaryFolder()
        let peer = try await ScriptedServer("notify.py", [folder.path("notify")])
        let noon = Noon()
        let one = noon.plan([("a", "Một", noon.at(minutes: 60))], notify: "desk")
        let office = try Office.plain(plan: one, smtp: FreePort.next(), http: FreePort.next())
        let daemon = try await Program.daemon(
            office, environment: ["NOTIFY_SOCKET": folder.path("notify"), "WATCHDOG_USEC": "600000"])
        #expect(!(try await Self.ask(office, "status")).output.contains("changed since"))

        try office.writePlan(noon.plan([("a", "Một", noon.at(minutes: 75))], notify: "desk"))
        try office.folder.write("plans/new.yaml", noon.plan([("b", "Hai", noon.at(minutes: 90))], notify: "desk", id: "second"))
        for name in [".plan.yaml.swp", "plan.yaml~", "4913"] { try office.folder.write("plans/\(name)", "an editor's own") }
        let status = try await Self.ask(office, "status").output
        for name in ["plan.yaml", "new.yaml"] {
            #expect(
                status.contains("changed since, taken by a reload only: \(office.folder.path("plans/\(name)"))\n"), "\(status)")
        }
        #expect(status.contains("with 1 campaigns") && !status.contains("swp") && !status.contains("4913"), "\(status)")
        try await daemon.hasPrinted(
            "changed since they were read, not in use until a reload: \(office.folder.path("plans/new.yaml")), ")
        #expect(await peer.sees { $0.contains { $0.told?.contains("; 2 files changed since") == true } })
        try await Task.sleep(for: .seconds(12))
        #expect(daemon.errors.components(separatedBy: "changed since they were read").count == 2, "once")

        let json = try await Self.ask(office, "status", "--format", "json").output
        #expect(json.contains("\"changed_files\":[\"\(office.folder.path("plans/new.yaml"))\","), "\(json)")
        #expect(try await Self.ask(office, "reload").status == 0)
        let after = try await Self.ask(office, "status").output
        #expect(after.contains("with 2 campaigns") && !after.contains("changed since"), "\(after)")
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test("check says that it did not read the record if this user may read neither the ledger nor the socket")
    func checkWithoutPermission() async throws {
        let noon = Noon()
        let office = try Office.plain(
            plan: noon.plan([("late", "Ngày hội", noon.at(minutes: -2))], notify: "an"), smtp: FreePort.next(),
            http: FreePort.next())
        let text = try String(contentsOfFile: office.configuration, encoding: .utf8)
        try office.folder.write("remindd.yaml", text.replacingOccurrences(of: "ledger.sqlite", with: "state/ledger.sqlite"))
        try office.folder.write("state/other", "")
        // Root may read everything, so root runs the command as another user.
        let isRoot = geteuid() == 0
        let other = isRoot ? [try requires("setpriv"), "--reuid=65534", "--regid=65534", "--clear-groups"] : []
        #expect(chmod(office.folder.path, 0o755) == 0 && chmod(office.folder.path("state"), isRoot ? 0o700 : 0) == 0)
        defer { chmod(office.folder.path("state"), 0o700) }
        func check(_ more: [String] = []) async throws -> Subprocess.Finished {
            try await Subprocess.run(other + [Program.path, "check", "--config", office.configuration] + more)
        }
        let unknown = "At once on the next start or reload: not known, because the record of what was sent was not read: "
        let noLedger = try await check()
        #expect(noLedger.status == 0, "\(noLedger.errors)")
        let ledger = office.folder.path("state/ledger.sqlite")
        #expect(noLedger.output.contains(unknown + "\(ledger): Permission denied\n"), "\(noLedger.output)")
        let json = try await check(["--format", "json"])
        #expect(json.status == 0 && !json.output.contains("at_once"))
        #expect(json.errors.contains("remindd: what would go out at once is not known: "), "\(json.errors)")
        guard isRoot else { return }
        let daemon = try await Program.daemon(office)
        let noSocket = try await check()
        #expect(noSocket.status == 0, "\(noSocket.errors)")
        #expect(noSocket.output.contains(unknown + "\(office.socket) is not for this user: "), "\(noSocket.output)")
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test("check, send-test and failed retry work beside a daemon; a held ledger without a socket gives exit status 75")
    func beside() async throws {
        let mail = try await ScriptedServer("mail.py")
        let noon = Noon()
        let office = try Office.plain(
            plan: noon.plan([("late", "Ngày hội", noon.at(minutes: -2))], notify: "lost"), smtp: mail.port,
            http: FreePort.next(),
            recipients: """
                  - {id: an, email: an@example.vn, via: [mail]}
                  - {id: lost, email: never@example.vn, via: [mail]}
                """)
        let daemon = try await Program.daemon(office)
        #expect(await mail.sees { $0.contains { $0.refused == 550 } })
        let check = try await Self.ask(office, "check")
        #expect(check.status == 0, "\(check.errors)")
        #expect(check.output.contains("At once on the next reload: nothing."), "\(check.output)")
        let test = try await Self.ask(office, "send-test", "an")
        #expect(test.status == 0, "\(test.errors)")
        #expect(test.output.hasPrefix("an by mail: delivered 250"))
        let unknown = try await Self.ask(office, "send-test", "ann")
        #expect(unknown.status == 3)
        #expect(unknown.errors.contains("no recipient \"ann\"; did you mean \"an\"?"))

        let id = try #require(try await Program.history(office).first { $0.state == "dead" }?.delivery)
        let retried = try await Self.ask(office, "failed", "retry", id)
        #expect(retried.output == "\(id): pending again\n", "\(retried.errors)")
        #expect(await mail.sees { $0.count { $0.refused == 550 } == 2 }, "tried again at once")

        // Removes the socket file while the daemon still has the ledger open.
        try FileManager.default.removeItem(atPath: office.socket)
        let held = try await Self.ask(office, "history")
        #expect(held.status == 75)
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test(
        "Two hundred simultaneous requests are all answered, and the body of an oversized request is not read"
    )
    func many() async throws {
        let noon = Noon()
        let office = try Office.plain(
            plan: noon.plan([("late", "Ngày hội", noon.at(minutes: 30))], notify: "desk"), smtp: FreePort.next(),
            http: FreePort.next())
        let daemon = try await Program.daemon(office)
        let script = """
            import concurrent.futures, http.client, socket, sys
            class Local(http.client.HTTPConnection):
                def connect(self):
                    self.sock = socket.socket(socket.AF_UNIX); self.sock.settimeout(20); self.sock.connect(sys.argv[1])
            def ask(_):
                c = Local("remindd"); c.request("POST", "/v1/command", b'{"status":{"json":true}}', {"content-type": "application/json"})
                r = c.getresponse(); return (r.status, b'"status":0' in r.read())
            with concurrent.futures.ThreadPoolExecutor(50) as pool: got = list(pool.map(ask, range(200)))
            c = Local("remindd"); c.putrequest("POST", "/v1/command"); c.putheader("content-length", "10000000000"); c.endheaders()
            print(sum(s == 200 for s, _ in got), sum(ok for _, ok in got), c.getresponse().status)
            c = Local("remindd"); c.request("POST", "/v1/command", b'{"nonsense":1}'); print(c.getresponse().status)
            """
        let client = try await Subprocess(["/usr/bin/python3", "-c", script, office.socket]).finish()
        #expect(client.output == "200 200 413\n400\n", "\(client.output)\(client.errors)")
        #expect(try await Program.stop(daemon).status == 0)
    }
}
