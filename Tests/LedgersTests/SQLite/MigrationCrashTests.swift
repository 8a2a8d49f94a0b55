import Foundation
import GRDB
import Scheduler
import Support
import Testing

@testable import Ledgers

/// Migrates a ledger in another process and kills it at each call that changes a file.
@Suite("A crash during a migration of the schema")
struct MigrationCrashTests {
    private static let calls = ["fdatasync", "fsync", "ftruncate", "pwrite64", "rename", "unlink"]

    /// A migration from the current schema to the next. Its rows show whether it was completed.
    private static let next = Migration(version: Schema.migrations.count + 1) { db in
        try db.execute(
            sql: """
                ALTER TABLE delivery ADD COLUMN more TEXT NOT NULL DEFAULT 'old';
                CREATE TABLE extra (n INTEGER PRIMARY KEY) STRICT;
                UPDATE delivery SET more = 'new';
                INSERT INTO extra SELECT n FROM delivery;
                """)
    }

    static func migrate(_ path: String) throws -> SQLiteLedger {
        try SQLiteLedger.open(path: path, mode: .daemon, now: nine, migrations: Schema.migrations + [next], pause: { _ in })
    }

    /// Creates a ledger whose rows are still in its write-ahead log. Returns its path.
    private static func used(_ folder: TemporaryFolder) throws -> String {
        let path = folder.path("ledger.sqlite")
        let ledger = try SQLiteLedger.open(path: path, mode: .daemon, now: nine)
        try ledger.fire(firing(reminder("a"), to: (0..<60).map { "recipient-\($0)" }))
        ledger.close()
        return path
    }

    /// Returns the schema version, and whether the ledger is complete for this version.
    private static func contents(_ path: String) throws -> (version: Int, isWhole: Bool) {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.inDatabase { db in
            let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
            let isSound = try String.fetchOne(db, sql: "PRAGMA integrity_check") == "ok"
            let deliveries = try Int.fetchOne(db, sql: "SELECT count(*) FROM delivery WHERE state = 'pending'")
            guard version == next.version else {
                let isBetween = try db.tableExists("extra")
                return (version, isSound && deliveries == 60 && !isBetween)
            }
            let both = try Int.fetchOne(db, sql: "SELECT count(*) FROM delivery JOIN extra USING (n) WHERE more = 'new'")
            return (version, isSound && deliveries == 60 && both == 60)
        }
    }

    @Test(
        "fault 6: a kill at any call that writes leaves the old or the new schema complete, and the next start migrates it",
        .enabled(if: Tool.strace.isThere && getuid() == 0, "strace may not attach here"))
    func killed() async throws {
        let plain = try TemporaryFolder()
        let path = try Self.used(plain)
        let counts = plain.path("calls")
        await #expect(processExitsWith: .success) { [path = path as String, counts = counts as String] in
            let lines = try traced(Self.calls.joined(separator: ","), on: []) { try MigrationCrashTests.migrate(path).close() }
            try (lines ?? []).joined(separator: "\n").write(toFile: counts, atomically: true, encoding: .utf8)
        }
        let seen = try String(contentsOfFile: counts, encoding: .utf8).split(separator: "\n")
        var (killed, old) = (0, 0)
        for call in Self.calls {
            let count = seen.count { $0.hasPrefix("\(call)(") }
            for number in 0..<count {
                let folder = try TemporaryFolder()
                let path = try Self.used(folder)
                let injection = "\(call):signal=SIGKILL:when=\(number + 1)"
                await #expect(processExitsWith: .signal(SIGKILL), "\(injection)") {
                    [place = folder.path as String, path = path as String, call = call as String, injection = injection as String]
                    in
                    _ = try traced(call, on: [], inject: injection, in: place) { try MigrationCrashTests.migrate(path).close() }
                }
                let left = try Self.contents(path)
                #expect(left.isWhole, "\(injection): schema \(left.version) in parts")
                let ledger = try Self.migrate(path)
                #expect(try ledger.counts()[.pending] == 60)
                ledger.close()
                let end = try Self.contents(path)
                #expect(end.version == Self.next.version && end.isWhole, "\(injection): not brought up to date")
                #expect(try folder.names().contains { $0.hasSuffix(".part") } == false)
                killed += 1
                old += left.version < Self.next.version ? 1 : 0
            }
            print("migration killed at \(call): \(count) of \(count)")
        }
        print("migration killed at \(killed) of \(seen.count) calls: \(old) times the old schema, \(killed - old) times the new")
        #expect(killed == seen.count && old > 10 && killed - old > 3)
    }

    @Test(
        "fault 6: an error at any call that writes leaves the old or the new schema complete",
        .enabled(if: Tool.strace.isThere && getuid() == 0, "strace may not attach here"))
    func failing() async throws {
        for call in ["openat", "fsync", "rename", "fdatasync", "pwrite64"] {
            // The first calls copy the old ledger and open SQLite, so all of them are tested. A
            // sample of the later calls is enough.
            for number in [1, 2, 3, 4, 5, 10, 15, 20, 40] {
                let folder = try TemporaryFolder()
                let path = try Self.used(folder)
                let injection = "\(call):error=EIO:when=\(number)"
                let paths = [path, path + "-wal", path + ".before-v\(Self.next.version).part", folder.path]
                await #expect(processExitsWith: .success) {
                    [path = path as String, call = call as String, injection = injection as String, paths = paths as [String]] in
                    _ = try traced(call, on: paths, inject: injection) {
                        do throws(any Error) { try MigrationCrashTests.migrate(path).close() } catch {
                            precondition(error is LedgerRefusal, "\(error)")
                        }
                    }
                }
                let left = try Self.contents(path)
                #expect(left.isWhole, "\(injection): schema \(left.version) in parts")
                let ledger = try Self.migrate(path)
                #expect(try ledger.counts()[.pending] == 60)
                ledger.close()
            }
        }
    }
}
