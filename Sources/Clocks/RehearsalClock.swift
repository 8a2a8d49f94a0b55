import CLinux
import Dates
import Foundation
import Scheduler
import Synchronization

/// The clock of a rehearsal.
///
/// The clock starts at a given instant. It runs at real speed while a reminder is due or a delivery
/// is in flight, and at `speed` times real speed otherwise. At high speed it stops at the instant
/// at which the loop asked to be woken, so that no reminder is late because of the speed.
package final class RehearsalClock: WallClock, Waiter {
    private struct State {
        var base: Instant
        var baseMonotonic_ms: Int64
        var isFast: Bool
        var ceiling: Instant
    }

    private let state: Mutex<State>
    private let speed: Double
    private let bell: Waker

    package init(start: Instant, speed: Double, bell: Waker) {
        self.speed = speed
        self.bell = bell
        state = Mutex(
            State(base: start, baseMonotonic_ms: SystemClock.monotonic(), isFast: false, ceiling: .distantFuture))
    }

    package func now() -> Instant {
        state.withLock { reading($0) }
    }

    private func reading(_ state: State) -> Instant {
        let passed = SystemClock.monotonic() - state.baseMonotonic_ms
        guard state.isFast else { return state.base + TimeSpan(milliseconds: passed) }
        let fast = Double(passed) * speed
        guard fast < 1e17 else { return state.ceiling }
        return min(state.base + TimeSpan(milliseconds: Int64(fast)), state.ceiling)
    }

    private func change(fast: Bool, ceiling: Instant) {
        state.withLock { state in
            state.base = reading(state)
            state.baseMonotonic_ms = SystemClock.monotonic()
            state.isFast = fast
            state.ceiling = ceiling
        }
    }

    package func wait(until wake: Instant, idle: Bool) -> WakeReason {
        let pace = idle ? speed : 1
        if idle { change(fast: true, ceiling: wake) }
        defer { if idle { change(fast: false, ceiling: .distantFuture) } }
        while true {
            let left = wake - now()
            guard left > .zero else { return .due }
            let timeout = min((Double(left.milliseconds) / pace).rounded(.up), 60_000)
            if linux_wait_readable([bell.descriptor], 1, Int32(max(1, timeout))) > 0 {
                bell.silence()
                return .roused
            }
        }
    }
}
