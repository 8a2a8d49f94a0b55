import Dates

/// Makes retries due earlier than decided, because a server has recovered or the wall clock was set
/// back.
struct EarlierRetries {
    /// Channels whose server has recovered. Their deliveries that wait since an attempt before this
    /// instant are still to be made due.
    private var recovered: [String: Instant] = [:]
    /// The time by which the wall clock was set back, and the place from which retries are still to
    /// be brought forward.
    private var steppedBack: (by: TimeSpan, place: LedgerCursor?)?

    /// The number of waiting deliveries that one step checks after the clock was set back.
    static let checkedPerStep = 5_000
    /// The maximum number of deliveries that one call of the ledger makes due.
    static let advancedPerCall = 5_000

    var isBringingForward: Bool { steppedBack != nil }

    /// Records that the server of a channel has recovered. Deliveries that were tried before
    /// `before` become due.
    mutating func recovered(_ channel: String, before: Instant) {
        recovered[channel] = max(before, recovered[channel] ?? before)
    }

    /// Adjusts retries after the wall clock was set.
    ///
    /// If it was set back, retries still wait for as long as was decided, whatever the clock shows
    /// now. A wrong time that was not believed and was then corrected has no effect.
    mutating func clockStepped(by step: TimeSpan) {
        let before = steppedBack?.by.milliseconds ?? 0
        steppedBack = (TimeSpan(milliseconds: before - step.milliseconds), nil)
    }

    /// Makes the deliveries of recovered channels due.
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

    /// Brings the next part of the retries forward.
    mutating func bringForward(_ ledger: any DeliveringLedger, now: Instant) throws(LedgerFailure) {
        guard let (step, place) = steppedBack else { return }
        guard step > .zero else { return steppedBack = nil }
        let next = try ledger.bringRetriesForward(by: step, now: now, from: place, limit: EarlierRetries.checkedPerStep)
        steppedBack = next.map { (step, $0) }
    }
}
