import Glibc

/// Measures the processor time of the calling thread.
///
/// Other load on the machine does not affect the result. Use it for limits on computation. Do not
/// use it for limits on waiting.
public enum ProcessorTime {
    public static func measure(_ work: () throws -> Void) rethrows -> Duration {
        let before = now
        try work()
        return now - before
    }

    private static var now: Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
