import Dates
import Foundation
import GRDB
import Scheduler
import Support
import Testing

@testable import Ledgers

extension SQLiteOpeningTests {
    // MARK: Migrations

    /// The number of the schema version that follows the current version.
    static let next = Schema.migrations.count + 1
    static let second = Migration(version: next) { db in
        try db.execute(sql: "ALTER TABLE meta ADD COLUMN extra TEXT")
    }
    static let failing = Migration(version: next + 1) { db in
        try db.execute(sql: "ALTER TABLE meta ADD COLUMN more TEXT; SELECT nonsense")
    }

    func open(_ mode: LedgerMode = .daemon, _ migrations: [Migration]) throws(LedgerRefusal) -> SQLiteLedger {
        try SQLiteLedger.open(
            path: path, mode: mode, now: nine + .days(9), migrations: Schema.migrations + migrations, pause: { _ in })
    }

    @Test("fault 33: an older schema is migrated, with a complete copy of the old file beside it")
    func migration() throws {
        try used()
        #expect(throws: LedgerRefusal.older(version: Self.next - 1)) { try open(.reader, [SQLiteOpeningTests.second]) }
        let ledger = try open(.daemon, [SQLiteOpeningTests.second])
        #expect(try ledger.queue.inDatabase { try Int.fetchOne($0, sql: "PRAGMA user_version") } == Self.next)
        #expect(try ledger.lookedUntil() == nine)
        #expect(try ledger.counts()[.delivered] == 100)
        ledger.close()

        #expect(try folder.names() == ["ledger.sqlite", "ledger.sqlite.before-v\(Self.next)"])
        var status = stat()
        #expect(stat(folder.path("ledger.sqlite.before-v\(Self.next)"), &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        let copy = try SQLiteLedger.open(path: folder.path("ledger.sqlite.before-v\(Self.next)"), mode: .reader, now: nine)
        #expect(try copy.counts()[.delivered] == 100)
    }

    @Test("a ledger of version 0.1.0 gets no later joiners, and none of its deliveries becomes pending again")
    func fromFirstVersion() throws {
        try SQLiteLedger.open(
            path: path, mode: .daemon, now: nine, migrations: [Schema.migrations[0]], pause: { _ in }
        ).close()
        try sqlite(
            """
            INSERT INTO reminder (plan, campaign, lead, anchor, occurrence, start_day, end_day, due, deadline, state, fired_at, late)
            VALUES ('p', 'c', 'fired', '2027-06-01', '2027', '2027-06-01', '2027-06-30', 1, 9, 'fired', 1, 0),
            ('p', 'c', 'superseded', '2027-06-01', '2027', '2027-06-01', '2027-06-30', 1, 9, 'superseded', 1, 0),
            ('p', 'c', 'missed', '2027-06-01', '2027', '2027-06-01', '2027-06-30', 1, 9, 'missed', 1, 0);
            INSERT INTO delivery (id, reminder, recipient, channel, state, attempts, deadline)
            VALUES ('a', 1, 'an', 'mail', 'delivered', 1, 9), ('b', 1, 'binh', 'mail', 'cancelled', 0, 9)
            """)
        let ledger = try open()
        let keys = ["fired", "superseded", "missed"].map {
            ReminderKey(plan: "p", campaign: "c", lead: $0, anchor: Day(2027, 6, 1)!)
        }
        let rows = try ledger.recorded(keys)
        #expect(keys.map { rows[$0]?.isClosed } == [false, true, true])
        #expect(rows.values.allSatisfy { $0.named == nil && $0.isComplete && !$0.hasWithdrawn })
        let share = try #require(
            try ledger.shares(of: OccurrenceKey(plan: "p", campaign: "c", occurrence: "2027"), in: everybody).first)
        #expect(share.notified.ids == ["an"] && share.ended.ids == ["binh"], "its delivery was cancelled for good")
        #expect(try ledger.history(HistoryFilter()).allSatisfy { $0.why == nil })
        ledger.close()
    }

    @Test("fault 33: a ledger of the first schema works under the present one, with its pending deliveries and attempts")
    func fromFirst() throws {
        let old = try SQLiteLedger.open(
            path: path, mode: .daemon, now: nine, migrations: Array(Schema.migrations.prefix(1)), pause: { _ in })
        try old.queue.inDatabase { db in
            try db.execute(
                sql: """
                    INSERT INTO reminder (plan, campaign, lead, anchor, occurrence, start_day, end_day, due, deadline, state, fired_at, late)
                    VALUES ('p', 'c', 'l', '2027-11-15', '2027', '2027-11-15', '2027-12-15', \(nine.milliseconds),
                    \((nine + .days(9)).milliseconds), 'fired', \(nine.milliseconds), 0);
                    INSERT INTO delivery (id, reminder, recipient, channel, state, attempts, not_before, deadline)
                    VALUES ('x', 1, 'an', 'mail', 'pending', 1, \((nine + .hours(9)).milliseconds), \((nine + .days(9)).milliseconds));
                    INSERT INTO attempt (delivery, number, at, outcome, reply) VALUES (1, 1, \(nine.milliseconds), 'not sent', 'reset');
                    """)
        }
        old.close()
        let ledger = try open()
        #expect(try ledger.claim(9, now: nine).isEmpty)
        try ledger.advance(channel: "mail", triedBefore: .distantFuture, to: nine)
        let claim = try #require(try ledger.claim(9, now: nine).first)
        #expect(claim.attempt == 2 && claim.uncounted == 0 && claim.refusals == 0)
        try ledger.record(claim, .pending(notBefore: nine), Receipt(.refusedForNow, about: .load, code: 421, reply: ""))
        #expect(try ledger.claim(9, now: nine).map(\.uncounted) == [1])
        #expect(try ledger.history(HistoryFilter()).first?.attempts.map(\.outcome) == [.notSent, .refusedForNow])
    }

    @Test("reminders of an older schema have no time of day until `fillTimes` stores one")
    func untimed() throws {
        let old = try SQLiteLedger.open(
            path: path, mode: .daemon, now: nine, migrations: Array(Schema.migrations.prefix(2)), pause: { _ in })
        try old.queue.inDatabase { db in
            for campaign in ["c", "d"] {
                try db.execute(
                    sql: """
                        INSERT INTO reminder (plan, campaign, lead, anchor, occurrence, start_day, end_day, due, deadline, state, fired_at, late)
                        VALUES ('p', '\(campaign)', 'l', '2027-11-15', '2027', '2027-11-15', '2027-11-15', \(nine.milliseconds),
                        \((nine + .days(9)).milliseconds), 'fired', \(nine.milliseconds), 0);
                        """)
            }
        }
        old.close()
        let ledger = try open()
        let names = ["c", "d"].map { HistoryFilter.CampaignName(plan: "p", campaign: $0) }
        try ledger.fillTimes { $0 == names[0] ? EventTime(stored: "14:00-16:30") : nil }
        try ledger.fillTimes { _ in EventTime(stored: "08:00") }
        let keys = names.map { ReminderKey(plan: "p", campaign: $0.campaign, lead: "l", anchor: Day(2027, 11, 15)!) }
        #expect(try ledger.rows(of: keys).map { $0?.time } == [EventTime(stored: "14:00-16:30"), nil])
        ledger.close()
    }

    @Test("a schema is not changed if the copy before the migration fails (fault 33)")
    func noCopy() throws {
        try used()
        try FileManager.default.createDirectory(
            atPath: path + ".before-v\(Self.next).part", withIntermediateDirectories: false)
        let refusal = #expect(throws: LedgerRefusal.self) { try open(.daemon, [SQLiteOpeningTests.second]) }
        #expect(refusal?.description.contains("no copy before the migration") == true)
        #expect(try open().counts()[.delivered] == 100, "the ledger is unchanged")
    }

    @Test("fault 6: a migration that fails leaves the old schema")
    func failedMigration() throws {
        try used()
        #expect(throws: LedgerRefusal.self) { try open(.daemon, [SQLiteOpeningTests.second, SQLiteOpeningTests.failing]) }
        let ledger = try open(.daemon, [SQLiteOpeningTests.second])
        try ledger.queue.inDatabase { db throws in
            #expect(try Int.fetchOne(db, sql: "PRAGMA user_version") == Self.next)
            #expect(try db.columns(in: "meta").map(\.name).contains("more") == false)
        }
        #expect(try folder.names().contains { $0.hasSuffix(".part") } == false)
    }

    // MARK: Other processes

    @Test("a second opening in the same process is refused, and the lock is kept")
    func twiceHere() throws {
        let ledger = try open()
        #expect(throws: LedgerRefusal.heldBy(pid: getpid())) { try open() }
        #expect(throws: LedgerRefusal.heldBy(pid: getpid())) { try open(.reader) }
        ledger.close()
        try open().close()
    }

    @Test("fault 31: a second process is refused with exit status 75 and the holder's process id")
    func secondProcess() async throws {
        let ledger = try open()
        let path = path
        await #expect(processExitsWith: .exitCode(75)) { [path = path as String] in
            for mode in [LedgerMode.daemon, .reader] {
                do throws(LedgerRefusal) {
                    _ = try SQLiteLedger.open(path: path, mode: mode, now: nine, pause: { _ in })
                    exit(1)
                } catch {
                    guard error == .heldBy(pid: getppid()) else { exit(2) }
                    if mode == .reader { exit(error.exitStatus) }
                }
            }
        }
        try ledger.fire(firing(reminder("a"), to: ["an"]))
        #expect(try ledger.counts()[.pending] == 1)
    }

    @Test(
        "fault 30: opening waits 5 s for another program to release the lock, then names that program",
        .enabled(if: Tool.python.isThere, "needs python3"))
    func heldByAnother() throws {
        try used()
        let holder = try Tool.python.start([
            "-c",
            """
            import sqlite3, sys
            db = sqlite3.connect(sys.argv[1], isolation_level=None)
            db.execute("BEGIN EXCLUSIVE")
            print("held", flush=True)
            sys.stdin.readline()
            """, path,
        ])
        defer { holder.end() }
        #expect(holder.line() == "held")

        var waited = TimeSpan.zero
        #expect(throws: LedgerRefusal.heldBy(pid: holder.pid)) {
            try SQLiteLedger.open(path: path, mode: .daemon, now: nine) {
                waited = TimeSpan(milliseconds: waited.milliseconds + $0.milliseconds)
            }
        }
        #expect(waited == .seconds(5))

        var pauses = 0
        let ledger = try SQLiteLedger.open(path: path, mode: .daemon, now: nine) { _ in
            pauses += 1
            if pauses == 3 { holder.end() }
        }
        #expect(pauses == 3)
        #expect(try ledger.counts()[.delivered] == 100)
    }

    @Test(
        "fault 31: an open ledger keeps all other programs out, even from reading",
        .enabled(if: Tool.python.isThere, "needs python3"))
    func keepsOthersOut() throws {
        let ledger = try open()
        try ledger.fire(firing(reminder("a"), to: ["an"]))
        let other = try Tool.python.start([
            "-c",
            """
            import sqlite3, sys
            try:
                sqlite3.connect(sys.argv[1], timeout=0).execute("SELECT count(*) FROM delivery")
                print("read")
            except sqlite3.OperationalError as error:
                print(error)
            """, path,
        ])
        defer { other.end() }
        #expect(other.line() == "database is locked")
    }

    @Test("a path is recognised as a complete, new or damaged ledger or as another file")
    func identity() throws {
        let folder = try TemporaryFolder()
        #expect(LedgerIdentity.otherFile(at: folder.path("nothing")) == nil)
        try folder.write("empty", "")
        try folder.write("zeros", bytes: Array(repeating: 0, count: 4_096))
        try folder.write("half", "SQLite f")
        try folder.write("text", "what somebody wrote\n")
        try folder.write("damaged", "garbage")
        HighWaterMark(generation: 1, lookedUntil: nine).write(ofLedger: folder.path("damaged"))
        try SQLiteLedger.open(path: folder.path("ledger"), mode: .daemon, now: nine).close()
        try DatabaseQueue(path: folder.path("other")).inDatabase { try $0.execute(sql: "CREATE TABLE t (x)") }
        for name in ["empty", "zeros", "half", "damaged", "ledger"] {
            #expect(LedgerIdentity.otherFile(at: folder.path(name)) == nil, "\(name)")
        }
        #expect(LedgerIdentity.otherFile(at: folder.path("text")) == "a file of another kind")
        #expect(LedgerIdentity.otherFile(at: folder.path("other")) == "another program's database")
        #expect(LedgerIdentity.otherFile(at: folder.path("")) == "a folder")
        #expect(LedgerIdentity.otherFile(at: "/dev/null") == "something else than a file")
    }
}
