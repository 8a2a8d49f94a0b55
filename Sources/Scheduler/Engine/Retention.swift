import Dates

/// Deletes deliveries and attempts after two years, so that the ledger stops growing.
///
/// Reminders are kept. Retention runs once a day while the loop is idle, a few hundred rows at a
/// time.
public final class Retention {
    private let ledger: any LedgerUpkeep
    private let journal: any Journal
    private var nextPass = Instant.distantPast
    private var forgotten = 0

    /// How long deliveries are kept after their deadline.
    ///
    /// Evaluations do not read older deliveries. A change of an occurrence is announced for up to
    /// 400 days after its last day, and a lead is due up to 730 days after that day.
    public static let kept = TimeSpan.days(730)
    /// The number of deliveries that one step checks.
    ///
    /// A transaction of this size takes only a few milliseconds.
    static let deliveriesPerStep = 500
    static let every = TimeSpan.days(1)

    public init(ledger: any LedgerUpkeep, journal: any Journal) {
        self.ledger = ledger
        self.journal = journal
    }

    /// Checks some rows and deletes the old ones. Returns whether more rows must be checked now.
    func step(now: Instant) throws(LedgerFailure) -> Bool {
        // The second condition ensures that a clock that was set back does not postpone the next
        // pass.
        guard now >= nextPass || nextPass - now > Retention.every else { return false }
        let before = now - Retention.kept
        do {
            let pruned = try ledger.prune(endedBefore: before, limit: Retention.deliveriesPerStep)
            forgotten += pruned.deliveries
            guard pruned.isComplete else { return true }
        } catch .full {
            // Nothing is lost, because the next pass tries the same rows again.
        }
        nextPass = now + Retention.every
        if forgotten > 0 { journal.write(.pruned(deliveries: forgotten, before: before)) }
        forgotten = 0
        return false
    }
}
