import Synchronization

/// The breakers of all channels, asked by everyone who uses a channel: the dispatcher, the alerts, `send-test`.
///
/// A server that refuses our login is asked once in 15 minutes, whoever asks, and a wait that a server states holds for everybody. The
/// dispatcher has its own further reasons to wait (rate, load, comparison); they are not for alerts, which are few and matter when nothing
/// else gets through.
public final class ChannelGates: Sendable {
    /// What the dispatcher has to know of what others found out.
    struct News {
        var opened: Receipt?
        var hasClosed = false
        /// The endpoint is gone.
        var gone: Receipt?
        /// The server stated a wait, in an attempt that began then.
        var stated: (receipt: Receipt, began: Instant)?
        /// Something was accepted in an attempt that began then.
        var acceptedSince: Instant?
    }

    private struct Gate {
        var breaker = Breaker()
        var isParked = false
        /// Someone other than the dispatcher makes the single try of a breaker that is open.
        var isProbed = false
        /// Until when the server wants nothing, in its own words.
        var statedUntil: Instant?
        /// What opened the breaker, parked the channel or stated the wait.
        var why: Receipt?
        var news: News?
    }

    private let gates = Mutex<[String: Gate]>([:])
    /// When the settings of a channel became others: what began before says nothing of these.
    private let renewed = Mutex<[String: Instant]>([:])
    private let changed: @Sendable () -> Void

    /// - Parameter changed: called when others have found out something; must not block.
    public init(changed: @escaping @Sendable () -> Void = {}) {
        self.changed = changed
    }

    // MARK: For alerts and tests

    public enum Admission: Hashable, Sendable {
        /// Go on, and say what came of it by `ended`.
        case go
        /// Not for so long; and what the channel answered last.
        case wait(Span, after: Receipt?)
    }

    /// Whether one message may go by this channel now.
    public func admit(_ channel: String, now: Instant) -> Admission {
        gates.withLock { gates in
            guard var gate = gates[channel] else { return .go }
            if gate.isParked { return .wait(ChannelGates.parked, after: gate.why) }
            if let until = gate.statedUntil, until > now { return .wait(until - now, after: gate.why) }
            guard gate.breaker.isOpen else { return .go }
            if let wait = gate.breaker.wait(now: now) { return .wait(wait, after: gate.why) }
            if gate.isProbed { return .wait(ChannelGates.probed, after: gate.why) }
            gate.isProbed = true
            gates[channel] = gate
            return .go
        }
    }

    /// Until the configuration is loaded again; a day, so that who waits asks again.
    static let parked = Span.days(1)
    /// While someone else tries.
    static let probed = Span.seconds(5)

    /// What came of a message that `admit` let go.
    public func ended(_ channel: String, _ receipt: Receipt, kind: ChannelKind, began: Instant, now: Instant) {
        gates.withLock { gates in
            var gate = gates[channel] ?? Gate()
            gate.isProbed = false
            if let renewed = renewed.withLock({ $0[channel] }), began < renewed { return }
            let wasParked = gate.isParked
            var news = gate.news ?? News()
            switch ChannelGates.hear(receipt, kind: kind, now: now, &gate) {
            case .opened: news.opened = receipt
            case .closed: news.hasClosed = true
            case nil: break
            }
            if gate.isParked, !wasParked { news.gone = receipt }
            if receipt.about == .load, case .retryAfter = receipt.advice { news.stated = (receipt, began) }
            if receipt.outcome == .delivered { news.acceptedSince = max(began, news.acceptedSince ?? began) }
            gate.news = news
            gates[channel] = gate
        }
        changed()
    }

    // MARK: For the dispatcher

    enum Change { case opened, closed }

    /// What an attempt of the dispatcher's says of the channel.
    func hear(_ channel: String, _ receipt: Receipt, kind: ChannelKind, now: Instant) -> Change? {
        gates.withLock { gates in
            var gate = gates[channel] ?? Gate()
            let change = ChannelGates.hear(receipt, kind: kind, now: now, &gate)
            gates[channel] = gate
            return change
        }
    }

    private static func hear(_ receipt: Receipt, kind: ChannelKind, now: Instant, _ gate: inout Gate) -> Change? {
        if receipt.outcome == .delivered { gate.statedUntil = nil }
        switch (receipt.outcome, receipt.about) {
        case (.delivered, _), (_, .recipient), (_, .comparison):
            return gate.breaker.answered() ? .closed : nil
        case (_, .load):
            guard case .retryAfter(let wait) = receipt.advice else { return nil }
            gate.statedUntil = max(gate.statedUntil ?? .distantPast, now + wait)
            gate.why = receipt
            return nil
        case (_, .nobody):
            return nil
        case (_, .endpointGone):
            gate.isParked = true
            gate.why = receipt
            return nil
        case (_, .server):
            gate.why = receipt
            return gate.breaker.failed(now: now) ? .opened : nil
        case (_, .us):
            gate.why = receipt
            return gate.breaker.refusedUs(isSure: kind.refusesForAll, now: now) ? .opened : nil
        }
    }

    /// What others have found out since.
    func takeNews() -> [String: News] {
        gates.withLock { gates in
            let news = gates.compactMapValues(\.news)
            for channel in news.keys { gates[channel]?.news = nil }
            return news
        }
    }

    func breaker(of channel: String) -> Breaker { gates.withLock { $0[channel]?.breaker ?? Breaker() } }
    func isProbed(_ channel: String) -> Bool { gates.withLock { $0[channel]?.isProbed ?? false } }
    func isParked(_ channel: String) -> Bool { gates.withLock { $0[channel]?.isParked ?? false } }
    var parked: Set<String> { gates.withLock { Set($0.filter(\.value.isParked).keys) } }
    /// Channels that are left alone for a while.
    var open: Set<String> { gates.withLock { Set($0.filter { $0.value.breaker.isOpen || $0.value.isParked }.keys) } }

    /// The configuration was taken again.
    ///
    /// - Parameters:
    ///   - isSame: the channel's settings are the same: its breaker goes on where it was.
    ///   - isReload: someone asked for it: endpoints that were gone are tried again.
    func reload(_ channel: String, isSame: Bool, isReload: Bool, now: Instant) {
        if !isSame { reset(channel, now: now) } else if isReload { gates.withLock { $0[channel]?.isParked = false } }
    }

    /// The channel is not configured any more, or has other settings.
    func reset(_ channel: String, now: Instant) {
        renewed.withLock { $0[channel] = now }
        gates.withLock { $0[channel] = nil }
    }
}

extension ChannelKind {
    /// A server that refuses us refuses all that we send: a mail server knows us by one name and one login. Behind an endpoint's name
    /// there may be several machines.
    var refusesForAll: Bool {
        if case .email = self { true } else { false }
    }
}
