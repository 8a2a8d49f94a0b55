import NIOCore

/// Takes the program's answer to one request, from any thread, once. What comes after the first answer, or after the client has gone, is
/// dropped.
package struct Responder: Sendable {
    private let handler: NIOLoopBound<RequestHandler>
    private let request: Int

    init(_ handler: RequestHandler, request: Int, on loop: any EventLoop) {
        self.handler = NIOLoopBound(handler, eventLoop: loop)
        self.request = request
    }

    /// `response` is called on the listener's thread, and only where the client still waits.
    package func send(_ response: @escaping @Sendable () -> Response) {
        let (handler, request) = (handler, request)
        handler.eventLoop.execute { handler.value.answer(request, response) }
    }

    /// Answers `response` where the program has not answered by then. Called before the program's handler returns.
    package func giveUp(after time: Duration, with response: Response) {
        handler.value.giveUp(request, after: time, with: response)
    }
}
