/// Keeps the ledger from growing for ever: deliveries and attempts are kept for two years, reminders always.
///
/// Works while there is nothing else to do, a few hundred rows at a time, once a day.
public final class Retention {
    private let ledger: any Ledger
    private let journal: any Journal
    private var nextPass = Instant.distantPast
    private var forgotten = 0

    /// Changes of an occurrence are told for 400 days after its last day, leads come up to 730 days after it: the ledger is asked about
    /// nothing older than this.
    public static let kept = Span.days(730)
    /// A transaction of some milliseconds.
    static let deliveriesPerStep = 500
    static let every = Span.days(1)

    public init(ledger: any Ledger, journal: any Journal) {
        self.ledger = ledger
        self.journal = journal
    }

    /// One pass over some rows. True while there is more to go through now.
    func step(now: Instant) throws(LedgerFailure) -> Bool {
        // A clock that was set back does not put the next pass off.
        guard now >= nextPass || nextPass - now > Retention.every else { return false }
        let before = now - Retention.kept
        do {
            let pruned = try ledger.prune(endedBefore: before, limit: Retention.deliveriesPerStep)
            forgotten += pruned.deliveries
            guard pruned.isComplete else { return true }
        } catch .full {
            // Nothing is lost by it: the next pass begins anew.
        }
        nextPass = now + Retention.every
        if forgotten > 0 { journal.write(.pruned(deliveries: forgotten, before: before)) }
        forgotten = 0
        return false
    }
}
