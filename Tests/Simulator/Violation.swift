/// The ways in which a promise can be broken.
enum Violation: String, CaseIterable {
    /// A due message was not sent or was given up without a reason, or a wrong outcome is recorded.
    case lost
    /// A message was sent before its due time.
    case early
    /// A message was sent at or after its deadline.
    case afterDeadline = "after its deadline"
    case wrongRecipient = "to a wrong recipient"
    /// A message gives wrong dates, or a change notice is wrong or comes too soon.
    case oldDates = "with wrong dates"
    /// A message was sent again without a permitted reason, or a possible duplicate is not marked.
    case doubled = "doubled outside unknown"
    /// A delivery waits or stays in flight too long, an evaluation is overdue, or the loops spin.
    case stuck = "stuck"
    /// A missed or superseded reminder, or the reason for a withdrawal, is not recorded.
    case silent
    /// The ledger and the oracle's book differ in any other way, or a step is not permitted.
    case disorder = "otherwise against the rule"
}
