import Config
import Logging
import Monitoring

/// Finds files of the user that have changed since they were accepted.
///
/// Only the loop's thread uses it.
final class ChangedFiles {
    private var stamps = FileStamps([])
    /// The changed files that were logged last, so that each change is logged once.
    private var logged: [String] = []
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    /// The files that were changed, removed or added since they were accepted; sorted.
    var paths: [String] { stamps.changed }

    /// Records the current state of the accepted files.
    func accept(_ files: UserFiles) {
        stamps = FileStamps(files.taken.keys, folders: files.listed)
        logged = []
    }

    /// Logs changes that were not logged yet. They take effect only at a reload.
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
