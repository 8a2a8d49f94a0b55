import Dates
import Scheduler

/// Bytes that left, and what became of them: what is really so, whatever ledger is put back.
// @unchecked: a run and everything in it stays on one thread.
final class Attempt: @unchecked Sendable {
    let delivery: DeliveryID
    let number: Int
    /// True time.
    let began: Instant
    let flagged: Bool
    /// What the message said.
    let reminder: Reminder
    let kind: Notice.Kind
    let title: String
    let recipient: String
    let channel: String
    /// Who it is for and by what, as the ledger names them.
    let words: String
    /// How often the recipient got it from this attempt, and when last, in true time.
    var copies = 0
    var acceptedAt: Instant?
    /// What the destination really answered; nil while it has not.
    var receipt: Receipt?
    /// Whom that answer was about, as the destination knows.
    var truth = Scope.recipient
    /// True time.
    var answeredAt: Instant?
    /// The process died before the outcome was on the disk.
    var crashed = false
    var isRecorded = false
    /// A ledger was put back that knows nothing of it.
    var isForgotten = false

    init(_ message: Message, _ delivery: Book.Delivery, channel: String, began: Instant, words: String) {
        self.delivery = message.delivery
        number = message.attempt
        self.began = began
        flagged = message.possibleDuplicate
        reminder = message.notice.reminder
        kind = message.notice.kind
        title = message.notice.title
        recipient = delivery.recipient
        self.channel = channel
        self.words = words
    }

    /// The destination took it and said that it had not.
    var isLie: Bool {
        guard copies > 0, !crashed, let outcome = receipt?.outcome else { return false }
        return outcome == .refusedForNow || outcome == .notSent || outcome == .refusedForGood
    }

    /// It may have arrived for all that the program knows.
    var isUnknown: Bool { crashed || receipt?.outcome == .unknown }
}
