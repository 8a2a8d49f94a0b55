import Dates
import Diagnostics
import Scheduler

/// The result of a test message that was sent through one channel, or that could not be tried.
package struct TestResult: Codable, Sendable {
    package let recipient: String
    package let channel: String
    /// The outcome of the attempt; nil if it is not known.
    ///
    /// If the channel's breaker was open, no attempt was made. `outcome`, `code` and `reply` are
    /// then those of the attempt that opened the breaker.
    package let outcome: String?
    package let code: Int?
    package let reply: String?
    /// How long the channel's breaker stays open, in milliseconds; nil if an attempt was made.
    package let wait_ms: Int64?
    /// Advice on which key of the configuration to correct; nil if there is no advice.
    package let advice: LocalizedText?

    package init(recipient: String, channel: String, _ receipt: Receipt?, wait: TimeSpan?, advice: LocalizedText?) {
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
