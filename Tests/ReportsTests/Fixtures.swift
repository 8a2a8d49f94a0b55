import Config
import Dates
import Diagnostics
import Foundation
import Reports
import Scheduler
import Support
import Testing

/// The configuration that is read from files with one plan.
struct Files {
    static let plan = """
        plan: trial
        title: Trial
        timezone: Asia/Ho_Chi_Minh
        language: en
        notify: [an]
        remind: [7 days before]
        campaigns:
          - {id: spring, title: Spring fair, when: 1/3-15/3}
          - {id: autumn, title: Autumn fair, when: 1/9}

        """

    static let recipients = "  - {id: an, email: an@example.vn, via: [mail]}"

    let loaded: Loaded

    init(plan: String = Files.plan, channels: String = "", recipients: String = Files.recipients) throws {
        let folder = try TemporaryFolder()
        try folder.write("plans/plan.yaml", plan)
        let configuration = try folder.write(
            "remindd.yaml",
            """
            plans: plans/
            timezone: Asia/Ho_Chi_Minh
            channels:
              mail: {email: {server: "smtp://127.0.0.1:2525", tls: off, from: "Nhắc việc <nhac@example.vn>"}}
              \(channels)
            recipients:
            \(recipients)

            """)
        let loader = Loader()
        let read = loader.load(configuration: configuration)
        #expect(!loader.problems.hasErrors, "\(loader.problems.sorted.map(\.description))")
        loaded = try #require(read)
    }

    func context(_ ledger: FakeLedger?, now: Instant, running: RunningFacts? = nil) -> QueryContext {
        QueryContext(
            loaded: loaded, ledger: ledger, ledgerPath: "/var/lib/remindd/ledger.sqlite", now: now,
            released: instant("2026-01-01T00:00:00Z"), running: running)
    }
}

func instant(_ text: String) -> Instant { Instant(rfc3339: text) ?? .distantPast }

/// A ledger whose content the test sets. It has no reminders that have fired.
final class FakeLedger: LedgerReader, EvaluationReads {
    var isRehearsal = false
    var looked: Instant
    var heldRange: ClosedRange<Instant>?
    var states: [DeliveryState: Int] = [:]
    var failures = FailedDeliveries()
    /// All rows of the history. `history` returns the last rows, up to the limit of the filter.
    var rows: [HistoryRow] = []

    init(lookedUntil: Instant) {
        looked = lookedUntil
    }

    func lookedUntil() throws(LedgerFailure) -> Instant { looked }
    func held() throws(LedgerFailure) -> ClosedRange<Instant>? { heldRange }
    func counts() throws(LedgerFailure) -> [DeliveryState: Int] { states }
    func failedDeliveries(now: Instant) throws(LedgerFailure) -> FailedDeliveries { failures }
    func history(_ filter: HistoryFilter) throws(LedgerFailure) -> [HistoryRow] { Array(rows.suffix(filter.limit)) }
    func rows(of keys: [ReminderKey]) throws(LedgerFailure) -> [RecordedReminder?] { keys.map { _ in nil } }
    func shares(of occurrence: OccurrenceKey, in directory: RecipientDirectory) throws(LedgerFailure) -> [DeliveryShare] { [] }
    func notifiedOccurrences(endingOnOrAfter day: Day) throws(LedgerFailure) -> [NotifiedOccurrence] { [] }
    func notified(
        after change: ReminderKey, of occurrences: [OccurrenceKey], in directory: RecipientDirectory
    ) throws(LedgerFailure) -> RecipientSet { RecipientSet() }
    func highestChange(plan: String, campaign: String) throws(LedgerFailure) -> Int { 0 }
    func unfinished() throws(LedgerFailure) -> [StoredReminder] { [] }
}

extension RunningFacts {
    static func some(clockComplaint: ClockComplaint? = nil, reloadRefused: Bool = false, troubles: [String] = []) -> RunningFacts
    {
        RunningFacts(
            startedAt: instant("2027-01-01T00:00:00Z"), reloadedAt: nil, reloadRefused: reloadRefused, changedFiles: ["a.yaml"],
            failing: ["mail"], troubles: troubles.map(LocalizedText.init(verbatim:)), clockComplaint: clockComplaint)
    }
}
