import Dates
import Foundation
import Ledgers
import ProgramHarness
import Scheduler
import Support
import Testing

/// Tests `failed retry` of the built program.
@Suite("failed retry")
struct FailedRetryTests {
    private static let day = Zone.utc.civil(at: Instant(seconds: Int64(time(nil)))).day + 20

    /// Returns an office with dead deliveries in its ledger.
    ///
    /// There are `count` deliveries through the hub, one delivery by mail, and one delivery whose
    /// deadline is past.
    private static func office(http: UInt16, dead count: Int) throws -> Office {
        let group = (0..<count).map { "  - {id: r\($0), via: [hub]}" }.joined(separator: "\n")
        let office = try Office.plain(
            plan: """
                plan: p
                title: P
                timezone: Etc/UTC
                notify: [an]
                remind: [20 days before]
                rest_days: send
                campaigns:
                  - {id: c, title: C, when: \(day)}
                  - {id: d, title: D, when: \(day)}

                """,
            smtp: FreePort.next(), http: http, recipients: Office.twoPeople + "\n" + group)
        let now = Instant(seconds: Int64(time(nil)))
        let ledger = try SQLiteLedger.open(path: office.ledger, mode: .daemon, now: now)
        defer { ledger.close() }
        func fire(_ campaign: String, _ channel: String, _ readers: [String], isOver: Bool = false) throws {
            let (start, due) = (isOver ? day - 19 : day, now - .hours(20))
            let reminder = Reminder(
                key: ReminderKey(plan: "p", campaign: campaign, lead: isOver ? "old" : "20 days before", anchor: start),
                occurrence: "once", start: start, end: start, due: due,
                deadline: isOver ? now - .hours(1) : Zone.utc.startOfDay(start + 1))
            let deliveries = readers.map {
                NewDelivery(
                    id: DeliveryID(reminder: reminder.key, recipient: $0, channel: channel, rehearsal: false), recipient: $0,
                    channel: channel)
            }
            _ = try ledger.fire(
                EvaluationResult(
                    lookedUntil: now,
                    firings: [.init(reminder: reminder, firedAt: due, late: false, deliveries: deliveries)]))
            let claims = try ledger.claim(
                [ClaimRequest(channel: channel, limit: readers.count)], recording: [], now: due
            ).claims
            _ = try ledger.record(
                claims.map {
                    DeliveryRecord(
                        $0.token, at: due, receipt: Receipt(.refusedForGood, code: 400, reply: "no"), next: .dead)
                })
        }
        try fire("c", "hub", (0..<count).map { "r\($0)" })
        try fire("d", "mail", ["an"])
        try fire("d", "hub", ["desk"], isOver: true)
        return office
    }

    private func retry(_ office: Office, _ more: String...) async throws -> Subprocess.Finished {
        try await Program.run(["failed", "retry", "--config", office.configuration] + more)
    }

    @Test("Finding 10: failed retry puts 11 000 deliveries of a campaign back while the daemon sends")
    func campaign() async throws {
        let hub = try await ScriptedServer("receiver.py")
        let office = try Self.office(http: hub.port, dead: 11_000)
        let daemon = try await Program.daemon(office)
        let all = try await retry(office, "--campaign", "c")
        #expect(all.output == "11000 failed deliveries pending again.\n" && all.status == 0, "\(all.errors)")
        #expect(await hub.sees(within: .seconds(60)) { $0.count { $0.status == 204 } >= 500 })
        let again = try await retry(office, "--campaign", "p/c")
        #expect(again.output == "0 failed deliveries pending again.\n" && again.status == 0)
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test(
        "Finding 10: failed retry selects by channel and day, reports expired deliveries, and exits with 3 for unknown names"
    )
    func selections() async throws {
        let office = try Self.office(http: FreePort.next(), dead: 3)
        let nothing = try await retry(office)
        #expect(nothing.status == 2 && nothing.errors.contains("--campaign, --channel, --since"), "\(nothing.errors)")
        for (option, name) in [("--campaign", "nobody"), ("--channel", "fax")] {
            let unknown = try await retry(office, option, name)
            #expect(unknown.status == 3 && unknown.errors.contains("no \(option.dropFirst(2)) \"\(name)\""), "\(unknown.errors)")
        }
        #expect(try await retry(office, "--since", "\(Self.day)").output == "0 failed deliveries pending again.\n")
        let mail = try await retry(office, "--channel", "mail", "--campaign", "d")
        #expect(mail.output == "1 failed delivery pending again.\n" && mail.status == 0, "\(mail.errors)")
        let failed = try await Program.history(office).filter { $0.state == "dead" }
        let past = try #require(failed.first { $0.lead == "old" }?.delivery)
        let first = try #require(failed.first { $0.recipient == "r0" }?.delivery)
        let named = try await retry(office, first, past, "nonsense")
        #expect(named.output == "\(first): pending again\n" && named.status == 3)
        #expect(named.errors.contains("\(past): its deadline is past\n"))
        #expect(named.errors.contains("nonsense: no failed delivery has this id\n"))
        let hub = try await retry(office, "--channel", "hub")
        #expect(hub.output == "2 failed deliveries pending again. 1 left: their deadline is past.\n" && hub.status == 0)
        #expect(try await retry(office, "--channel", "hub").status == 1, "only expired deliveries are left")
        let structured = try await retry(office, "--channel", "hub", "--format", "json")
        #expect(structured.output == "{\"retried\":0,\"expired\":1}\n")
    }
}
