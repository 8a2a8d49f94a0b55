import Foundation
import Synchronization

/// A program that a test runs. It ends at the latest when the test ends.
///
/// The program's output is written to files, and every wait for its end has a limit. The program is
/// started with `posix_spawn` instead of Foundation's `Process`. `Process` passes on the test's
/// blocked signals, cannot start a new process group, and loses output if a grandchild keeps the
/// pipe open.
public final class Subprocess: Sendable {
    /// How a program ended.
    public enum End: Hashable, Sendable {
        case exited(Int32)
        case killed(signal: Int32)
    }

    /// A program that has ended, with its whole output.
    public struct Finished: Sendable {
        public let end: End
        public let output: String
        public let errors: String

        /// The exit status. If a signal ended the program, it is 128 plus the number of the signal.
        public var status: Int32 {
            switch end {
            case .exited(let status): status
            case .killed(let signal): 128 + signal
            }
        }

        public var lines: [String] { output.split(separator: "\n").map(String.init) }
    }

    /// The error that is thrown if an expected event did not happen within its limit.
    public struct TimedOut: Error, CustomStringConvertible {
        public let description: String

        public init(description: String) {
            self.description = description
        }
    }

    /// The error that is thrown if the program could not be started.
    public struct NotStarted: Error, CustomStringConvertible {
        public let description: String

        public init(description: String) {
            self.description = description
        }
    }

    /// The program's standard input.
    public enum Input: Sendable {
        case nothing
        case bytes([UInt8])
        /// A connection that stays open until `release` is called or the test process ends.
        case leash
    }

    private struct State {
        var end: End?
        var leash: Int32?
    }

    public let command: [String]
    public let pid: Int32
    private let folder: TemporaryFolder
    private let state: Mutex<State>

    /// Starts the program `command[0]`, which is on the PATH or in the administrator's folders.
    ///
    /// The program speaks English unless `environment` says otherwise.
    ///
    /// - Parameter environment: variables to add to the test's own environment.
    public init(
        _ command: [String], input: Input = .nothing, environment: [String: String] = [:], in workingFolder: String? = nil
    ) throws {
        let folder = try TemporaryFolder()
        let tool = try requires(command[0])
        var leash: Int32?
        let stdin: Int32
        switch input {
        case .nothing:
            stdin = open("/dev/null", O_RDONLY | O_CLOEXEC)
        case .bytes(let bytes):
            let path = try folder.write("input", bytes: bytes)
            stdin = open(path, O_RDONLY | O_CLOEXEC)
        case .leash:
            let ends = try Self.leashEnds()
            stdin = ends.read
            leash = ends.write
        }
        let stdout = open(folder.path("output"), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0o600)
        let stderr = open(folder.path("errors"), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0o600)
        defer { for descriptor in [stdin, stdout, stderr] { close(descriptor) } }

        var pid: pid_t = 0
        let variables = ProcessInfo.processInfo.environment.merging(["LC_ALL": "C.UTF-8"]) { $1 }
            .merging(environment) { $1 }.map { "\($0.key)=\($0.value)" }
        // `env -C` changes the folder, because Swift cannot use glibc's own function for this.
        let move = workingFolder.map { ["/usr/bin/env", "-C", $0] } ?? []
        let arguments = move + [tool] + command.dropFirst()
        let failed = withCStrings(arguments) { pointers in
            withCStrings(variables) { variables in
                withSpawnSettings(stdin: stdin, stdout: stdout, stderr: stderr) { actions, attributes in
                    Self.spawning.withLock { _ in posix_spawn(&pid, arguments[0], actions, attributes, pointers, variables) }
                }
            }
        }
        guard failed == 0 else {
            if let leash { close(leash) }
            throw NotStarted(description: "\(command.joined(separator: " ")): \(String(cString: strerror(failed)))")
        }
        self.command = command
        self.pid = pid
        self.folder = folder
        state = Mutex(State(end: nil, leash: leash))
    }

    deinit {
        let leashed = state.withLock { $0.leash != nil }
        state.withLock { if let leash = $0.leash { close(leash) } }
        guard poll() == nil else { return }
        // A server with a leash ends by itself, but not immediately. Another thread therefore waits
        // for the process.
        if !leashed { kill(-pid, SIGKILL) }
        let (pid, folder) = (pid, folder)
        Thread.detachNewThread {
            var status: Int32 = 0
            waitpid(pid, &status, 0)
            withExtendedLifetime(folder) {}
        }
    }

    /// Runs a program to its end and returns its output, in which invalid UTF-8 is repaired.
    public static func run(
        _ command: [String], input: [UInt8]? = nil, environment: [String: String] = [:], in workingFolder: String? = nil,
        within limit: Duration = .seconds(60)
    ) async throws -> Finished {
        let program = try Subprocess(
            command, input: input.map(Input.bytes) ?? .nothing, environment: environment, in: workingFolder)
        return try await program.finish(within: limit)
    }

    /// A lock that is held while a program is started, and while a leash is made.
    ///
    /// Without it, a program that starts at the wrong moment would inherit another program's leash
    /// and keep it open.
    private static let spawning = Mutex(())

    /// Makes the connected sockets through which a program notices that the test has died.
    ///
    /// They are sockets and not a pipe, because MSG_NOSIGNAL prevents SIGPIPE only on sockets.
    private static func leashEnds() throws -> (read: Int32, write: Int32) {
        try spawning.withLock { _ in
            var ends: [Int32] = [-1, -1]
            guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else {
                throw NotStarted(description: "no socket pair: errno \(errno)")
            }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            return (ends[0], ends[1])
        }
    }

    /// The standard output of the program so far.
    public var output: String { folder.text("output") }
    public var errors: String { folder.text("errors") }
    public var isRunning: Bool { poll() == nil }

    /// Sends a signal to the program, but not to its children. Has no effect if it has ended.
    public func send(_ signal: Int32) {
        state.withLock { if $0.end == nil { _ = kill(pid, signal) } }
    }

    /// Sends a last line on the leash and closes the leash.
    ///
    /// A server that reads this line ends in an orderly way. If the test dies, the server does not
    /// get this line.
    public func release() {
        state.withLock {
            guard let leash = $0.leash else { return }
            _ = Foundation.send(leash, "stop\n", 5, Int32(MSG_NOSIGNAL))
            close(leash)
            $0.leash = nil
        }
    }

    /// Waits until the program ends.
    ///
    /// If the program does not end within `limit`, kills the program and its children and throws
    /// `TimedOut`.
    @discardableResult
    public func finish(within limit: Duration = .seconds(60)) async throws -> Finished {
        let ended = await eventually(within: limit) { self.poll() != nil }
        guard ended, let end = poll() else {
            kill(-pid, SIGKILL)
            throw TimedOut(description: "still running after \(limit): \(summary)")
        }
        return Finished(end: end, output: output, errors: errors)
    }

    /// Waits until the program has printed `text` on standard output or standard error.
    ///
    /// - Throws: `TimedOut` if the program ends before it prints the text, or does not print it
    ///   within `limit`.
    public func hasPrinted(_ text: String, within limit: Duration = .seconds(30)) async throws {
        let done = await eventually(within: limit) { self.printed(text) || self.poll() != nil }
        guard done, printed(text) else {
            throw TimedOut(description: "ended, or \(limit) passed, without “\(text)”: \(summary)")
        }
    }

    private func printed(_ text: String) -> Bool {
        output.contains(text) || errors.contains(text)
    }

    private var summary: String {
        "\(command.joined(separator: " "))\n\(output.suffix(2_000))\n\(errors.suffix(2_000))"
    }

    private func poll() -> End? {
        state.withLock {
            if let end = $0.end { return end }
            var status: Int32 = 0
            guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
            // Decodes the bits of a wait status, because Swift cannot use the macros of
            // <sys/wait.h>.
            let signal = status & 0x7F
            $0.end = signal == 0 ? .exited((status >> 8) & 0xFF) : .killed(signal: signal)
            return $0.end
        }
    }
}

/// Checks `condition` every few milliseconds until it is true. Returns whether it became true.
///
/// Returns false when `limit` has passed or the task is cancelled.
public func eventually(within limit: Duration, _ condition: () async throws -> Bool) async rethrows -> Bool {
    let end = ContinuousClock.now + limit
    while true {
        if try await condition() { return true }
        guard ContinuousClock.now < end, !Task.isCancelled else { return false }
        try? await Task.sleep(for: .milliseconds(5))
    }
}

private typealias SpawnActions = UnsafePointer<posix_spawn_file_actions_t>
private typealias SpawnAttributes = UnsafePointer<posix_spawnattr_t>

/// Calls `body` with settings for a new process.
///
/// The process has its own process group, these three descriptors, and the default handling of
/// every signal.
private func withSpawnSettings(
    stdin: Int32, stdout: Int32, stderr: Int32, _ body: (SpawnActions, SpawnAttributes) -> Int32
) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, stdin, 0)
    posix_spawn_file_actions_adddup2(&actions, stdout, 1)
    posix_spawn_file_actions_adddup2(&actions, stderr, 2)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
    return body(&actions, &attributes)
}

/// Calls `body` with `strings` as a null-terminated array of C strings.
private func withCStrings(_ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Int32) -> Int32 {
    let copies: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
}
