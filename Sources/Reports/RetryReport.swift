import Scheduler

/// The result of one step of a retry of failed deliveries. A long retry takes several steps.
package struct RetryReport: Codable, Sendable {
    /// The ids of deliveries that are pending again.
    package let retried: [String]
    /// The ids of failed deliveries that are not retried, because their deadline is past.
    package let expired: [String]
    /// The position in the ledger at which the next step begins; nil after the last step.
    package let next: LedgerCursor?

    package init(_ part: RetriedPart) {
        retried = part.retried.map(\.text)
        expired = part.expired.map(\.text)
        next = part.next
    }
}
