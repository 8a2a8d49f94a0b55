import Dates
import Scheduler

/// What is going to happen in the world of one run, in order of time; among equals in the order it was put there.
final class Timeline {
    private struct Happening {
        let at: Instant
        let serial: Int
        let action: () -> Void
    }

    /// Latest first, so that the next is the last.
    private var coming: [Happening] = []
    private var serial = 0

    var nextAt: Instant? { coming.last?.at }

    func at(_ instant: Instant, _ action: @escaping () -> Void) {
        serial += 1
        let place = coming.firstIndex { $0.at <= instant } ?? coming.endIndex
        coming.insert(Happening(at: instant, serial: serial, action: action), at: place)
    }

    /// Takes the next that happens at or before `instant`.
    func take(through instant: Instant) -> (() -> Void)? {
        guard let next = coming.last, next.at <= instant else { return nil }
        return coming.removeLast().action
    }
}

/// The clock of one run: true time runs on, what the wall clock shows is set now and then.
// @unchecked: a run and everything in it stays on one thread.
final class SimulatedClock: WallClock, @unchecked Sendable {
    /// Time as it is, which only grows.
    private(set) var truth: Instant
    /// How far the wall clock is off.
    private(set) var offset = Span.zero

    init(_ start: Instant) {
        truth = start
    }

    func now() -> Instant { truth + offset }

    func run(to instant: Instant) {
        precondition(instant >= truth, "true time was asked to run backwards")
        truth = instant
    }

    func set(offset: Span) { self.offset = offset }

    /// The true time at which the wall clock, left alone, will show `wall`.
    func truth(whenShowing wall: Instant) -> Instant { wall - offset }
}

/// A clock that nobody sets: true time.
// @unchecked: a run and everything in it stays on one thread.
final class TrueTime: WallClock, @unchecked Sendable {
    private let clock: SimulatedClock

    init(_ clock: SimulatedClock) {
        self.clock = clock
    }

    func now() -> Instant { clock.truth }
}

/// A clock by which an hour passes between any two looks at it.
// @unchecked: a run and everything in it stays on one thread.
final class HastyClock: WallClock, @unchecked Sendable {
    private var time = Instant(milliseconds: 0)

    func now() -> Instant {
        time = time + .hours(1)
        return time
    }
}
