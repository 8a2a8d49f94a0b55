import Dates

/// Withdraws pending deliveries whose channel was removed or is no longer used by the recipient.
///
/// The search for such deliveries runs after a start and after a reload. Each step checks up to
/// `checkedPerStep` deliveries. During a hold, nothing is withdrawn.
struct MisroutedDeliveries {
    /// Whether to search for pending deliveries on channels that are no longer configured.
    private var looksForVanishedChannels = true
    /// Whether to search for pending deliveries on channels that their recipients no longer use.
    private var looksForStrangers = true
    /// The state of a search that `looksForStrangers` has started; nil if none is under way.
    ///
    /// `channels` still have to be searched. `place` is the position in the first of them.
    private var strangers: (channels: [String], place: LedgerCursor?)?
    /// Whether deliveries were withdrawn since the last call of `takeHasWithdrawn`.
    ///
    /// If true, the plans must be evaluated again, because the recipients may need other
    /// deliveries.
    private var hasWithdrawn = false
    /// When the last reload was accepted, by the real clock; nil if there was none.
    private var acceptedAt: Instant?

    /// The number of pending deliveries that one step checks.
    static let checkedPerStep = 5_000
    static let cancelledPerStep = 500

    var isUnderWay: Bool { looksForVanishedChannels || looksForStrangers || strangers != nil }

    /// Restarts the search after a reload.
    mutating func reloaded(at realNow: Instant, haveRecipientsChanged: Bool) {
        acceptedAt = realNow
        looksForVanishedChannels = true
        // A search that is under way began with the recipients from before the reload. Another
        // search must follow it.
        if haveRecipientsChanged || strangers != nil { looksForStrangers = true }
    }

    /// Records that an attempt has ended and its delivery waits for another attempt.
    ///
    /// If the configuration was reloaded during the attempt, the plans must be evaluated again. The
    /// ledger cancels the delivery if its occurrence changed, but a later reload may have undone
    /// the change.
    mutating func waitsAgain(attemptBegan: Instant) {
        if let acceptedAt, attemptBegan < acceptedAt { hasWithdrawn = true }
    }

    /// Records that a delivery may be pending on a channel that a reload has removed.
    mutating func mayWaitForVanishedChannel() { looksForVanishedChannels = true }

    /// Records that a delivery was withdrawn instead of being sent.
    mutating func withdrew() { hasWithdrawn = true }

    /// Returns whether deliveries were withdrawn since the last call.
    ///
    /// Returns false until the search has ended.
    mutating func takeHasWithdrawn() -> Bool {
        guard !isUnderWay else { return false }
        defer { hasWithdrawn = false }
        return hasWithdrawn
    }

    mutating func step(
        _ ledger: any DeliveringLedger, _ names: ChannelNames, _ directory: RecipientDirectory, _ journal: any Journal
    ) throws(LedgerFailure) {
        guard isUnderWay, try ledger.held() == nil else { return }
        if looksForVanishedChannels { try withdrawVanished(ledger, names, journal) }
        if !looksForVanishedChannels { try withdrawStrangers(ledger, names, directory, journal) }
    }

    private mutating func withdrawVanished(
        _ ledger: any DeliveringLedger, _ names: ChannelNames, _ journal: any Journal
    ) throws(LedgerFailure) {
        let vanished = try ledger.waitingChannels().filter { names.channel(stored: $0) == nil }
        guard let channel = vanished.first else {
            looksForVanishedChannels = false
            return
        }
        for delivery in try ledger.cancelWaiting(channel: channel, limit: MisroutedDeliveries.cancelledPerStep) {
            journal.write(.cancelled(delivery, .channelGone))
        }
        hasWithdrawn = true
    }

    private mutating func withdrawStrangers(
        _ ledger: any DeliveringLedger, _ names: ChannelNames, _ directory: RecipientDirectory, _ journal: any Journal
    ) throws(LedgerFailure) {
        if looksForStrangers {
            looksForStrangers = false
            strangers = (try ledger.waitingChannels(), nil)
        }
        guard let (channels, place) = strangers else { return }
        guard let stored = channels.first, let channel = names.channel(stored: stored) else {
            strangers = channels.isEmpty ? nil : (Array(channels.dropFirst()), nil)
            return
        }
        let (withdrawn, next) = try ledger.withdrawStrangers(
            channel: stored, from: place, limit: MisroutedDeliveries.checkedPerStep
        ) { recipient in
            // The recipient was removed. `MessageMaker` withdraws the delivery after it is claimed.
            guard let position = directory.position(stored: recipient) else { return true }
            return directory.recipients.reach(at: position).uses(channel)
        }
        if withdrawn > 0 {
            journal.write(.withdrawnFromChannel(stored, .viaChanged, deliveries: withdrawn))
            hasWithdrawn = true
        }
        strangers = next == nil ? (Array(channels.dropFirst()), nil) : (channels, next)
    }
}
