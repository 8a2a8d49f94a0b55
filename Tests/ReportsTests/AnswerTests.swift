import Dates
import Diagnostics
import Foundation
import Reports
import Scheduler
import Testing

/// Tests that every `Answer` can be sent as JSON through the control socket.
@Suite("Answers")
struct AnswerTests {
    private static let now = instant("2027-02-22T02:00:00Z")

    private static func all() throws -> [Answer] {
        let files = try Files()
        let ledger = FakeLedger(lookedUntil: now - .hours(3))
        ledger.heldRange = (now - .days(1))...now
        ledger.states = [.delivered: 1]
        let context = files.context(ledger, now: now, running: .some(troubles: ["\u{202E}x"]))
        let preview = try Preview(files.loaded.accepted, ledger, now: now)
        let changes = ReloadChanges(
            from: files.loaded.accepted, to: files.loaded.accepted, now: now, zone: context.zone, preview: preview)
        let review = ReleaseReport.Review(
            now: context.local(now), lastEvaluation: context.local(now), missed: 3)
        let releases: [ReleaseReport.Result] = [
            .noLedger(path: "x"), .nothingHeld, .unconfirmed(review, complaint: "c"),
            .released(review, notSent: 2, byDaemon: true),
        ]
        let problem = Problem(
            severity: .error, source: .data, place: .init(file: "a.yaml", line: 1, column: 2), message: "m", hints: ["h"])
        let receipt = Receipt(.unknown, code: 421, reply: "421 busy")
        let reports: [Report] = [
            .status(try StatusReport(context)), .history(try HistoryReport(states: [], context)),
            .listing(try HistoryReport(states: ["dead"], context)), .retry(RetryReport(RetriedPart())),
            .reload(ReloadReport(isDryRun: true, problems: [problem], changes: changes, .refused(why: "w"))),
            .reload(
                ReloadReport(isDryRun: false, problems: [], changes: nil, .accepted(plans: 1, campaigns: 2, recipients: 3))),
            .tests([TestResult(recipient: "an", channel: "mail", receipt, wait: .minutes(2), advice: "a")]),
            .evaluation(.rows([nil])), .evaluation(.highestChange(3)), .evaluation(.notified(["an"])),
            .health(HealthReport(.some())),
            .readiness(ReadinessReport(clockIsHeld: true, ledgerIsFull: false, ledgerIsHeld: false)),
            .exposition(["# HELP"]), .backup(path: "/x"), .failure("no"),
        ]
        return (reports + releases.map { .release(ReleaseReport(sends: true, $0)) }).map { Answer($0, status: 75) }
    }

    @Test("Every report is the same after it is encoded as JSON and decoded")
    func roundTrip() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        for answer in try Self.all() {
            let bytes = try encoder.encode(answer)
            let read = try JSONDecoder().decode(Answer.self, from: bytes)
            #expect(read.status == 75)
            #expect(try encoder.encode(read) == bytes, "\(answer)")
        }
    }

    @Test("A test message is delivered only if the channel was tried and the server accepted it")
    func delivered() {
        func result(_ outcome: Outcome, wait: TimeSpan? = nil) -> Bool {
            TestResult(recipient: "an", channel: "mail", Receipt(outcome, reply: ""), wait: wait, advice: nil).isDelivered
        }
        #expect(result(.delivered))
        #expect(!result(.delivered, wait: .minutes(1)))
        #expect(!result(.refusedForNow))
    }
}
