import Dates
import GRDB
import Scheduler

/// The ledger of one process in one SQLite file.
///
/// There is one connection, with a write-ahead log, `synchronous=FULL` and
/// `locking_mode=EXCLUSIVE`. A commit that has returned is on the disk. While the ledger is open,
/// no other process can open the file, not even to read
/// (`docs/developer/decisions/0004-sqlite-ledger.md`).
///
/// If a call throws `full`, its transaction is rolled back, and the ledger works again as soon as
/// there is space.
///
/// If a call throws `broken`, every later call throws the same failure without accessing the file.
/// The reason is that a second fsync after a failed one succeeds although the data is lost. The
/// connection then stays open until the process ends, because closing would write. The process must
/// be restarted, because opening checks the file.
///
/// The class is not `Sendable`, because all calls come from one thread.
public final class SQLiteLedger: Ledger {
    public let isRehearsal: Bool
    /// The number of times that this ledger was opened for writing, including this time.
    ///
    /// A restored copy has a lower number.
    public let generation: Int

    /// The ledger's path if each firing writes the high-water mark file; nil if none is written.
    public var marked: String?

    let queue: DatabaseQueue
    private let log: WriteAheadLog
    private let file: OwnedFile
    private var broken: String?
    private var closed = false
    var quarantine = QuarantinePolicy()
    /// The rows of deliveries that this process has claimed or adopted, but not yet recorded.
    ///
    /// Without these rows, each id would be searched in a text index.
    var claimed: [DeliveryID: ClaimedRow] = [:]
    /// Whether the dates of a delivery in flight may have changed since it was claimed.
    ///
    /// If false, the outcome of every delivery in flight is recorded with the current
    /// `meta.edition`, which counts such changes.
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

    /// Writes the log into the database file and closes the file. No call may follow.
    /// - Returns: the disk's error; nil if there was none. Nothing is lost, because the log stays
    ///   next to the file and the next opening reads the log. However, an operator should be
    ///   informed of the error.
    @discardableResult
    public func close() -> LedgerFailure? {
        guard !closed else { return nil }
        closed = true
        // Checkpoints explicitly, because the checkpoint that SQLite makes when it closes the file
        // does not report an error.
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

    /// The number of bytes in the log that are not in the database file yet.
    ///
    /// If there are more than 16 MB, the disk has no space to copy them into the database
    /// (`docs/faults.md`, fault 18).
    public var logBytes: Int { log.bytes }

    public func lookedUntil() throws(LedgerFailure) -> Instant {
        try reading { db in
            try Query(db, "SELECT looked_until FROM meta").first { Instant(milliseconds: $0.int64(0)) }
                ?? { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the ledger has no meta row") }()
        }
    }

    // MARK: Every access to the database goes through these two functions

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
        // The transaction is durable even if this checkpoint fails. The next call throws its error.
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
    /// Converts an error to the failure that the ledger throws.
    ///
    /// Only a full disk becomes `full`, because callers can wait for space. Every other error
    /// becomes `broken`, including a violated constraint. SQLite's messages contain names of tables
    /// and constraints, but never values.
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
    /// SQLite's code and message, without the statement and its values.
    var words: String { "SQLite \(extendedResultCode.rawValue): \(message ?? "no message")" }
}
