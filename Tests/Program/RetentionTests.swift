import Foundation
import Ledgers
import ProgramHarness
import Support
import Testing

@testable import Dates
@testable import Plans
@testable import Scheduler

/// Checks which rows retention removes from the ledger and which rows it keeps.
@Suite("Retention")
struct RetentionTests {
    /// Makes a ledger in which 1 200 recipients were notified three years before `now`.
    private static func tellLongAgo(_ path: String, now: Instant) throws {
        let old = now - .days(1_100)
        let ledger = try SQLiteLedger.open(path: path, mode: .daemon, now: old)
        defer { ledger.close() }
        let day = Zone.utc.civil(at: old).day
        let reminder = Reminder(
            key: ReminderKey(plan: "trial", campaign: "past", lead: "on the day", anchor: day), occurrence: "once",
            start: day, end: day, due: old, deadline: old + .days(1))
        let deliveries = (0..<1_200).map {
            NewDelivery(id: DeliveryID(stored: "id-\($0)"), recipient: "r\($0)", channel: "hub")
        }
        _ = try ledger.fire(
            EvaluationResult(
                lookedUntil: old,
                firings: [.init(reminder: reminder, firedAt: old, late: false, deliveries: deliveries)]))
        let claims = try ledger.claim([ClaimRequest(channel: "hub", limit: 1_200)], recording: [], now: old).claims
        _ = try ledger.record(
            claims.map {
                DeliveryRecord(
                    $0.token, at: old, receipt: Receipt(.delivered, code: 204, reply: ""), next: .delivered)
            })
        _ = try ledger.fire(EvaluationResult(lookedUntil: now - .hours(1)))
    }

    @Test("An idle daemon removes the deliveries of three years ago and logs it, but keeps the occurrence (fault 118)")
    func threeYears() async throws {
        let noon = Noon()
        let office = try Office.plain(
            plan: noon.plan([("next", "Việc", noon.at(minutes: 300))], notify: "desk"), smtp: FreePort.next(),
            http: FreePort.next())
        let now = Instant(seconds: Int64(time(nil)))
        try Self.tellLongAgo(office.ledger, now: now)
        let daemon = try await Program.daemon(office)
        try await daemon.hasPrinted("deleted: 1200 deliveries")
        #expect(try await Program.stop(daemon).status == 0)
        #expect(try await Program.history(office).isEmpty)
        let ledger = try SQLiteLedger.open(path: office.ledger, mode: .reader, now: now)
        defer { ledger.close() }
        #expect(try ledger.notifiedOccurrences(endingOnOrAfter: Day(1970, 1, 1)!).map(\.key.campaign) == ["past"])
    }

    private final class Silence: Journal {
        func write(_: Entry) {}
    }

    @Test(
        "On a full disk retention removes nothing and does not fail; the next pass, a day later, continues (faults 16, 118)",
        .enabled(if: SmallDisk.mayMount, "only root can mount a disk of its own"))
    func fullDisk() async throws {
        let disk = try await SmallDisk.memory(megabytes: 8)
        let path = disk.path + "/ledger.sqlite"
        let now = Instant(seconds: Int64(time(nil)))
        try Self.tellLongAgo(path, now: now)
        let ledger = try SQLiteLedger.open(path: path, mode: .daemon, now: now)
        defer { ledger.close() }
        let retention = Retention(ledger: ledger, journal: Silence())
        disk.fill()
        #expect(try !retention.step(now: now))
        #expect(try ledger.counts()[.delivered] == 1_200)
        disk.free()
        #expect(try !retention.step(now: now + .hours(1)))
        while try retention.step(now: now + .days(1)) {}
        #expect(try ledger.counts()[.delivered] == 0)
    }
}
