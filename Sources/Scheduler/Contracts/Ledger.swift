/// The durable record of the reminders that fired and of the outcome of each attempt.
///
/// It also records the recipients for whom a reminder fired. One process owns a ledger. All calls
/// come from one thread and block until the result is durable. Once a writing call has returned, a
/// power cut does not undo its changes. If a call throws, none of its changes were made. Every
/// implementation must pass the behaviour suite in `Tests/LedgersTests`.
public protocol Ledger: PlanningLedger, DeliveringLedger, OperatedLedger, LedgerReader, LedgerUpkeep {}
