import Dates
import Scheduler

/// The future events of one run in order of time.
///
/// Events of the same time stay in the order in which they were added.
final class Timeline {
    private struct Happening {
        let at: Instant
        let serial: Int
        let action: () -> Void
    }

    /// The events, latest first, so that the next event is the last element.
    private var coming: [Happening] = []
    private var serial = 0

    var nextAt: Instant? { coming.last?.at }

    func at(_ instant: Instant, _ action: @escaping () -> Void) {
        serial += 1
        let place = coming.firstIndex { $0.at <= instant } ?? coming.endIndex
        coming.insert(Happening(at: instant, serial: serial, action: action), at: place)
    }

    /// Removes and returns the next event at or before `instant`; nil if there is none.
    func take(through instant: Instant) -> (() -> Void)? {
        guard let next = coming.last, next.at <= instant else { return nil }
        return coming.removeLast().action
    }
}

/// The clock of one run. Its wall clock is sometimes set to a wrong time.
// @unchecked: a run and everything in it stays on one thread.
final class SimulatedClock: WallClock, @unchecked Sendable {
    /// The correct time. It never runs backwards.
    private(set) var truth: Instant
    /// How far the wall clock is ahead of `truth`; negative if it is behind.
    private(set) var offset = TimeSpan.zero

    init(_ start: Instant) {
        truth = start
    }

    func now() -> Instant { truth + offset }

    func run(to instant: Instant) {
        precondition(instant >= truth, "true time was asked to run backwards")
        truth = instant
    }

    func set(offset: TimeSpan) { self.offset = offset }

    /// Returns the value of `truth` when the wall clock will show `wall`.
    ///
    /// The result is right only if nobody sets the clock before then.
    func truth(whenShowing wall: Instant) -> Instant { wall - offset }
}

/// A clock that cannot be set. It always shows `SimulatedClock.truth`.
// @unchecked: a run and everything in it stays on one thread.
final class TrueTime: WallClock, @unchecked Sendable {
    private let clock: SimulatedClock

    init(_ clock: SimulatedClock) {
        self.clock = clock
    }

    func now() -> Instant { clock.truth }
}

/// A clock that advances by an hour each time it is read.
// @unchecked: a run and everything in it stays on one thread.
final class HastyClock: WallClock, @unchecked Sendable {
    private var time = Instant(milliseconds: 0)

    func now() -> Instant {
        time = time + .hours(1)
        return time
    }
}
