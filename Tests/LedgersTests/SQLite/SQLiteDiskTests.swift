import Dates
import Foundation
import GRDB
import Scheduler
import Support
import Testing

@testable import Ledgers

/// Tests the ledger with disk errors. The tests run one at a time.
///
/// Tests with strace trace only their own thread (`traced`).
@Suite("The SQLite ledger and its disk", .serialized)
struct SQLiteDiskTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path("ledger.sqlite")
    }

    private func skipped(_ why: String) { print("SKIPPED, not proven here: \(why)") }

    private func isDone(_ line: String) -> Bool { line.contains("fdatasync") && line.hasSuffix("= 0") }

    @Test("every commit is on the disk before the call returns, with at least one fdatasync each")
    func durable() throws {
        let ledger = try SQLiteLedger.open(path: path, mode: .daemon, now: nine)
        let commits = 104
        let calls = try traced("fdatasync,fsync", on: [path + "-wal"]) {
            for index in 0..<commits { _ = try ledger.fire(EvaluationResult(lookedUntil: nine + .seconds(Int64(index + 1)))) }
        }
        guard let calls else { return skipped("no strace on this process, so its fdatasyncs are not counted") }
        // If another thread's output interrupts the line of a call, strace reports the end of the
        // call as "<... fdatasync resumed>) = 0".
        let (done, rest) = (calls.filter(isDone), calls.filter { !isDone($0) })
        #expect(done.count >= commits, "the other lines: \(rest)")
    }

    @Test("fault 20: a failed fdatasync stops the ledger permanently and is not repeated")
    func failedSync() throws {
        let ledger = try SQLiteLedger.open(path: path, mode: .daemon, now: nine)
        try ledger.fire(firing(reminder("a"), to: ["an"]))
        var failures: [LedgerFailure] = []
        let calls = try traced("fdatasync,fsync,pwrite64", on: [path, path + "-wal"], inject: "fdatasync:error=EIO:when=1") {
            for _ in 1...3 {
                do throws(LedgerFailure) {
                    _ = try ledger.fire(EvaluationResult(lookedUntil: nine + .hours(1)))
                } catch {
                    failures.append(error)
                }
            }
            do throws(LedgerFailure) { _ = try ledger.lookedUntil() } catch { failures.append(error) }
            ledger.close()
        }
        guard let calls else { return skipped("no strace on this process, so no fdatasync was made to fail") }
        #expect(failures == Array(repeating: .broken("SQLite 1034: disk I/O error"), count: 4))
        #expect(calls.filter { $0.contains("sync(") }.count == 1)
        #expect(calls.last?.contains("fdatasync(") == true, "nothing is written after it, not even at closing")
    }

    @Test("a failed fdatasync during a checkpoint does not undo the commit and stops the ledger")
    func failedCheckpoint() throws {
        let ledger = try SQLiteLedger.open(path: path, mode: .daemon, now: nine)
        let recipients = (0..<5_000).map { "recipient-\($0)" }
        var after: LedgerFailure?
        let calls = try traced("fdatasync", on: [path], inject: "fdatasync:error=EIO:when=1") {
            var step = 0
            // One of these steps checkpoints the write-ahead log, and the next step reports the
            // error.
            while after == nil, step < 20 {
                do throws(LedgerFailure) {
                    let next = reminder("\(step)", campaign: "c\(step)")
                    _ = try ledger.fire(EvaluationResult(lookedUntil: nine, firings: [firing(next, to: recipients)]))
                    step += 1
                } catch {
                    after = error
                }
            }
        }
        guard calls != nil else { return skipped("no strace on this process, so no checkpoint was made to fail") }
        guard case .broken = after else {
            Issue.record("not broken: \(String(describing: after))")
            return
        }
    }

    @Test(
        "a write that fails because of a quota or a file size limit undoes the call, and the ledger keeps working (fault 130)",
        arguments: ["EDQUOT", "EFBIG"])
    func noRoom(error: String) throws {
        let ledger = try SQLiteLedger.open(path: path, mode: .daemon, now: nine)
        defer { ledger.close() }
        try ledger.fire(firing(reminder("a"), to: ["an"]))
        let second = EvaluationResult(lookedUntil: nine, firings: [firing(reminder("b", campaign: "second"), to: ["an"])])
        var failures: [LedgerFailure] = []
        var counts: [Int?] = []
        let calls = try traced("pwrite64", on: [path, path + "-wal"], inject: "pwrite64:error=\(error)") {
            for _ in 1...3 {
                do throws(LedgerFailure) { _ = try ledger.fire(second) } catch { failures.append(error) }
                counts.append(try? ledger.counts()[.pending])
            }
        }
        guard calls != nil else { return skipped("no strace on this process, so no write was made to fail") }
        #expect(failures == [.full, .full, .full] && counts == [1, 1, 1])
        _ = try ledger.fire(second)
        #expect(try ledger.counts()[.pending] == 2)
        #expect(try ledger.queue.inDatabase { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
    }

    @Test("an I/O error at the same write stops the ledger permanently")
    func brokenWrite() throws {
        let ledger = try SQLiteLedger.open(path: path, mode: .daemon, now: nine)
        try ledger.fire(firing(reminder("a"), to: ["an"]))
        let second = EvaluationResult(lookedUntil: nine, firings: [firing(reminder("b", campaign: "second"), to: ["an"])])
        var failure: LedgerFailure?
        let calls = try traced("pwrite64", on: [path, path + "-wal"], inject: "pwrite64:error=EIO") {
            do throws(LedgerFailure) { _ = try ledger.fire(second) } catch { failure = error }
        }
        guard calls != nil else { return skipped("no strace on this process, so no write was made to fail") }
        if case .broken = failure {} else { Issue.record("not broken: \(String(describing: failure))") }
    }

    @Test("fault 16: a full disk undoes the call, and the ledger continues once there is space")
    func full() throws {
        guard getuid() == 0, Tool.mount.isThere else {
            return skipped("only root can mount the small file system that a full disk needs")
        }
        let small = folder.path("small")
        try FileManager.default.createDirectory(atPath: small, withIntermediateDirectories: false)
        guard try Tool.mount.run(["-t", "tmpfs", "-o", "size=2m,mode=0700", "tmpfs", small]) == 0 else {
            return skipped("no tmpfs could be mounted")
        }
        defer { _ = try? Tool.unmount.run([small]) }
        let ledger = try SQLiteLedger.open(path: small + "/ledger.sqlite", mode: .daemon, now: nine)
        defer { ledger.close() }
        try ledger.fire(firing(reminder("a"), to: ["an"]))
        let filler = small + "/filler"
        let descriptor = Glibc.open(filler, O_WRONLY | O_CREAT, 0o600)
        let block = [UInt8](repeating: 1, count: 4_096)
        while Glibc.write(descriptor, block, block.count) > 0 {}
        Glibc.close(descriptor)

        let second = reminder("b", campaign: "second")
        let recipients = (0..<500).map { "recipient-\($0)" }
        let attempt = EvaluationResult(lookedUntil: nine + .hours(1), firings: [firing(second, to: recipients)])
        for _ in 1...3 {
            #expect(throws: LedgerFailure.full) { _ = try ledger.fire(attempt) }
            #expect(try ledger.lookedUntil() == nine)
            #expect(try ledger.counts()[.pending] == 1)
        }
        unlink(filler)
        _ = try ledger.fire(attempt)
        #expect(try ledger.counts()[.pending] == 501)
        #expect(try ledger.lookedUntil() == nine + .hours(1))
        #expect(try ledger.queue.inDatabase { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
    }

    @Test(
        "fault 18: without space for a checkpoint the ledger keeps working, reports the length of its log, and checkpoints later"
    )
    func fullCheckpoint() throws {
        let ledger = try SQLiteLedger.open(path: path, mode: .daemon, now: nine)
        let recipients = (0..<5_000).map { "recipient-\($0)" }
        var step = 0
        func fire() throws {
            try ledger.fire(firing(reminder("\(step)", campaign: "c\(step)"), to: recipients))
            step += 1
        }
        let calls = try traced("pwrite64", on: [path], inject: "pwrite64:error=ENOSPC:when=1+") {
            while ledger.logBytes <= 16 << 20, step < 60 { try fire() }
        }
        guard calls != nil else { return skipped("no strace on this process, so no checkpoint was kept from its space") }
        #expect(ledger.logBytes > 16 << 20)
        #expect(try ledger.counts()[.pending] == step * 5_000)
        try fire()
        try fire()
        #expect(ledger.logBytes < 16 << 20, "checkpointed and restarted")
        #expect(try ledger.queue.inDatabase { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
    }

    @Test("fault 118: a claim of a hundred of a million pending deliveries takes milliseconds")
    func million() throws {
        // Uses a memory file system if possible, because the speed of the disk is not measured.
        let memory = "/dev/shm/remindd-ledger-\(getpid()).sqlite"
        let path = access("/dev/shm", W_OK) == 0 ? memory : path
        defer { for name in ["", "-wal"] { unlink(memory + name) } }
        let ledger = try SQLiteLedger.open(path: path, mode: .daemon, now: nine)
        let one = reminder("a")
        try ledger.fire(firing(one, to: [], cursor: ""))
        for start in stride(from: 0, to: 1_000_000, by: 5_000) {
            try ledger.extend(
                one.key, deliveries(one, (start..<start + 5_000).map { "recipient-\(1_000_000 + $0)" }), cursor: nil)
        }
        let clock = ContinuousClock()
        var times: [Duration] = []
        for _ in 0..<50 {
            var claims: [Claim] = []
            times.append(try clock.measure { claims = try ledger.claim(100) })
            #expect(claims.count == 100)
            _ = try ledger.record(
                claims.map { DeliveryRecord($0.token, at: nine, receipt: accepted, next: .delivered) })
        }
        times.sort()
        print("ledger: a claim of 100 of a million takes \(times[25]), \(times[48]) at worst but one")
        #expect(times[25] < .milliseconds(5))
    }

    @Test("20 000 deliveries are fired, claimed and recorded; the test prints the speed and sets no limit")
    func speed() throws {
        let ledger = try SQLiteLedger.open(path: path, mode: .daemon, now: nine)
        let clock = ContinuousClock()
        let count = 20_000
        let one = reminder("a")
        let all = deliveries(one, (0..<count).map { "recipient-\(100_000 + $0)" })
        let fired = try clock.measure {
            try ledger.fire(firing(one, to: [], cursor: ""))
            for start in stride(from: 0, to: count, by: 5_000) {
                try ledger.extend(one.key, Array(all[start..<start + 5_000]), cursor: nil)
            }
        }
        var (claimed, recorded) = (Duration.zero, Duration.zero)
        var done = 0
        while done < count {
            var claims: [Claim] = []
            claimed += try clock.measure { claims = try ledger.claim(100) }
            let records = claims.map {
                DeliveryRecord($0.token, at: nine, receipt: accepted, next: .delivered)
            }
            recorded += try clock.measure { _ = try ledger.record(records) }
            done += claims.count
        }
        for (what, time) in [("fire", fired), ("claim", claimed), ("record", recorded)] {
            print("ledger: \(what) \(Int(Double(count) / (time / .seconds(1)))) rows/s")
        }
        #expect(try ledger.counts()[.delivered] == count)
    }
}
