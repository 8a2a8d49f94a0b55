import Dates
import Glibc
import Scheduler

/// A reading of CLOCK_MONOTONIC in milliseconds.
///
/// Network timeouts use it because they run in real time even in a rehearsal.
struct Monotonic: Comparable {
    let milliseconds: Int64

    static var now: Monotonic {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Monotonic(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }

    static func + (a: Monotonic, span: TimeSpan) -> Monotonic {
        Monotonic(milliseconds: a.milliseconds + span.milliseconds)
    }

    static func < (a: Monotonic, b: Monotonic) -> Bool { a.milliseconds < b.milliseconds }
}
