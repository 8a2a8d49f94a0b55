import Dates
import Scheduler

/// A message on its way to one recipient. The recipient's channels are tried in turn until one
/// accepts it.
struct PendingAlert: Sendable {
    let bulletin: OperatorMessage
    let recipient: Recipient
    /// Channels that the message is about. They are tried last.
    let avoiding: Set<String>
    let written: Instant
    private var tried: Set<String> = []
    /// When each channel may be used again, for channels with an open breaker.
    private var putOff: [String: Instant] = [:]
    private var rounds = 0
    /// Whether the channel to use is busy with another message.
    private var waitsForOther = false
    private(set) var underWayBy: String?
    private(set) var nextTry: Instant

    /// Pauses after each round through all channels. The last pause is repeated.
    static let pauses: [TimeSpan] = [.minutes(1), .minutes(5), .minutes(15), .hours(1)]
    /// Pause while the channel is busy with another message.
    static let busyPause = TimeSpan.seconds(1)

    init(bulletin: OperatorMessage, recipient: Recipient, avoiding: Set<String>, written: Instant) {
        self.bulletin = bulletin
        self.recipient = recipient
        self.avoiding = avoiding
        self.written = written
        nextTry = written
    }

    var isUnderWay: Bool { underWayBy != nil }

    /// When to check the message again, nil if only after something has changed.
    func wake(now: Instant) -> Instant? {
        guard nextTry <= now else { return nextTry }
        return waitsForOther ? now + PendingAlert.busyPause : putOff.values.filter { $0 > now }.min()
    }

    /// Returns the channel to try now, nil if none can be tried.
    ///
    /// Channels that work come before channels that are known to fail, and `via` before
    /// `otherwise`.
    ///
    /// - Parameter busy: channels with another message on its way. The message waits for the
    ///   result.
    mutating func nextChannel(
        _ channels: [String: any Announcing], failing: Set<String>, busy: Set<String>, now: Instant
    ) -> String? {
        waitsForOther = false
        guard !isUnderWay, now >= nextTry else { return nil }
        let names = (recipient.via + recipient.otherwise).filter { channels[$0] != nil && !tried.contains($0) }
        guard !names.isEmpty else {
            restRound(now)
            return nil
        }
        let free = names.filter { putOff[$0].map { now >= $0 } ?? true }
        guard let best = free.first(where: { !failing.contains($0) && !avoiding.contains($0) }) ?? free.first else {
            // A channel with an open breaker, perhaps for a day, does not delay the next round of
            // the others.
            if !tried.isEmpty { restRound(now) }
            return nil
        }
        waitsForOther = busy.contains(best)
        return waitsForOther ? nil : best
    }

    mutating func begins(by channel: String) {
        underWayBy = channel
        putOff[channel] = nil
    }

    /// Postpones a channel with an open breaker. This is not an attempt.
    mutating func isPutOff(by channel: String, until instant: Instant) {
        putOff[channel] = instant
    }

    mutating func failed(by channel: String) {
        underWayBy = nil
        tried.insert(channel)
    }

    /// Allows all channels at once, because they were configured anew.
    mutating func startsOver(now: Instant) {
        putOff = [:]
        tried = []
        nextTry = min(nextTry, now)
    }

    private mutating func restRound(_ now: Instant) {
        tried = []
        nextTry = now + PendingAlert.pauses[min(rounds, PendingAlert.pauses.count - 1)]
        rounds += 1
    }
}
