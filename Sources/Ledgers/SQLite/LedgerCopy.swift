import GRDB
import GRDBSQLite
import Glibc
import Scheduler

/// A consistent copy of a ledger in use, made in steps of a few megabytes.
///
/// The process can use the ledger between the steps. The copy uses SQLite's online backup through
/// the ledger's own connection. Changes that are written to the ledger between the steps go into
/// the copy too, so the copy has the ledger's contents as of the last step
/// (https://sqlite.org/backup.html).
///
/// The file is created with mode 0600, and deleted if the copy is not completed. The class is not
/// `Sendable`, because calls come from the ledger's thread.
public final class LedgerCopy {
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    public let path: String
    private let source: DatabaseQueue
    private var target: OpaquePointer?
    private var backup: OpaquePointer?

    /// The number of pages that one step copies.
    ///
    /// With SQLite's pages of 4 096 bytes this is 4 MB, which needs only a few milliseconds.
    private static let pagesPerStep: Int32 = 1_000

    /// - Parameters:
    ///   - ledger: the ledger to copy. It must stay open until the copy has ended.
    ///   - path: the path of the copy. A file that is already there is deleted.
    public init(of ledger: SQLiteLedger, at path: String) throws(Failure) {
        self.path = path
        source = ledger.queue
        unlink(path)
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(description: "\(path): \(words(errno))") }
        Glibc.close(descriptor)
        guard sqlite3_open_v2(path, &target, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK else { throw ended() }
        // An interrupted copy is deleted, so it needs neither a journal nor a sync of each page.
        sqlite3_exec(
            target, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE", nil, nil, nil)
        backup = source.inDatabase { sqlite3_backup_init(target, "main", $0.sqliteConnection, "main") }
        if backup == nil { throw ended() }
    }

    deinit {
        if target != nil { _ = ended() }
    }

    /// Copies the next pages. Returns true once the copy is complete and on the disk.
    public func step() throws(Failure) -> Bool {
        guard backup != nil else { return true }
        let result = source.inDatabase { _ in sqlite3_backup_step(backup, LedgerCopy.pagesPerStep) }
        guard result != SQLITE_OK else { return false }
        guard result == SQLITE_DONE else { throw ended(result) }
        source.inDatabase { _ in _ = sqlite3_backup_finish(backup) }
        backup = nil
        sqlite3_close(target)
        target = nil
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        defer { if descriptor >= 0 { Glibc.close(descriptor) } }
        guard descriptor >= 0, fsync(descriptor) == 0 else {
            let code = errno
            unlink(path)
            throw Failure(
                description: code == ENOSPC ? LedgerCopy.noSpace : "no copy: \(String(cString: strerror(code)))")
        }
        return true
    }

    private static let noSpace = "no space is left for the copy"

    /// Closes and deletes the incomplete copy. Returns the error to throw, with SQLite's message.
    ///
    /// If the disk is full, the message is `noSpace` instead.
    private func ended(_ result: Int32? = nil) -> Failure {
        let code = result ?? sqlite3_errcode(target)
        let said = String(cString: sqlite3_errstr(code))
        if backup != nil { source.inDatabase { _ in _ = sqlite3_backup_finish(backup) } }
        backup = nil
        sqlite3_close(target)
        target = nil
        unlink(path)
        return Failure(description: code == SQLITE_FULL ? LedgerCopy.noSpace : "no copy: \(said)")
    }
}
