import Dates
import GRDB
import Scheduler

/// The ledger of one process in one SQLite file.
///
/// There is one connection, with a write-ahead log, `synchronous=FULL` and
/// `locking_mode=EXCLUSIVE`. A commit that has returned is on the disk. While the ledger is open,
/// no other process can open the file, not even to read (decision 4 of the architecture,
/// `docs/developer/decisions/0004`).
///
/// After `full` the transaction is undone, and the ledger works again as soon as there is space.
/// After `broken` every call throws it again without touching the file, because a second fsync
/// after a failed one succeeds although the data is lost. The connection then stays open until the
/// process ends, because closing would write. The process has to be started again, because opening
/// checks the file.
///
/// Not `Sendable`: calls come from one thread.
public final class SQLiteLedger: Ledger {
    public let isRehearsal: Bool
    /// How often this ledger was opened for writing, including this time. A restored copy has a
    /// lower number.
    public let generation: Int

    /// The ledger's path if each firing writes a high-water mark file there; nil if not.
    public var marked: String?

    let queue: DatabaseQueue
    private let log: WriteAheadLog
    private let file: OwnedFile
    private var broken: String?
    private var closed = false
    var quarantine = QuarantinePolicy()
    /// Rows of the deliveries that this process has claimed or adopted, and not recorded. Without
    /// them, an id is searched in a text index.
    var claimed: [DeliveryID: Int64] = [:]
    /// Whether days may have changed while a delivery was in flight. If not, every delivery in
    /// flight was claimed in the present edition.
    var daysChangedInFlight = true
    /// The row of the last delivery that `prune` has checked; 0 at the start of a pass.
    var prunedThrough: Int64 = 0

    init(queue: DatabaseQueue, log: WriteAheadLog, file: OwnedFile, isRehearsal: Bool, generation: Int) {
        self.queue = queue
        self.log = log
        self.file = file
        self.isRehearsal = isRehearsal
        self.generation = generation
    }

    deinit { close() }

    /// Writes the log into the file and closes it; `deinit` does the same. No call may follow.
    /// - Returns: the failure of the disk, if there was one. Nothing is lost: the log stays beside
    ///   the file, and the next opening reads it. But an operator should know of such a disk.
    @discardableResult
    public func close() -> LedgerFailure? {
        guard !closed else { return nil }
        closed = true
        // SQLite would empty the log by itself when it closes, but would not report an error.
        if broken == nil {
            do {
                try queue.inDatabase(log.empty)
            } catch {
                if case .broken(let details) = LedgerFailure(error) { broken = details }
            }
        }
        guard broken == nil else {
            _ = Unmanaged.passRetained(queue)
            return broken.map(LedgerFailure.broken)
        }
        try? queue.close()
        file.release()
        return nil
    }

    /// Bytes in the log that are not in the database file yet. More than 16 MB means that there is
    /// no space for them there (fault 18).
    public var logBytes: Int { log.bytes }

    public func lookedUntil() throws(LedgerFailure) -> Instant {
        try reading { db in
            try Query(db, "SELECT looked_until FROM meta").first { Instant(milliseconds: $0.int64(0)) }
                ?? { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the ledger has no meta row") }()
        }
    }

    // MARK: Every access goes through these two

    func reading<Result>(_ body: (Database) throws -> Result) throws(LedgerFailure) -> Result {
        try guarded { try queue.inDatabase(body) }
    }

    /// Runs `body` in one transaction, which is on the disk when this returns.
    func writing<Result>(_ body: (Database) throws -> Result) throws(LedgerFailure) -> Result {
        let result = try guarded {
            try queue.inDatabase { db in
                var result: Result?
                try db.inTransaction(.immediate) {
                    result = try body(db)
                    return .commit
                }
                return result!
            }
        }
        // The transaction is durable even if this fails. The next call throws the failure.
        do {
            try queue.inDatabase(log.emptyWhenLong)
        } catch {
            if case .broken(let details) = LedgerFailure(error) { broken = details }
        }
        return result
    }

    private func guarded<Result>(_ body: () throws -> Result) throws(LedgerFailure) -> Result {
        precondition(!closed, "a closed ledger was used")
        if let broken { throw .broken(broken) }
        do {
            return try body()
        } catch {
            if let error = error as? DatabaseError, queue.inDatabase({ MissingSpace.caused(error, in: $0) }) { throw .full }
            let failure = LedgerFailure(error)
            if case .broken(let details) = failure { broken = details }
            throw failure
        }
    }
}

extension LedgerFailure {
    /// Only a full disk is `full`, because callers can wait for space. Every other error is
    /// `broken`, including a constraint that a caller's row violates. SQLite's messages name tables
    /// and constraints, never values.
    init(_ error: any Error) {
        guard let error = error as? DatabaseError else {
            self = .broken("\(type(of: error))")
            return
        }
        if error.resultCode == .SQLITE_FULL {
            self = .full
        } else {
            self = .broken(error.words)
        }
    }
}

extension DatabaseError {
    /// SQLite's code and words, without the statement and its values.
    var words: String { "SQLite \(extendedResultCode.rawValue): \(message ?? "no message")" }
}
