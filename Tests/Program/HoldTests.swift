import Foundation
import Ledgers
import ProgramHarness
import Support
import Testing

@testable import Dates
@testable import Plans
@testable import Scheduler

@Suite("Holds that need a person's decision")
struct HoldTests {
    private static func plan(_ day: String) -> String {
        """
        plan: p
        title: Kế hoạch
        timezone: UTC
        language: en
        notify: [an]
        remind: [7 days before at 00:00]
        rest_days: send
        campaigns:
          - {id: c, title: C, when: \(day)}
        """
    }

    /// Returns an office with one reminder that was due two days ago.
    ///
    /// The campaign is in five days. Mail goes to a closed port.
    private static func office() throws -> Office {
        let ahead = Zone.utc.civil(at: now).day + 5
        let recipients = "  - {id: an, email: an@example.vn, via: [mail]}"
        return try Office.small(
            plan: plan(ahead.description), channels: Office.plainChannels(smtp: FreePort.next(), http: FreePort.next()),
            recipients: recipients)
    }

    private static var now: Instant { Instant(seconds: Int64(Date().timeIntervalSince1970)) }

    private static func run(_ office: Office, _ arguments: [String] = [], until text: String) async throws -> String {
        let daemon = try Program.start(["run", "--config", office.configuration] + arguments)
        try await daemon.hasPrinted(text)
        daemon.send(SIGTERM)
        return try await daemon.finish().errors
    }

    @Test("A clock in 1970, or far from the last evaluation, is rejected; NTP steps and standstills are accepted (fault 40)")
    func clock() {
        let built = Zone.utc.startOfDay(Day("2026-01-01")!)
        let last = Zone.utc.startOfDay(Day("2027-05-02")!)
        func complaint(_ now: Instant) -> ClockComplaint? { ClockBounds.complaint(now: now, lookedUntil: last, built: built) }
        #expect(complaint(Instant(seconds: 0)) != nil)
        #expect(complaint(last - .days(1)) == nil)
        #expect(complaint(last - .days(1) - .seconds(1)) != nil)
        #expect(complaint(last + .days(21)) == nil)
        #expect(complaint(last + .days(100)) == nil)
        #expect(complaint(last + .days(100) + .seconds(1)) != nil)
    }

    @Test("A ledger whose last evaluation is far in the future sends nothing until `release` (fault 40)")
    func heldClock() async throws {
        let office = try Self.office()
        let ahead = Self.now + .days(400)
        try SQLiteLedger.open(path: office.ledger, mode: .daemon, now: ahead).close()
        let log = try await Self.run(office, until: "HOLD")
        #expect(log.contains("more than a day before the last evaluation"))
        #expect(!log.contains("due"))
        let released = try await Program.run(["release", "--send", "--config", office.configuration])
        #expect(released.status == 0, "\(released.errors)")
        #expect(released.output.contains("Released"))
        let after = try await Self.run(office, until: "due (late): p/c")
        #expect(!after.contains("HOLD"))
    }

    @Test(
        "If only the high-water mark of a ledger is left, a start is refused with 78; --new-ledger starts over (fault 26)"
    )
    func missing() async throws {
        let office = try Self.office()
        _ = try await Self.run(office, until: "due (late): p/c")
        for name in try FileManager.default.contentsOfDirectory(atPath: office.folder.path)
        where name.hasPrefix("ledger.sqlite") && !name.hasSuffix(".witness") {
            try FileManager.default.removeItem(atPath: office.folder.path(name))
        }
        let refused = try await Program.run(["run", "--config", office.configuration])
        #expect(refused.status == 78)
        #expect(refused.errors.contains("start over with: remindd new-ledger"))
        let status = try await Program.run(["status", "--config", office.configuration])
        #expect(status.status == 78)
        let over = try await Self.run(office, ["--new-ledger"], until: "superseded: p/c")
        #expect(!over.contains("due (late)"))
    }

    @Test(
        "A clock before the program's release cannot be released; nothing is written or removed under it (fault 40)")
    func beforeRelease() async throws {
        let clock = try await ShiftedClock()
        let office = try Self.office()
        _ = try await Self.run(office, until: "due (late): p/c")
        let before = try await Program.run(["history", "--json", "--config", office.configuration]).output
        clock.set(seconds: -20 * 365 * 86_400)
        let daemon = try await Program.daemon(office, environment: clock.environment)
        try await daemon.hasPrinted("HOLD: the clock is before the day this program was released")
        for answer in ["--send", "--drop"] {
            let refused = try await Program.run(["release", answer, "--config", office.configuration])
            #expect(refused.status == 1 && refused.errors.contains("set it right first"), "\(refused.errors)")
        }
        #expect(!daemon.errors.contains("remindd release"), "the advice would be wrong")
        #expect(try await Program.stop(daemon).status == 0)
        #expect(try await Program.run(["history", "--json", "--config", office.configuration]).output == before)
    }

    @Test("Finding 20: if the log's tail is lost within the hour, deliveries since then are held, not sent again (fault 149)")
    func lostTail() async throws {
        let office = try Self.office()
        let daemon = try await Program.daemon(office)
        try await daemon.hasPrinted("due (late): p/c")
        // Measures the write-ahead log before the reminder of plan `q` fires. Later the test cuts
        // the log to this size.
        let log = office.ledger + "-wal"
        let before = try Data(contentsOf: URL(fileURLWithPath: log)).count
        let other = Self.plan((Zone.utc.civil(at: Self.now).day + 4).description).replacing("plan: p", with: "plan: q")
        try office.folder.write("plans/q.yaml", other)
        #expect(try await Program.run(["reload", "--config", office.configuration]).status == 0)
        try await daemon.hasPrinted("due (late): q/c")
        daemon.send(SIGKILL)
        _ = try await daemon.finish()
        truncate(log, off_t(before))
        let held = try await Self.run(office, until: "notice: remindd ")
        #expect(held.contains("HOLD: this ledger is a copy"))
        #expect(!held.contains("due (late): q/c"))
    }

    @Test("A restored ledger does not repeat reminders that were due in between; `release` decides about them (fault 29)")
    func restored() async throws {
        let office = try Self.office()
        let early = Self.now - .days(3)
        let ledger = try SQLiteLedger.open(path: office.ledger, mode: .daemon, now: early)
        ledger.close()
        let copy = try Data(contentsOf: URL(fileURLWithPath: office.ledger))
        _ = try await Self.run(office, until: "due (late): p/c")
        try copy.write(to: URL(fileURLWithPath: office.ledger))
        let held = try await Self.run(office, until: "notice: remindd ")
        #expect(held.contains("HOLD: this ledger is a copy"))
        #expect(!held.contains("due (late)"))
        let dropped = try await Program.run(["release", "--drop", "--config", office.configuration])
        #expect(dropped.output.contains("1 not sent"), "\(dropped.output) \(dropped.errors)")
        let after = try await Self.run(office, until: "notice: remindd ")
        #expect(!after.contains("HOLD"))
        #expect(!after.contains("due (late)"))
        let nothing = try await Program.run(["release", "--send", "--config", office.configuration])
        #expect(nothing.output.contains("Nothing is held"))
    }
}
