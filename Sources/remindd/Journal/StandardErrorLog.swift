import Foundation
import Logging
import Scheduler

/// Log lines on standard error: with `<N>` priorities for the journal (sd-daemon(3)), with time stamps elsewhere.
struct StandardErrorLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info
    private let toJournal: Bool

    init() {
        toJournal = ProcessInfo.processInfo.environment["JOURNAL_STREAM"] != nil
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let prefix = toJournal ? "<\(priority(event.level))>" : "\(Self.stamp()) \(event.level.rawValue): "
        // One call, so that lines of several threads do not mix; a closed or full standard error loses the line, never blocks sending.
        let line = Array((prefix + printable(event.message.description, limit: 2_000) + "\n").utf8)
        _ = write(STDERR_FILENO, line, line.count)
    }

    private func priority(_ level: Logger.Level) -> Int {
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
