import GRDB
import GRDBSQLite

/// Checkpoints the write-ahead log into the database when it has grown long.
///
/// SQLite can checkpoint automatically after a commit, but then does not report an error. An error
/// must be reported, because a failed fsync must stop the daemon.
final class WriteAheadLog {
    /// The number of 4 KiB pages after which the log is checkpointed, about 8 MB in total.
    ///
    /// With a longer log, a page that many transactions change is copied into the database less
    /// often, but reading the log after a crash takes longer. For 8 MB, it takes about 10 ms.
    static let longest: Int32 = 2_000

    /// The number of pages in the log after the last commit.
    private var pages: Int32 = 0

    /// The approximate size of the log in bytes.
    ///
    /// The size exceeds `longest` pages while the disk has no space for the checkpoint.
    var bytes: Int { Int(pages) * 4_096 }

    /// Starts counting the log's pages. The connection must not outlive this object.
    func watch(_ db: Database) {
        let this = Unmanaged.passUnretained(self).toOpaque()
        _ = sqlite3_wal_hook(
            db.sqliteConnection,
            { this, _, _, pages in
                Unmanaged<WriteAheadLog>.fromOpaque(this!).takeUnretainedValue().pages = pages
                return SQLITE_OK
            }, this)
    }

    func emptyWhenLong(_ db: Database) throws {
        guard pages >= WriteAheadLog.longest else { return }
        try empty(db)
    }

    func empty(_ db: Database) throws {
        let code = sqlite3_wal_checkpoint_v2(db.sqliteConnection, "main", SQLITE_CHECKPOINT_PASSIVE, nil, nil)
        // The disk has no space for the database to grow. Nothing is lost, because the log still
        // has all pages. The next transaction tries the checkpoint again.
        if MissingSpace.caused(code: code, in: db) { return }
        guard code != SQLITE_OK else { return pages = 0 }
        throw DatabaseError(
            resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(db.sqliteConnection)))
    }
}
