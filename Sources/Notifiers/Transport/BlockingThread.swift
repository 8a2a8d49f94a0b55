import CLinux
import Glibc

/// A dedicated thread for C calls that block.
struct BlockingThread {
    private let id: pthread_t

    /// Starts a thread; nil if the system has no more threads (EAGAIN).
    ///
    /// - Parameter name: the name of the thread in `ps`, at most 15 characters.
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
