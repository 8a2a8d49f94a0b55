import Clocks
import Dates
import Logging
import Scheduler
import Synchronization

/// Writes the entries of the loop as log lines. Recipients appear by id, never by name or address.
///
/// Each second, at most `linesPerSecond` entries about deliveries are logged for each kind and
/// channel. Further entries are only counted, because journald drops lines above its limit
/// (journald.conf(5), RateLimitBurst).
package final class ProcessJournal: Journal {
    private let logger: Logger
    private let listing = Mutex(Listing())

    /// Maximum number of lines per second for one kind and channel.
    ///
    /// Two kinds at this rate stay below journald's limit of 10 000 lines in 30 s.
    static let linesPerSecond = 100

    private struct Listing {
        struct Kind: Hashable {
            let kind: MessageKind
            let level: Logger.Level
            let channel: String
        }

        var second: Int64 = 0
        var listed: [Kind: Int] = [:]
        var unlisted: [Kind: Int] = [:]
    }

    package init(logger: Logger) {
        self.logger = logger
    }

    /// Logs the number of entries that were only counted. Called between steps of the loop.
    ///
    /// - Parameter resting: whether no attempt is under way.
    package func settle(resting: Bool, now_ms: Int64 = SystemClock.monotonic()) {
        let unlisted = listing.withLock { listing in
            guard !listing.unlisted.isEmpty, resting || now_ms / 1_000 != listing.second else { return [Listing.Kind: Int]() }
            defer { listing.unlisted = [:] }
            return listing.unlisted
        }
        for (key, count) in unlisted.sorted(by: {
            ($0.key.channel, $0.key.kind.rawValue) < ($1.key.channel, $1.key.kind.rawValue)
        }) {
            say(
                key.level, key.kind, "\(key.kind): \(count) more by \(key.channel), not listed; remindd history has each",
                ["CHANNEL": "\(key.channel)"])
        }
    }

    private func isListed(_ level: Logger.Level, _ kind: MessageKind, _ delivery: StoredDelivery) -> Bool {
        let second = SystemClock.monotonic() / 1_000
        return listing.withLock { listing in
            if second != listing.second {
                listing.second = second
                listing.listed.removeAll(keepingCapacity: true)
            }
            let key = Listing.Kind(kind: kind, level: level, channel: delivery.channel)
            if listing.listed[key, default: 0] < ProcessJournal.linesPerSecond {
                listing.listed[key, default: 0] += 1
                return true
            }
            listing.unlisted[key, default: 0] += 1
            return false
        }
    }

    package func write(_ entry: Entry) {
        switch entry {
        case .fired(let reminder, let deliveries, let late):
            say(.info, .due, "due\(late ? " (late)" : ""): \(name(reminder)), \(deliveries) deliveries", fields(reminder))
        case .firedToNobody(let reminder):
            say(.warning, .namesNobody, "due, but it has no recipients: \(name(reminder))", fields(reminder))
        case .superseded(let reminder):
            say(.info, .superseded, "superseded: \(name(reminder))", fields(reminder))
        case .changed(let reminder, let change, let deliveries):
            say(
                .notice, .changed,
                "\(change.rawValue): \(name(reminder)), \(deliveries) deliveries to recipients notified before",
                fields(reminder))
        case .missed(let reminder):
            say(
                .error, .missed, "missed: \(name(reminder)) was due at \(Zone.utc.rfc3339(reminder.due)), its deadline is past",
                fields(reminder))
        case .attempted(let claim, let receipt, let next):
            attempted(claim, receipt, next)
        case .foundRefused(let claim, let receipt):
            say(
                .error, .dead, claim.delivery,
                "dead: \(name(claim.delivery)): the refusal was about this recipient, others were accepted: \(receipt.reply)",
                fields(receipt))
        case .interrupted(let claim, let next):
            say(
                .warning, .interrupted, claim.delivery,
                "in flight when remindd stopped, may have been delivered: \(name(claim.delivery)); \(wordAfterCrash(next))")
        case .expired(let delivery):
            say(.error, .dead, delivery, "dead: \(name(delivery)) was not accepted before its deadline")
        case .cancelled(let delivery, let why):
            say(.notice, .cancelled, delivery, "cancelled: \(name(delivery)): \(why.rawValue)", ["WHY": "\(why.rawValue)"])
        case .withdrawn, .withdrawnFromChannel, .toppedUp, .alreadyRecorded, .occurrenceRenamed, .takenBack: edited(entry)
        case .breakerOpened(let channel, let receipt):
            let code = receipt.code.map { " \($0)" } ?? ""
            channelFails(channel, receipt, "is paused for a while: \(receipt.outcome.rawValue)\(code): \(receipt.reply)")
        case .endpointGone(let channel, let receipt):
            channelFails(channel, receipt, "has no endpoint any more; nothing is sent to it until a reload: \(receipt.reply)")
        // Not logged here, because the sender of the alert or the test message reports the result.
        case .channelAnswered: break
        case .breakerClosed(let channel):
            say(
                .notice, .channelAnswers, "channel \(channel) has recovered: its waiting deliveries are sent now",
                ["CHANNEL": "\(channel)"])
        case .failedOver(let reader, let channels):
            say(
                .warning, .failedOver,
                "not delivered by \(reader.channels.joined(separator: ", ")): \(name(reader.stored.reminder)) to \(reader.recipient) is now sent by \(channels.joined(separator: ", "))",
                fields(reader))
        case .unreachable(let reader):
            say(
                .error, .unreachable,
                "dead on every channel: \(name(reader.stored.reminder)) to \(reader.recipient) (\(reader.channels.joined(separator: ", ")))",
                fields(reader))
        case .clockHeld(let complaint): held(complaint)
        case .clockReleased:
            say(.notice, .clockReleased, "the clock is trusted again")
        case .ledgerFull:
            say(.critical, .ledgerFull, "the ledger's disk is full: nothing is sent until there is space")
        case .ledgerHasSpace:
            say(.notice, .ledgerHasSpace, "the ledger has space again")
        case .pruned(let deliveries, let before):
            say(
                .notice, .pruned,
                "deleted: \(deliveries) deliveries of occurrences that ended before \(Zone.utc.rfc3339(before)); reminders are kept"
            )
        case .unrenderable(let claim, let failure):
            say(.error, .unrenderable, "cannot be rendered: \(name(claim.delivery)): \(failure)", fields(claim.delivery))
        }
    }

    private func held(_ complaint: ClockComplaint) {
        let otherwise = complaint == .beforeRelease ? "" : ", or by: remindd release --send|--drop"
        say(.critical, .clockHeld, "HOLD: \(complaint): nothing is sent until the clock is right\(otherwise)")
    }

    private func channelFails(_ channel: String, _ receipt: Receipt, _ what: String) {
        say(.error, .channelFails, "channel \(channel) \(what)", ["CHANNEL": "\(channel)"].merging(fields(receipt)) { $1 })
    }

    /// Logs the effects of an edit, or of a correction of the clock.
    private func edited(_ entry: Entry) {
        switch entry {
        case .withdrawn(let key, let why, let deliveries):
            say(
                .notice, .withdrawn, "cancelled: \(deliveries) waiting deliveries of \(name(key)): \(why.rawValue)",
                fields(key).merging(["WHY": "\(why.rawValue)"]) { $1 })
        case .withdrawnFromChannel(let channel, let why, let deliveries):
            say(
                .notice, .withdrawn, "cancelled: \(deliveries) deliveries that waited for \(channel): \(why.rawValue)",
                ["CHANNEL": "\(channel)", "WHY": "\(why.rawValue)"])
        case .toppedUp(let key, let deliveries):
            say(.info, .toppedUp, "added: \(deliveries) deliveries of \(name(key)) that were missing", fields(key))
        case .alreadyRecorded(let reminder):
            say(
                .error, .alreadyRecorded, "not written: the ledger has a reminder of this identity already: \(name(reminder))",
                fields(reminder))
        case .occurrenceRenamed(let rename):
            say(
                .info, .occurrenceRenamed,
                "\(rename.from.plan)/\(rename.from.campaign) \(rename.from.occurrence) is named \(rename.to) from now on",
                ["CAMPAIGN": "\(rename.from.plan)/\(rename.from.campaign)"])
        case .takenBack(let reminders, let instant):
            say(
                .notice, .takenBack,
                "due again: \(reminders) reminders that were recorded as missed or superseded while the clock was ahead of \(Zone.utc.rfc3339(instant))"
            )
        default: break
        }
    }

    private func attempted(_ claim: Claim, _ receipt: Receipt, _ next: DeliveryRecord.Next) {
        let (level, kind): (Logger.Level, MessageKind) =
            switch next {
            case .delivered: (.info, .delivered)
            case .pending, .held: (.warning, .postponed)
            case .unknown: (.error, .unknown)
            case .dead, .cancelled: (.error, .dead)
            }
        var text: String {
            let code = receipt.code.map { " \($0)" } ?? ""
            let plain = "\(receipt.outcome.rawValue)\(code): \(name(claim.delivery)), attempt \(claim.attempt)"
            return next == .delivered ? plain : "\(plain); \(word(next)); \(receipt.reply)"
        }
        say(level, kind, claim.delivery, text, fields(receipt))
    }

    /// Describes what happens to a delivery after a crash.
    ///
    /// A pending delivery is due at once, because its next attempt has the time of the interrupted
    /// one.
    private func wordAfterCrash(_ next: DeliveryRecord.Next) -> String {
        if case .pending = next { return "it is sent again at once" }
        return "now \(word(next))"
    }

    private func say(
        _ level: Logger.Level, _ kind: MessageKind, _ delivery: StoredDelivery, _ text: @autoclosure () -> String,
        _ more: @autoclosure () -> Logger.Metadata = [:]
    ) {
        guard isListed(level, kind, delivery) else { return }
        say(level, kind, text(), fields(delivery).merging(more()) { $1 })
    }

    // MARK: fields

    private func say(_ level: Logger.Level, _ kind: MessageKind, _ text: String, _ fields: Logger.Metadata = [:]) {
        logger.log(level: level, "\(text)", metadata: fields.merging(kind.fields) { $1 })
    }

    private func fields(_ reminder: Reminder) -> Logger.Metadata {
        [
            "CAMPAIGN": "\(reminder.key.plan)/\(reminder.key.campaign)", "OCCURRENCE": "\(reminder.occurrence)",
            "LEAD": "\(reminder.key.lead)",
        ]
    }

    private func fields(_ key: ReminderKey) -> Logger.Metadata {
        ["CAMPAIGN": "\(key.plan)/\(key.campaign)", "LEAD": "\(key.lead)"]
    }

    private func fields(_ delivery: StoredDelivery) -> Logger.Metadata {
        fields(delivery.stored.reminder).merging([
            "DELIVERY": "\(delivery.id)", "RECIPIENT": "\(delivery.recipient)", "CHANNEL": "\(delivery.channel)",
            "ATTEMPT": "\(delivery.attempts)",
        ]) { $1 }
    }

    private func fields(_ reader: Undelivered) -> Logger.Metadata {
        fields(reader.stored.reminder).merging(["RECIPIENT": "\(reader.recipient)"]) { $1 }
    }

    private func fields(_ receipt: Receipt) -> Logger.Metadata {
        var fields: Logger.Metadata = ["OUTCOME": "\(receipt.outcome.rawValue)", "ABOUT": "\(receipt.about.rawValue)"]
        if let code = receipt.code { fields["CODE"] = "\(code)" }
        return fields
    }

    // MARK: words

    private func name(_ reminder: Reminder) -> String {
        "\(reminder.key.plan)/\(reminder.key.campaign) \(reminder.occurrence) \"\(reminder.key.lead)\""
    }

    private func name(_ key: ReminderKey) -> String { "\(key.plan)/\(key.campaign) \(key.anchor) \"\(key.lead)\"" }

    private func name(_ delivery: StoredDelivery) -> String {
        "\(name(delivery.stored.reminder)) to \(delivery.recipient) by \(delivery.channel) (\(delivery.id))"
    }

    private func word(_ next: DeliveryRecord.Next) -> String {
        switch next {
        case .pending(let notBefore): "next try at \(Zone.utc.rfc3339(notBefore))"
        case .held: "held until remindd release"
        case .delivered: "delivered"
        case .unknown: "unknown: it may have been delivered"
        case .dead: "dead: given up"
        case .cancelled(let why): "cancelled: \(why.rawValue)"
        }
    }
}
