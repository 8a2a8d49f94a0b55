import NIOCore
import NIOHTTP1

/// Checks requests, passes them to the program and writes responses.
///
/// It follows the parser in the pipeline. It handles one request at a time, in the order in which
/// they arrive.
final class RequestHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let bytes: ByteGuard
    private let connections: Connections
    private let check: RequestCheck
    private let handler: HTTPServer.Handler
    private var context: ChannelHandlerContext?

    /// The request that is being received or handled; nil if there is none.
    private var accepted: RequestCheck.Accepted?
    /// Whether the method of the last request is HEAD, so that its response has no body.
    private var isHead = false
    private var body: [UInt8] = []
    /// The number of the current request. A response to an earlier request is dropped.
    private var request = 0
    private var isInProgress = false
    private var isStreaming = false
    /// Number of bytes reserved, first for the body, then for the response (`Connections.hold`).
    private var held = 0
    /// The response that is sent if the program does not respond in time.
    private var fallback = Refusal.noAnswer.response

    init(bytes: ByteGuard, connections: Connections, handler: @escaping HTTPServer.Handler) {
        self.bytes = bytes
        self.connections = connections
        self.handler = handler
        check = RequestCheck(limits: connections.limits)
    }

    // MARK: the channel's events

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        letGo()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        letGo()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            isHead = head.method == .HEAD
            do throws(Refusal) {
                let accepted = try check.accept(head)
                guard connections.hold(accepted.bodyCount) else { throw .tooBusy }
                held = accepted.bodyCount
                self.accepted = accepted
                if accepted.bodyCount > 0 { bytes.expectBody(accepted.bodyCount) }
            } catch {
                refuse(error)
            }
        case .body(let part):
            if accepted != nil { body.append(contentsOf: part.readableBytesView) }
        case .end:
            if let accepted, !isInProgress { hand(accepted, context) }
        }
    }

    /// Responds if `ByteGuard` refuses a request or finds that the program did not respond in time.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let refusal = event as? Refusal else { return context.fireUserInboundEventTriggered(event) }
        if isInProgress {
            write(fallback, keepsAlive: false)
        } else {
            refuse(refusal)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch bytes.phase {
        case .head where error is HTTPParserError, .body where error is HTTPParserError:
            refuse(.malformed("the request cannot be parsed"))
        case .head, .body, .handling, .responding, .closed: bytes.close()
        }
    }

    // MARK: the program

    private func hand(_ accepted: RequestCheck.Accepted, _ context: ChannelHandlerContext) {
        let whole = Request(method: accepted.method, path: accepted.target.path, query: accepted.target.query, body: body)
        body = []
        request += 1
        bytes.beginHandling()
        guard connections.beginRequest() else { return write(Refusal.tooBusy.response, keepsAlive: true) }
        isInProgress = true
        fallback = Refusal.noAnswer.response
        handler(whole, Responder(self, request: request, on: context.eventLoop))
    }

    func giveUp(_ request: Int, after time: Duration, with response: Response) {
        guard request == self.request, isInProgress else { return }
        fallback = response
        bytes.handle(within: time)
    }

    func answer(_ request: Int, _ response: () -> Response) {
        guard request == self.request, isInProgress else { return }
        write(response(), keepsAlive: true)
    }

    // MARK: the response

    private func refuse(_ refusal: Refusal) {
        guard bytes.phase != .responding, bytes.phase != .closed else { return }
        accepted = nil
        write(refusal.response, keepsAlive: false)
    }

    private func write(_ response: Response, keepsAlive: Bool) {
        letGo()
        guard let context, bytes.phase != .closed else { return }
        let response = isHead || hold(response) ? response : Refusal.tooBusy.response
        let keeps =
            keepsAlive && accepted?.keepsAlive == true && request < connections.limits.requests && !connections.isStopping
        accepted = nil
        bytes.beginResponse()
        var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: response.status))
        for (name, value) in response.fields { head.headers.add(name: name, value: value) }
        head.headers.add(name: "content-length", value: String(response.count))
        if !keeps { head.headers.add(name: "connection", value: "close") }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        switch response.body {
        case _ where isHead: end(keeps, context)
        case .bytes(let bytes):
            context.write(wrapOutboundOut(.body(.byteBuffer(context.channel.allocator.buffer(bytes: bytes)))), promise: nil)
            end(keeps, context)
        case .pieces(let count, let next): writePiece(next, left: count, keeps, context)
        }
    }

    /// Writes one piece of a response.
    ///
    /// The next piece is written when this piece has been passed to the client's socket. Between
    /// two pieces, other connections are served.
    private func writePiece(
        _ next: @escaping @Sendable (Int) -> [UInt8]?, left: Int, _ keeps: Bool, _ context: ChannelHandlerContext
    ) {
        guard bytes.phase == .responding else { return }
        guard left > 0 else { return end(keeps, context) }
        guard let piece = next(min(left, connections.limits.piece)), 1...left ~= piece.count else { return bytes.close() }
        bytes.beginResponse()
        let buffer = context.channel.allocator.buffer(bytes: piece)
        let loop = context.eventLoop.assumeIsolated()
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(buffer)))).assumeIsolated().whenSuccess { [self] in
            loop.execute { [self] in writePiece(next, left: left - piece.count, keeps, context) }
        }
    }

    private func end(_ keeps: Bool, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(.end(nil))).assumeIsolated().whenComplete { [self] result in
            letGo()
            if case .success = result, keeps {
                bytes.awaitNext()
            } else {
                bytes.close()
            }
        }
    }

    // MARK: reserved memory

    private func hold(_ response: Response) -> Bool {
        switch response.body {
        case .bytes(let bytes):
            guard connections.hold(bytes.count) else { return false }
            held = bytes.count
        case .pieces:
            guard connections.beginStream() else { return false }
            isStreaming = true
        }
        return true
    }

    private func letGo() {
        if isInProgress { connections.endRequest() }
        if isStreaming { connections.endStream() }
        connections.release(held)
        (isInProgress, isStreaming, held) = (false, false, 0)
        body = []
    }
}
