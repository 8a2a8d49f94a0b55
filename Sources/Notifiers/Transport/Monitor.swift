import Clocks
import Glibc

/// A value that is protected by a lock. Threads can wait until it changes.
///
/// Calls may block, so only threads that may block briefly should make them. No completion of a
/// transfer runs while the lock is held.
// `Sendable` is unchecked, because the mutex protects the state and the compiler cannot know that.
final class Monitor<State>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var state: State

    init(_ state: State) {
        self.state = state
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        // Waits use the monotonic clock, so that a change of the wall clock does not affect them.
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

    /// The waiting threads that a change of the state wakes.
    enum Waking { case nobody, one, all }

    /// Reads or changes the state, and then wakes waiting threads.
    ///
    /// - Parameter waking: which threads to wake. `one` is enough if any of them can handle the
    ///   change.
    func with<Result>(waking: Waking = .all, _ body: (inout State) -> Result) -> Result {
        pthread_mutex_lock(mutex)
        let result = body(&state)
        pthread_mutex_unlock(mutex)
        wake(waking)
        return result
    }

    /// Changes the state, and then wakes the threads that `body` names in its result.
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

    /// Waits until `body` returns a value, or until `deadline`.
    ///
    /// `body` runs immediately and after each wake-up. If `body` changes the state, no other thread
    /// is woken. The result is nil if no value was returned before `deadline`. If `deadline` is
    /// nil, the wait has no limit.
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
