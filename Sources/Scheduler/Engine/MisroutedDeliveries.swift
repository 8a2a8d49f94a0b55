import Dates

/// Withdraws deliveries that wait for a channel that is no longer configured, or no longer their
/// recipient's.
///
/// The search runs after a start and after a reload. Each step does one part of it. During a hold
/// nothing is withdrawn.
struct MisroutedDeliveries {
    /// Whether deliveries may wait for channels that are no longer configured.
    private var looksForVanishedChannels = true
    /// Whether deliveries may wait for channels that are no longer their recipients'.
    private var looksForStrangers = true
    /// Progress of the search for deliveries on channels that are no longer their recipients': the
    /// channels still to be searched, and the place in the first of them.
    private var strangers: (channels: [String], place: LedgerCursor?)?
    /// Whether deliveries were withdrawn, so that an evaluation has to decide whether their
    /// recipients get others.
    private var hasWithdrawn = false
    /// When the last reload was accepted, in real time.
    private var acceptedAt: Instant?

    /// The number of waiting deliveries that one step checks.
    static let checkedPerStep = 5_000
    static let cancelledPerStep = 500

    var isUnderWay: Bool { looksForVanishedChannels || looksForStrangers || strangers != nil }

    /// Restarts the search after a reload.
    mutating func reloaded(at realNow: Instant, haveRecipientsChanged: Bool) {
        acceptedAt = realNow
        looksForVanishedChannels = true
        // A search under way uses the recipients from before the reload, so another one must follow
        // it.
        if haveRecipientsChanged || strangers != nil { looksForStrangers = true }
    }

    /// Records that a delivery waits again after an attempt.
    ///
    /// If its occurrence changed during the attempt, the ledger cancels the delivery. But the
    /// change may have been undone since.
    mutating func waitsAgain(attemptBegan: Instant) {
        if let acceptedAt, attemptBegan < acceptedAt { hasWithdrawn = true }
    }

    /// Records that a delivery may wait for a channel that a reload has removed.
    mutating func mayWaitForVanishedChannel() { looksForVanishedChannels = true }

    /// Records that a delivery was withdrawn at its attempt.
    mutating func withdrew() { hasWithdrawn = true }

    /// Returns whether deliveries were withdrawn since the last call; false until the search has
    /// ended.
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
            // A recipient who has left the configuration is found at the attempt.
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
