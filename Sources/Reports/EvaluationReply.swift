import Dates
import Scheduler

/// The daemon's reply to a ledger query. Another process that evaluates plans sends such queries.
package enum EvaluationReply: Codable, Sendable {
    case state(EvaluationState)
    case rows([RecordedReminder?])
    case shares([ShareContent])
    case notifiedOccurrences([NotifiedOccurrence])
    /// The ids of recipients who were notified.
    case notified([String])
    case highestChange(Int)
    case unfinished([StoredReminder])
}

/// The time up to which the ledger has been evaluated, and the range of due times that is held.
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

/// A `DeliveryShare` with the ids of its recipients instead of their positions.
///
/// Another process may have the recipients in another order.
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
