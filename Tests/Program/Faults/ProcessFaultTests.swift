import Dates
import Foundation
import ProgramHarness
import Scheduler
import Support
import Testing

/// Tests faults of the process itself in the real program (faults 1 to 15).
@Suite("Faults of the process", .serialized)
struct ProcessFaultTests {
    static func office(_ recipient: String, _ peer: ScriptedServer, hub: UInt16 = FreePort.next(), also: String = "") throws
        -> Office
    {
        let noon = Noon()
        return try Office.plain(
            plan: noon.plan([("trial", "Việc", noon.at(minutes: -1))], notify: "an\(also.isEmpty ? "" : ", desk")"),
            smtp: peer.port, http: hub, recipients: "  - {id: an, email: \(recipient)@example.vn, via: [mail]}\n\(also)")
    }

    @Test("SIGTERM during the start stops the daemon")
    func stopsEarly() async throws {
        let noon = Noon()
        let office = try Office.plain(
            plan: noon.plan([("later", "Việc", noon.at(minutes: 300))]), smtp: FreePort.next(), http: FreePort.next())
        for delay_us in stride(from: UInt32(0), to: 40_000, by: 2_000) {
            let daemon = try Program.start(["run", "--config", office.configuration])
            try await daemon.hasPrinted("notice: remindd ")
            usleep(delay_us)
            daemon.send(SIGTERM)
            #expect(try await daemon.finish(within: .seconds(5)).status == 0)
        }
    }

    @Test(
        "After kill -9 in the body or at the final dot, mail is sent again at once under the same id, and marked (faults 3, 4)",
        arguments: [("killbody", 1), ("killdot", 2)])
    func killedByPeer(recipient: String, copies: Int) async throws {
        let folder = try TemporaryFolder()
        let peer = try await ScriptedServer("mail.py", [folder.path("pid")])
        let office = try Self.office(recipient, peer)
        let daemon = try Program.start(["run", "--config", office.configuration])
        try folder.write("pid", "\(daemon.pid)")
        #expect(try await daemon.finish(within: .seconds(20)).end == .killed(signal: SIGKILL))

        let next = try await Program.daemon(office)
        try await next.hasPrinted("in flight when remindd stopped, may have been delivered")
        try await next.hasPrinted("delivered 250")
        #expect(try await Program.stop(next).status == 0)
        let mails = try await PythonMail.readAll(peer.lines.filter { $0.data != nil }.map(\.bytes))
        #expect(mails.count == copies)
        #expect(Set(mails.compactMap { $0.header("Message-ID") }).count == 1)
        #expect(mails.last?.text?.contains("có thể đến hai lần") == true)
        let history = try await Program.history(office)
        #expect(history.map(\.state) == ["delivered"])
        #expect(history.first?.attempts.map(\.outcome) == ["unknown", "delivered"])
    }

    @Test(
        "A loop that hangs in a call stops feeding the watchdog, so that systemd ends it; the next start sends (fault 11)",
        .enabled(if: Strace.mayAttach, "strace may not attach here"))
    func hangs() async throws {
        let folder = try TemporaryFolder()
        let systemd = try await ScriptedServer("notify.py", [folder.path("notify")])
        let peer = try await ScriptedServer("mail.py")
        let office = try Self.office("an", peer)
        let overdue = office.folder.text("plans/plan.yaml")
        try office.writePlan("plan: trial\ntitle: T\ncampaigns: []\n")
        let daemon = try await Program.daemon(
            office, environment: ["NOTIFY_SOCKET": folder.path("notify"), "WATCHDOG_USEC": "600000"])
        func pings() -> Int { systemd.lines.count { $0.told == "WATCHDOG=1" } }
        #expect(await eventually(within: .seconds(5)) { pings() >= 2 })

        let strace = try await Strace(daemon, calls: ["fdatasync"], injection: "fdatasync:delay_enter=60000000:when=2")
        try office.writePlan(overdue)
        daemon.send(SIGHUP)
        try await daemon.hasPrinted("reloaded: ")
        try await Task.sleep(for: .milliseconds(700))
        let before = pings()
        try await Task.sleep(for: .milliseconds(1_500))
        #expect(pings() == before, "it is fed while the loop hangs")
        #expect(!peer.lines.contains { $0.told == "RCPT" })
        // Kills the daemon, as systemd does if watchdog notifications stop.
        daemon.send(SIGKILL)
        // Ends strace, because it still waits for the injected delay.
        strace.kill()
        #expect(try await daemon.finish(within: .seconds(20)).end == .killed(signal: SIGKILL))

        let next = try await Program.daemon(office)
        try await next.hasPrinted("delivered 250")
        #expect(try await Program.stop(next).status == 0)
        #expect(peer.lines.count { $0.accepted != nil } == 1)
    }

    @Test("SIGPIPE does not end the daemon when standard error has no reader or a server resets a connection (fault 13)")
    func brokenPipe() async throws {
        let peer = try await ScriptedServer("mail.py")
        let hub = try await ScriptedServer("receiver.py")
        let office = try Self.office("reset", peer, hub: hub.port, also: "  - {id: desk, via: [hub]}")
        let daemon = try Subprocess([
            "bash", "-c", "exec \"$0\" run --config \"$1\" 2> >(head -n 1 >/dev/null)", Program.path, office.configuration,
        ])
        #expect(await peer.sees { $0.contains { $0.told == "RCPT" } })
        #expect(await hub.sees { $0.contains { $0.status == 204 } })
        #expect(daemon.isRunning)
        #expect(try await Program.stop(daemon).status == 0)
        let history = try await Program.history(office)
        #expect(history.first { $0.recipient == "desk" }?.state == "delivered")
        #expect(history.first { $0.recipient == "an" }?.attempts.map(\.outcome) == ["unknown"], "reset after everything was sent")
    }

    @Test(
        "If standard error is closed or blocked, sending continues and lost lines are counted (fault 14)",
        arguments: ["2>&-", "2>/dev/full", "2>pipe"])
    func stuckLog(redirection: String) async throws {
        let peer = try await ScriptedServer("mail.py")
        let office = try Self.office("an", peer)
        let pipe = office.folder.path("pipe")
        mkfifo(pipe, 0o600)
        // Opens the pipe for reading and writing, so that `open` does not wait for another process.
        // Then fills the pipe, as if its reader had stopped reading.
        let descriptor = open(pipe, O_RDWR | O_NONBLOCK | O_CLOEXEC)
        defer { close(descriptor) }
        let block = [UInt8](repeating: 0x2E, count: 4_096)
        while write(descriptor, block, block.count) > 0 {}
        let daemon = try Subprocess(
            ["bash", "-c", "exec \"$0\" run --config remindd.yaml \(redirection)", Program.path], in: office.folder.path)
        #expect(await peer.sees { $0.contains { $0.accepted != nil } })
        if redirection == "2>pipe" {
            var read = [UInt8](repeating: 0, count: 1 << 20)
            while Foundation.read(descriptor, &read, read.count) > 0 {}
            daemon.send(SIGHUP)
            let told = await eventually(within: .seconds(10)) {
                let count = max(0, Foundation.read(descriptor, &read, read.count))
                return String(decoding: read[..<count], as: UTF8.self).contains("log lines were lost: nobody read them")
            }
            #expect(told)
        }
        #expect(try await Program.stop(daemon).status == 0)
        #expect(try await Program.history(office).map(\.state) == ["delivered"])
    }
}
