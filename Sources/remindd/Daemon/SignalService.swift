import Foundation
import ServiceLifecycle
import UnixSignals

/// Turns signals into requests.
///
/// The first SIGTERM or SIGINT requests a stop that lets attempts under way end. A second SIGTERM
/// or SIGINT ends the process immediately, which does the ledger no more harm than a crash. SIGHUP
/// requests a reload.
struct SignalService: Service {
    let control: LoopControl
    let received: UnixSignalsSequence

    func run() async throws {
        for await signal in received.cancelOnGracefulShutdown() {
            if signal == .sighup {
                control.requestReload()
            } else if control.isStopping {
                _exit(128 + signal.rawValue)
            } else {
                control.requestStop()
            }
        }
    }
}
