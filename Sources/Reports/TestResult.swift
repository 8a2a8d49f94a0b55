import Dates
import Scheduler

/// The result of sending a test message through one channel.
package struct TestResult: Codable, Sendable {
    package let recipient: String
    package let channel: String
    /// The outcome of the attempt. If the channel's breaker was open and no attempt was made, this
    /// is the outcome that opened the breaker, as are `code` and `reply`; nil if it is not known.
    package let outcome: String?
    package let code: Int?
    package let reply: String?
    /// How long the channel's breaker stays open, in milliseconds; nil if an attempt was made.
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
