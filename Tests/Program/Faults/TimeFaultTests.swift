import Dates
import Foundation
import Ledgers
import ProgramHarness
import Scheduler
import Support
import Testing

/// Sets the wall clock of the real program while it runs, and between its runs (faults 38 to 43).
///
/// A preloaded library changes the time that the program reads, and the machine's clock stays as it
/// is. The program therefore notices a step only at the next tick of the watchdog.
@Suite("Faults of the clock", .serialized)
struct TimeFaultTests {
    private static func daemon(_ office: Office, _ clock: ShiftedClock) async throws -> Subprocess {
        try await Program.daemon(office, environment: clock.environment.merging(["WATCHDOG_USEC": "1000000"]) { $1 })
    }

    private static func office(due minutes: Int, _ hub: ScriptedServer) throws -> Office {
        let noon = Noon()
        return try Office.plain(
            plan: noon.plan([("one", "Việc", noon.at(minutes: minutes))], notify: "desk"), smtp: FreePort.next(), http: hub.port)
    }

    private static func received(_ hub: ScriptedServer) -> Int { hub.lines.count { $0.status == 204 } }

    @Test(
        "After a step two hours ahead, due reminders are sent at once, marked late; a step back repeats nothing (faults 38, 39)")
    func stepped() async throws {
        let hub = try await ScriptedServer("receiver.py")
        let clock = try await ShiftedClock()
        let office = try Self.office(due: 90, hub)
        let daemon = try await Self.daemon(office, clock)
        try await Task.sleep(for: .milliseconds(700))
        #expect(Self.received(hub) == 0)
        clock.set(seconds: 7_200)
        #expect(await hub.sees(within: .seconds(5)) { _ in Self.received(hub) == 1 })
        let body = String(decoding: hub.lines.last?.bytes ?? [], as: UTF8.self)
        #expect(body.contains("\"late\":true"))
        clock.set(seconds: 3_600)
        try await Task.sleep(for: .seconds(2))
        clock.set(seconds: 7_200)
        try await Task.sleep(for: .seconds(2))
        #expect(Self.received(hub) == 1)
        #expect(try await Program.stop(daemon).status == 0)
        #expect(try await Program.history(office).map(\.state) == ["delivered"])
    }

    @Test(
        "A start with a clock in 1970 or 2099 begins a hold and logs it; sending resumes once the clock is right (fault 40)",
        arguments: [1970, 2099])
    func unbelievable(year: Int) async throws {
        let hub = try await ScriptedServer("receiver.py")
        let clock = try await ShiftedClock()
        let office = try Self.office(due: -1, hub)
        try SQLiteLedger.open(path: office.ledger, mode: .daemon, now: Instant(seconds: Int64(time(nil)) - 3_600)).close()
        clock.set(seconds: year == 1970 ? 60 - time(nil) : 2_300_000_000)
        let daemon = try await Self.daemon(office, clock)
        try await daemon.hasPrinted("HOLD")
        try await Task.sleep(for: .seconds(1))
        #expect(Self.received(hub) == 0)
        clock.set(seconds: 0)
        try await daemon.hasPrinted("the clock is trusted again", within: .seconds(5))
        #expect(await hub.sees(within: .seconds(5)) { _ in Self.received(hub) == 1 })
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test("With a clock in 1970 no ledger is created, because the right time would then look like a long standstill (fault 40)")
    func newLedgerIn1970() async throws {
        let hub = try await ScriptedServer("receiver.py")
        let clock = try await ShiftedClock()
        let office = try Self.office(due: -1, hub)
        clock.set(seconds: 60 - time(nil))
        let refused = try await Subprocess.run(
            [Program.path, "run", "--config", office.configuration], environment: clock.environment)
        #expect(refused.status == 1, "\(refused.errors)")
        #expect(refused.errors.contains("1970"), "\(refused.errors)")
        #expect(!FileManager.default.fileExists(atPath: office.ledger))
        clock.set(seconds: 0)
        let daemon = try await Self.daemon(office, clock)
        #expect(await hub.sees(within: .seconds(5)) { _ in Self.received(hub) == 1 })
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test("After eight hours of suspension a due reminder is sent within five seconds, once, and marked late (fault 42)")
    func suspended() async throws {
        let hub = try await ScriptedServer("receiver.py")
        let clock = try await ShiftedClock()
        let office = try Self.office(due: 240, hub)
        let daemon = try await Self.daemon(office, clock)
        daemon.send(SIGSTOP)
        clock.set(seconds: 8 * 3_600)
        try await Task.sleep(for: .seconds(1))
        daemon.send(SIGCONT)
        #expect(await hub.sees(within: .seconds(5)) { _ in Self.received(hub) == 1 })
        let body = String(decoding: hub.lines.last?.bytes ?? [], as: UTF8.self)
        #expect(body.contains("\"late\":true"))
        try await Task.sleep(for: .seconds(1))
        #expect(Self.received(hub) == 1)
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test(
        "After three days down with forty due, each occurrence gets one late reminder; the others are superseded (fault 43)")
    func down() async throws {
        let hub = try await ScriptedServer("receiver.py")
        let clock = try await ShiftedClock()
        let noon = Noon()
        let leads = (0..<10).map { "{id: l\($0), when: \(19 - $0 / 4) days before, at: \"0\($0 % 4 + 1):00\"}" }
        let campaigns = (0..<4).map { number in
            "  - {id: c\(number), title: Việc, when: \(noon.today + 20), remind: [\(leads.joined(separator: ", "))]}\n"
        }
        let office = try Office.plain(
            plan: "plan: p\ntitle: T\ntimezone: \(noon.zone)\nrest_days: send\nnotify: [desk]\ncampaigns:\n" + campaigns.joined(),
            smtp: FreePort.next(), http: hub.port)
        #expect(try await Program.stop(Self.daemon(office, clock)).status == 0)
        clock.set(seconds: 3 * 86_400)
        let daemon = try await Self.daemon(office, clock)
        #expect(await hub.sees(within: .seconds(10)) { _ in Self.received(hub) == 4 })
        try await Task.sleep(for: .seconds(1))
        #expect(try await Program.stop(daemon).status == 0)
        #expect(Self.received(hub) == 4)
        let history = try await Program.history(office)
        #expect(history.count { $0.state == "delivered" && $0.late } == 4)
        #expect(history.count { $0.state == "superseded" } == 36, "\(history.map(\.state))")
    }
}
