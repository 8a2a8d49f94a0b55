import Dates
import Synchronization

/// The breakers of all channels, shared by the dispatcher, the alerts and `send-test`.
///
/// Because the breakers are shared, a server that refuses the login gets only one attempt in 15
/// minutes, and a wait that a server requests applies to all three users. The dispatcher has
/// further reasons to wait (rate, load, comparison). These reasons do not apply to alerts, because
/// alerts are few and matter most when nothing else can be sent.
public final class ChannelGates: Sendable {
    /// Results of alerts and tests that the dispatcher has not read yet.
    struct News {
        var opened: Receipt?
        var hasClosed = false
        /// The receipt that shows that the endpoint is gone; nil if there was none.
        var gone: Receipt?
        /// The receipt in which the server requested a wait, and the time when its attempt began.
        ///
        /// nil if the server requested no wait.
        var stated: (receipt: Receipt, began: Instant)?
        /// When the last accepted attempt began; nil if none was accepted.
        var acceptedSince: Instant?
    }

    private struct Gate {
        var breaker = Breaker()
        var isParked = false
        /// Whether an alert or a test is making the single attempt that an open breaker allows.
        var isProbed = false
        /// The end of the wait that the server requested; nil if it requested none.
        var statedUntil: Instant?
        /// The latest receipt that made this channel wait; nil if there was none.
        var why: Receipt?
        var news: News?
    }

    private let gates = Mutex<[String: Gate]>([:])
    /// When the settings of each channel last changed.
    ///
    /// The results of attempts that began earlier are ignored.
    private let renewed = Mutex<[String: Instant]>([:])
    private let changed: @Sendable () -> Void

    /// - Parameter changed: Called when an alert or a test has reported a receipt. It must not
    ///   block.
    public init(changed: @escaping @Sendable () -> Void = {}) {
        self.changed = changed
    }

    // MARK: For alerts and tests

    public enum Admission: Hashable, Sendable {
        /// Send the message, then report its receipt to `ended`.
        case go
        /// Do not send before this time has passed.
        ///
        /// `after` is the receipt that caused the wait; nil if it is not known.
        case wait(TimeSpan, after: Receipt?)
    }

    /// Returns whether one message may be sent through this channel now.
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

    /// The wait that `admit` returns if the endpoint is gone.
    ///
    /// After the wait, the caller asks again. The endpoint is not used until the configuration is
    /// reloaded.
    static let parked = TimeSpan.days(1)
    /// The wait that `admit` returns while the attempt that an open breaker allows is under way.
    static let probed = TimeSpan.seconds(5)

    /// Reports the receipt of a message that `admit` allowed.
    public func ended(_ channel: String, _ receipt: Receipt, policy: ChannelPolicy, began: Instant, now: Instant) {
        gates.withLock { gates in
            var gate = gates[channel] ?? Gate()
            gate.isProbed = false
            if let renewed = renewed.withLock({ $0[channel] }), began < renewed { return }
            let wasParked = gate.isParked
            var news = gate.news ?? News()
            switch ChannelGates.hear(receipt, policy: policy, now: now, &gate) {
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

    /// Applies the receipt of one of the dispatcher's attempts to the channel's gate.
    func hear(_ channel: String, _ receipt: Receipt, policy: ChannelPolicy, now: Instant) -> Change? {
        gates.withLock { gates in
            // A channel that has never failed has no gate, and an acceptance changes nothing.
            if receipt.outcome == .delivered, gates[channel] == nil { return nil }
            return ChannelGates.hear(receipt, policy: policy, now: now, &gates[channel, default: Gate()])
        }
    }

    private static func hear(_ receipt: Receipt, policy: ChannelPolicy, now: Instant, _ gate: inout Gate) -> Change? {
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
            return gate.breaker.refusedUs(isSure: policy.refusesForAll, now: now) ? .opened : nil
        }
    }

    /// Returns and clears the results of alerts and tests since the last call.
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
    /// The names of the channels that have an open breaker or are parked.
    var open: Set<String> { gates.withLock { Set($0.filter { $0.value.breaker.isOpen || $0.value.isParked }.keys) } }

    /// Updates a channel's breaker after the configuration was reloaded.
    ///
    /// - Parameters:
    ///   - isSame: Whether the reload left the channel's settings unchanged. If true, its breaker
    ///     keeps its state.
    ///   - isReload: Whether an operator requested the reload. If true, endpoints that were gone
    ///     are tried again.
    func reload(_ channel: String, isSame: Bool, isReload: Bool, now: Instant) {
        if !isSame { reset(channel, now: now) } else if isReload { gates.withLock { $0[channel]?.isParked = false } }
    }

    /// Resets the breaker of a channel that is no longer configured or has new settings.
    func reset(_ channel: String, now: Instant) {
        renewed.withLock { $0[channel] = now }
        gates.withLock { $0[channel] = nil }
    }
}
