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
                "[Nhắc muộn] Phòng, chống đuối nước trẻ em – hôm nay (\(noon.written))",
                "[Nhắc việc] Ngày hội – hôm nay (\(noon.written))",
            ])
        let lateText = mails.first { $0.subject?.contains("muộn") == true }?.text
        #expect(lateText?.contains("lời nhắc này đáng lẽ đến lúc") == true)
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
        #expect(daemon.errors.contains("plans/plan.yaml:8:5: error: "), "\(daemon.errors)")
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

/// Tests how the daemon stops while a mail server is slow.
@Suite("Stopping", .serialized)
struct StoppingTests {
    private static func office(_ peer: ScriptedServer, seconds: Int) throws -> Office {
        let noon = Noon()
        return try Office.plain(
            plan: noon.plan([("trial", "Việc", noon.at(minutes: -1))], notify: "an"), smtp: peer.port, http: FreePort.next(),
            recipients: "  - {id: an, email: slow\(seconds)@example.vn, via: [mail]}")
    }

    @Test("After SIGTERM the daemon waits for the answer to a mail in flight, records it and exits with 0 (fault 9)")
    func waits() async throws {
        let peer = try await ScriptedServer("mail.py")
        let office = try Self.office(peer, seconds: 4)
        let daemon = try await Program.daemon(office)
        #expect(await peer.sees { $0.contains { $0.data != nil } })
        let clock = ContinuousClock()
        let began = clock.now
        let ended = try await Program.stop(daemon)
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(clock.now - began > .seconds(2))
        #expect(try await Program.history(office).map(\.state) == ["delivered"])
    }

    @Test("A second SIGTERM ends the daemon at once; the next start sends a marked duplicate under the same id (faults 4, 10)")
    func second() async throws {
        let peer = try await ScriptedServer("mail.py")
        let office = try Self.office(peer, seconds: 5)
        let daemon = try await Program.daemon(office)
        #expect(await peer.sees { $0.contains { $0.data != nil } })
        daemon.send(SIGTERM)
        try await Task.sleep(for: .milliseconds(500))
        #expect(daemon.isRunning)
        let clock = ContinuousClock()
        let began = clock.now
        let ended = try await Program.stop(daemon)
        #expect(clock.now - began < .seconds(1))
        #expect(ended.status == 128 + SIGTERM)
        #expect(try await Program.history(office).map(\.state) == ["in flight"])

        let next = try await Program.daemon(office)
        try await next.hasPrinted("delivered 250")
        #expect(try await Program.stop(next).status == 0)
        let history = try await Program.history(office)
        #expect(history.first?.attempts.map(\.outcome) == ["unknown", "delivered"])
        let mails = try await PythonMail.readAll(peer.lines.filter { $0.data != nil }.map(\.bytes))
        #expect(Set(mails.compactMap { $0.header("Message-ID") }).count == 1)
        #expect(mails.count == 2)
        #expect(mails.last?.text?.contains("có thể đến hai lần") == true)
    }

    @Test("If the server never answers, a stop exits with 0 after 20 seconds, and the mail counts as unknown (fault 9)")
    func gives_up() async throws {
        let peer = try await ScriptedServer("mail.py")
        let office = try Self.office(peer, seconds: 300)
        let daemon = try await Program.daemon(office)
        #expect(await peer.sees { $0.contains { $0.data != nil } })
        let clock = ContinuousClock()
        let began = clock.now
        let ended = try await Program.stop(daemon)
        #expect(ended.status == 0, "\(ended.errors)")
        #expect((.seconds(19)..<(.seconds(25))).contains(clock.now - began))
        let history = try await Program.history(office)
        #expect(history.first?.attempts.map(\.outcome) == ["unknown"])
        #expect(history.first?.state == "pending")
    }
}

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

/// Tests rehearsals: refused destinations, their start, end and resumption, and their retries.
@Suite("Rehearsals", .serialized)
struct RehearsalTests {
    private static let plan = """
        plan: trial
        title: Kế hoạch thử
        notify: [an, desk]
        campaigns:
          - {id: may, title: Tháng Năm, when: 10/5, remind: [20 days before, 7 days before, on the day]}

        """

    private static func rehearse(
        _ office: Office, from: String, until: String, ledger: String? = nil, within limit: Duration = .seconds(60)
    ) async throws -> Subprocess.Finished {
        try await Program.run(
            [
                "run", "--config", office.configuration, "--clock", from, "--until", until, "--speed", "1000000", "--ledger",
                ledger ?? office.ledger,
            ], within: limit)
    }

    static let elsewhere = [
        "  mail: {email: {server: \"smtp://mail.example.vn:587\", from: nhac@example.vn}}",
        "  mail: {email: {server: \"smtp://127.0.0.1:25\", tls: off, from: nhac@example.vn}}",
        "  mail: {webhook: {url: \"https://hub.example.vn/remind\"}}",
        "  mail: {webhook: {url: \"http://127.0.0.1:443/remind\", allow_networks: [127.0.0.0/8]}}",
        "  mail: {webhook: {url: \"http://127.0.0.1:8088/\", proxy: \"http://proxy.example.vn:3128\", allow_networks: [127.0.0.0/8]}}",
    ]

    @Test("A rehearsal refuses, with 78, destinations beyond loopback, below port 1024 or behind a proxy", arguments: elsewhere)
    func refused(channel: String) async throws {
        let office = try Office.small(
            plan: Self.plan.replacing("an, desk", with: "an"), channels: channel,
            recipients: "  - {id: an, email: an@example.vn, via: [mail]}", more: "plans: plans/\n")
        let run = try await Self.rehearse(office, from: "2027-05-02T00:00:00+07:00", until: "2027-05-03T00:00:00+07:00")
        #expect(run.status == 78)
        #expect(run.errors.contains("a rehearsal sends to loopback only"), "\(run.errors)")
        #expect(run.errors.contains("channel mail"))
        #expect(!FileManager.default.fileExists(atPath: office.ledger))
    }

    @Test("A reload of a rehearsal refuses destinations beyond loopback")
    func reloadRefused() async throws {
        let peer = try await ScriptedServer("receiver.py")
        let office = try Office.plain(plan: Self.plan, smtp: FreePort.next(), http: peer.port)
        let daemon = try await Program.daemon(
            office, ["--clock", "2027-05-02T07:00:00+07:00", "--ledger", office.ledger])
        let settings = office.folder.text("remindd.yaml")
        try office.folder.write(
            "remindd.yaml",
            settings.replacingOccurrences(of: "http://127.0.0.1:\(peer.port)/", with: "https://hub.example.vn/"))
        daemon.send(SIGHUP)
        try await daemon.hasPrinted("reload")
        #expect(daemon.errors.contains("reload refused"), "\(daemon.errors)")
        daemon.send(SIGTERM)
        _ = try await daemon.finish()
    }

    @Test("A new rehearsal supersedes reminders that were due before, ends past --until with 0, and resumes where it stopped")
    func resumes() async throws {
        let peer = try await ScriptedServer("receiver.py")
        let office = try Office.plain(
            plan: Self.plan, smtp: FreePort.next(), http: peer.port,
            recipients: "  - {id: an, via: [hub]}\n  - {id: desk, via: [hub]}")
        let start = "2027-04-25T00:00:00+07:00"
        var run = try await Self.rehearse(office, from: start, until: "2027-05-04T00:00:00+07:00")
        #expect(run.status == 0, "\(run.errors)")
        var history = try await Program.history(office, ["--ledger", office.ledger])
        #expect(
            history.map { "\($0.lead) \($0.state)" }.sorted() == [
                "20 days before superseded", "7 days before delivered", "7 days before delivered",
            ])
        #expect(history.allSatisfy { $0.delivery?.hasPrefix("rehearsal-") ?? ($0.recipient == nil) })

        run = try await Self.rehearse(office, from: start, until: "2027-05-11T00:00:00+07:00")
        #expect(run.status == 0, "\(run.errors)")
        history = try await Program.history(office, ["--ledger", office.ledger])
        #expect(history.count == 5)
        #expect(history.count { $0.lead == "on the day" && $0.state == "delivered" && !$0.late } == 2)
        let received = peer.lines.compactMap(\.id)
        #expect(received.count == 4)
        #expect(Set(received).count == 4)
        #expect(peer.lines.compactMap(\.head).allSatisfy { $0.lowercased().contains("x-remindd-rehearsal: ") })

        let simulated = try await Program.run([
            "simulate", "--config", office.configuration, "--from", "2027-04-25", "--to", "2027-05-10", "--format", "json",
        ])
        #expect(simulated.lines.count == 4)
    }

    @Test(
        "A retry comes when a busy or greylisting server asks, under one id; a permanent refusal is final (faults 55, 57, 76, 80)"
    )
    func retries() async throws {
        let mail = try await ScriptedServer("mail.py")
        let hub = try await ScriptedServer("receiver.py")
        let office = try Office.small(
            plan: Self.plan.replacing("an, desk", with: "grey, gone, late, desk"),
            channels: Office.plainChannels(smtp: mail.port, http: hub.port).replacing("/remind", with: "/busy/2/3600"),
            recipients: """
                  - {id: grey, email: later1@example.vn, via: [mail]}
                  - {id: late, email: dot2@example.vn, via: [mail]}
                  - {id: gone, email: never@example.vn, via: [mail]}
                  - {id: desk, via: [hub]}
                """, more: "plans: plans/\n")
        let run = try await Self.rehearse(office, from: "2027-05-02T12:00:00+07:00", until: "2027-05-04T00:00:00+07:00")
        #expect(run.status == 0, "\(run.errors)")
        let rows = try await Program.history(office, ["--ledger", office.ledger]).filter { $0.recipient != nil }
        let byRecipient = Dictionary(uniqueKeysWithValues: rows.map { ($0.recipient!, $0) })

        let desk = try #require(byRecipient["desk"])
        #expect(desk.state == "delivered")
        #expect(desk.attempts.map(\.code) == [503, 503, 204])
        #expect(desk.attempts.map(\.outcome) == ["refused for now", "refused for now", "delivered"])
        #expect(Set(hub.lines.compactMap(\.id)) == [desk.delivery])
        let times = try desk.attempts.map { try #require(Instant(rfc3339: $0.at)) }
        #expect(times[1] - times[0] >= .seconds(3_600) && times[1] - times[0] < .seconds(3_660))

        let grey = try #require(byRecipient["grey"])
        #expect(grey.attempts.map(\.code) == [450, 250])
        let greyTimes = try grey.attempts.map { try #require(Instant(rfc3339: $0.at)) }
        #expect(greyTimes[1] - greyTimes[0] >= .minutes(5))

        let late = try #require(byRecipient["late"])
        #expect(late.attempts.map(\.code) == [451, 451, 250])
        let tries = mail.lines.filter { $0.data != nil && $0.recipient == "dot2@example.vn" }.map(\.bytes)
        let mails = try await PythonMail.readAll(tries)
        #expect(mails.count == 3)
        #expect(Set(mails.compactMap { $0.header("Message-ID") }) == ["<\(late.delivery!)@example.vn>"])
        #expect(Set(mails.compactMap { $0.header("References") }).count == 1)
        #expect(Set(mails.compactMap(\.date)).count == 3, "Date is the time of the attempt")

        let gone = try #require(byRecipient["gone"])
        #expect(gone.state == "dead")
        #expect(gone.attempts.map(\.code) == [550])
        #expect(gone.attempts.map(\.outcome) == ["refused for good"])
        #expect(gone.attempts.first?.reply.contains("never@") == false, "no address in a reply")
    }
}

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
            "frobnicate", "simulate", "simulate --from 2027-01-02 --to 2027-01-01", "simulate --from 2027-02-29 --to 2027-03-01",
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
        let day = try await Program.run(["simulate", "--from", "1/3/2027", "--to", "2027-03-31"])
        #expect(day.errors.contains("2027-01-31") || day.errors.contains("YYYY-MM-DD"), "\(day.errors)")
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
