import Foundation
import ServiceLifecycle
import Synchronization

/// Runs the loop's thread as a service.
///
/// A graceful shutdown lets attempts under way end. A rehearsal ends by itself after `--until`.
final class MainLoopService: Service {
    private let runtime: DaemonRuntime
    private let ended = Mutex<DaemonFailure?>(nil)

    init(runtime: DaemonRuntime) {
        self.runtime = runtime
    }

    /// The failure that ended the loop; nil if there was none.
    var failure: DaemonFailure? { ended.withLock { $0 } }

    func run() async throws {
        let control = runtime.control
        await withGracefulShutdownHandler {
            await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
                let thread = Thread { [self] in
                    do throws(DaemonFailure) {
                        try runtime.work()
                    } catch {
                        ended.withLock { $0 = error }
                    }
                    control.endQuestions()
                    done.resume()
                }
                thread.name = "remindd-loop"
                // Rendering a long text recurses more deeply than the default stack of a thread
                // allows.
                thread.stackSize = 4 << 20
                thread.start()
            }
        } onGracefulShutdown: {
            control.requestStop()
        }
    }
}
