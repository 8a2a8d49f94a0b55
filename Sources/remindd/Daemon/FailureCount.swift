import Clocks
import Dates
import Ledgers
import Scheduler

/// The number of failed deliveries in the ledger, for monitoring programs that ask often.
///
/// Only the loop's thread uses it.
final class FailureCount {
    private let ledger: SQLiteLedger
    private var counted: FailedDeliveries?
    /// When `counted` is outdated, in milliseconds of the monotonic clock.
    private var validUntil_ms: Int64 = 0

    /// The time for which a count is used, as a multiple of the time that it took.
    ///
    /// Counting thus takes at most 1 % of the loop's time. A count of a few failures takes less
    /// than a millisecond, and is therefore never outdated by more than a tenth of a second. A
    /// count of 100 000 failures may be outdated by half a minute.
    private static let validity: Int64 = 100

    init(_ ledger: SQLiteLedger) {
        self.ledger = ledger
    }

    func value(now: Instant) throws(LedgerFailure) -> FailedDeliveries {
        let began = SystemClock.monotonic()
        if let counted, began < validUntil_ms { return counted }
        let count = try ledger.failedDeliveries(now: now)
        let ended = SystemClock.monotonic()
        counted = count
        validUntil_ms = ended + (ended - began) * FailureCount.validity
        return count
    }
}
