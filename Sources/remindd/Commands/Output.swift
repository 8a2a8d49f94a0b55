import Diagnostics
import Foundation
import Synchronization

/// Writes results to standard output and problems to standard error.
///
/// Text from files, servers and arguments is escaped, because a terminal would execute its control
/// characters.
///
/// Output is buffered, so every exit must go through `end`. If standard output cannot be written,
/// the program prints the reason and exits with status 1.
enum Output {
    private static let gathered = Mutex<[UInt8]>([])
    private static let isTerminal = isatty(STDOUT_FILENO) == 1
    /// Whether a problem could not be written to standard error. If so, the exit status is never 0.
    private static let hasLostProblems = Atomic(false)
    private static let full = 1 << 16

    private static let columns = Interface.width(of: STDOUT_FILENO)
    private static let problemColumns = Interface.width(of: STDERR_FILENO)

    /// Writes a text in the language of this run. A terminal gets lines that fit its width.
    static func line(_ text: LocalizedText) {
        let shown = safe(text.shown)
        line(columns.map { WordWrap.lines(of: shown, width: $0, indent: 4).joined(separator: "\n") } ?? shown)
    }

    /// Writes a line that is the same in every language, such as a line of JSON.
    @_disfavoredOverload
    static func line(_ text: String) { write(Array((safe(text) + "\n").utf8)) }

    /// Writes bytes without escaping.
    static func write(_ bytes: [UInt8]) {
        let failure = gathered.withLock { gathered in
            gathered += bytes
            return gathered.count > full || isTerminal ? flush(&gathered) : nil
        }
        if let failure { stop(failure) }
    }

    /// Writes a text in the language of this run to standard error.
    ///
    /// A terminal gets lines that fit its width.
    static func problem(_ text: LocalizedText) { wrapped(text.shown) }

    /// Writes problems of files, each with the line of its file.
    static func problems(_ problems: [Problem]) {
        let printer = ProblemPrinter(language: Interface.language, width: problemColumns ?? Interface.defaultWidth)
        for problem in problems {
            let (line, excerpt) = printer.text(of: problem)
            wrapped(line)
            for line in excerpt { self.problem(line) }
        }
    }

    private static func wrapped(_ text: String) {
        let shown = safe(text)
        problem(problemColumns.map { WordWrap.lines(of: shown, width: $0).joined(separator: "\n") } ?? shown)
    }

    /// Writes a line that is the same in every language to standard error.
    @_disfavoredOverload
    static func problem(_ text: String) {
        if put(Array((safe(text) + "\n").utf8), to: STDERR_FILENO) != nil { hasLostProblems.store(true, ordering: .relaxed) }
    }

    /// Writes the buffered output and ends the program.
    static func end(_ status: Int32) -> Never {
        if let failure = gathered.withLock({ flush(&$0) }) { stop(failure) }
        exit(status == 0 && hasLostProblems.load(ordering: .relaxed) ? 1 : status)
    }

    private static func stop(_ code: Int32) -> Never {
        problem("remindd: standard output cannot be written: \(LocalizedText(systemError: code))")
        exit(1)
    }

    private static func flush(_ gathered: inout [UInt8]) -> Int32? {
        defer { gathered.removeAll(keepingCapacity: true) }
        return put(gathered, to: STDOUT_FILENO)
    }

    /// Writes all bytes. Returns nil, or the errno of the failure.
    private static func put(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                // Another program has made the stream non-blocking, so this waits until the stream
                // is ready.
                var asked = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&asked, 1, -1)
            } else if errno != EINTR {
                return errno
            }
        }
        return nil
    }

    /// Opens /dev/null for standard streams that are closed, in a mode that makes their use fail.
    ///
    /// If a stream stayed closed, the next opened file would get its descriptor. Messages would
    /// then be written into the ledger.
    static func secureStreams() {
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) == -1 {
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }

    /// Returns the text with escapes for characters that are not printable.
    ///
    /// Each line is escaped separately, so that the program's own line breaks are kept.
    static func safe(_ text: String) -> String {
        if text.utf8.allSatisfy({ (0x20...0x7E).contains($0) || $0 == 0x0A }) { return text }
        return text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
            .map { printable(String($0), limit: .max) }.joined(separator: "\n")
    }
}
