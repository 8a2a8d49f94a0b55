import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// An HTTP/1.1 server on a Unix socket, with its own thread. Passes checked requests to a handler.
///
/// Listening fails, for example, if another process listens, if the folder is missing or if no
/// descriptor is free. The server then tries again every few seconds, and reports a failure only if
/// its reason is new. It uses no thread of Swift's concurrency pool.
// Unchecked Sendable, because the variables below are used only on `loop`.
package final class HTTPServer: @unchecked Sendable {
    /// Handles a request. Called on the listener's thread, so a handler must not block.
    ///
    /// The handler may return before it responds. `Responder.send` may be called later, from any
    /// thread.
    package typealias Handler = @Sendable (Request, Responder) -> Void

    package enum Notice: Sendable {
        /// The server cannot listen and will try again in a few seconds. The value is the reason.
        case notListening(String)
        /// Listening has succeeded after an earlier `notListening`.
        case listening
        /// The server has stopped accepting connections for a moment. The value is the reason.
        ///
        /// Reported at most once a minute.
        case notAccepting(String)
    }

    private let file: SocketFile
    private let limits: Limits
    private let prepare: @Sendable (_ path: String) -> Void
    private let notify: @Sendable (Notice) -> Void
    private let handler: Handler
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let loop: any EventLoop

    private let connections: Connections
    private var socket: (channel: any Channel, identity: SocketFile.Identity)?
    private var retry: Scheduled<Void>?
    private var trouble: String?
    private var shortageSaid: NIODeadline?
    private var isStopping = false

    /// - Parameters:
    ///   - prepare: changes the socket's file, such as its group, before clients can connect.
    ///   - notify: called on the listener's thread.
    package init(
        path: String, limits: Limits, prepare: @escaping @Sendable (_ path: String) -> Void,
        notify: @escaping @Sendable (Notice) -> Void, handler: @escaping Handler
    ) {
        file = SocketFile(path: path)
        self.limits = limits
        self.prepare = prepare
        self.notify = notify
        self.handler = handler
        loop = group.next()
        connections = Connections(limits: limits)
    }

    package func start() {
        loop.execute { [self] in listen() }
    }

    /// Stops listening. When all connections are closed, calls `stopped` once on the listener's
    /// thread.
    ///
    /// Connections that wait for a request are closed immediately. All other connections are closed
    /// after their response, or after `Limits.Times.stop`.
    package func stop(_ stopped: @escaping @Sendable () -> Void) {
        loop.execute { [self] in
            precondition(!isStopping, "a listener is stopped once")
            isStopping = true
            retry?.cancel()
            if let socket {
                file.remove(socket.identity)
                socket.channel.close(promise: nil)
            }
            socket = nil
            connections.stop()
            guard connections.count > 0 else { return stopped() }
            let timer = loop.assumeIsolated().scheduleTask(in: TimeAmount(limits.times.stop)) { [self] in connections.closeAll() }
            connections.onEmpty = {
                timer.cancel()
                stopped()
            }
        }
    }

    /// Ends the thread. Call it after `stop`.
    package func shutDown() async {
        // The shutdown fails only if the group was shut down before.
        try? await group.shutdownGracefully()
    }

    // MARK: listening

    private func listen() {
        guard !isStopping else { return }
        switch file.state {
        case .free: open()
        case .taken: listenLater("another process answers there")
        case .forbidden: listenLater("it is not ours")
        case .notSocket(let what): listenLater("it is \(what), not a socket: it is not touched")
        case .unusable(let why): listenLater(why)
        }
    }

    private func open() {
        let opened: (descriptor: Int32, identity: SocketFile.Identity)
        do throws(SocketFile.Failure) {
            opened = try file.listen(queue: Int32(limits.connections), prepare: prepare)
        } catch {
            return listenLater(error.why)
        }
        bootstrap(opened.descriptor).withBoundSocket(opened.descriptor).assumeIsolated().whenComplete { [self] result in
            switch result {
            case .failure(let error):
                file.remove(opened.identity)
                listenLater("\(error)")
            case .success(let channel): take(channel, opened.identity)
            }
        }
    }

    private func take(_ channel: any Channel, _ identity: SocketFile.Identity) {
        guard !isStopping else {
            file.remove(identity)
            return channel.close(promise: nil)
        }
        socket = (channel, identity)
        if trouble != nil { notify(.listening) }
        trouble = nil
        channel.closeFuture.assumeIsolated().whenComplete { [self] _ in
            guard !isStopping else { return }
            socket = nil
            listenLater("the socket was closed")
        }
    }

    private func listenLater(_ why: String) {
        if why != trouble { notify(.notListening(why)) }
        trouble = why
        retry = loop.assumeIsolated().scheduleTask(in: TimeAmount(limits.times.retry)) { [self] in listen() }
    }

    private func bootstrap(_ descriptor: Int32) -> ServerBootstrap {
        let queue = Int32(limits.connections)
        return ServerBootstrap(group: group)
            .serverChannelInitializer { [self] channel in
                channel.eventLoop.makeCompletedFuture {
                    // Sets the queue length again, because NIO has replaced it with its own
                    // default.
                    _ = Glibc.listen(descriptor, queue)
                    let pause = AcceptPause(limits.times.acceptPause) { [self] in sayShortage($0) }
                    try channel.pipeline.syncOperations.addHandler(pause)
                    connections.onClose = { [loop = loop.assumeIsolated()] in
                        if pause.isPaused { loop.execute { pause.resume() } }
                    }
                }
            }
            // Accepts up to 64 connections at a time. With NIO's default of four, the last of many
            // simultaneous clients would wait until the clients before it are served.
            .serverChannelOption(.maxMessagesPerRead, value: 64)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: limits.request.head))
            .childChannelInitializer { [self] channel in
                channel.eventLoop.makeCompletedFuture {
                    try HTTPServer.addHandlers(to: channel, connections: connections, handler: handler)
                }
            }
    }

    /// The error for a connection above the limit.
    struct TooManyConnections: Error {}

    /// Adds the guard, the parser and the request handler, in this order.
    static func addHandlers(to channel: any Channel, connections: Connections, handler: @escaping Handler) throws {
        let bytes = ByteGuard(connections: connections)
        var parsing = NIOHTTPDecoderLimitConfiguration()
        parsing.maxHeaderFieldSize = connections.limits.request.head
        parsing.maxHeaderListSize = connections.limits.request.head
        parsing.maxHeaderFieldCount = connections.limits.request.fields
        let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: parsing)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandlers([
            bytes, HTTPResponseEncoder(), ByteToMessageHandler(decoder),
            RequestHandler(bytes: bytes, connections: connections, handler: handler),
        ])
        guard connections.admit(bytes) else { throw TooManyConnections() }
    }

    private func sayShortage(_ why: String) {
        let now = loop.now
        if let said = shortageSaid, now < said + .minutes(1) { return }
        shortageSaid = now
        notify(.notAccepting(why))
    }
}
