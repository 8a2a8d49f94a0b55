/// How a promise can be broken, as the reader of a run counts it.
enum Violation: String, CaseIterable {
    /// A reader did not get what was due to them, or it is called delivered and was not.
    case lost
    /// Bytes left before the due.
    case early
    /// Bytes left at or after the deadline.
    case afterDeadline = "after its deadline"
    case wrongRecipient = "to a wrong recipient"
    /// A message says dates that do not hold.
    case oldDates = "with wrong dates"
    /// Sent a second time after an answer, or after none without saying so, or more often than the policy allows.
    case doubled = "doubled outside unknown"
    /// Waits, or is in flight, when the faults have been over for a day; or the loops turn without an end.
    case stuck = "stuck"
    /// Missed or superseded, and not written down.
    case silent
    /// The ledger and what really happened differ in any other way.
    case disorder = "otherwise against the rule"
}
