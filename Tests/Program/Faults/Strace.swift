import Foundation
import Support

/// strace(1) on a program under test: sees its system calls, makes one fail or kills the program at it.
///
/// It counts `when=N` for each thread by itself. So a fault at a program's Nth call of a kind is a fault at the Nth only where one thread
/// makes all calls of that kind while it looks on; whoever counts calls checks that.
final class Strace: Sendable {
    /// Attaching to a program that one has not started as a child takes root, or a kernel that does not mind (Yama).
    static let mayAttach: Bool = {
        let scope = try? String(contentsOfFile: "/proc/sys/kernel/yama/ptrace_scope", encoding: .utf8)
        return getuid() == 0 || scope.map { $0.hasPrefix("0") } ?? true
    }()

    private let strace: Subprocess
    private let folder: TemporaryFolder

    /// Attaches to all threads of `program`; returns once it holds them.
    /// - Parameters:
    ///   - injection: as after `-e inject=`, such as `fdatasync:error=EIO:when=3`.
    ///   - paths: only calls about these files are seen.
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

    /// What stands before a command to have it looked at from its first call on; `trace` is the file that gets the lines.
    /// The program is the process that is started, and strace its child (`-D`).
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

    /// Lets go of the program, which goes on without injections; nothing where the program has ended.
    func detach() async throws {
        strace.send(SIGTERM)
        try await strace.finish(within: .seconds(10))
    }

    /// Ends strace, whatever it is at.
    func kill() { strace.send(SIGKILL) }

    /// What was seen; whole once the program has ended or strace let go of it.
    var calls: [SystemCall] { SystemCall.all(in: folder.text("trace")) }

    /// Waits for strace's end, which the program's brings.
    func ended() async throws { try await strace.finish(within: .seconds(10)) }
}
