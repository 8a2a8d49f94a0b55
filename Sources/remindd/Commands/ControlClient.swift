import ArgumentParser
import Clocks
import Dates
import Diagnostics
import Foundation
import Ledgers
import Notifiers
import Reports
import Scheduler
import Transport

/// Sends a command's request to the daemon. If no daemon runs, handles it with the files.
enum ControlClient {
    /// The time to wait for the daemon's reply. No step of the loop takes as long.
    ///
    /// `send-test` waits longer, because the daemon then waits for a server.
    static let patience = TimeSpan.minutes(1)

    /// Handles a request, prints the result, and ends the command with the result's status.
    static func run(
        _ request: ControlRequest, config: String, ledger: String? = nil, changes: Bool = false, as format: OutputFormat = .text
    ) throws {
        try converse(config: config, ledger: ledger, changes: changes) { ask in try show(try ask(request), as: format) }
    }

    /// Lets `body` send several requests to the daemon, or to the ledger if no daemon runs.
    static func converse(
        config: String, ledger: String? = nil, changes: Bool, _ body: ((ControlRequest) throws -> Answer) throws -> Void
    ) throws {
        // A running daemon has opened the configured ledger, and can answer only for that one.
        if ledger == nil, let socket = try daemon(config) {
            return try body { try ask($0, socket: socket, patience: patience) }
        }
        let (loaded, _) = try CommandLoader.load(config)
        let path = ledger ?? LedgerFiles.path(loaded.configuration)
        let opened = try changes ? LedgerAccess.openForWriting(path) : LedgerAccess.openForReading(path)
        defer { opened?.close() }
        try body { request in
            QueryHandlers(loaded: loaded, ledger: opened, path: path, now: SystemClock().now(), running: nil).answer(request)
        }
    }

    /// Sends a request to the daemon. Returns nil if no daemon runs.
    static func ask(_ request: ControlRequest, config: String, patience: TimeSpan = patience) throws -> Answer? {
        try daemon(config).map { try ask(request, socket: $0, patience: patience) }
    }

    private static func ask(_ request: ControlRequest, socket: String, patience: TimeSpan) throws -> Answer {
        var body: [UInt8] = []
        do {
            let content = try JSONEncoder().encode(request)
            try UnixSocketCall.perform(socket: socket, target: "/v1/command", body: Array(content), patience: patience) { piece in
                body += piece
                return true
            }
            return try JSONDecoder().decode(Answer.self, from: Data(body))
        } catch let failure as UnixSocketCall.Failure where failure.status == 503 {
            return .failure(LocalizedText(lookedUp: failure.description), status: 75)
        } catch {
            throw end("the daemon at \(socket) does not answer: \(error)")
        }
    }

    /// Returns the path of the control socket; nil if no daemon runs.
    static func daemon(_ config: String) throws -> String? {
        let path = ControlSocket.path(ofConfiguration: config)
        switch ControlSocket.standing(path) {
        case .answers: return path
        case .nobody: return nil
        case .forbidden: throw end("\(path) is not for this user: be root, or of the group remindd")
        case .unusable(let why): throw end(why)
        }
    }

    static func show(_ answer: Answer, as format: OutputFormat = .text) throws {
        switch format {
        case .json: for object in answer.objects { Output.line(object.text) }
        case .text: for line in answer.lines { Output.line(line) }
        }
        Output.problems(answer.fileProblems)
        for problem in answer.problems { Output.problem(problem) }
        if answer.status != 0 { throw ExitCode(answer.status) }
    }

    private static func end(_ message: LocalizedText) -> ExitCode {
        Output.problem("remindd: \(message)")
        return ExitCode.failure
    }
}
