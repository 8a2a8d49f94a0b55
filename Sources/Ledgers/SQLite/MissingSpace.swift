import GRDB
import GRDBSQLite
import Glibc

/// Recognises write errors that are caused by lack of space.
///
/// The cause is a full disk (ENOSPC), a used-up quota (EDQUOT) or a limit on the file's size
/// (EFBIG). The transaction is undone, and the same write succeeds once there is space again.
/// SQLite reports only ENOSPC as a full disk, and the other causes as I/O errors.
enum MissingSpace {
    /// Returns whether lack of space caused the error.
    ///
    /// Must be called right after the error, on the same connection.
    static func caused(_ error: DatabaseError, in db: Database) -> Bool {
        caused(code: error.extendedResultCode.rawValue, in: db)
    }

    static func caused(code: Int32, in db: Database) -> Bool {
        if code & 0xFF == SQLITE_FULL { return true }
        // This is the code `SQLITE_IOERR_WRITE`, a macro that Swift does not import.
        guard code == SQLITE_IOERR | 3 << 8 else { return false }
        return [SQLITE_FCNTL_FILE_POINTER, SQLITE_FCNTL_JOURNAL_POINTER].contains { file in
            [EDQUOT, EFBIG, ENOSPC].contains(lastError(of: file, db))
        }
    }

    /// Returns the errno of the last failed call on the database file or its log; 0 if none.
    private static func lastError(of file: Int32, _ db: Database) -> Int32 {
        var found: UnsafeMutablePointer<sqlite3_file>?
        var code: Int32 = 0
        guard sqlite3_file_control(db.sqliteConnection, "main", file, &found) == SQLITE_OK, let found,
            let methods = found.pointee.pMethods, let control = methods.pointee.xFileControl,
            control(found, SQLITE_FCNTL_LAST_ERRNO, &code) == SQLITE_OK
        else { return 0 }
        return code
    }
}
