import Dates

/// Deletes deliveries and attempts after two years, so that the ledger stops growing. Reminders are
/// kept.
///
/// Runs once a day while there is nothing else to do, a few hundred rows at a time.
public final class Retention {
    private let ledger: any LedgerUpkeep
    private let journal: any Journal
    private var nextPass = Instant.distantPast
    private var forgotten = 0

    /// Evaluations read no deliveries older than this. Changes of an occurrence are announced for
    /// 400 days after its last day, and leads are due up to 730 days after it.
    public static let kept = TimeSpan.days(730)
    /// Few enough for a transaction of some milliseconds.
    static let deliveriesPerStep = 500
    static let every = TimeSpan.days(1)

    public init(ledger: any LedgerUpkeep, journal: any Journal) {
        self.ledger = ledger
        self.journal = journal
    }

    /// Prunes some rows. Returns true while there are more to check now.
    func step(now: Instant) throws(LedgerFailure) -> Bool {
        // A clock that was set back must not postpone the next pass.
        guard now >= nextPass || nextPass - now > Retention.every else { return false }
        let before = now - Retention.kept
        do {
            let pruned = try ledger.prune(endedBefore: before, limit: Retention.deliveriesPerStep)
            forgotten += pruned.deliveries
            guard pruned.isComplete else { return true }
        } catch .full {
            // Nothing is lost, because the next pass begins anew.
        }
        nextPass = now + Retention.every
        if forgotten > 0 { journal.write(.pruned(deliveries: forgotten, before: before)) }
        forgotten = 0
        return false
    }
}
