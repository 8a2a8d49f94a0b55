import Glibc

/// How long the calling thread computes, whatever else the machine does meanwhile: for limits of what is computed, not waited for.
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
