import Foundation
import Support
import Testing

/// Runs the built program as a user does.
package enum Program {
    /// The path of the program, which the package manager puts next to the test bundle.
    package static let path: String = {
        var folder = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
        for _ in 0..<4 {
            let candidate = folder.appendingPathComponent("remindd").path
            if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
            folder.deleteLastPathComponent()
        }
        return PackageRoot.path(".build/debug/remindd")
    }()

    package static func run(_ arguments: [String], within limit: Duration = .seconds(60), in folder: String? = nil) async throws
        -> Subprocess.Finished
    {
        try await Subprocess.run([path] + arguments, in: folder, within: limit)
    }

    package static func start(_ arguments: [String]) throws -> Subprocess {
        try Subprocess([path] + arguments)
    }
}

extension Program {
    /// Starts a daemon and waits until it has read its files and locked its ledger.
    package static func daemon(
        _ office: Office, _ more: [String] = [], environment: [String: String] = [:]
    ) async throws -> Subprocess {
        let daemon = try Subprocess(
            [path, "run", "--config", office.configuration] + more, environment: environment)
        try await daemon.hasPrinted("notice: remindd ")
        // Waits, because the daemon prints this line a moment before it can handle signals.
        try await Task.sleep(for: .milliseconds(200))
        return daemon
    }

    /// Sends SIGTERM to the daemon and returns its exit status and output.
    package static func stop(_ daemon: Subprocess) async throws -> Subprocess.Finished {
        daemon.send(SIGTERM)
        return try await daemon.finish()
    }

    /// Returns the lines of `history --format json`.
    package static func history(_ office: Office, _ more: [String] = []) async throws -> [HistoryLine] {
        let history = try await run(["history", "--config", office.configuration, "--format", "json"] + more)
        #expect(history.status == 0, "\(history.errors)")
        return try history.lines.map { try JSONDecoder().decode(HistoryLine.self, from: Data($0.utf8)) }
    }
}

extension Subprocess.Finished {
    /// Standard error without the lines of files that `check` shows below a problem, such as
    /// `  8 | when: 15-11`.
    package var problems: String {
        errors.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { $0.prefixMatch(of: /\ +[0-9]*\ \|\ /) == nil }.joined(separator: "\n")
    }
}
