import Dates
import Scheduler

/// A message that left and what became of it. Putting a ledger back does not change it.
// @unchecked: a run and everything in it stays on one thread.
final class Attempt: @unchecked Sendable {
    let delivery: DeliveryID
    let number: Int
    /// When it left, in true time.
    let began: Instant
    let flagged: Bool
    /// The contents of the message.
    let reminder: Reminder
    let kind: ReminderContent.Kind
    let title: String
    let recipient: String
    let channel: String
    /// The recipient and the channel as the ledger names them.
    let words: String
    /// The number of copies that arrived, and when the last one did, in true time.
    var copies = 0
    var acceptedAt: Instant?
    /// The server's real answer; nil until it comes.
    var receipt: Receipt?
    /// Whom that answer was about, as the server knows.
    var truth = Scope.recipient
    /// When the server answered, in true time.
    var answeredAt: Instant?
    /// Whether the process died before the outcome was on the disk.
    var crashed = false
    var isRecorded = false
    /// Whether a ledger was put back that has no record of it.
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

    /// Whether the server accepted it and answered that it had not.
    var isLie: Bool {
        guard copies > 0, !crashed, let outcome = receipt?.outcome else { return false }
        return outcome == .refusedForNow || outcome == .notSent || outcome == .refusedForGood
    }

    /// Whether it may have arrived as far as the program knows.
    var isUnknown: Bool { crashed || receipt?.outcome == .unknown }
}
