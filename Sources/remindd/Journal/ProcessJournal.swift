import Logging
import Scheduler

/// Puts what the loops report into log lines. Recipients appear by id, never by name or address.
final class ProcessJournal: Journal {
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    func write(_ entry: Entry) {
        switch entry {
        case .fired(let reminder, let deliveries, let late):
            logger.info("due\(late ? " (late)" : ""): \(name(reminder)), \(deliveries) deliveries")
        case .firedToNobody(let reminder):
            logger.warning("due, but it names nobody: \(name(reminder))")
        case .superseded(let reminder):
            logger.info("superseded: \(name(reminder))")
        case .changed(let reminder, let change, let deliveries):
            logger.notice("\(change.rawValue): \(name(reminder)), \(deliveries) deliveries to those told before")
        case .missed(let reminder):
            logger.error("missed: \(name(reminder)) was due at \(Zone.utc.rfc3339(reminder.due)), its deadline is past")
        case .attempted(let claim, let receipt, let next):
            attempted(claim, receipt, next)
        case .interrupted(let claim, let next):
            logger.warning("in flight when remindd stopped, may have been delivered: \(name(claim)); now \(word(next))")
        case .expired(let claim):
            logger.error("dead: \(name(claim)) was not accepted before its deadline")
        case .cancelled(let claim, let reason):
            logger.notice("cancelled: \(name(claim)): \(reason)")
        case .breakerOpened(let channel, let receipt):
            let code = receipt.code.map { " \($0)" } ?? ""
            logger.error("channel \(channel) is left alone for a while: \(receipt.outcome.rawValue)\(code): \(receipt.reply)")
        case .breakerClosed(let channel):
            logger.notice("channel \(channel) answers again: what waits for it goes now")
        case .rerouted(let reader, let channels):
            logger.warning(
                "not reached by \(reader.channels.joined(separator: ", ")): \(name(reader.stored.reminder)) to \(reader.recipient) goes by \(channels.joined(separator: ", "))"
            )
        case .unreachable(let reader):
            logger.error(
                "dead on every channel: \(name(reader.stored.reminder)) to \(reader.recipient) (\(reader.channels.joined(separator: ", ")))"
            )
        case .clockHeld(let complaint):
            logger.critical("HOLD: \(complaint): nothing is sent until the clock is right, or by: remindd release --send|--drop")
        case .clockReleased:
            logger.notice("the clock is believed again")
        case .ledgerFull:
            logger.critical("the ledger's disk is full: nothing is sent until there is space")
        case .ledgerHasSpace:
            logger.notice("the ledger has space again")
        case .unrenderable(let claim, let failure):
            logger.error("cannot be put into words: \(name(claim)): \(failure)")
        }
    }

    private func attempted(_ claim: Claim, _ receipt: Receipt, _ next: DeliveryRecord.Next) {
        let code = receipt.code.map { " \($0)" } ?? ""
        let text = "\(receipt.outcome.rawValue)\(code): \(name(claim)), attempt \(claim.attempt)"
        switch next {
        case .delivered: logger.info("\(text)")
        case .pending: logger.warning("\(text); \(word(next)); \(receipt.reply)")
        case .unknown, .dead, .cancelled: logger.error("\(text); \(word(next)); \(receipt.reply)")
        }
    }

    private func name(_ reminder: Reminder) -> String {
        "\(reminder.key.plan)/\(reminder.key.campaign) \(reminder.occurrence) \"\(reminder.key.lead)\""
    }

    private func name(_ claim: Claim) -> String {
        "\(name(claim.stored.reminder)) to \(claim.recipient) by \(claim.channel) (\(claim.id))"
    }

    private func word(_ next: DeliveryRecord.Next) -> String {
        switch next {
        case .pending(let notBefore): "next try at \(Zone.utc.rfc3339(notBefore))"
        case .delivered: "delivered"
        case .unknown: "unknown: it may have been delivered"
        case .dead: "dead: given up"
        case .cancelled: "cancelled"
        }
    }
}
