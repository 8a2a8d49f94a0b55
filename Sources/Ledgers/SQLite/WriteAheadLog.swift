import GRDB
import GRDBSQLite

/// Moves the write-ahead log into the database when it has grown long.
///
/// SQLite could do so by itself after a commit, but would not report an error. A failed fsync must
/// stop the daemon.
final class WriteAheadLog {
    /// The number of 4 KiB pages after which the log is emptied: 8 MiB. A longer log has fewer
    /// copies of a page that many transactions change, but takes longer to read after a crash (8
    /// MiB: about 10 ms).
    static let longest: Int32 = 2_000

    /// Pages in the log after the last commit.
    private var pages: Int32 = 0

    /// The approximate size of the log. It exceeds `longest` pages if the disk has no space to
    /// empty it into.
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
        // The database has no space to grow. The log holds everything, and emptying it is tried
        // again when it is longer.
        if MissingSpace.caused(code: code, in: db) { return }
        guard code != SQLITE_OK else { return pages = 0 }
        throw DatabaseError(
            resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(db.sqliteConnection)))
    }
}
