import Diagnostics
import Foundation
import Synchronization

/// Writing to the two standard streams. Problems go to standard error, answers to standard output. Whatever a file, a server or an
/// argument brought: a terminal obeys none of it.
///
/// What cannot be written ends the program with 1 and the reason: a full disk, a closed pipe, a stream that was never open. Lines
/// are gathered, so `end` comes before every end.
enum Output {
    private static let gathered = Mutex<[UInt8]>([])
    private static let isTerminal = isatty(STDOUT_FILENO) == 1
    /// Something could not be written to standard error, where nobody can be told of it.
    private static let hasLostProblems = Atomic(false)
    private static let full = 1 << 16

    static func line(_ text: String) { write(Array((safe(text) + "\n").utf8)) }

    /// As they are.
    static func write(_ bytes: [UInt8]) {
        let failure = gathered.withLock { gathered in
            gathered += bytes
            return gathered.count > full || isTerminal ? flush(&gathered) : nil
        }
        if let failure { stop(failure) }
    }

    static func problem(_ text: String) {
        if put(Array((safe(text) + "\n").utf8), to: STDERR_FILENO) != nil { hasLostProblems.store(true, ordering: .relaxed) }
    }

    /// Ends the program when all that was said has been written.
    static func end(_ status: Int32) -> Never {
        if let failure = gathered.withLock({ flush(&$0) }) { stop(failure) }
        exit(status == 0 && hasLostProblems.load(ordering: .relaxed) ? 1 : status)
    }

    private static func stop(_ code: Int32) -> Never {
        problem("remindd: standard output cannot be written: \(String(cString: strerror(code)))")
        exit(1)
    }

    private static func flush(_ gathered: inout [UInt8]) -> Int32? {
        defer { gathered.removeAll(keepingCapacity: true) }
        return put(gathered, to: STDOUT_FILENO)
    }

    /// nil, or the errno.
    private static func put(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                // A stream that another program made non-blocking.
                var asked = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&asked, 1, -1)
            } else if errno != EINTR {
                return errno
            }
        }
        return nil
    }

    /// A standard stream that is closed would be the number of the next file that is opened, and what is said would go into the ledger.
    /// So each gets /dev/null, opened so that using it fails.
    static func secureStreams() {
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) == -1 {
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }

    /// Line by line, so that lines of our own making stay lines.
    static func safe(_ text: String) -> String {
        if text.utf8.allSatisfy({ (0x20...0x7E).contains($0) || $0 == 0x0A }) { return text }
        return text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
            .map { printable(String($0), limit: .max) }.joined(separator: "\n")
    }
}
