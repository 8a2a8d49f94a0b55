import CLinux
import Dates
import GRDB
import Glibc
import Scheduler

/// The purpose for which a ledger is opened.
public enum LedgerMode: Hashable, Sendable {
    /// The daemon. Creates a missing ledger, and checks and migrates an existing ledger.
    case daemon
    /// The daemon on a rehearsal clock. Like `daemon`, but for the ledger of a rehearsal.
    case rehearsal
    /// A command while no daemon runs. Reads a ledger of any kind that has the current schema.
    case reader
}

extension SQLiteLedger {
    /// Opens the ledger at `path` for this process alone.
    ///
    /// Waits up to 5 s for another process to close it. `now` is the `lookedUntil` of a new ledger.
    /// An empty or incomplete file counts as new. A refused file is not changed. `pause` waits for
    /// the given span.
    public static func open(
        path: String, mode: LedgerMode, now: Instant, pause: (TimeSpan) -> Void = { usleep(UInt32($0.milliseconds) * 1_000) }
    ) throws(LedgerRefusal) -> SQLiteLedger {
        try open(path: path, mode: mode, now: now, migrations: Schema.migrations, pause: pause)
    }

    static func open(
        path: String, mode: LedgerMode, now: Instant, migrations: [Migration], pause: (TimeSpan) -> Void
    ) throws(LedgerRefusal) -> SQLiteLedger {
        let file = try OwnedFile(path: path, create: mode != .reader)
        do {
            let opening = LedgerOpening(path: path, mode: mode, now: now, migrations: migrations)
            return try opening.waiting(pause: pause) { () throws(LedgerRefusal) in try opening.attempt(file) }
        } catch {
            file.release()
            throw error
        }
    }
}

/// Opens a ledger in steps.
///
/// 1. Check the file through a read-only connection.
/// 2. Open the file for writing, and set the pragmas.
/// 3. Check the contents again.
/// 4. Migrate the schema.
/// 5. Lock the ledger.
private struct LedgerOpening {
    let path: String
    let mode: LedgerMode
    let now: Instant
    let migrations: [Migration]

    private var latest: Int { migrations.last!.version }

    // MARK: Waiting

    /// The longest wait for another process to close the ledger.
    ///
    /// It is long enough for a daemon that systemd stops for a restart, and short enough for a
    /// person who waits for a command.
    private static let patience = TimeSpan.seconds(5)
    private static let between = TimeSpan(milliseconds: 50)

    func waiting(
        pause: (TimeSpan) -> Void, _ attempt: () throws(LedgerRefusal) -> SQLiteLedger
    ) throws(LedgerRefusal) -> SQLiteLedger {
        let began = LedgerOpening.monotonic()
        var paused = TimeSpan.zero
        while true {
            do {
                return try attempt()
            } catch {
                guard case .heldBy = error, paused < LedgerOpening.patience,
                    LedgerOpening.monotonic() - began < LedgerOpening.patience
                else { throw error }
                pause(LedgerOpening.between)
                paused = TimeSpan(milliseconds: paused.milliseconds + LedgerOpening.between.milliseconds)
            }
        }
    }

    private static func monotonic() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// Returns the id of a process that has one of SQLite's locks on the file; nil if not known.
    ///
    /// This function opens and closes the file. Do not call it while this process has the file
    /// open, because closing the file would release this process's locks.
    private func holder() -> Int32? {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { Glibc.close(descriptor) }
        // SQLite's "os.h" defines these bytes: the pending byte, the reserved byte and 510 shared
        // bytes.
        let pid = linux_lock_holder(descriptor, 0x4000_0000, 512)
        return pid > 0 ? pid : nil
    }

    // MARK: The steps

    func attempt(_ file: OwnedFile) throws(LedgerRefusal) -> SQLiteLedger {
        do {
            try lookFirst()
            let log = WriteAheadLog()
            let queue = try DatabaseQueue(path: path, configuration: configuration(readonly: false))
            do {
                let isNew = try queue.inDatabase { db in
                    try Pragmas.set(db)
                    return try accept(Contents(db, latest: latest)) == .new
                }
                if mode != .reader {
                    if !isNew { try queue.inDatabase(check) }
                    try queue.inDatabase(migrate)
                }
                let (isRehearsal, generation) = try queue.inDatabase(take)
                // Deletes the index file that the read-only connection left. No other process can
                // use it while we have the lock, and our own index is in memory.
                unlink(path + "-shm")
                if mode != .reader { try syncFolder() }
                try queue.inDatabase { db in
                    if mode == .reader { try db.execute(sql: "PRAGMA query_only = ON") }
                    log.watch(db)
                }
                return SQLiteLedger(
                    queue: queue, log: log, file: file, isRehearsal: isRehearsal, generation: generation)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_IOERR {
                // Closing the connection would write, and would repeat an fsync that may have
                // failed. Therefore the file stays open until the process ends.
                _ = Unmanaged.passRetained(queue)
                throw error
            } catch {
                // Closes the connection before other code opens the file, for example to find the
                // process that has the file open.
                try? queue.close()
                throw error
            }
        } catch let refusal as LedgerRefusal {
            throw refusal
        } catch let error as DatabaseError {
            throw refusal(error)
        } catch {
            throw .unusable("\(type(of: error))")
        }
    }

    /// Checks an existing file through a connection that cannot write.
    ///
    /// A refused file is therefore not changed.
    private func lookFirst() throws {
        var status = stat()
        guard stat(path, &status) == 0, status.st_size > 0 else {
            if mode == .reader { throw LedgerRefusal.missing }
            return
        }
        // SQLite treats a small file of any content as an empty database, and would overwrite it.
        guard beginsLikeSQLite() else { throw LedgerRefusal.corrupt("it is not an SQLite database") }
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration(readonly: true))
            let contents = Result { try queue.inDatabase { try Contents($0, latest: latest) } }
            try queue.close()
            _ = try accept(contents.get())
        } catch let error as DatabaseError
            where [.SQLITE_READONLY, .SQLITE_CANTOPEN].contains(error.resultCode)
        {
            // A crash during the creation of the file can leave a state that only a writing
            // connection can repair.
        }
    }

    /// Returns whether the file begins with SQLite's header, or with zeros instead.
    ///
    /// If the file is shorter than the header, the bytes that exist are compared. A power cut
    /// during the creation of the file can leave zeros.
    private func beginsLikeSQLite() -> Bool {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return true }
        defer { Glibc.close(descriptor) }
        let expected = Array("SQLite format 3\0".utf8)
        var found = [UInt8](repeating: 0, count: expected.count)
        let count = pread(descriptor, &found, found.count, 0)
        guard count > 0 else { return true }
        return found[..<count] == expected[..<count] || found.allSatisfy { $0 == 0 }
    }

    private func configuration(readonly: Bool) -> Configuration {
        var configuration = Configuration()
        configuration.readonly = readonly
        configuration.busyMode = .immediateError
        if !readonly {
            configuration.prepareDatabase { db in
                _ = try Row.fetchAll(db, sql: "PRAGMA locking_mode = EXCLUSIVE")
            }
        }
        return configuration
    }

    private enum Acceptance { case new, ledger }

    /// Refuses contents that must not be used in this mode.
    private func accept(_ contents: Contents) throws -> Acceptance {
        switch contents {
        case .nothing:
            if mode == .reader { throw LedgerRefusal.missing }
            return .new
        case .other:
            throw LedgerRefusal.corrupt("it is another program's SQLite database")
        case .ledger(let version, let kind):
            if version > latest { throw LedgerRefusal.newer(version: version) }
            if kind.isEmpty { throw LedgerRefusal.corrupt("it has no meta row") }
            if version < latest, mode == .reader { throw LedgerRefusal.older(version: version) }
            if mode == .daemon, kind != "real" { throw LedgerRefusal.isRehearsal }
            if mode == .rehearsal, kind != "rehearsal" { throw LedgerRefusal.notARehearsal }
            return .ledger
        }
    }

    private func check(_ db: Database) throws {
        guard let answer = try String.fetchOne(db, sql: "PRAGMA quick_check(1)"), answer == "ok" else {
            throw LedgerRefusal.corrupt("its check failed")
        }
    }

    private func migrate(_ db: Database) throws {
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard version < latest else { return }
        if version > 0 { try keepCopy(db) }
        for migration in migrations where migration.version > version {
            try db.inTransaction(.immediate) {
                try migration.apply(db)
                if migration.version == 1 {
                    try db.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
                    try db.execute(
                        sql: "INSERT INTO meta (one, kind, generation, looked_until) VALUES (1, ?, 0, ?)",
                        arguments: [mode == .rehearsal ? "rehearsal" : "real", now.milliseconds])
                }
                try db.execute(sql: "PRAGMA user_version = \(migration.version)")
                return .commit
            }
        }
    }

    /// Copies the ledger to `<path>.before-vN`.
    ///
    /// The copy is written under another name and then renamed, so a file with the final name is
    /// complete.
    private func keepCopy(_ db: Database) throws {
        let copy = "\(path).before-v\(latest)"
        let part = copy + ".part"
        unlink(part)
        let descriptor = Glibc.open(part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw LedgerRefusal.unusable("no copy before the migration: \(words(errno))") }
        defer { Glibc.close(descriptor) }
        try db.execute(sql: "VACUUM INTO ?", arguments: [part])
        guard fsync(descriptor) == 0, rename(part, copy) == 0 else {
            throw LedgerRefusal.unusable("no copy before the migration: \(words(errno))")
        }
        try syncFolder()
    }

    /// Locks the ledger until it is closed. Returns the ledger's kind and generation.
    ///
    /// The daemon acquires the lock with a write, which increments the generation. A reader has had
    /// the lock since its first read.
    private func take(_ db: Database) throws -> (isRehearsal: Bool, generation: Int) {
        if mode != .reader {
            try db.inTransaction(.immediate) {
                try db.execute(sql: "UPDATE meta SET generation = generation + 1")
                return .commit
            }
        }
        guard let row = try Row.fetchOne(db, sql: "SELECT kind, generation FROM meta") else {
            preconditionFailure("a ledger was accepted without its meta row")
        }
        return (row[0] == "rehearsal", row[1])
    }

    /// Makes the directory entries of the file and its log durable.
    ///
    /// The log needs this because each opening of the ledger creates the log anew.
    private func syncFolder() throws {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw LedgerRefusal.unusable("its folder: \(words(errno))") }
        defer { Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else { throw LedgerRefusal.unusable("its folder: \(words(errno))") }
    }

    /// Converts an error of SQLite to a refusal.
    ///
    /// Call it only after our connection is closed, because `holder` opens and closes the file.
    private func refusal(_ error: DatabaseError) -> LedgerRefusal {
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED: .heldBy(pid: holder())
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: .corrupt(error.words)
        case .SQLITE_FULL: .unusable("no space is left")
        default: .unusable(error.words)
        }
    }
}

/// The facts about an SQLite file's contents that decide whether the file is opened.
private enum Contents {
    /// The file has no table, because it is empty or incomplete.
    case nothing
    /// The file has tables of another program.
    case other
    /// The file is a ledger. `kind` is read only if this version of remindd knows the schema.
    ///
    /// `kind` is empty for a later schema, which may store the kind elsewhere.
    case ledger(version: Int, kind: String)

    init(_ db: Database, latest: Int) throws {
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        if version == 0, tables == 0 {
            self = .nothing
        } else if application != Schema.applicationID || version < 1 {
            self = .other
        } else {
            let kind = version > latest ? nil : try String.fetchOne(db, sql: "SELECT kind FROM meta")
            self = .ledger(version: version, kind: kind ?? "")
        }
    }
}
