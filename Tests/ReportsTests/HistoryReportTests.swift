import Dates
import Reports
import Scheduler
import Testing

@Suite("History report")
struct HistoryReportTests {
    private static let now = instant("2027-03-02T00:00:00Z")

    private static func row(attemptAt last: String?, late: Bool = false) -> HistoryRow {
        let key = ReminderKey(plan: "trial", campaign: "spring", lead: "7 days before", anchor: Day("2027-03-01")!)
        let reminder = Reminder(
            key: key, occurrence: "2027", start: Day("2027-03-01")!, end: Day("2027-03-15")!,
            due: instant("2027-02-22T08:00:00+07:00"), deadline: instant("2027-03-16T00:00:00+07:00"))
        let attempts = last.map {
            [HistoryRow.Attempt(at: instant($0), outcome: .refusedForGood, code: 550, reply: "550 no")]
        }
        return HistoryRow(
            stored: StoredReminder(reminder: reminder, firedAt: reminder.due, late: late),
            delivery: DeliveryID(reminder: key, recipient: "an", channel: "mail", rehearsal: false), recipient: "an",
            channel: "mail", state: "dead", attempts: attempts ?? [])
    }

    private static func query(_ campaign: String? = nil, recipient: String? = nil, limit: Int = 1_000) -> HistoryReport.Query {
        HistoryReport.Query(campaign: campaign, recipient: recipient, since: nil, limit: limit)
    }

    @Test(
        "A delivery is late if it fired late or was last tried on a later day of the plan's zone",
        arguments: [
            ("2027-02-22T23:59:59+07:00", false, false), ("2027-02-22T17:00:00Z", false, true), (nil, false, false),
            (nil, true, true),
        ] as [(String?, Bool, Bool)])
    func late(last: String?, fired: Bool, isLate: Bool) throws {
        let entry = HistoryEntry(Self.row(attemptAt: last, late: fired), in: try Files().loaded.configuration.timezone)
        #expect(entry.isLate == isLate)
        #expect(entry.due.rfc3339 == "2027-02-22T08:00:00+07:00" && entry.due.toTheMinute == "2027-02-22 08:00")
        #expect(entry.attempts.map(\.code) == (last == nil ? [] : [550]))
    }

    @Test("A name that is neither configured nor recorded is refused with a hint, and a recorded one is accepted")
    func names() throws {
        let (files, ledger) = (try Files(), FakeLedger(lookedUntil: Self.now))
        for (query, hint) in [(Self.query("sprung"), "\"spring\""), (Self.query(recipient: "ann"), "\"an\"")] {
            let failure = #expect(throws: HistoryReport.Failure.self) {
                try HistoryReport(query, files.context(ledger, now: Self.now))
            }
            guard case .name(let refusal) = failure else {
                Issue.record("\(String(describing: failure))")
                continue
            }
            #expect(refusal.status == 3 && refusal.message.description.contains("did you mean \(hint)"), "\(refusal.message)")
        }
        ledger.rows = [Self.row(attemptAt: nil)]
        #expect(try HistoryReport(Self.query("sprung"), files.context(ledger, now: Self.now)).entries.count == 1)
    }

    @Test("A running daemon stops at its limit of rows and reports this, and a command without a daemon does not")
    func limit() throws {
        let (files, ledger) = (try Files(), FakeLedger(lookedUntil: Self.now))
        ledger.rows = Array(repeating: Self.row(attemptAt: nil), count: HistoryReport.rowLimit + 1)
        let query = Self.query(limit: 20_000)
        let cut = try HistoryReport(query, files.context(ledger, now: Self.now, running: .some()))
        #expect(cut.entries.count == HistoryReport.rowLimit && cut.limitReached == HistoryReport.rowLimit)
        let whole = try HistoryReport(query, files.context(ledger, now: Self.now))
        #expect(whole.entries.count == HistoryReport.rowLimit + 1 && whole.limitReached == nil)
    }

    @Test("Without a ledger, a history names the expected path and a list of failures is empty")
    func noLedger() throws {
        let context = try Files().context(nil, now: Self.now)
        #expect(try HistoryReport(Self.query(), context).missingLedger == "/var/lib/remindd/ledger.sqlite")
        let failures = try HistoryReport(states: ["dead"], context)
        #expect(failures.missingLedger == nil && failures.entries.isEmpty)
    }
}
