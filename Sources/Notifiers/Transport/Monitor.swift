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

    /// Whom a change of the state wakes.
    enum Waking { case nobody, one, all }

    /// Reads or changes the state, and wakes those who wait for such a change: `one` where any of them will do.
    func with<Result>(waking: Waking = .all, _ body: (inout State) -> Result) -> Result {
        pthread_mutex_lock(mutex)
        let result = body(&state)
        pthread_mutex_unlock(mutex)
        wake(waking)
        return result
    }

    /// The same where the change itself says whom it wakes.
    func change<Result>(_ body: (inout State) -> (Result, Waking)) -> Result {
        pthread_mutex_lock(mutex)
        let (result, waking) = body(&state)
        pthread_mutex_unlock(mutex)
        wake(waking)
        return result
    }

    private func wake(_ waking: Waking) {
        switch waking {
        case .nobody: break
        case .one: pthread_cond_signal(changed)
        case .all: pthread_cond_broadcast(changed)
        }
    }

    /// Waits until `body` gives a value, asking again after each change that wakes it, and wakes nobody; nil once `deadline` (nil: none) has passed without one.
    func wait<Result>(until deadline: Monotonic?, _ body: (inout State) -> Result?) -> Result? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let result = body(&state) { return result }
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
