import Foundation
import ServiceLifecycle
import UnixSignals

/// The first SIGTERM or SIGINT lets what is under way end; a second ends the process at once, which the ledger survives
/// as it does a crash. SIGHUP asks for a reload.
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
