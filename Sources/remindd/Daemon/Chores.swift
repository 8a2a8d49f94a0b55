import Clocks
import Dates
import Scheduler

/// A periodic task that the loop's thread runs in addition to planning and sending.
struct Chore {
    /// The minimum time between two runs; zero to run at every pass of the loop.
    let every: TimeSpan
    /// The task. If it throws an error, it runs again at the next pass.
    let run: (_ now: Instant) throws -> Void
    /// The time of the last run, by the monotonic clock; nil before the first run.
    fileprivate var lastAt_ms: Int64?

    /// - Parameter isDelayed: whether the first run is after the time `every`, not at once.
    init(every: TimeSpan = .zero, isDelayed: Bool = false, run: @escaping (_ now: Instant) throws -> Void) {
        self.every = every
        self.run = run
        lastAt_ms = isDelayed ? SystemClock.monotonic() : nil
    }
}

/// Chores that run one after the other, each at its own interval.
final class Chores {
    private var chores: [Chore]

    init(_ chores: [Chore]) {
        self.chores = chores
    }

    /// Runs the chores that are due, in their order.
    func run(now: Instant, now_ms: Int64 = SystemClock.monotonic()) {
        for index in chores.indices {
            let chore = chores[index]
            if let last = chore.lastAt_ms, now_ms - last < chore.every.milliseconds { continue }
            guard (try? chore.run(now)) != nil else { continue }
            chores[index].lastAt_ms = now_ms
        }
    }
}
