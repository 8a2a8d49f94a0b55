/// The ways in which a promise can be broken.
enum Violation: String, CaseIterable {
    /// A recipient did not get a due message, or a message is wrongly recorded as delivered.
    case lost
    /// A message left before its due time.
    case early
    /// A message left at or after its deadline.
    case afterDeadline = "after its deadline"
    case wrongRecipient = "to a wrong recipient"
    /// A message gives dates that are wrong.
    case oldDates = "with wrong dates"
    /// A message was sent again after a delivery, without a mark after no reply, or too often.
    case doubled = "doubled outside unknown"
    /// A delivery waits or is in flight a day after the last fault, or the loops spin.
    case stuck = "stuck"
    /// A missed or superseded reminder is not recorded.
    case silent
    /// The ledger and reality differ in any other way.
    case disorder = "otherwise against the rule"
}
