import NIOCore

/// Sends the program's response to one request, once, from any thread.
///
/// Further responses, and responses after the client has disconnected, are dropped.
package struct Responder: Sendable {
    private let handler: NIOLoopBound<RequestHandler>
    private let request: Int

    init(_ handler: RequestHandler, request: Int, on loop: any EventLoop) {
        self.handler = NIOLoopBound(handler, eventLoop: loop)
        self.request = request
    }

    /// Sends a response. `response` is called on the listener's thread if the client still waits.
    package func send(_ response: @escaping @Sendable () -> Response) {
        let (handler, request) = (handler, request)
        handler.eventLoop.execute { handler.value.answer(request, response) }
    }

    /// Sends `response` if the program has not sent one after `time`.
    ///
    /// Must be called before the program's handler returns.
    package func giveUp(after time: Duration, with response: Response) {
        handler.value.giveUp(request, after: time, with: response)
    }
}
