import Dates

/// Creates the message for each claim.
///
/// The message has the current text, and the recipient's current address and language.
struct MessageMaker {
    private(set) var accepted: ActiveConfiguration
    private let isRehearsal: Bool
    /// The content of recently sent reminders, by identity.
    private var notices: [ReminderKey: KnownNotice] = [:]

    private struct KnownNotice {
        /// The reminder as read from the ledger when it was cached.
        ///
        /// An edit may have changed its dates since.
        let reminder: Reminder
        let notice: ReminderContent
        let notify: [String]
        /// The reason why the reminder is no longer sent; nil while its dates are current.
        let withdrawal: WithdrawalReason?
    }

    init(_ accepted: ActiveConfiguration, rehearsal: Bool) {
        self.accepted = accepted
        isRehearsal = rehearsal
    }

    mutating func accept(_ accepted: ActiveConfiguration) {
        self.accepted = accepted
        notices.removeAll()
    }

    enum RenderCache {
        case ready(Message)
        case withdrawn(WithdrawalReason)
    }

    /// - Parameter ledger: has the versions of events in calendars.
    mutating func message(
        for claim: Claim, now: Instant, _ ledger: any DeliveringLedger
    ) throws(LedgerFailure) -> RenderCache {
        guard let recipient = accepted.directory.recipient(claim.recipient) else { return .withdrawn(.recipientGone) }
        guard let known = try notice(for: claim.stored, now: now, ledger) else { return .withdrawn(.gone) }
        // The occurrence changed while the delivery was in flight. Its recipient gets the change
        // notice instead, like everyone who was notified.
        if let why = known.withdrawal { return .withdrawn(why) }
        guard recipient.via.contains(claim.channel) || recipient.otherwise.contains(claim.channel) else {
            return .withdrawn(.viaChanged)
        }
        let message = Message(
            delivery: claim.id, attempt: claim.attempt, at: now, notice: known.notice, recipient: recipient,
            groups: accepted.directory.groups(of: recipient.id, among: known.notify),
            possibleDuplicate: claim.unknowns + claim.crashes > 0, hasJoined: claim.joined)
        return .ready(message)
    }

    /// Returns whether a reminder may still be sent: its campaign exists and its dates are current.
    mutating func isValid(_ stored: StoredReminder, now: Instant, _ ledger: any DeliveringLedger) throws(LedgerFailure) -> Bool {
        try notice(for: stored, now: now, ledger).map { $0.withdrawal == nil } ?? false
    }

    private mutating func notice(
        for stored: StoredReminder, now: Instant, _ ledger: any DeliveringLedger
    ) throws(LedgerFailure) -> KnownNotice? {
        let key = stored.reminder.key
        if let known = notices[key], known.reminder == stored.reminder { return known }
        let calendar = try ledger.calendarMark(of: accepted.currentKey(of: stored.reminder.occurrenceKey))
        guard let found = accepted.notice(of: stored, rehearsal: isRehearsal, calendar: calendar) else { return nil }
        // Limits the cache. Usually only a few hundred reminders are being sent at the same time.
        if notices.count > 1_000 { notices.removeAll(keepingCapacity: true) }
        let known = KnownNotice(
            reminder: stored.reminder, notice: found.notice, notify: found.notify,
            withdrawal: accepted.withdrawal(of: stored, now: now))
        notices[key] = known
        return known
    }
}
