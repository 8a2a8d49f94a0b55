import Foundation
import Support

/// A system program that a test runs in a process of its own or uses to cause a fault.
struct Tool: Sendable {
    let path: String
    var isThere: Bool { FileManager.default.isExecutableFile(atPath: path) }

    static let python = Tool(path: "/usr/bin/python3")
    static let strace = Tool(path: "/usr/bin/strace")
    static let mount = Tool(path: "/usr/bin/mount")
    static let unmount = Tool(path: "/usr/bin/umount")

    func start(_ arguments: [String]) throws -> Running {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        return Running(process: process, input: input, output: output)
    }

    /// Runs the program to its end and returns its exit status.
    @discardableResult
    func run(_ arguments: [String]) throws -> Int32 {
        let running = try start(arguments)
        running.process.waitUntilExit()
        return running.process.terminationStatus
    }

    struct Running {
        let process: Process
        let input: Pipe
        let output: Pipe

        var pid: Int32 { process.processIdentifier }

        /// Returns the next line of the program's output, without the line end.
        func line() -> String {
            var bytes: [UInt8] = []
            while let byte = try? output.fileHandleForReading.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") {
                bytes.append(byte)
            }
            return String(decoding: bytes, as: UTF8.self)
        }

        /// Closes the program's standard input and waits until the program ends.
        func end() {
            try? input.fileHandleForWriting.close()
            process.waitUntilExit()
        }

        /// Kills the program with SIGKILL and waits until it ends.
        ///
        /// Other signals would not work, because the program inherits a mask that blocks them.
        func kill() {
            Glibc.kill(pid, SIGKILL)
            process.waitUntilExit()
        }
    }
}

/// Runs `body` while strace traces the current thread. Returns a line for each traced call.
///
/// strace records the calls named in `trace` on the files `paths`, and injects the fault `inject`
/// if it is set. The result is nil if the thread cannot be traced, for example because it is
/// already traced. strace writes to a file in `folder`, or in a temporary folder if `folder` is
/// nil. If the fault may kill the test's process, the test passes a folder that another process
/// removes.
///
/// Other threads are not traced, so that calls of other tests do not count and their child
/// processes are not affected.
func traced(
    _ trace: String, on paths: [String], inject: String? = nil, in folder: String? = nil, _ body: () throws -> Void
) throws -> [String]? {
    guard Tool.strace.isThere, tracer() == 0 else { return nil }
    let own = try folder == nil ? TemporaryFolder() : nil
    let output = "\(folder ?? own!.path)/strace"
    var arguments = ["-qq", "-o", output, "-e", "trace=\(trace)", "-p", thread()]
    for path in paths { arguments += ["-P", path] }
    if let inject { arguments += ["-e", "inject=\(inject)"] }
    let strace = try Tool.strace.start(arguments)
    for _ in 0..<3_000 where tracer() == 0 && strace.process.isRunning { usleep(10_000) }
    guard tracer() == strace.pid else {
        strace.kill()
        return nil
    }
    let result = Result { try body() }
    strace.kill()
    try result.get()
    let text = try String(contentsOfFile: output, encoding: .utf8)
    return text.split(separator: "\n").map(String.init)
}

/// Returns the id of this thread, the last part of the symbolic link `PID/task/TID` (proc(5)).
private func thread() -> String {
    let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")
    return (link ?? "").split(separator: "/").last.map(String.init) ?? "\(getpid())"
}

/// Returns the id of the process that traces this thread; 0 if no process traces it.
private func tracer() -> Int32 {
    let status = (try? String(contentsOfFile: "/proc/thread-self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("TracerPid:") }
    return line.flatMap { Int32($0.dropFirst("TracerPid:".count).trimmingCharacters(in: .whitespaces)) } ?? 0
}
