import Dates
import Scheduler

/// The result of sending a test message through one channel.
package struct TestResult: Codable, Sendable {
    package let recipient: String
    package let channel: String
    /// The outcome of the attempt. If the channel was not tried, the outcome that paused it.
    package let outcome: String?
    package let code: Int?
    package let reply: String?
    /// How long the channel remains paused, in milliseconds; nil if the channel was tried.
    package let wait_ms: Int64?
    /// The key to correct in the configuration.
    package let advice: String?

    package init(recipient: String, channel: String, _ receipt: Receipt?, wait: TimeSpan?, advice: String?) {
        self.recipient = recipient
        self.channel = channel
        outcome = receipt?.outcome.rawValue
        code = receipt?.code
        reply = receipt?.reply
        wait_ms = wait?.milliseconds
        self.advice = advice
    }

    package var isDelivered: Bool { wait_ms == nil && outcome == Outcome.delivered.rawValue }
}
