/// The ways in which a promise can be broken.
enum Violation: String, CaseIterable {
    /// A due message is not sent or is abandoned without a reason, or an outcome is wrong.
    case lost
    /// A message was sent before its due time.
    case early
    /// A message was sent at or after its deadline.
    case afterDeadline = "after its deadline"
    case wrongRecipient = "to a wrong recipient"
    /// A message contains wrong dates, or a change notice is wrong or is sent too soon.
    case oldDates = "with wrong dates"
    /// A message was sent again without a permitted reason, or a possible duplicate is not marked.
    case doubled = "doubled outside unknown"
    /// A delivery waits or is in flight too long, an evaluation is overdue, or a loop spins.
    case stuck = "stuck"
    /// A missed or superseded reminder, or the reason of a withdrawal, is not recorded.
    case silent
    /// The ledger differs from the oracle's book in another way, or a step is not permitted.
    case disorder = "otherwise against the rule"
}
