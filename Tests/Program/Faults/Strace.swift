import Foundation
import Support

/// Attaches strace(1) to a program, to record its system calls or to inject a fault.
///
/// An injected fault makes one system call fail, or kills the program at the call.
///
/// strace counts `when=N` separately for each thread. Tests that count calls therefore check that
/// one thread makes all calls of a kind while strace is attached.
final class Strace: Sendable {
    /// Whether strace may attach to a program that is not its child.
    ///
    /// Attaching requires root, or a kernel that permits it (Yama).
    static let mayAttach: Bool = {
        let scope = try? String(contentsOfFile: "/proc/sys/kernel/yama/ptrace_scope", encoding: .utf8)
        return getuid() == 0 || scope.map { $0.hasPrefix("0") } ?? true
    }()

    private let strace: Subprocess
    private let folder: TemporaryFolder

    /// Attaches strace to all threads of `program`. Returns when strace is attached.
    ///
    /// - Parameters:
    ///   - injection: the argument of `-e inject=`, such as `fdatasync:error=EIO:when=3`.
    ///   - paths: the files whose calls are recorded; empty to record the calls on all files.
    ///
    /// - Throws: `Subprocess.TimedOut` if strace is not attached within 10 s.
    init(_ program: Subprocess, calls: [String], injection: String? = nil, paths: [String] = []) async throws {
        folder = try TemporaryFolder()
        strace = try Subprocess(
            ["strace", "-p", "\(program.pid)"] + Strace.options(calls, injection, paths, into: folder.path("trace")))
        let pid = program.pid
        let isHeld = await eventually(within: .seconds(10)) {
            let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task")) ?? []
            return !threads.isEmpty && threads.allSatisfy { Strace.isTraced("/proc/\(pid)/task/\($0)/status") }
        }
        guard isHeld else { throw Subprocess.TimedOut(description: "strace holds nothing: \(strace.errors)") }
    }

    /// Returns the command prefix with which strace records a command from its start.
    ///
    /// strace writes its lines to the file `trace`. With `-D`, the started process is the program,
    /// and strace is its child.
    static func command(calls: [String], injection: String? = nil, into trace: String) -> [String] {
        ["strace", "-D"] + options(calls, injection, [], into: trace)
    }

    private static func options(_ calls: [String], _ injection: String?, _ paths: [String], into trace: String) -> [String] {
        var options = ["-f", "-qq", "-y", "-xx", "-s", "256", "-o", trace, "-e", "trace=\(calls.joined(separator: ","))"]
        for path in paths { options += ["-P", path] }
        if let injection { options += ["-e", "inject=\(injection)"] }
        return options
    }

    private static func isTraced(_ status: String) -> Bool {
        let lines = (try? String(contentsOfFile: status, encoding: .utf8))?.split(separator: "\n") ?? []
        return lines.contains { $0.hasPrefix("TracerPid:") && !$0.hasSuffix("\t0") }
    }

    /// Detaches from the program, which continues without injections.
    ///
    /// Does nothing if the program has ended.
    func detach() async throws {
        strace.send(SIGTERM)
        try await strace.finish(within: .seconds(10))
    }

    /// Ends strace immediately with SIGKILL.
    func kill() { strace.send(SIGKILL) }

    /// The recorded calls, complete once the program has ended or strace has detached.
    var calls: [SystemCall] { SystemCall.all(in: folder.text("trace")) }

    /// Waits until strace ends. It ends when the program ends.
    func ended() async throws { try await strace.finish(within: .seconds(10)) }
}
