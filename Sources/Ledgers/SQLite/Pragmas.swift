import GRDB

/// Sets the connection's pragmas and reads each one back.
///
/// The check is needed because SQLite ignores a pragma that it does not know or cannot set.
enum Pragmas {
    private struct Setting {
        let name: String
        let value: String
        /// The value that SQLite returns if the setting is in effect.
        let readBack: String
    }

    /// `locking_mode` and `journal_mode` are set first. `locking_mode` is set before anything is
    /// read, so that the log's index is in memory and the lock is held from the first read on.
    private static let settings = [
        Setting(name: "locking_mode", value: "EXCLUSIVE", readBack: "exclusive"),
        Setting(name: "journal_mode", value: "WAL", readBack: "wal"),
        // Every commit syncs the log to the disk (fsync).
        Setting(name: "synchronous", value: "FULL", readBack: "2"),
        Setting(name: "foreign_keys", value: "ON", readBack: "1"),
        // Access to a locked file fails immediately. `LedgerOpening` does the waiting.
        Setting(name: "busy_timeout", value: "0", readBack: "0"),
        // Auto-checkpoint is off: `WriteAheadLog` checkpoints explicitly so that errors are
        // reported.
        Setting(name: "wal_autocheckpoint", value: "0", readBack: "0"),
        // A checkpointed log that is longer than this limit is truncated to it. The size is twice
        // the length at which `WriteAheadLog` checkpoints.
        Setting(name: "journal_size_limit", value: "16777216", readBack: "16777216"),
        // The cache has 2 MiB, because 5 000 new deliveries touch about 300 pages, however large
        // the ledger is. A larger cache would only occupy memory.
        Setting(name: "cache_size", value: "-2048", readBack: "-2048"),
        // Sorting uses no temporary files, because a full disk would break them.
        Setting(name: "temp_store", value: "MEMORY", readBack: "2"),
        // Turns off memory mapping, so that a read error is a result code and not SIGBUS.
        Setting(name: "mmap_size", value: "0", readBack: "0"),
        // SQLite detects damage when it reads a page instead of when it uses the page.
        Setting(name: "cell_size_check", value: "ON", readBack: "1"),
        Setting(name: "trusted_schema", value: "OFF", readBack: "0"),
    ]

    static func set(_ db: Database) throws {
        for setting in settings {
            // Some pragmas return their new value, others return nothing.
            _ = try Row.fetchAll(db, sql: "PRAGMA \(setting.name) = \(setting.value)")
        }
        for setting in settings {
            let answer = try Row.fetchOne(db, sql: "PRAGMA \(setting.name)").map { "\($0[0] as DatabaseValue)" }
            let found = answer?.trimmingQuotes ?? "nothing"
            guard found == setting.readBack else {
                throw DatabaseError(
                    resultCode: .SQLITE_MISUSE, message: "\(setting.name) is \(found) and not \(setting.readBack)")
            }
        }
    }
}

extension String {
    fileprivate var trimmingQuotes: String {
        hasPrefix("\"") && hasSuffix("\"") && count >= 2 ? String(dropFirst().dropLast()) : self
    }
}
