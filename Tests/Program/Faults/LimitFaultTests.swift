import Dates
import Foundation
import Ledgers
import ProgramHarness
import Scheduler
import Support
import Testing

/// Tests limits of the machine and of servers, unusable texts, and unknown keys.
///
/// These are faults 74, 110 and 113 to 116.
@Suite("Faults of limits", .serialized)
struct LimitFaultTests {
    /// Returns an office with `count` recipients, who all use one channel.
    private static func office(_ count: Int, channel: String, mail: Bool = false) throws -> Office {
        let noon = Noon()
        let people = (0..<count).map { "r\($0)" }
        return try Office.small(
            plan: noon.plan([("one", "Việc", noon.at(minutes: -1))], notify: people.joined(separator: ", ")),
            channels: "  c: \(channel)",
            recipients: people.map { "  - {id: \($0),\(mail ? " email: \($0)@example.vn," : "") via: [c]}" }
                .joined(separator: "\n"), more: "plans: plans/\n")
    }

    private static func hub(_ port: UInt16) -> String {
        "{webhook: {url: \"http://127.0.0.1:\(port)/remind\", allow_networks: [127.0.0.0/8]}}"
    }

    private static func mail(_ port: UInt16, _ more: String = "") -> String {
        "{email: {server: \"smtp://127.0.0.1:\(port)\", tls: off, from: a@example.vn\(more)}}"
    }

    @Test("With a rate limit, a tenth of the rate is sent at once and the rest one by one (fault 74)")
    func rate() async throws {
        let peer = try await ScriptedServer("mail.py")
        let office = try Self.office(12, channel: Self.mail(peer.port, ", rate: 60 per minute"), mail: true)
        let daemon = try await Program.daemon(office)
        func accepted() -> Int { peer.lines.count { $0.accepted != nil } }
        #expect(await peer.sees { _ in accepted() >= 6 })
        try await Task.sleep(for: .milliseconds(1_500))
        #expect((7...8).contains(accepted()), "\(accepted()) after a second and a half")
        #expect(await peer.sees { _ in accepted() == 12 })
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test("If clients hold all file descriptors, the daemon logs it, keeps running, and sends once they are free (fault 114)")
    func noFiles() async throws {
        let peer = try await ScriptedServer("receiver.py")
        let noon = Noon()
        let office = try Office.plain(
            plan: noon.plan([("one", "Việc", noon.at(minutes: 30))], notify: "desk"), smtp: FreePort.next(), http: peer.port)
        let clock = try await ShiftedClock()
        let daemon = try Subprocess(
            ["prlimit", "--nofile=36:36", Program.path, "run", "--config", office.configuration],
            environment: clock.environment.merging(["WATCHDOG_USEC": "1000000"]) { $1 })
        #expect(await eventually(within: .seconds(10)) { FileManager.default.fileExists(atPath: office.socket) })
        // Starts clients that connect and send no request.
        let held =
            "import socket,sys; a=[socket.socket(socket.AF_UNIX) for _ in range(60)]; [s.connect(sys.argv[1]) for s in a]; print(1, flush=True); sys.stdin.read()"
        let clients = try Subprocess(["/usr/bin/python3", "-c", held, office.socket], input: .leash)
        try await clients.hasPrinted("1")
        try await daemon.hasPrinted("Too many open files")
        clock.set(seconds: 3_600)
        #expect(daemon.isRunning)
        clients.release()
        #expect(await peer.sees { $0.contains { $0.status == 204 } })
        #expect(try await Program.stop(daemon).status == 0)
        #expect(try await Program.history(office).map(\.state) == ["delivered"])
    }

    @Test(
        "If no thread can be created, deliveries are not sent and retried, and the daemon keeps running (fault 116)",
        .enabled(if: Strace.mayAttach, "strace may not attach here"))
    func noThreads() async throws {
        let peer = try await ScriptedServer("mail.py")
        let noon = Noon()
        let office = try Office.plain(
            plan: noon.plan([("one", "Việc", noon.at(minutes: 30))], notify: "an, binh, chi"), smtp: peer.port,
            http: FreePort.next(),
            recipients: ["an", "binh", "chi"].map { "  - {id: \($0), email: \($0)@example.vn, via: [mail]}" }
                .joined(separator: "\n"))
        let clock = try await ShiftedClock()
        let daemon = try await Program.daemon(
            office, environment: clock.environment.merging(["WATCHDOG_USEC": "1000000"]) { $1 })
        let strace = try await Strace(daemon, calls: ["clone3", "clone"], injection: "clone3,clone:error=EAGAIN:when=1+")
        clock.set(seconds: 3_600)
        try await daemon.hasPrinted("not sent")
        #expect(daemon.isRunning && peer.lines.allSatisfy { $0.told != "RCPT" })
        try await strace.detach()
        #expect(await peer.sees(within: .seconds(20)) { $0.count { $0.accepted != nil } == 3 })
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test(
        "A hundred thousand waiting deliveries need less than 64 MiB in a release build, 128 in a debug build (fault 115)"
    )
    func memory() async throws {
        let (people, campaigns) = (1_000, 100)
        let count = people * campaigns
        let noon = Noon()
        let plan = noon.plan((0..<campaigns).map { ("c\($0)", "Việc", noon.at(minutes: -1)) }, notify: "all")
        let office = try Office.small(
            plan: plan, channels: "  c: \(Self.hub(FreePort.next()))", recipients: "  []", more: "plans: plans/\n")
        let names = (0..<people).map { "p\($0)" }
        try office.folder.write("people.csv", "id,name,via\n" + names.map { "\($0),\($0),c\n" }.joined())
        try office.folder.write("remindd.yaml", office.folder.text("remindd.yaml") + "groups:\n  all: {file: people.csv}\n")
        let daemon = try Program.start(["run", "--config", office.configuration])
        try await daemon.hasPrinted("is paused for a while", within: .seconds(120))
        // Waits until all deliveries of the firing are written, which takes several transactions.
        let isWritten = await eventually(within: .seconds(60)) {
            let status = try? await Program.run(["status", "--config", office.configuration])
            return status?.output.contains("\(count) pending") == true
        }
        let status = try await Program.run(["status", "--config", office.configuration])
        #expect(isWritten, "\(status.output)")
        #if DEBUG
        let most = 128 << 10
        #else
        let most = 64 << 10
        #endif
        let memory = try String(contentsOfFile: "/proc/\(daemon.pid)/status", encoding: .utf8)
        let peak = memory.split(separator: "\n").first { $0.hasPrefix("VmHWM") }?.filter(\.isNumber) ?? ""
        print("100 000 pending: \(peak) kB at most")
        #expect(Int(peak) ?? .max < most)
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test("If a user's template is empty for a message, the built-in text is sent and an alert is raised (fault 110)")
    func blankTemplate() async throws {
        let peer = try await ScriptedServer("receiver.py")
        let noon = Noon()
        let office = try Office.small(
            plan: noon.plan([("one", "Việc", noon.at(minutes: -1))], notify: "desk"), channels: "  c: \(Self.hub(peer.port))",
            recipients: "  - {id: desk, via: [c]}\n  - {id: admin, via: [c]}",
            more: "plans: plans/\ntemplates: texts\nalerts: {to: [admin]}\n")
        try office.folder.write("texts/vi/subject.mustache", "{{#late}}Muộn: {{title}}{{/late}}")
        let daemon = try await Program.daemon(office)
        #expect(await peer.sees(within: .seconds(30)) { $0.count { $0.status == 204 } == 2 })
        let bodies = peer.lines.map { String(decoding: $0.bytes, as: UTF8.self) }
        #expect(bodies.contains { $0.contains("reminder.due") && $0.contains("[Nhắc việc] Hôm nay: Việc") })
        #expect(bodies.contains { $0.contains("\"kind\":\"template\"") && $0.contains("vi/subject") })
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test("Unknown keys of a later version's configuration are errors, with the nearest known key (fault 113)")
    func downgraded() async throws {
        let noon = Noon()
        let office = try Office.small(
            plan: noon.plan([("one", "Việc", noon.at(minutes: 300))], notify: "desk"), channels: "  c: \(Self.hub(8_088))",
            recipients: "  - {id: desk, via: [c], escalation: boss}",
            more: "plans: plans/\nheartbeats: {url: \"https://a.example.vn/\"}\n")
        let refused = try await Program.run(["run", "--config", office.configuration])
        #expect(refused.status == 78)
        #expect(refused.errors.contains(#/remindd\.yaml:4:1: error: .*heartbeats.*heartbeat/#), "\(refused.errors)")
        #expect(refused.errors.contains("escalation"), "\(refused.errors)")
        #expect(!FileManager.default.fileExists(atPath: office.ledger))
    }
}
