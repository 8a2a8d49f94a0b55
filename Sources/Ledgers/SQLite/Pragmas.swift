import GRDB

/// How the connection is set, and the proof: each is read back, because SQLite ignores what it cannot do or does not know.
enum Pragmas {
    private struct Setting {
        let name: String
        let value: String
        /// What SQLite answers when it is so.
        let readBack: String
    }

    /// `locking_mode` and `journal_mode` are set before; the first before anything is read, so that the log's
    /// index lies in memory and the lock is there from the first look into the file.
    private static let settings = [
        Setting(name: "locking_mode", value: "EXCLUSIVE", readBack: "exclusive"),
        Setting(name: "journal_mode", value: "WAL", readBack: "wal"),
        // Every commit is an fsync of the log.
        Setting(name: "synchronous", value: "FULL", readBack: "2"),
        Setting(name: "foreign_keys", value: "ON", readBack: "1"),
        // Whoever cannot have the lock is told at once; waiting is `LedgerOpening`'s.
        Setting(name: "busy_timeout", value: "0", readBack: "0"),
        // `WriteAheadLog` does it, and hears of errors.
        Setting(name: "wal_autocheckpoint", value: "0", readBack: "0"),
        // A log that once grew long is cut back to this: twice its usual size.
        Setting(name: "journal_size_limit", value: "16777216", readBack: "16777216"),
        // 2 MiB: 5 000 new deliveries touch about 300 pages, however large the ledger; more only stays in memory.
        Setting(name: "cache_size", value: "-2048", readBack: "-2048"),
        // No sorting in files that a full disk would break.
        Setting(name: "temp_store", value: "MEMORY", readBack: "2"),
        // A read error must be a result code, not SIGBUS.
        Setting(name: "mmap_size", value: "0", readBack: "0"),
        // Damage is noticed when a page is read, not when it is used.
        Setting(name: "cell_size_check", value: "ON", readBack: "1"),
        Setting(name: "trusted_schema", value: "OFF", readBack: "0"),
    ]

    static func set(_ db: Database) throws {
        for setting in settings {
            // Some answer with their new value, some with nothing.
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
