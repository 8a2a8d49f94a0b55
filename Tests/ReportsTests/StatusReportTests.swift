import Dates
import Reports
import Scheduler
import Testing

@Suite("Status report")
struct StatusReportTests {
    private static let now = instant("2027-01-01T00:00:00Z")

    @Test("Without a ledger, the report has the counts from the files and the next due time")
    func withoutLedger() throws {
        let report = try StatusReport(Files().context(nil, now: Self.now))
        #expect((report.plans, report.campaigns, report.recipients) == (1, 2, 1))
        #expect(report.nextDue?.rfc3339 == "2027-02-22T08:00:00+07:00")
        #expect(!report.hasLedger && report.lookedUntil == nil && report.hold == nil && report.running == nil)
        #expect(report.clockComplaint == nil && report.deliveries(.dead) == 0)
    }

    @Test("The report has the ledger's counts and hold, and complains of a clock that is too far ahead")
    func withLedger() throws {
        let ledger = FakeLedger(lookedUntil: Self.now - .days(200))
        ledger.states = [.dead: 2, .inFlight: 1]
        ledger.heldRange = (Self.now - .days(3))...Self.now
        let report = try StatusReport(Files().context(ledger, now: Self.now))
        #expect((report.deliveries(.dead), report.deliveries(.inFlight), report.deliveries(.pending)) == (2, 1, 0))
        #expect(report.hold?.from.rfc3339 == "2026-12-29T07:00:00+07:00")
        #expect(report.hold?.until.rfc3339 == "2027-01-01T07:00:00+07:00")
        #expect(report.clockComplaint?.description == ClockComplaint.ahead.description)
    }

    @Test("The clock is not compared with a rehearsal's ledger, which has its own time")
    func rehearsal() throws {
        let ledger = FakeLedger(lookedUntil: instant("2027-05-01T00:00:00Z"))
        ledger.isRehearsal = true
        let report = try StatusReport(Files().context(ledger, now: Self.now + .days(1_000)))
        #expect(report.clockComplaint == nil)
        #expect(report.nextDue?.rfc3339 == "2027-08-25T08:00:00+07:00")
    }

    @Test("A running daemon's complaint about the clock replaces the ledger's")
    func running() throws {
        let ledger = FakeLedger(lookedUntil: Self.now)
        let facts = RunningFacts.some(clockComplaint: .setAhead)
        let report = try StatusReport(Files().context(ledger, now: Self.now, running: facts))
        #expect(report.clockComplaint?.description == ClockComplaint.setAhead.description)
        #expect(report.running?.startedAt.rfc3339 == "2027-01-01T07:00:00+07:00")
        #expect(report.running?.failingChannels == ["mail"] && report.running?.reloadedAt == nil)
    }

    @Test("Health lists troubles and a refused reload, and readiness lists reasons")
    func healthAndReadiness() {
        #expect(HealthReport(.some()).troubles.isEmpty)
        #expect(HealthReport(.some(reloadRefused: true, troubles: ["no server"])).troubles.count == 2)
        let failures = FailedDeliveries(dead: 5, unknown: 2, deadWithTimeLeft: 2, unknownWithTimeLeft: 1)
        #expect(
            HealthReport(.some(), failures: failures).troubles == [
                "deliveries that can still be sent again (2 dead, 1 unknown): remindd failed"
            ])
        #expect(HealthReport(.some(), failures: FailedDeliveries(dead: 5, unknown: 2)).troubles.isEmpty, "nothing can be done")
        #expect(ReadinessReport(clockIsHeld: false, ledgerIsFull: false, ledgerIsHeld: false).reasons.isEmpty)
        #expect(ReadinessReport(clockIsHeld: true, ledgerIsFull: true, ledgerIsHeld: true).reasons.count == 3)
    }

    @Test("The report says what is due next, for whom, and how many failed deliveries can still be sent")
    func nextAndFailures() throws {
        let people = (1...5).map { "  - {id: r\($0), name: Người \($0), email: r\($0)@example.vn, via: [mail]}\n" }.joined()
        let plan = Files.plan.replacingOccurrences(of: "notify: [an]", with: "notify: [r1, r2, r3, r4, r5]")
        let ledger = FakeLedger(lookedUntil: Self.now)
        ledger.failures = FailedDeliveries(dead: 2, unknown: 0, deadWithTimeLeft: 1)
        let report = try StatusReport(Files(plan: plan, recipients: people).context(ledger, now: Self.now))
        #expect(report.nextDue?.asWritten == "08:00, Monday 22/02/2027")
        let next = try #require(report.next.first)
        #expect(report.next.count == 1 && next.title == "Spring fair" && next.campaign == "spring")
        #expect(next.recipients == 5 && next.first == ["Người 1", "Người 2", "Người 3"])
        #expect(next.start.asWritten == "01/03/2027" && next.end.asWritten == "15/03/2027")
        #expect(report.failures.withTimeLeft == 1)
    }
}
