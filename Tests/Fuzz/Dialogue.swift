import Foundation
import NIOCore
import NIOEmbedded
import Synchronization

@testable import Listener

/// Feeds the bytes of one client to a listener that has no socket, and collects the responses.
///
/// Each request is answered immediately.
struct Dialogue {
    /// The limits of the listener. They are small, so that short inputs reach them.
    static let limits: Limits = {
        var limits = Limits(body: 64, handlingTime: .seconds(1), connections: 1, requestsInProgress: 1)
        (limits.request.target, limits.request.field, limits.request.fields, limits.request.head, limits.requests) = (
            48, 64, 5, 160, 4
        )
        limits.small = 16
        return limits
    }()

    let answers: [UInt8]
    let requests: [Request]
    let isOpen: Bool

    /// - Parameter cut: the size of the pieces in which the bytes arrive.
    init(_ bytes: ArraySlice<UInt8>, cut: Int) {
        let taken = Taken()
        let channel = EmbeddedChannel(handlers: [])
        // These calls cannot fail, because the channel has no other handlers.
        try? HTTPServer.addHandlers(to: channel, connections: Connections(limits: Self.limits)) { request, responder in
            taken.requests.withLock { $0.append(request) }
            responder.send { Response(status: 200, text: request.path) }
        }
        channel.connect(to: .init(sockaddr_un()), promise: nil)
        var rest = bytes
        var answers: [UInt8] = []
        while !rest.isEmpty, channel.isActive {
            _ = try? channel.writeInbound(ByteBuffer(bytes: rest.prefix(max(1, cut))))
            rest = rest.dropFirst(max(1, cut))
            // Advances the clock, because a pipelined request waits for a later round of the event
            // loop.
            channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
            while let piece = try? channel.readOutbound(as: ByteBuffer.self) { answers += piece.readableBytesView }
        }
        isOpen = channel.isActive
        if isOpen { channel.close(promise: nil) }
        channel.embeddedEventLoop.run()
        self.answers = answers
        requests = taken.requests.withLock { $0 }
    }

    private final class Taken: Sendable {
        let requests = Mutex<[Request]>([])
    }

    /// The status of each response.
    var statuses: [Int] { responses.statuses }
    /// Whether the bytes sent are whole responses, each with its announced length.
    var isWhole: Bool { responses.isWhole }

    private var responses: (statuses: [Int], isWhole: Bool) {
        var statuses: [Int] = []
        var rest = answers[...]
        let isOfHead = requests.map { $0.method == .head }
        while !rest.isEmpty {
            guard let end = rest.firstRange(of: Array("\r\n\r\n".utf8)) else { return (statuses, false) }
            let head = String(decoding: rest[..<end.lowerBound], as: UTF8.self)
            guard head.hasPrefix("HTTP/1.1 "), let status = Int(head.dropFirst(9).prefix(3)),
                let field = head.split(separator: "\r\n").first(where: { $0.hasPrefix("content-length: ") }),
                let count = Int(field.dropFirst(16))
            else { return (statuses, false) }
            rest = rest[end.upperBound...]
            let hasNoBody = status == 200 && statuses.count < isOfHead.count && isOfHead[statuses.count]
            statuses.append(status)
            if hasNoBody || status != 200 && rest.isEmpty { continue }
            guard rest.count >= count else { return (statuses, false) }
            rest = rest.dropFirst(count)
        }
        return (statuses, true)
    }
}
