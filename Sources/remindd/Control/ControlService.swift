import Dates
import Foundation
import Listener
import Monitoring
import Reports
import Scheduler
import ServiceLifecycle

import struct Logging.Logger

/// The control socket: HTTP on a Unix socket for root and the group `remindd`.
///
/// The service passes every request to the loop, and makes no decisions. Without the socket, the
/// daemon still sends reminders.
///
/// Requests and results are passed through callbacks only. Clients therefore cannot block the
/// threads of Swift's tasks, which handle signals.
struct ControlService: Service {
    private let control: LoopControl
    /// The path of the socket; nil in a rehearsal, which has no socket.
    private let path: String?
    private let desk: Alerter?
    private let logger: Logger

    /// The limits of the server.
    /// The body is large enough for names and ids. The handling time lets `send-test` wait for a
    /// mail server or an endpoint.
    static let limits = Limits(
        body: 256 * 1_024, handlingTime: .milliseconds(ControlRequest.testPatience.milliseconds), connections: 256,
        requestsInProgress: 64)

    init(control: LoopControl, path: String?, desk: Alerter?, logger: Logger) {
        self.control = control
        self.path = path
        self.desk = desk
        self.logger = logger
    }

    func run() async throws {
        guard let path else { return try await gracefulShutdown() }
        let (control, desk, logger) = (control, desk, logger)
        let server = HTTPServer(
            path: path, limits: ControlService.limits, prepare: ControlService.share,
            notify: { ControlService.hear($0, path, desk, logger) },
            handler: { ControlService.answer($0, $1, control) })
        server.start()
        // Stops the server as soon as a stop is requested, not only after the loop has ended.
        await withCheckedContinuation { stopped in
            control.whenStopping { server.stop { stopped.resume() } }
        }
        await server.shutDown()
        try? await gracefulShutdown()
    }

    /// Gives access to root and the group `remindd`.
    ///
    /// Until then, the permissions of the folder exclude other users. In the systemd service, chown
    /// is forbidden, and the group is right from the start.
    private static func share(_ path: String) {
        var status = stat()
        if let group = getgrnam("remindd")?.pointee.gr_gid, stat(path, &status) == 0, status.st_gid != group {
            _ = chown(path, uid_t.max, group)
        }
        chmod(path, 0o660)
    }

    private static func hear(_ notice: HTTPServer.Notice, _ path: String, _ desk: Alerter?, _ logger: Logger) {
        switch notice {
        case .notListening(let why):
            logger.error("no control socket at \(path), tried again every 5 s: \(why)")
            desk?.note(.noControlSocket(path, why: why))
        case .listening:
            logger.notice("the control socket is at \(path) again")
            desk?.clear(Alert.noControlSocket(path, why: "").key)
        case .notAccepting(let why): logger.error("the control socket takes no connection for a moment: \(why)")
        }
    }

    // MARK: routes

    /// The time that a request from monitoring waits for the loop.
    ///
    /// It is shorter than Prometheus' default timeout of 10 s.
    private static let patienceOfMonitors = Duration.seconds(8)

    private static func answer(_ request: Request, _ responder: Responder, _ control: LoopControl) {
        let isPost = request.method == .post
        switch request.path {
        case "/metrics" where !isPost: monitor(.metrics, Exposition.contentType, responder, control)
        case "/healthz" where !isPost: monitor(.health, "text/plain; charset=utf-8", responder, control)
        case "/readyz" where !isPost: monitor(.readiness, "text/plain; charset=utf-8", responder, control)
        case "/v1/backup" where request.method == .get: backup(responder, control)
        case "/v1/command" where isPost: command(request.body, responder, control)
        case "/metrics", "/healthz", "/readyz": refuse(405, allow: "GET, HEAD", responder)
        case "/v1/backup": refuse(405, allow: "GET", responder)
        case "/v1/command": refuse(405, allow: "POST", responder)
        default: responder.send { Response(status: 404, text: "there is nothing at this path") }
        }
    }

    private static func refuse(_ status: Int, allow: String, _ responder: Responder) {
        responder.send {
            var response = Response(status: status, text: "the method here is \(allow)")
            response.fields.append(("allow", allow))
            return response
        }
    }

    private static func monitor(
        _ request: ControlRequest, _ contentType: String, _ responder: Responder, _ control: LoopControl
    ) {
        @Sendable func response(_ shared: SharedAnswer) -> Response {
            Response(status: shared.answer.status == 0 ? 200 : 503, contentType: contentType, body: .bytes(shared.text))
        }
        let late = SharedAnswer(.failure("the loop does not answer", status: 75))
        responder.giveUp(after: patienceOfMonitors, with: response(late))
        control.ask(request) { shared in responder.send { response(shared) } }
    }

    private static func backup(_ responder: Responder, _ control: LoopControl) {
        control.ask(.backup) { shared in
            let answer = shared.answer
            // Opens the copy before the response is sent, because opening it also deletes its name.
            // The file is thus removed even if the client has already disconnected.
            guard answer.status == 0, case .backup(let path) = answer.report, let copy = FilePieces(takingAway: path) else {
                let why = answer.problems.first?.description ?? "the copy cannot be read"
                return responder.send { Response(status: 503, text: why) }
            }
            responder.send {
                Response(
                    status: 200, contentType: "application/vnd.sqlite3",
                    body: .pieces(count: copy.size) { copy.next(atMost: $0) })
            }
        }
    }

    private static func command(_ body: [UInt8], _ responder: Responder, _ control: LoopControl) {
        guard let asked = try? JSONDecoder().decode(ControlRequest.self, from: Data(body)) else {
            return responder.send { Response(status: 400, text: "this is no command") }
        }
        if case .backup = asked { return responder.send { Response(status: 400, text: "a backup is not a command") } }
        control.ask(asked) { shared in
            responder.send {
                guard let json = shared.json else { return Response(status: 500, text: "the answer cannot be written as JSON") }
                return Response(status: 200, contentType: "application/json", body: .bytes(json))
            }
        }
    }
}
