/// The durable record of the reminders that fired and of the outcome of each attempt.
///
/// It also records for which recipients a reminder fired. One process owns a ledger. Its calls come
/// from one thread and block until the result is durable. Once a writing call has returned, a power
/// cut does not undo it. If a call throws, none of its changes were made. Every engine must pass
/// the behaviour suite in `Tests/LedgersTests`.
public protocol Ledger: PlanningLedger, DeliveringLedger, OperatedLedger, LedgerReader, LedgerUpkeep {}
