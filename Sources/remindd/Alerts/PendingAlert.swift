import Dates
import Scheduler

/// A bulletin on its way to one recipient: one of the recipient's channels after the other until one takes it.
struct PendingAlert: Sendable {
    let bulletin: OperatorMessage
    let recipient: Recipient
    /// Channels that the news is about: tried last.
    let avoiding: Set<String>
    let written: Instant
    private var tried: Set<String> = []
    /// Channels that must not be used before.
    private var putOff: [String: Instant] = [:]
    private var rounds = 0
    /// The channel to use has another letter under way.
    private var waitsForOther = false
    private(set) var underWayBy: String?
    private(set) var nextTry: Instant

    /// Pauses after each round through all channels; the last is repeated.
    static let pauses: [TimeSpan] = [.minutes(1), .minutes(5), .minutes(15), .hours(1)]
    /// While another letter is on its way by the same channel.
    static let busyPause = TimeSpan.seconds(1)

    init(bulletin: OperatorMessage, recipient: Recipient, avoiding: Set<String>, written: Instant) {
        self.bulletin = bulletin
        self.recipient = recipient
        self.avoiding = avoiding
        self.written = written
        nextTry = written
    }

    var isUnderWay: Bool { underWayBy != nil }

    /// When it should be looked at again; nil: only after something has changed.
    func wake(now: Instant) -> Instant? {
        guard nextTry <= now else { return nextTry }
        return waitsForOther ? now + PendingAlert.busyPause : putOff.values.filter { $0 > now }.min()
    }

    /// The channel to try now, if it is time: those that work before those that are known to fail; `via` before `otherwise`.
    ///
    /// - Parameter busy: channels by which another letter is on its way: its answer is waited for.
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
            // A channel that is put off, perhaps for a day, does not keep those that failed once from their next round.
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

    /// The channel is left alone until then: no try of this letter's.
    mutating func isPutOff(by channel: String, until instant: Instant) {
        putOff[channel] = instant
    }

    mutating func failed(by channel: String) {
        underWayBy = nil
        tried.insert(channel)
    }

    /// The channels were configured anew: all of them may be tried at once.
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
