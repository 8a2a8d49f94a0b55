import CLinux
import GRDB
import Glibc
import Scheduler

/// Who opens a ledger, and for what.
public enum LedgerMode: Hashable, Sendable {
    /// The daemon: a ledger is made if there is none, checked, migrated.
    case daemon
    /// The daemon on a rehearsal clock: the same, on a ledger marked as a rehearsal's.
    case rehearsal
    /// A command while no daemon runs: any ledger of the current schema, to read only.
    case reader
}

extension SQLiteLedger {
    /// Opens the ledger at `path` for this process alone, waiting up to 5 s for another process to let go of it.
    ///
    /// `now` is the `lookedUntil` of a new ledger. An empty or half-made file counts as new. A refusal leaves the file
    /// as it was. `pause` is how waiting is done; it gets the length of each pause.
    public static func open(
        path: String, mode: LedgerMode, now: Instant, pause: (Span) -> Void = { usleep(UInt32($0.milliseconds) * 1_000) }
    ) throws(LedgerRefusal) -> SQLiteLedger {
        try open(path: path, mode: mode, now: now, migrations: Schema.migrations, pause: pause)
    }

    static func open(
        path: String, mode: LedgerMode, now: Instant, migrations: [Migration], pause: (Span) -> Void
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

/// The steps of opening, in order: look without writing, open, set, look again, check, migrate, take.
private struct LedgerOpening {
    let path: String
    let mode: LedgerMode
    let now: Instant
    let migrations: [Migration]

    private var latest: Int { migrations.last!.version }

    // MARK: Waiting

    /// Long enough for a daemon that is just being stopped by systemd's restart, short enough for a person.
    private static let patience = Span.seconds(5)
    private static let between = Span(milliseconds: 50)

    func waiting(
        pause: (Span) -> Void, _ attempt: () throws(LedgerRefusal) -> SQLiteLedger
    ) throws(LedgerRefusal) -> SQLiteLedger {
        let began = LedgerOpening.monotonic()
        var paused = Span.zero
        while true {
            do {
                return try attempt()
            } catch {
                guard case .heldBy = error, paused < LedgerOpening.patience,
                    LedgerOpening.monotonic() - began < LedgerOpening.patience
                else { throw error }
                pause(LedgerOpening.between)
                paused = Span(milliseconds: paused.milliseconds + LedgerOpening.between.milliseconds)
            }
        }
    }

    private static func monotonic() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// The process that holds one of SQLite's locks on the file. Opens and closes it: not while we have it open.
    private func holder() -> Int32? {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { Glibc.close(descriptor) }
        // SQLite's file format, "os.h": pending byte, reserved byte, and 510 shared bytes from here.
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
                // The look before left it; nobody can use it while we hold the file, and we keep our index in memory.
                unlink(path + "-shm")
                if mode != .reader { try syncFolder() }
                try queue.inDatabase { db in
                    if mode == .reader { try db.execute(sql: "PRAGMA query_only = ON") }
                    log.watch(db)
                }
                return SQLiteLedger(
                    queue: queue, log: log, file: file, isRehearsal: isRehearsal, generation: generation)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_IOERR {
                // Closing would write, and try an fsync again that may have failed: the file stays open until the process ends.
                _ = Unmanaged.passRetained(queue)
                throw error
            } catch {
                // Before anything else may open the file, to name its holder for one.
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

    /// Looks into an existing file through a connection that cannot write, so that what is refused stays as it is.
    private func lookFirst() throws {
        var status = stat()
        guard stat(path, &status) == 0, status.st_size > 0 else {
            if mode == .reader { throw LedgerRefusal.missing }
            return
        }
        // SQLite takes a small file of any content for an empty database, and would write over it.
        guard beginsLikeSQLite() else { throw LedgerRefusal.corrupt("it is not an SQLite database") }
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration(readonly: true))
            let contents = Result { try queue.inDatabase { try Contents($0, latest: latest) } }
            try queue.close()
            _ = try accept(contents.get())
        } catch let error as DatabaseError
            where [.SQLITE_READONLY, .SQLITE_CANTOPEN].contains(error.resultCode)
        {
            // A crash while the file was made left something that only a writer can put right.
        }
    }

    /// Its first bytes are SQLite's, as many as are there, or zeros, which a power cut while it was made can leave.
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

    /// Refuses contents that are not ours to use in this mode.
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

    /// `<path>.before-vN`, written aside and renamed: a copy with that name is whole.
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

    /// The write that takes the lock for good (a reader has it from its first read on), and what the ledger says of itself.
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

    /// Makes the names of the file and of its log durable; the log is made anew at every opening.
    private func syncFolder() throws {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw LedgerRefusal.unusable("its folder: \(words(errno))") }
        defer { Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else { throw LedgerRefusal.unusable("its folder: \(words(errno))") }
    }

    /// Called when our connection is closed again.
    private func refusal(_ error: DatabaseError) -> LedgerRefusal {
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED: .heldBy(pid: holder())
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: .corrupt(error.words)
        case .SQLITE_FULL: .unusable("no space is left")
        default: .unusable(error.words)
        }
    }
}

/// What an SQLite file holds, as far as opening must know.
private enum Contents {
    /// No table: an empty or half-made file.
    case nothing
    /// Tables that are not ours.
    case other
    /// `kind` is only read from schemas we know: empty for later ones, which may keep it elsewhere.
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
