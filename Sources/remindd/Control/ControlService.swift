import FlyingFox
import FlyingSocks
import Foundation
import Scheduler
import ServiceLifecycle

import struct Logging.Logger

/// The control socket: HTTP on a Unix socket for root and the group `remindd`. It decides nothing and holds nothing: every
/// question is put to the loop. Without it the daemon does its work all the same.
struct ControlService: Service {
    private let control: LoopControl
    /// nil: a rehearsal, which has none.
    private let path: String?
    private let logger: Logger

    /// The largest request that is read: names and ids, nothing else.
    static let bodyLimit = 256 * 1_024

    init(start: Start, logger: Logger) {
        control = start.control
        path = start.socketPath
        self.logger = logger
    }

    func run() async throws {
        guard let path else { return try await gracefulShutdown() }
        switch ControlSocket.standing(path) {
        case .nobody: break
        case .answers:
            logger.error("no control socket: another process answers at \(path)")
            return try await gracefulShutdown()
        case .forbidden:
            logger.error("no control socket: \(path) is not ours")
            return try await gracefulShutdown()
        case .unusable(let why):
            logger.error("no control socket: \(why)")
            return try await gracefulShutdown()
        }
        var said = ""
        while let why = await serve(path), !control.isStopping {
            if why != said { logger.error("no control socket at \(path), tried again and again: \(why)") }
            said = why
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: ControlService.pause) }
        }
        unlink(path)
        try? await gracefulShutdown()
    }

    /// A server that failed, for want of open files or of its folder, is started again after this long.
    private static let pause = Duration.seconds(5)

    /// Serves until the daemon stops; what was wrong where it fails before.
    private func serve(_ path: String) async -> String? {
        unlink(path)
        let server = HTTPServer(
            config: .init(
                address: .unix(path: path), timeout: Double(SendTest.patience.milliseconds) / 1_000,
                sharedRequestReplaySize: ControlService.bodyLimit,
                logger: .disabled))
        await addRoutes(server)
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.run() }
                group.addTask {
                    // Before it listens it cannot be stopped: a stop that came earlier would be forgotten, and the server run for ever.
                    try await server.waitUntilListening(timeout: 5)
                    share(path)
                    try await gracefulShutdown()
                    await server.stop(timeout: 0.1)
                }
                try await group.next()
                group.cancelAll()
            }
            return nil
        } catch {
            return ControlService.words(error)
        }
    }

    /// For root and the group; the folder keeps others out before that. As a service it is the group's from the beginning, and the
    /// sandbox refuses chown.
    private func share(_ path: String) {
        var status = stat()
        if let group = getgrnam("remindd")?.pointee.gr_gid, stat(path, &status) == 0, status.st_gid != group {
            _ = chown(path, uid_t.max, group)
        }
        chmod(path, 0o660)
    }

    private static func words(_ error: any Error) -> String {
        if case SocketError.failed(_, _, let message) = error { return message }
        return "\(error)"
    }

    /// Monitoring does not wait longer for the loop than Prometheus waits for us by default, 10 s.
    private static let patienceOfMonitors = Scheduler.Span.seconds(8)

    private func addRoutes(_ server: HTTPServer) async {
        let control = control
        for (route, request, contentType) in [
            ("GET /metrics", ControlRequest.metrics, Exposition.contentType),
            ("GET /healthz", .health, "text/plain; charset=utf-8"),
            ("GET /readyz", .readiness, "text/plain; charset=utf-8"),
        ] {
            await server.appendRoute(HTTPRoute(route)) { _ in
                let answer = await control.ask(request, within: ControlService.patienceOfMonitors)
                let body = (answer.lines + answer.problems).map { $0 + "\n" }.joined()
                return HTTPResponse(
                    statusCode: answer.status == 0 ? .ok : .serviceUnavailable, headers: [.contentType: contentType],
                    body: Data(body.utf8))
            }
        }
        await server.appendRoute("GET /v1/backup") { _ in
            let answer = await control.ask(.backup)
            guard answer.status == 0, let path = answer.lines.first, let copy = FilePieces(takingAway: path) else {
                let why = answer.problems.first ?? "the copy cannot be read"
                return HTTPResponse(statusCode: .serviceUnavailable, body: Data(why.utf8))
            }
            return HTTPResponse(
                statusCode: .ok, headers: [.contentType: "application/vnd.sqlite3"],
                body: HTTPBodySequence(from: copy, count: copy.size, suggestedBufferSize: 1 << 16))
        }
        await server.appendRoute("POST /v1/command") { request in
            guard let length = request.headers[.contentLength].flatMap({ Int($0) }), length <= ControlService.bodyLimit else {
                return HTTPResponse(statusCode: .payloadTooLarge)
            }
            let body = try await request.bodyData
            guard let asked = try? JSONDecoder().decode(ControlRequest.self, from: body) else {
                return HTTPResponse(statusCode: .badRequest)
            }
            if case .backup = asked { return HTTPResponse(statusCode: .badRequest) }
            let answer = await control.ask(asked)
            return HTTPResponse(
                statusCode: .ok, headers: [.contentType: "application/json"], body: try JSONEncoder().encode(answer))
        }
    }
}
