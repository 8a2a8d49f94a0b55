import CLinux
import Dates
import Foundation
import Scheduler

/// The machine's wall clock (CLOCK_REALTIME).
package final class SystemClock: WallClock {
    package init() {}

    package func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// Returns the milliseconds since boot, excluding suspend, for measuring durations.
    ///
    /// The source is CLOCK_MONOTONIC.
    package static func monotonic() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}

/// The time since boot, including suspend (CLOCK_BOOTTIME). Nobody can set this clock.
///
/// Only the difference between two instants of this clock is meaningful.
package final class SteadyClock: WallClock {
    package init() {}

    package func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return Instant(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }
}

/// Lets any thread wake the thread that waits on `descriptor`, which is an eventfd.
package final class Waker: Sendable {
    package let descriptor: Int32

    package init() {
        descriptor = linux_eventfd()
        precondition(descriptor >= 0, "no event descriptor")
    }

    deinit { close(descriptor) }

    package func ring() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }

    package func silence() {
        var count: UInt64 = 0
        _ = read(descriptor, &count, 8)
    }
}

/// Sleeps on a timer of the wall clock, without polling.
///
/// A wait ends at the given instant, when the clock is set, or when the waker rings. In between,
/// the thread wakes only to call `tick`.
package final class TimerWaiter: Waiter {
    private let bell: Waker
    private let timer: Int32
    private let clock = SystemClock()
    private var tickedAt_ms: Int64 = 0
    /// The longest time that the thread sleeps without a call of `tick`; nil for no limit.
    private var tickEvery_ms: Int64?
    private let tick: () -> Void
    /// The wall clock's reading minus the monotonic clock's reading.
    ///
    /// The difference changes when the wall clock is set and when the machine is suspended.
    private var offset_ms: Int64

    /// The largest change of `offset_ms` that does not count as a step of the clock.
    ///
    /// Smaller changes come from corrections by time synchronization.
    private static let stepTolerance_ms: Int64 = 2_000

    /// - Parameter tickEvery: the longest time that the thread sleeps without a call of `tick`; nil
    ///   for no limit.
    package init(bell: Waker, tickEvery: TimeSpan?, tick: @escaping () -> Void) {
        self.bell = bell
        self.tick = tick
        tickEvery_ms = tickEvery?.milliseconds
        timer = linux_timerfd_realtime()
        precondition(timer >= 0, "no timer descriptor")
        offset_ms = clock.now().milliseconds - SystemClock.monotonic()
    }

    deinit { close(timer) }

    /// Sets the longest sleep without a call of `tick`, from the next wait on; nil for no limit.
    package func tick(every span: TimeSpan?) {
        tickEvery_ms = span?.milliseconds
    }

    package func wait(until wake: Instant, idle: Bool) -> WakeReason {
        tickAgain()
        arm(wake)
        while true {
            if stepped() { return .clockStepped }
            if clock.now() >= wake { return .due }
            let ready = linux_wait_readable([bell.descriptor, timer], 2, tickEvery_ms.map { Int32($0) } ?? -1)
            tickAgain()
            if ready > 0, ready & 2 != 0 {
                var expirations: UInt64 = 0
                // ECANCELED means that the clock was set (timerfd_create(2),
                // TFD_TIMER_CANCEL_ON_SET).
                if read(timer, &expirations, 8) < 0, errno == ECANCELED {
                    _ = stepped()
                    return .clockStepped
                }
            }
            if ready > 0, ready & 1 != 0 {
                bell.silence()
                return .roused
            }
        }
    }

    /// Calls `tick`, unless the last call was less than a second ago.
    ///
    /// If half of `tickEvery_ms` is shorter than a second, it counts instead. A busy loop calls
    /// this method thousands of times a second.
    private func tickAgain() {
        let now_ms = SystemClock.monotonic()
        guard now_ms - tickedAt_ms >= min(1_000, (tickEvery_ms ?? 1_000) / 2) else { return }
        tickedAt_ms = now_ms
        tick()
    }

    /// Returns whether the clock was set since the last call.
    ///
    /// The method also detects steps that the timer cannot report, such as a clock that is shifted
    /// for this process only.
    private func stepped() -> Bool {
        let offset = clock.now().milliseconds - SystemClock.monotonic()
        defer { offset_ms = offset }
        return abs(offset - offset_ms) > TimerWaiter.stepTolerance_ms
    }

    private func arm(_ wake: Instant) {
        // Clamps the time to the years 1970 to 2199, because 0 would disarm the timer. A wake time
        // before 1970 is past in any case, and a wake time after 2199 is never reached.
        let seconds = min(max(wake.seconds, 1), 7_258_118_400)
        let remainder = wake.seconds == seconds ? (wake.milliseconds - seconds * 1_000) * 1_000_000 : 0
        precondition(linux_timerfd_arm(timer, seconds, remainder) == 0, "the timer cannot be set")
    }
}
