import Dates
import Scheduler

/// An attempt to send a message, with its result. It stays recorded if the ledger is restored.
// @unchecked: a run and everything in it stays on one thread.
final class Attempt: @unchecked Sendable {
    let delivery: DeliveryID
    let number: Int
    /// When the message was sent, by `SimulatedClock.truth`.
    let began: Instant
    let flagged: Bool
    /// The reminder in the message.
    let reminder: Reminder
    let kind: ReminderContent.Kind
    let title: String
    let recipient: String
    let channel: String
    /// The description of the delivery in traces and violations.
    let words: String
    /// The number of copies of the message that the recipient got.
    var copies = 0
    var acceptedAt: Instant?
    /// The server's reply; nil until the reply arrives.
    var receipt: Receipt?
    /// The real scope of the reply, which the simulated server decides. The daemon may not know it.
    var truth = Scope.recipient
    /// When the server replied, by `SimulatedClock.truth`.
    var answeredAt: Instant?
    /// Whether the process died before the outcome of the attempt was on the disk.
    var crashed = false
    var isRecorded = false
    /// Whether the ledger was restored from a copy that has no record of this attempt.
    var isForgotten = false

    init(_ message: Message, _ delivery: Book.Delivery, channel: String, began: Instant, words: String) {
        self.delivery = message.delivery
        number = message.attempt
        self.began = began
        flagged = message.possibleDuplicate
        reminder = message.notice.reminder
        kind = message.notice.kind
        title = message.notice.campaign.title
        recipient = delivery.recipient
        self.channel = channel
        self.words = words
    }

    /// Whether the server delivered the message but replied that it had not.
    var isLie: Bool {
        guard copies > 0, !crashed, let outcome = receipt?.outcome else { return false }
        return outcome == .refusedForNow || outcome == .notSent || outcome == .refusedForGood
    }

    /// Whether the program does not know if the message arrived.
    var isUnknown: Bool { crashed || receipt?.outcome == .unknown }
}
