import GRDB
import GRDBSQLite

/// Moves the write-ahead log into the database when it has grown long.
///
/// SQLite would do so by itself after a commit, but then keeps an error to itself; a failed fsync must stop us.
final class WriteAheadLog {
    /// Pages of 4 KiB after which the log is emptied: 8 MiB. Longer means fewer copies of a page that many
    /// transactions touch, and a longer read of the log after a crash (8 MiB: about 10 ms).
    static let longest: Int32 = 2_000

    /// Pages in the log after the last commit.
    private var pages: Int32 = 0

    /// How much waits in the log, about; more than `longest` where the disk has no space to empty it into.
    var bytes: Int { Int(pages) * 4_096 }

    /// Begins to watch. The connection must not outlive this object.
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
        // No space for the database to grow into: the log holds everything, and is tried again when longer.
        if MissingSpace.caused(code: code, in: db) { return }
        guard code != SQLITE_OK else { return pages = 0 }
        throw DatabaseError(
            resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(db.sqliteConnection)))
    }
}
