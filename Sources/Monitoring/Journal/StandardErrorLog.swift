import Clocks
import Dates
import Diagnostics
import Foundation
import Logging
import Scheduler
import Synchronization

/// Writes log lines to systemd's journal with fields, or as plain text with time stamps.
///
/// If standard error is connected to the journal, the journal is used. A line that the journal or a
/// pipe does not accept is lost and counted, because the daemon must never wait for a log (fault
/// 14).
package struct StandardErrorLog: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var logLevel: Logger.Level = .info

    private static let journal = JournalSocket()
    private static let lost = Atomic(0)
    /// Maximum length of a line in bytes.
    ///
    /// A writable pipe accepts this many bytes in one call (pipe(7), PIPE_BUF).
    private static let lineLimit = 4_096

    package init() {}

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let lost = StandardErrorLog.lost.exchange(0, ordering: .relaxed)
        if lost > 0, !put("\(lost) log lines were lost: nobody read them", .warning, [:]) {
            StandardErrorLog.lost.add(lost, ordering: .relaxed)
        }
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }
        if !put(printable(event.message.description, limit: 2_000), event.level, fields) {
            StandardErrorLog.lost.add(1, ordering: .relaxed)
        }
    }

    private func put(_ text: String, _ level: Logger.Level, _ fields: Logger.Metadata) -> Bool {
        if let journal = StandardErrorLog.journal {
            switch journal.send(
                text, priority: StandardErrorLog.priority(level), fields.mapValues { printable("\($0)", limit: 300) })
            {
            case .taken: return true
            case .full: return false
            // The line is too long, or nothing reads the socket. The journal also reads standard
            // error.
            case .impossible: return StandardErrorLog.write("<\(StandardErrorLog.priority(level))>\(text)\n")
            }
        }
        return StandardErrorLog.write("\(StandardErrorLog.stamp()) \(level.rawValue): \(text)\n")
    }

    /// Writes a line with one call, so that lines of different threads do not mix.
    private static func write(_ line: String) -> Bool {
        var bytes = Array(line.utf8)
        if bytes.count > lineLimit {
            var end = lineLimit - 1
            while bytes[end] & 0xC0 == 0x80 { end -= 1 }
            bytes = bytes[..<end] + [0x0A]
        }
        var asked = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
        guard poll(&asked, 1, 0) > 0, asked.revents & Int16(POLLOUT) != 0 else { return false }
        return Glibc.write(STDERR_FILENO, bytes, bytes.count) == bytes.count
    }

    private static func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }

    private static func stamp() -> String {
        Zone.utc.rfc3339(SystemClock().now())
    }
}
