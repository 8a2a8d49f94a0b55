import NIOCore

/// Sends the program's response to one request.
///
/// Only the first response is sent. Further responses, and responses after the client has
/// disconnected, are dropped.
package struct Responder: Sendable {
    private let handler: NIOLoopBound<RequestHandler>
    private let request: Int

    init(_ handler: RequestHandler, request: Int, on loop: any EventLoop) {
        self.handler = NIOLoopBound(handler, eventLoop: loop)
        self.request = request
    }

    /// Calls `response` on the listener's thread and sends its result. May be called from any
    /// thread.
    ///
    /// `response` is called only if the client is still waiting.
    package func send(_ response: @escaping @Sendable () -> Response) {
        let (handler, request) = (handler, request)
        handler.eventLoop.execute { handler.value.answer(request, response) }
    }

    /// Sends `response` if the program has not responded after `time`.
    ///
    /// Must be called on the listener's thread, before the program's handler returns.
    package func giveUp(after time: Duration, with response: Response) {
        handler.value.giveUp(request, after: time, with: response)
    }
}
