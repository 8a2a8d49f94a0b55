import Dates
import Scheduler

/// A part of the ledger's content, which the daemon sends to an evaluation in another process.
package enum EvaluationReply: Codable, Sendable {
    case state(EvaluationState)
    case rows([RecordedReminder?])
    case shares([ShareContent])
    case notifiedOccurrences([NotifiedOccurrence])
    /// Ids of recipients.
    case notified([String])
    case highestChange(Int)
    case unfinished([StoredReminder])
}

/// The time up to which the ledger has been evaluated, and whether it is held.
package struct EvaluationState: Codable, Sendable {
    package let isRehearsal: Bool
    package let lookedUntil: Instant
    package let heldFrom: Instant?
    package let heldUntil: Instant?

    package init(isRehearsal: Bool, lookedUntil: Instant, heldFrom: Instant?, heldUntil: Instant?) {
        self.isRehearsal = isRehearsal
        self.lookedUntil = lookedUntil
        self.heldFrom = heldFrom
        self.heldUntil = heldUntil
    }
}

/// A `DeliveryShare` with recipients by id, because another process may have them in another order.
package struct ShareContent: Codable, Sendable {
    private let stored: StoredReminder
    private let serial: Int64
    private let notified: [String]
    private let waiting: [String]
    private let ended: [String]
    private let withdrawn: [String]
    private let failedOver: [String]
    private let perhapsNotified: [String]

    package init(_ share: DeliveryShare, _ directory: RecipientDirectory) {
        func ids(_ positions: RecipientSet) -> [String] { positions.map(directory.recipients.id) }
        stored = share.stored
        serial = share.serial
        notified = ids(share.notified)
        waiting = ids(share.waiting)
        ended = ids(share.ended)
        withdrawn = ids(share.withdrawn)
        failedOver = ids(share.failedOver)
        perhapsNotified = ids(share.perhapsNotified)
    }

    package func share(in directory: RecipientDirectory) -> DeliveryShare {
        func positions(_ ids: [String]) -> RecipientSet { RecipientSet(ids.compactMap(directory.position)) }
        var share = DeliveryShare(stored: stored, serial: serial)
        share.notified = positions(notified)
        share.waiting = positions(waiting)
        share.ended = positions(ended)
        share.withdrawn = positions(withdrawn)
        share.failedOver = positions(failedOver)
        share.perhapsNotified = positions(perhapsNotified)
        return share
    }
}
