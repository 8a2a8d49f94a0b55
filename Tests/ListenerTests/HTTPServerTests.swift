import Foundation
import Support
import Synchronization
import Testing

@testable import Listener

/// Tests a listener on a real socket.
@Suite("The listening socket")
struct HTTPServerTests {
    private final class Notices: Sendable {
        private let said = Mutex<[String]>([])
        var all: [String] { said.withLock { $0 } }
        func take(_ notice: HTTPServer.Notice) {
            said.withLock {
                switch notice {
                case .notListening(let why): $0.append("not listening: \(why)")
                case .listening: $0.append("listening")
                case .notAccepting(let why): $0.append("not accepting: \(why)")
                }
            }
        }
    }

    private static func server(
        _ path: String, _ limits: Limits? = nil, _ notices: Notices = Notices(),
        handler: @escaping HTTPServer.Handler = Conversation.echo
    ) -> HTTPServer {
        var usual = Limits(body: 1_024, handlingTime: .seconds(60), connections: 8, requestsInProgress: 4)
        usual.times.retry = .milliseconds(50)
        return HTTPServer(path: path, limits: limits ?? usual, prepare: { _ in }, notify: notices.take, handler: handler)
    }

    private static func stop(_ server: HTTPServer) async {
        await withCheckedContinuation { stopped in server.stop { stopped.resume() } }
        await server.shutDown()
    }

    private static func curl(_ path: String, _ arguments: String...) async throws -> String {
        try await Subprocess.run(
            [requires("curl"), "--silent", "--show-error", "--max-time", "10", "--unix-socket", path] + arguments
        ).output
    }

    private static func isListening(_ path: String) async -> Bool {
        await eventually(within: .seconds(10)) { SocketFile(path: path).state == .taken }
    }

    @Test("curl gets answers; the socket is open to owner and group, replaces an abandoned socket, and is removed at a stop")
    func curl() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.sock")
        let old = try SocketFile(path: path).listen(queue: 1) { _ in }
        close(old.descriptor)
        #expect(SocketFile(path: path).state == .free)
        let server = Self.server(path)
        server.start()
        #expect(await Self.isListening(path))
        var status = stat()
        #expect(lstat(path, &status) == 0 && status.st_mode & 0o007 == 0, "independent of the umask")
        #expect(try await Self.curl(path, "http://remindd/a?b=c") == "get /a b=c ")
        #expect(try await Self.curl(path, "http://remindd/a", "--data", "abc", "http://remindd/b") == "post /a  abcpost /b  abc")
        #expect(try await Self.curl(path, "--http2", "http://remindd/a", "http://remindd/b") == "get /a  get /b  ")
        await Self.stop(server)
        #expect(SocketFile(path: path).state == .free && lstat(path, &status) != 0)
    }

    @Test("A file at the socket's path stays and is reported once, and listening is retried until the path is free")
    func inTheWay() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("notes.txt")
        try folder.write("notes.txt", "what somebody wrote")
        try FileManager.default.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: path)
        #expect(SocketFile(path: path).state == .notSocket("a file"))
        #expect(SocketFile(path: folder.path("link")).state == .notSocket("a link"))
        #expect(SocketFile(path: folder.path).state == .notSocket("a folder"))
        #expect(SocketFile(path: folder.path("missing/a")).state == .free)
        let notices = Notices()
        let server = Self.server(path, nil, notices)
        server.start()
        #expect(await eventually(within: .seconds(5)) { !notices.all.isEmpty })
        try await Task.sleep(for: .milliseconds(200))
        #expect(folder.text("notes.txt") == "what somebody wrote")
        #expect(notices.all == ["not listening: it is a file, not a socket: it is not touched"])

        try FileManager.default.removeItem(atPath: path)
        #expect(await Self.isListening(path))
        #expect(await eventually(within: .seconds(5)) { notices.all.last == "listening" })
        let second = Notices()
        let other = Self.server(path, nil, second)
        other.start()
        #expect(await eventually(within: .seconds(5)) { second.all == ["not listening: another process answers there"] })
        await Self.stop(server)
        #expect(await Self.isListening(path), "the other listener takes over")
        // If a file has replaced the socket, the file is not removed.
        try FileManager.default.removeItem(atPath: path)
        try folder.write("notes.txt", "new")
        await Self.stop(other)
        #expect(folder.text("notes.txt") == "new")
    }

    @Test("Listening waits for a missing folder, and a path that is too long is reported")
    func noFolder() async throws {
        let folder = try TemporaryFolder()
        let notices = Notices()
        let server = Self.server(folder.path("later/a.sock"), nil, notices)
        server.start()
        #expect(await eventually(within: .seconds(5)) { notices.all == ["not listening: No such file or directory"] })
        try FileManager.default.createDirectory(atPath: folder.path("later"), withIntermediateDirectories: false)
        #expect(await Self.isListening(folder.path("later/a.sock")))
        await Self.stop(server)
        let long = folder.path(String(repeating: "a", count: 107))
        #expect(SocketFile(path: long).state == .unusable("the socket's path has more than 107 bytes: \(long)"))
    }

    @Test("A stop waits for a request in progress, but not longer than its limit")
    func stopping() async throws {
        let folder = try TemporaryFolder()
        let asked = Mutex<Responder?>(nil)
        let responders: @Sendable (Responder) -> Void = { responder in asked.withLock { $0 = responder } }
        for answers in [true, false] {
            let path = folder.path("\(answers).sock")
            asked.withLock { $0 = nil }
            let server = Self.server(path) { responders($1) }
            server.start()
            #expect(await Self.isListening(path))
            async let output = Self.curl(path, "http://remindd/a")
            #expect(await eventually(within: .seconds(5)) { asked.withLock { $0 != nil } })
            let began = ContinuousClock.now
            async let stopped: Void = Self.stop(server)
            if answers {
                try await Task.sleep(for: .milliseconds(100))
                asked.withLock { $0 }?.send { Response(status: 200, text: "still") }
            }
            await stopped
            #expect(try await output == (answers ? "still" : ""))
            let took = ContinuousClock.now - began
            print("stop with a request that \(answers ? "is answered" : "is not answered"): \(took)")
            #expect(answers ? took < .milliseconds(1_500) : took >= .milliseconds(1_600))
        }
    }
}
