import Synchronization

/// Where channels leave what became of their attempts, from any thread; the dispatcher empties it.
public final class Inbox: Sendable {
    struct Arrival: Sendable {
        let claim: Claim
        /// Of the channel it went by, which a reload may have taken away since.
        let kind: ChannelKind
        let receipt: Receipt
        /// Of the channel's settings at that time.
        let fingerprint: String
        /// When it was handed to its channel, in real time.
        let began: Instant
    }

    private struct State {
        var arrivals: [Arrival] = []
        /// At this many, who waits for them is woken again.
        var enough = 1
    }

    private let state = Mutex(State())
    private let arrived: @Sendable () -> Void

    /// - Parameter arrived: called from the channel's thread when something arrives in an empty inbox, and when there is as much as was
    ///   asked for; must not block.
    public init(arrived: @escaping @Sendable () -> Void) {
        self.arrived = arrived
    }

    func put(_ arrival: Arrival) {
        let isTold = state.withLock { state in
            state.arrivals.append(arrival)
            return state.arrivals.count == 1 || state.arrivals.count == state.enough
        }
        if isTold { arrived() }
    }

    /// Whether fewer than `count` have arrived; then `arrived` is called once that many have.
    func isShort(of count: Int) -> Bool {
        state.withLock { state in
            state.enough = count
            return state.arrivals.count < count
        }
    }

    func takeAll() -> [Arrival] {
        state.withLock { state in
            let taken = state.arrivals
            state.arrivals.removeAll(keepingCapacity: true)
            state.enough = 1
            return taken
        }
    }
}
