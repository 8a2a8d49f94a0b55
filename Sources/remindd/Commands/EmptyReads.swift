import Dates
import Scheduler

/// An empty ledger, for an evaluation before the first start of the daemon.
final class EmptyReads: EvaluationReads {
    private let now: Instant

    init(now: Instant) {
        self.now = now
    }

    var isRehearsal: Bool { false }
    func lookedUntil() throws(LedgerFailure) -> Instant { now }
    func held() throws(LedgerFailure) -> ClosedRange<Instant>? { nil }
    func rows(of keys: [ReminderKey]) throws(LedgerFailure) -> [RecordedReminder?] { keys.map { _ in nil } }
    func shares(of occurrence: OccurrenceKey, in directory: RecipientDirectory) throws(LedgerFailure) -> [DeliveryShare] { [] }
    func notifiedOccurrences(endingOnOrAfter day: Day) throws(LedgerFailure) -> [NotifiedOccurrence] { [] }
    func notified(
        after change: ReminderKey, of occurrences: [OccurrenceKey], in directory: RecipientDirectory
    ) throws(LedgerFailure) -> RecipientSet { RecipientSet() }
    func highestChange(plan: String, campaign: String) throws(LedgerFailure) -> Int { 0 }
    func unfinished() throws(LedgerFailure) -> [StoredReminder] { [] }
}
