import Glibc
import NIOCore

/// Stops accepting connections for a while if the system has no descriptor or memory left.
///
/// The pause ends after a fixed time or when a connection closes. Without the pause, the listening
/// socket would stay readable and the thread would spin.
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel

    private let pause: TimeAmount
    private let onShortage: (String) -> Void
    private var context: ChannelHandlerContext?
    private var end: Scheduled<Void>?

    init(_ pause: Duration, onShortage: @escaping (String) -> Void) {
        self.pause = TimeAmount(pause)
        self.onShortage = onShortage
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        end?.cancel()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? IOError, [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(error.errnoCode) else {
            return context.fireErrorCaught(error)
        }
        onShortage(String(cString: strerror(error.errnoCode)))
        accept(false)
        end?.cancel()
        end = context.eventLoop.assumeIsolated().scheduleTask(in: pause) { [self] in resume() }
    }

    var isPaused: Bool { end != nil }

    /// Ends the pause. Called when a connection has closed, because its descriptor may be free.
    func resume() {
        guard isPaused else { return }
        end?.cancel()
        end = nil
        accept(true)
    }

    private func accept(_ isOn: Bool) {
        // Setting the option fails only if the listening socket is closed. In that case, nothing is
        // accepted anyway.
        try? context?.channel.syncOptions?.setOption(.autoRead, value: isOn)
    }
}
