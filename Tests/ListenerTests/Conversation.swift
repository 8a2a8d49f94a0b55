import Foundation
import NIOCore
import NIOEmbedded

@testable import Listener

/// A simulated connection to a listener. It has no socket, and the test advances its clock.
final class Conversation {
    let channel: EmbeddedChannel
    private let loop: EmbeddedEventLoop
    private let kernel: Kernel

    /// The program that handles requests.
    typealias Program = @Sendable (Request, Responder) -> Void

    /// Creates the connection. Returns nil if the listener accepts no more connections.
    init?(_ connections: Connections, on loop: EmbeddedEventLoop = EmbeddedEventLoop(), program: @escaping Program = echo) {
        self.loop = loop
        kernel = Kernel()
        channel = EmbeddedChannel(handlers: [kernel], loop: loop)
        do {
            try HTTPServer.addHandlers(to: channel, connections: connections, handler: program)
            channel.connect(to: try SocketAddress(unixDomainSocketPath: "/nowhere"), promise: nil)
        } catch {
            return nil
        }
    }

    convenience init(_ limits: Limits = Conversation.limits, program: @escaping Program = Conversation.echo) {
        self.init(Connections(limits: limits), program: program)!
    }

    static let limits = Limits(body: 256 * 1_024, handlingTime: .seconds(60), connections: 4, requestsInProgress: 2)

    /// A program that responds immediately with the parts of the request as they were parsed.
    static let echo: Program = { request, responder in
        let query = request.query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
        let text = "\(request.method) \(request.path) \(query) \(String(decoding: request.body, as: UTF8.self))"
        responder.send { Response(status: 200, text: text) }
    }

    var isOpen: Bool { channel.isActive }
    /// The number of reads that the connection has requested.
    var reads: Int { kernel.reads }

    /// Simulates a client that accepts no more bytes.
    func stall() { kernel.isStalled = true }

    func send(_ bytes: [UInt8]) {
        guard isOpen else { return }
        do { try channel.writeInbound(ByteBuffer(bytes: bytes)) } catch { channel.close(promise: nil) }
        // A real channel requests another read after each piece.
        channel.read()
        loop.run()
    }

    func send(_ text: String) { send(Array(text.utf8)) }

    /// Sends a string in pieces of `count` bytes.
    func send(_ text: String, inPiecesOf count: Int) {
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: count) { send(Array(bytes[start..<min(bytes.count, start + count)])) }
    }

    /// Simulates that the client sends no more bytes. It can still receive responses.
    func endInput() {
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        loop.run()
    }

    func pass(_ time: Duration) { loop.advanceTime(by: TimeAmount(time)) }

    /// Returns the bytes that the client received since the last call.
    func received() -> String {
        // Advances the clock, because a pipelined request waits for a later round of the event
        // loop.
        pass(.milliseconds(1))
        return take()
    }

    /// Returns the status of each response that the client received since the last call.
    func statuses() -> [Int] { Conversation.statuses(in: received()) }

    /// Returns the result of `statuses` without advancing the clock.
    func written() -> [Int] { Conversation.statuses(in: take()) }

    private func take() -> String {
        var bytes: [UInt8] = []
        while let piece = try? channel.readOutbound(as: ByteBuffer.self) { bytes += piece.readableBytesView }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func statuses(in text: String) -> [Int] {
        text.components(separatedBy: "HTTP/1.1 ").dropFirst().compactMap { Int($0.prefix(3)) }
    }

    /// Sends a string and returns the status of each response.
    func statuses(_ text: String) -> [Int] {
        send(text)
        return statuses()
    }
}

/// A handler in place of the socket. Counts reads, and keeps writes back while `isStalled`.
private final class Kernel: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer

    var reads = 0
    var isStalled = false

    func read(context: ChannelHandlerContext) {
        reads += 1
        context.read()
    }

    func flush(context: ChannelHandlerContext) {
        if !isStalled { context.flush() }
    }
}
