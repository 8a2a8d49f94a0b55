import CLinux
import Glibc

/// A state behind a lock that threads can wait on: the one way in which the engines' threads and their callers meet.
///
/// Blocking, for threads that the engines own and for callers that may block briefly; never held while a callback runs.
// Sendable: the state is reached only under the mutex.
final class Monitor<State>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var state: State

    init(_ state: State) {
        self.state = state
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        // Waits must not move with the wall clock.
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(changed, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    /// Reads or changes the state, and wakes all who wait for a change.
    func with<Result>(_ body: (inout State) -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer {
            pthread_cond_broadcast(changed)
            pthread_mutex_unlock(mutex)
        }
        return body(&state)
    }

    /// Waits until `body` gives a value, asking again after each change; nil once `deadline` (nil: none) has passed without one.
    func wait<Result>(until deadline: Monotonic?, _ body: (inout State) -> Result?) -> Result? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let result = body(&state) {
                pthread_cond_broadcast(changed)
                return result
            }
            guard let deadline else {
                pthread_cond_wait(changed, mutex)
                continue
            }
            guard Monotonic.now < deadline else { return nil }
            var time = timespec(
                tv_sec: Int(deadline.milliseconds / 1_000), tv_nsec: Int(deadline.milliseconds % 1_000) * 1_000_000)
            pthread_cond_timedwait(changed, mutex, &time)
        }
    }
}

/// A reading of CLOCK_MONOTONIC in milliseconds: for timeouts of the network, which use real time even in a rehearsal.
struct Monotonic: Comparable {
    let milliseconds: Int64

    static var now: Monotonic {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Monotonic(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }

    static func + (a: Monotonic, milliseconds: Int) -> Monotonic {
        Monotonic(milliseconds: a.milliseconds + Int64(milliseconds))
    }

    static func < (a: Monotonic, b: Monotonic) -> Bool { a.milliseconds < b.milliseconds }
}

/// A thread of our own for C calls that block.
struct BlockingThread {
    private let id: pthread_t

    /// Starts it; nil where the system has no more threads to give (EAGAIN). `name` shows in `ps`, 15 characters at most.
    static func start(_ name: String, _ body: @escaping @Sendable () -> Void) -> BlockingThread? {
        let start = Unmanaged.passRetained(Start(name: name, body: body))
        var id = pthread_t()
        let status = pthread_create(
            &id, nil,
            { context in
                guard let context else { return nil }
                let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
                linux_name_thread(start.name)
                start.body()
                return nil
            }, start.toOpaque())
        guard status == 0 else {
            start.release()
            return nil
        }
        return BlockingThread(id: id)
    }

    func join() {
        pthread_join(id, nil)
    }

    private final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
}
