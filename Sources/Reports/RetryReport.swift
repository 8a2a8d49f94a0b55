import Scheduler

/// The result of one part of a retry of failed deliveries.
package struct RetryReport: Codable, Sendable {
    /// Ids of deliveries that are pending again.
    package let retried: [String]
    /// Ids of failed deliveries whose deadline is past.
    package let expired: [String]
    /// Where the next part begins; nil if this part was the last.
    package let next: LedgerCursor?

    package init(_ part: RetriedPart) {
        retried = part.retried.map(\.text)
        expired = part.expired.map(\.text)
        next = part.next
    }
}
