import Dates

/// A reading of CLOCK_MONOTONIC in milliseconds.
///
/// Network timeouts are measured with this clock, because they run at real speed even in a
/// rehearsal.
package struct Monotonic: Comparable {
    package let milliseconds: Int64

    package static var now: Monotonic { Monotonic(milliseconds: SystemClock.monotonic()) }

    package static func + (a: Monotonic, span: TimeSpan) -> Monotonic {
        Monotonic(milliseconds: a.milliseconds + span.milliseconds)
    }

    package static func < (a: Monotonic, b: Monotonic) -> Bool { a.milliseconds < b.milliseconds }
}
