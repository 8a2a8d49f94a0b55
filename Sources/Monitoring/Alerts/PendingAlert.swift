import Dates
import Scheduler

/// A message to one recipient that has not been delivered yet.
///
/// The recipient's channels are tried in turn until a server accepts the message.
struct PendingAlert: Sendable {
    let bulletin: OperatorMessage
    let recipient: Recipient
    /// The channels that the message is about. They are tried last.
    let avoiding: Set<String>
    let written: Instant
    private var tried: Set<String> = []
    /// The channels with an open breaker, each with the time at which it may be used again.
    private var putOff: [String: Instant] = [:]
    private var rounds = 0
    /// Whether the message waits until its channel has sent another message.
    private var waitsForOther = false
    private(set) var underWayBy: String?
    private(set) var nextTry: Instant

    /// The pauses after the rounds through all channels. The last pause is repeated.
    static let pauses: [TimeSpan] = [.minutes(1), .minutes(5), .minutes(15), .hours(1)]
    /// The pause while the channel is busy with another message.
    static let busyPause = TimeSpan.seconds(1)

    init(bulletin: OperatorMessage, recipient: Recipient, avoiding: Set<String>, written: Instant) {
        self.bulletin = bulletin
        self.recipient = recipient
        self.avoiding = avoiding
        self.written = written
        nextTry = written
    }

    var isUnderWay: Bool { underWayBy != nil }

    /// Returns when to check the message again.
    ///
    /// nil if only an event can change its state, such as the end of an attempt or a reload.
    func wake(now: Instant) -> Instant? {
        guard nextTry <= now else { return nextTry }
        return waitsForOther ? now + PendingAlert.busyPause : putOff.values.filter { $0 > now }.min()
    }

    /// Returns the channel to try now; nil if no channel can be tried now.
    ///
    /// Channels that work come before failing ones, and `via` comes before `otherwise`.
    ///
    /// - Parameter busy: channels that are sending another message. If the best channel is busy,
    ///   the result is nil.
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
            // All remaining channels have an open breaker. If another channel was tried in this
            // round, the next round does not wait for these breakers, which may stay open for a
            // day.
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

    /// Postpones a channel whose breaker is open, without counting an attempt.
    mutating func isPutOff(by channel: String, until instant: Instant) {
        putOff[channel] = instant
    }

    mutating func failed(by channel: String) {
        underWayBy = nil
        tried.insert(channel)
    }

    /// Allows all channels to be tried immediately, because a reload has replaced them.
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
