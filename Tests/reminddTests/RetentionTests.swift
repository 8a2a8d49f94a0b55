import Foundation
import Ledgers
import Scheduler
import Support
import Testing

/// What the daemon forgets, and what it does not.
@Suite("Retention")
struct RetentionTests {
    @Test("A daemon at rest forgets to whom a reminder of three years ago went, says so, and never sends it again (fault 118)")
    func threeYears() async throws {
        let noon = Noon()
        let office = try Office.plain(
            plan: noon.plan([("next", "Việc", noon.at(minutes: 300))], notify: "desk"), smtp: FreePort.next(),
            http: FreePort.next())
        let now = Instant(seconds: Int64(time(nil)))
        let old = now - .days(1_100)
        do {
            let ledger = try SQLiteLedger.open(path: office.ledger, mode: .daemon, now: old)
            defer { ledger.close() }
            let day = Zone.utc.civil(at: old).day
            let reminder = Reminder(
                key: ReminderKey(plan: "trial", campaign: "past", lead: "on the day", anchor: day), occurrence: "once",
                start: day,
                end: day, due: old, deadline: old + .days(1))
            let deliveries = (0..<1_200).map {
                NewDelivery(id: DeliveryID(stored: "id-\($0)"), recipient: "r\($0)", channel: "hub")
            }
            try ledger.fire(
                LookResult(
                    lookedUntil: old,
                    firings: [.init(reminder: reminder, firedAt: old, late: false, deliveries: deliveries)]))
            let claims = try ledger.claim([ClaimRequest(channel: "hub", limit: 1_200)], recording: [], now: old)
            try ledger.record(
                claims.map {
                    DeliveryRecord(
                        id: $0.id, attempt: 1, at: old, receipt: Receipt(.delivered, code: 204, reply: ""), next: .delivered)
                })
            try ledger.fire(LookResult(lookedUntil: now - .hours(1)))
        }
        let daemon = try await Program.daemon(office)
        try await daemon.hasPrinted("forgotten: 1200 deliveries")
        #expect(try await Program.stop(daemon).status == 0)
        #expect(try await Program.history(office).isEmpty)
        let ledger = try SQLiteLedger.open(path: office.ledger, mode: .reader, now: now)
        defer { ledger.close() }
        let past = OccurrenceKey(plan: "trial", campaign: "past", occurrence: "once")
        #expect(try ledger.recorded(of: [past]).count == 1)
    }
}
