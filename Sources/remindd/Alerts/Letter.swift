import Scheduler

/// A bulletin on its way to one recipient: one of the recipient's channels after the other until one takes it.
struct Letter: Sendable {
    let bulletin: Bulletin
    let recipient: Recipient
    /// Channels that the news is about: tried last.
    let avoiding: Set<String>
    let written: Instant
    private var tried: Set<String> = []
    private var rounds = 0
    private(set) var isUnderWay = false
    private(set) var nextTry: Instant

    /// Pauses after each round through all channels; the last is repeated.
    static let pauses: [Span] = [.minutes(1), .minutes(5), .minutes(15), .hours(1)]

    init(bulletin: Bulletin, recipient: Recipient, avoiding: Set<String>, written: Instant) {
        self.bulletin = bulletin
        self.recipient = recipient
        self.avoiding = avoiding
        self.written = written
        nextTry = written
    }

    /// The channel to try now, if it is time: those that work before those that are known to fail; `via` before `otherwise`.
    mutating func nextChannel(
        _ channels: [String: any Announcing], failing: Set<String>, now: Instant
    ) -> (any Announcing)? {
        guard !isUnderWay, now >= nextTry else { return nil }
        let names = (recipient.via + recipient.otherwise).filter { channels[$0] != nil && !tried.contains($0) }
        let best = names.first { !failing.contains($0) && !avoiding.contains($0) } ?? names.first
        guard let best else {
            restRound(now)
            return nil
        }
        isUnderWay = true
        return channels[best]
    }

    mutating func failed(by channel: String, now: Instant) {
        isUnderWay = false
        tried.insert(channel)
    }

    private mutating func restRound(_ now: Instant) {
        tried = []
        nextTry = now + Letter.pauses[min(rounds, Letter.pauses.count - 1)]
        rounds += 1
    }
}
