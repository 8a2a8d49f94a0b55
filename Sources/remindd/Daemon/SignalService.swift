import Foundation
import ServiceLifecycle
import UnixSignals

/// Turns signals into requests.
///
/// The first SIGTERM or SIGINT requests a stop, which lets attempts under way end. A second one
/// ends the process at once, which the ledger survives like a crash. SIGHUP requests a reload.
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
