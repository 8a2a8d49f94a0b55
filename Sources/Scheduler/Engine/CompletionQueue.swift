import Dates
import Synchronization

/// A queue of receipts that channels fill from any thread and the dispatcher empties.
public final class CompletionQueue: Sendable {
    struct Arrival: Sendable {
        let claim: Claim
        /// The policy of the channel that made the attempt.
        ///
        /// The policy is stored here because a reload may have removed the channel since.
        let policy: ChannelPolicy
        let receipt: Receipt
        /// The fingerprint of the channel's settings when the attempt began.
        let fingerprint: String
        /// When the claim was handed to its channel, by the real clock.
        let began: Instant
    }

    private struct State {
        var arrivals: [Arrival] = []
        /// The number of arrivals at which `arrived` is called again.
        var enough = 1
    }

    private let state = Mutex(State())
    private let arrived: @Sendable () -> Void

    /// - Parameter arrived: Called when a receipt arrives in an empty queue, and when the number
    ///   given to `isShort(of:)` is reached. It runs on the channel's thread and must not block.
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

    /// Returns whether fewer than `count` receipts are queued.
    ///
    /// If true, `arrived` is called when the number of queued receipts reaches `count`.
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
