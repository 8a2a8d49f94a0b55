import Dates
import Scheduler
import Synchronization

/// A clock that changes only when a test sets it.
public final class ManualClock: WallClock {
    private let instant: Mutex<Instant>

    public init(_ start: Instant) {
        instant = Mutex(start)
    }

    public func now() -> Instant { instant.withLock { $0 } }

    /// Sets the clock to an instant, which may be in the past.
    public func set(_ new: Instant) { instant.withLock { $0 = new } }

    public func advance(by span: TimeSpan) { instant.withLock { $0 = $0 + span } }
}
