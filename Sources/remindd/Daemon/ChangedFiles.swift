import Config
import Logging
import Monitoring

/// Finds files of the user that have changed since they were accepted.
///
/// Only the loop's thread uses it.
final class ChangedFiles {
    private var stamps = FileStamps([])
    /// The changed files in the last log entry, so that each change is logged once.
    private var logged: [String] = []
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    /// The files that were changed, removed or added since the last acceptance, sorted.
    var paths: [String] { stamps.changed }

    /// Records the current state of the accepted files, to find later changes.
    func accept(_ files: UserFiles) {
        stamps = FileStamps(files.taken.keys, folders: files.listed)
        logged = []
    }

    /// Logs changes that have not been logged yet. A reload is needed to apply them.
    func log() {
        let changed = stamps.changed
        guard changed != logged else { return }
        logged = changed
        guard !changed.isEmpty else { return }
        logger.notice(
            "changed since they were read, not in use until a reload: \(changed.joined(separator: ", "))",
            metadata: MessageKind.filesChanged.fields)
    }
}
