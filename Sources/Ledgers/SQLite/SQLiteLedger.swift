import GRDB
import Scheduler

/// The ledger of one process in one SQLite file.
///
/// One connection, write-ahead log, `synchronous=FULL`, `locking_mode=EXCLUSIVE`: a commit that returned is on the
/// disk, and nobody else opens the file meanwhile, not even to read (decision 4 of the architecture, `docs/decisions/0004`).
///
/// What an error leaves behind: after `full` the transaction is undone and the ledger works on as soon as there is
/// space. After `broken` every call throws it again without touching the file, because a second fsync after a failed
/// one succeeds while the data is lost; the connection then stays open until the process ends, because closing would
/// write. Start again: opening checks the file.
///
/// Not `Sendable`: calls come from one thread.
public final class SQLiteLedger: Ledger {
    public let isRehearsal: Bool
    /// How often this ledger was opened for writing, this time included; a copy put back has an older one.
    public let generation: Int

    /// The ledger's path, where a witness is to be left after each firing; nil: none is.
    public var witnessed: String?

    let queue: DatabaseQueue
    private let log: WriteAheadLog
    private let file: OwnedFile
    private var broken: String?
    private var closed = false
    /// A suspect was the last to be claimed; see `claim`.
    var suspectHadItsTurn = false
    /// Where the rows are that this process has claimed and not recorded: an id is found in an index of text otherwise.
    var claimed: [DeliveryID: Int64] = [:]
    /// Where the rows are that `expired` named last: they are about to be recorded.
    var lastExpired: [DeliveryID: Int64] = [:]
    /// The row of the last delivery that `prune` has gone past.
    var prunedThrough: Int64 = 0

    init(queue: DatabaseQueue, log: WriteAheadLog, file: OwnedFile, isRehearsal: Bool, generation: Int) {
        self.queue = queue
        self.log = log
        self.file = file
        self.isRehearsal = isRehearsal
        self.generation = generation
    }

    deinit { close() }

    /// Writes the log into the file and lets go of it. Without it, the object's end does the same. No call may follow.
    /// - Returns: what the disk would not do. Nothing is lost by it, the log stays beside the file and the next opening reads it; but
    ///   someone should hear of such a disk.
    @discardableResult
    public func close() -> LedgerFailure? {
        guard !closed else { return nil }
        closed = true
        // SQLite would do it by itself when it closes, and keep an error to itself.
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

    /// What is written but not in the database file yet. Over 16 MB: there is no space to put it there (fault 18).
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

    /// One transaction; when this returns it is on the disk.
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
        // The transaction is durable whatever becomes of this; what it finds broken, the next call reports.
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
    /// Only a full disk can be waited for. Everything else, a constraint that a caller's row broke included, is `broken`.
    /// SQLite's messages name tables and constraints, never values.
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
