import Dates

/// Makes retries due earlier, because a server has recovered or the wall clock was set back.
struct EarlierRetries {
    /// The channels whose server has recovered, each with an instant.
    ///
    /// Retries whose last attempt was before that instant still have to be made due.
    private var recovered: [String: Instant] = [:]
    /// How far the wall clock was set back, and the place of the next retry to adjust; nil if none.
    private var steppedBack: (by: TimeSpan, place: LedgerCursor?)?

    /// The number of pending deliveries that one step checks after the clock was set back.
    static let checkedPerStep = 5_000
    /// The maximum number of deliveries that one call of the ledger makes due.
    static let advancedPerCall = 5_000

    var isBringingForward: Bool { steppedBack != nil }

    /// Records that a channel's server has recovered.
    ///
    /// Retries whose last attempt was before `before` will be made due.
    mutating func recovered(_ channel: String, before: Instant) {
        recovered[channel] = max(before, recovered[channel] ?? before)
    }

    /// Records that the wall clock was set, so that retries keep their wait.
    ///
    /// If the clock was set back, the times of retries are moved back by the same amount. A step
    /// ahead to a time that is not trusted and an equal step back cancel each other out.
    mutating func clockStepped(by step: TimeSpan) {
        let before = steppedBack?.by.milliseconds ?? 0
        steppedBack = (TimeSpan(milliseconds: before - step.milliseconds), nil)
    }

    /// Makes retries due on channels whose server has recovered.
    mutating func advance(_ ledger: any DeliveringLedger, _ names: ChannelNames, now: Instant) throws(LedgerFailure) {
        for (channel, before) in recovered {
            for name in names.stored(channel) {
                while try ledger.advance(
                    channel: name, triedBefore: before, to: now, limit: EarlierRetries.advancedPerCall)
                {}
            }
            recovered[channel] = nil
        }
    }

    /// Adjusts the next `checkedPerStep` retries after the clock was set back.
    mutating func bringForward(_ ledger: any DeliveringLedger, now: Instant) throws(LedgerFailure) {
        guard let (step, place) = steppedBack else { return }
        guard step > .zero else { return steppedBack = nil }
        let next = try ledger.bringRetriesForward(by: step, now: now, from: place, limit: EarlierRetries.checkedPerStep)
        steppedBack = next.map { (step, $0) }
    }
}
