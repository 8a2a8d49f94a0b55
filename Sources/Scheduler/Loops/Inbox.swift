import Synchronization

/// Where channels leave what became of their attempts, from any thread; the dispatcher empties it.
public final class Inbox: Sendable {
    struct Arrival: Sendable {
        let claim: Claim
        /// Of the channel it went by, which a reload may have taken away since.
        let kind: ChannelKind
        let receipt: Receipt
    }

    private let arrivals = Mutex<[Arrival]>([])
    private let arrived: @Sendable () -> Void

    /// - Parameter arrived: called from the channel's thread after something arrived in an empty inbox; must not block.
    public init(arrived: @escaping @Sendable () -> Void) {
        self.arrived = arrived
    }

    func put(_ arrival: Arrival) {
        let wasEmpty = arrivals.withLock { arrivals in
            arrivals.append(arrival)
            return arrivals.count == 1
        }
        if wasEmpty { arrived() }
    }

    func takeAll() -> [Arrival] {
        arrivals.withLock { arrivals in
            let taken = arrivals
            arrivals.removeAll(keepingCapacity: true)
            return taken
        }
    }
}
