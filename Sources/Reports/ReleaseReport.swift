import Diagnostics

/// The result of an operator's decision to send or to drop the deliveries that are held.
package struct ReleaseReport: Codable, Sendable {
    /// The times that the operator has to compare, and the number of reminders that are now missed.
    package struct Review: Codable, Sendable {
        package let now: LocalTime
        package let lastEvaluation: LocalTime
        package let missed: Int

        package init(now: LocalTime, lastEvaluation: LocalTime, missed: Int) {
            self.now = now
            self.lastEvaluation = lastEvaluation
            self.missed = missed
        }
    }

    package enum Result: Codable, Sendable {
        case noLedger(path: String)
        case nothingHeld
        /// The clock is far ahead of the last evaluation, and the operator has not confirmed it.
        case unconfirmed(Review, complaint: LocalizedText)
        case released(Review, notSent: Int, byDaemon: Bool)
    }

    /// Whether the operator decided to send the held deliveries.
    package let sends: Bool
    package let result: Result

    package init(sends: Bool, _ result: Result) {
        self.sends = sends
        self.result = result
    }
}
