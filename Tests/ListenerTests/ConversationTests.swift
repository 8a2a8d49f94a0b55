import Foundation
import NIOCore
import NIOEmbedded
import Randomness
import Synchronization
import Testing

@testable import Listener

/// Tests one connection over time: deadlines, the order of responses, and the memory it can use.
@Suite("Conversations with clients")
struct ConversationTests {
    private static let get = "GET / HTTP/1.1\r\n\r\n"
    private static func post(_ count: Int) -> String { "POST / HTTP/1.1\r\nContent-Length: \(count)\r\n\r\n" }

    /// A program that keeps the responders of its requests, so that a test can respond later.
    private final class Asked: Sendable {
        private let responders = Mutex<[Responder]>([])
        var count: Int { responders.withLock { $0.count } }
        func take(_: Request, _ responder: Responder) { responders.withLock { $0.append(responder) } }
        func answer(_ index: Int, _ response: Response = Response(status: 200, text: "yes")) {
            responders.withLock { $0[index] }.send { response }
        }
    }

    // MARK: any division into pieces

    @Test("Requests get the same answers in the same order, however their bytes are divided")
    func splits() {
        let pieces = [
            "GET /a HTTP/1.1\r\n\r\n", "GET /b?x=%41 HTTP/1.1\r\nHost: a\r\n\r\n", "HEAD / HTTP/1.1\r\n\r\n",
            "POST /c HTTP/1.1\r\nContent-Length: 20\r\n\r\n01234567890123456789", "POST /d HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
            "GET / HTTP/1.0\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
            "GET /%00 HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nA: b\n\r\n", "nonsense", "GET / HTTP/1.1\r\nConnection: close\r\n\r\n", "PUT / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
            "GET / HTTP/1.1\r\nA: \(String(repeating: "a", count: 8_200))\r\n\r\n",
        ]
        var random = RandomSource(seed: 1)
        for _ in 0..<400 {
            var text = ""
            for _ in 0..<Int.random(in: 1...5, using: &random) { text += pieces.randomElement(using: &random) ?? "" }
            let whole = Conversation()
            whole.send(text)
            let (expected, isOpen) = (whole.received(), whole.isOpen)
            for _ in 0..<3 {
                let cut = Conversation()
                var rest = Array(text.utf8)[...]
                var got = ""
                while !rest.isEmpty {
                    let piece = rest.prefix(Int.random(in: 1...max(1, min(rest.count, 60)), using: &random))
                    rest = rest.dropFirst(piece.count)
                    cut.send(Array(piece))
                    got += cut.received()
                }
                #expect(got == expected && cut.isOpen == isOpen, "\(text.prefix(200))")
            }
        }
    }

    // MARK: deadlines

    @Test(
        "A head must be complete 10 s after the connection, however bytes arrive; a silent client is closed without an answer"
    )
    func headDeadline() {
        let slow = Conversation()
        for _ in 0..<9 {
            slow.send("G")
            slow.pass(.seconds(1))
        }
        #expect(slow.isOpen)
        slow.pass(.seconds(1))
        #expect(slow.statuses() == [408])
        #expect(!slow.isOpen)

        let silent = Conversation()
        silent.pass(.milliseconds(9_999))
        #expect(silent.isOpen)
        silent.pass(.milliseconds(1))
        #expect(!silent.isOpen && silent.received().isEmpty)
    }

    @Test("A request must be complete within 20 s of its beginning")
    func bodyDeadline() {
        let slow = Conversation()
        slow.send(Self.post(100))
        for _ in 0..<19 {
            slow.send("a")
            slow.pass(.seconds(1))
        }
        #expect(slow.isOpen)
        slow.pass(.seconds(1))
        #expect(slow.statuses() == [408])
        #expect(!slow.isOpen)
    }

    @Test("After an answer a connection may idle for 15 s, then has 10 s for a head; it closes after 100 requests")
    func keptAlive() {
        let patient = Conversation()
        #expect(patient.statuses(Self.get) == [200])
        patient.pass(.milliseconds(14_900))
        patient.send("G")
        patient.pass(.milliseconds(9_900))
        #expect(patient.isOpen)
        #expect(patient.statuses("ET / HTTP/1.1\r\n\r\n") == [200])
        patient.pass(.milliseconds(15_000))
        #expect(!patient.isOpen && patient.received().isEmpty)

        let busy = Conversation()
        for _ in 1..<100 { #expect(busy.statuses(Self.get) == [200]) }
        busy.send(Self.get)
        #expect(busy.received().contains("connection: close\r\n"))
        #expect(!busy.isOpen)
    }

    @Test("A connection ends if the client does not take a response, or a piece of a long one, within 20 s")
    func responseDeadline() {
        let stuck = Conversation()
        stuck.stall()
        stuck.send(Self.get)
        stuck.pass(.milliseconds(19_999))
        #expect(stuck.isOpen)
        stuck.pass(.milliseconds(1))
        #expect(!stuck.isOpen)

        let pieces = Mutex(0)
        let stream = Conversation { _, responder in
            responder.send {
                Response(
                    status: 200, contentType: "a/b",
                    body: .pieces(count: 640 * 1_024) { most in
                        pieces.withLock { $0 += 1 }
                        return [UInt8](repeating: 0x61, count: most)
                    })
            }
        }
        stream.send(Self.get)
        #expect(stream.received().utf8.count > 640 * 1_024 && stream.isOpen)
        #expect(pieces.withLock { $0 } == 10)
        stream.stall()
        stream.send(Self.get)
        stream.pass(.seconds(19))
        #expect(stream.isOpen && pieces.withLock { $0 } == 11, "the next piece is read only after this one is taken")
        stream.pass(.seconds(1))
        #expect(!stream.isOpen)
    }

    @Test("If the program does not answer in time, the client gets 503 and the later answer is dropped")
    func handlingDeadline() {
        let asked = Asked()
        let client = Conversation(program: asked.take)
        client.send(Self.get)
        client.pass(.seconds(59))
        #expect(client.isOpen && client.received().isEmpty)
        client.pass(.seconds(1))
        #expect(client.statuses() == [503])
        #expect(!client.isOpen)
        asked.answer(0)
        #expect(client.received().isEmpty)

        let monitor = Conversation { _, responder in
            responder.giveUp(after: .seconds(8), with: Response(status: 503, text: "late"))
        }
        monitor.send(Self.get)
        monitor.pass(.seconds(8))
        #expect(monitor.received().hasSuffix("late"))
    }

    // MARK: order

    @Test("Pipelined requests are answered one after the other in their order, and nothing is read meanwhile")
    func pipelined() {
        let asked = Asked()
        let client = Conversation(program: asked.take)
        client.send("GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\nGET /c HTTP/1.1\r\n\r\n")
        #expect(asked.count == 1)
        let reads = client.reads
        client.send("GET /d HTTP/1.1\r\n\r\n")
        #expect(client.reads == reads)
        for index in 0..<4 {
            #expect(asked.count == index + 1)
            asked.answer(index, Response(status: 200 + index, text: ""))
            #expect(client.statuses() == [200 + index])
        }
        #expect(client.isOpen && client.reads > reads)
    }

    @Test("Pipelined requests of one client are answered one per round, so that other clients are served in between")
    func turns() throws {
        let (loop, connections) = (EmbeddedEventLoop(), Connections(limits: Conversation.limits))
        func connect() throws -> Conversation { try #require(Conversation(connections, on: loop)) }
        let (greedy, other) = (try connect(), try connect())
        greedy.send(String(repeating: Self.get, count: 90))
        var answered = greedy.written()
        #expect(answered.count == 1, "the second waits until the loop has nothing to do")
        for _ in 0..<10 {
            other.send(Self.get)
            #expect(other.written() == [200], "at once")
            greedy.pass(.microseconds(200))
            let more = greedy.written()
            #expect(more == [200], "one per round")
            answered += more
        }
        greedy.pass(.seconds(1))
        #expect(answered.count + greedy.written().count == 90)
    }

    @Test("A pipelined request that takes minutes does not delay other turns, and a closed connection gets no turn")
    func slowTurn() throws {
        var limits = Conversation.limits
        limits.requestsInProgress = 8
        let (loop, connections, asked) = (EmbeddedEventLoop(), Connections(limits: limits), Asked())
        func connect() throws -> Conversation { try #require(Conversation(connections, on: loop, program: asked.take)) }
        let (slow, other, gone) = (try connect(), try connect(), try connect())
        slow.send(Self.get + Self.get)
        asked.answer(0)
        slow.pass(.milliseconds(1))
        #expect(asked.count == 2, "the second request has its turn and is not answered yet")
        for client in [other, gone] { client.send(Self.get + Self.get) }
        for index in 2...3 { asked.answer(index) }
        other.pass(.microseconds(100))
        gone.channel.close(promise: nil)
        other.pass(.milliseconds(30))
        #expect(asked.count == 5, "the second request of the other client, but not that of the closed one")
        asked.answer(4)
        #expect(other.statuses() == [200, 200])
    }

    @Test("A request whose turn does not come in time is answered with 503, not 408")
    func lateTurn() throws {
        let (loop, connections, asked) = (EmbeddedEventLoop(), Connections(limits: Conversation.limits), Asked())
        func connect() throws -> Conversation { try #require(Conversation(connections, on: loop, program: asked.take)) }
        let (first, second, client) = (try connect(), try connect(), try connect())
        client.send(Self.get + Self.get)
        asked.answer(0)
        for busy in [first, second] { busy.send(Self.get) }
        client.pass(.seconds(11))
        #expect(client.written() == [200, 503])
        #expect(!client.isOpen)
    }

    @Test("Pipelined requests wait while the limit of requests in progress is reached")
    func refusedTurns() throws {
        let (loop, connections, asked) = (EmbeddedEventLoop(), Connections(limits: Conversation.limits), Asked())
        func connect() throws -> Conversation { try #require(Conversation(connections, on: loop, program: asked.take)) }
        let (first, second, greedy) = (try connect(), try connect(), try connect())
        first.send(Self.get)
        second.send(Self.get)
        greedy.send(String(repeating: Self.get, count: 90))
        #expect(greedy.written() == [503])
        greedy.pass(.milliseconds(50))
        #expect(greedy.written().isEmpty, "pipelined requests wait until there is room")
        asked.answer(0)
        asked.answer(1)
        greedy.pass(.milliseconds(50))
        #expect(asked.count == 3, "one at a time")
    }

    @Test("A client that ends its output still gets its answers, and half a request ends the connection")
    func halfClosed() {
        let asked = Asked()
        let client = Conversation(program: asked.take)
        client.send(Self.get + Self.get)
        client.endInput()
        #expect(client.isOpen)
        asked.answer(0)
        #expect(client.statuses() == [200])
        asked.answer(1)
        #expect(client.statuses() == [200])
        #expect(!client.isOpen)

        let half = Conversation()
        half.send("GET / HT")
        half.endInput()
        #expect(!half.isOpen && half.received().isEmpty)
        let behind = Conversation()
        behind.send(Self.get + "GET / HT")
        behind.endInput()
        #expect(behind.statuses() == [200])
        #expect(!behind.isOpen)
    }

    @Test("HTTP/1.0, Connection: close and Upgrade are answered and closed, and later bytes are not read")
    func closing() {
        for head in [
            "GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
            "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
            "GET / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n",
        ] {
            let client = Conversation()
            client.send(head + Self.get)
            let received = client.received()
            #expect(received.contains("connection: close\r\n") && received.components(separatedBy: "HTTP/1.1 200").count == 2)
            #expect(!client.isOpen)
        }
    }

    @Test("A client that sends too many bytes ahead is disconnected after the answer in progress")
    func ahead() {
        let asked = Asked()
        let client = Conversation(program: asked.take)
        client.send(Self.get)
        for _ in 0..<5 { client.send(String(repeating: "GET / HTTP/1.1\r\n\r\n", count: 1_000)) }
        asked.answer(0)
        #expect(client.statuses() == [200])
        #expect(!client.isOpen && asked.count == 1)
    }

    // MARK: shared limits

    @Test("A connection above the limit closes the one that has waited longest for a request")
    func connections() throws {
        let (loop, connections, asked) = (EmbeddedEventLoop(), Connections(limits: Conversation.limits), Asked())
        func connect() -> Conversation? { Conversation(connections, on: loop, program: asked.take) }
        var clients: [Conversation] = []
        for index in 0..<4 {
            clients.append(try #require(connect()))
            clients[index].pass(.seconds(1))
        }
        clients[0].send(Self.get)
        clients[2].send(Self.post(10))
        let fifth = try #require(connect())
        #expect(clients.map(\.isOpen) == [true, false, true, true], "not the one that is being answered, but the next")
        let sixth = try #require(connect())
        #expect(clients.map(\.isOpen) == [true, false, false, true], "a connection that waits for a body counts as waiting")
        for client in [clients[3], fifth, sixth] { client.send(Self.get) }
        #expect(asked.count == 2, "two at once")
        asked.answer(0)
        _ = clients[0].received()
        #expect(connections.count == 4)
        clients[0].send(Self.get)
        #expect(asked.count == 3)
    }

    @Test("A new connection is closed if all others are being answered")
    func allAnswered() throws {
        var limits = Conversation.limits
        limits.requestsInProgress = 4
        let (loop, connections, asked) = (EmbeddedEventLoop(), Connections(limits: limits), Asked())
        let clients = (0..<4).compactMap { _ in Conversation(connections, on: loop, program: asked.take) }
        for client in clients { client.send(Self.get) }
        #expect(asked.count == 4)
        #expect(Conversation(connections, on: loop, program: asked.take) == nil)
        clients[1].channel.close(promise: nil)
        loop.run()
        #expect(Conversation(connections, on: loop, program: asked.take) != nil)
    }

    @Test("A request above the limit gets 503 with Retry-After, and the connection stays open")
    func inProgress() throws {
        let (loop, connections, asked) = (EmbeddedEventLoop(), Connections(limits: Conversation.limits), Asked())
        let clients = (0..<3).compactMap { _ in Conversation(connections, on: loop, program: asked.take) }
        for client in clients.prefix(2) { client.send(Self.get) }
        clients[2].send(Self.get)
        let refused = clients[2].received()
        #expect(refused.hasPrefix("HTTP/1.1 503 ") && refused.contains("retry-after: 1\r\n"))
        #expect(clients[2].isOpen)
        // When another connection ends, a further request may be handled.
        clients[0].channel.close(promise: nil)
        loop.run()
        clients[2].send(Self.get)
        #expect(asked.count == 3)
        asked.answer(0)
        asked.answer(2)
        #expect(clients[2].statuses() == [200])
    }

    @Test("Large bodies and responses share one memory limit, and small ones always pass")
    func held() throws {
        var limits = Conversation.limits
        limits.held = 300_000
        limits.streams = 1
        let (loop, connections) = (EmbeddedEventLoop(), Connections(limits: limits))
        func connect(_ program: @escaping Conversation.Program = Conversation.echo) throws -> Conversation {
            try #require(Conversation(connections, on: loop, program: program))
        }
        let first = try connect()
        first.send(Self.post(200_000))
        let second = try connect()
        #expect(second.statuses(Self.post(200_000)) == [503])
        let small = try connect()
        #expect(small.statuses(Self.post(3) + "abc") == [200])
        let large = try connect { _, responder in
            responder.send { Response(status: 200, text: String(repeating: "a", count: 150_000)) }
        }
        #expect(large.statuses(Self.get) == [503])
        first.channel.close(promise: nil)
        loop.run()
        #expect(large.statuses(Self.get) == [200])

        let stream: Conversation.Program = { _, responder in
            responder.send { Response(status: 200, contentType: "a/b", body: .pieces(count: 2) { _ in [1] }) }
        }
        let (one, two) = (try connect(stream), try connect(stream))
        one.stall()
        one.send(Self.get)
        #expect(two.statuses(Self.get) == [503])
        one.channel.close(promise: nil)
        loop.run()
        #expect(two.statuses(Self.get) == [200])
    }

    @Test("A missing or oversized piece ends the connection, so that the client notices the truncation")
    func brokenPieces() {
        for broken: [UInt8]? in [nil, [], [1, 2, 3]] {
            let isFirst = Mutex(true)
            let next: @Sendable (Int) -> [UInt8]? = { _ in
                isFirst.withLock { first in
                    defer { first = false }
                    return first ? Array("ab".utf8) : broken
                }
            }
            let client = Conversation { _, responder in
                responder.send { Response(status: 200, contentType: "a/b", body: .pieces(count: 4, next: next)) }
            }
            client.send(Self.get)
            #expect(client.received().hasSuffix("content-length: 4\r\n\r\nab"))
            #expect(!client.isOpen)
        }
    }

    @Test("At a stop, waiting connections close at once and the others after their answer")
    func stopping() throws {
        let (loop, connections, asked) = (EmbeddedEventLoop(), Connections(limits: Conversation.limits), Asked())
        let clients = (0..<3).compactMap { _ in Conversation(connections, on: loop, program: asked.take) }
        clients[1].send(Self.get)
        clients[2].send("GET /")
        var isEmpty = false
        connections.onEmpty = { isEmpty = true }
        connections.stop()
        loop.run()
        #expect(clients.map(\.isOpen) == [false, true, false])
        #expect(Conversation(connections, on: loop) == nil)
        #expect(!isEmpty)
        asked.answer(0)
        #expect(clients[1].received().contains("connection: close\r\n"))
        #expect(!clients[1].isOpen && isEmpty)
    }
}
