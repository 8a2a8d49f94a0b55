import Foundation
import ProgramHarness
import Support
import Synchronization
import Testing

/// Kills the program, or makes a call fail, at every important system call of one delivery.
///
/// The important calls make data durable, connect to a server or send to it. Of the writes to the
/// ledger, only those that complete a transaction are included. If the environment has
/// `CRASH_POINTS=all`, all writes are included (`make crash-points`).
@Suite("Crash points of one delivery", .serialized)
struct CrashPointTests {
    private struct Point {
        let stretch: OneDelivery.Stretch
        let channel: String
        let call: SystemCall
        /// The position of the call among the calls with the same name, starting from 1.
        let number: Int

        var kind: String { "\(stretch) \(channel): \(call.name)" }
    }

    private static let takesAllWrites = ProcessInfo.processInfo.environment["CRASH_POINTS"] == "all"
    /// The number of deliveries that run at the same time. They spend most of their time waiting.
    private static let workers = 6

    private static func peer(_ channel: String) async throws -> ScriptedServer {
        try await ScriptedServer(channel == "mail" ? "mail.py" : "receiver.py")
    }

    /// Runs a delivery without faults, and returns the calls at which faults can be injected.
    private static func points(_ stretch: OneDelivery.Stretch, _ channel: String) async throws -> [Point] {
        let life = try OneDelivery(channel: channel, peer: try await peer(channel), clock: try await ShiftedClock())
        let calls = try await life.unharmed(stretch)
        var count: [String: Int] = [:]
        var threads: [String: Set<Int>] = [:]
        var points: [Point] = []
        for call in calls {
            count[call.name, default: 0] += 1
            threads[call.name, default: []].insert(call.thread)
            guard call.name != "pwrite64" || call.isCommit || takesAllWrites else { continue }
            points.append(Point(stretch: stretch, channel: channel, call: call, number: count[call.name]!))
        }
        for (name, threads) in threads { #expect(threads.count == 1, "\(name): \(threads.count) threads, counted separately") }
        return points
    }

    /// Numbers the deliveries for the workers, and counts the successful deliveries of each kind.
    private final class Tally: Sendable {
        private let taken = Atomic(0)
        private let survived = Mutex<[String: Int]>([:])

        func take() -> Int { taken.add(1, ordering: .relaxed).oldValue }
        func survive(_ name: String) { survived.withLock { $0[name, default: 0] += 1 } }
        subscript(name: String) -> Int { survived.withLock { $0[name] ?? 0 } }
        var all: Int { survived.withLock { $0.values.reduce(0, +) } }
    }

    /// Runs one delivery for each combination of a point and a fault.
    ///
    /// Records failures as test issues, and prints the counts of each kind.
    private static func live(_ points: [Point], _ faults: [OneDelivery.Fault]) async throws {
        let lives = points.flatMap { point in faults.map { (point, $0) } }
        let tally = Tally()
        let clock = try await ShiftedClock()
        clock.set(seconds: 1_200)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<workers {
                group.addTask {
                    let peers = ["mail": try await peer("mail"), "hub": try await peer("hub")]
                    while true {
                        let index = tally.take()
                        guard index < lives.count else { return }
                        let (point, fault) = lives[index]
                        let life = try OneDelivery(channel: point.channel, peer: peers[point.channel]!, clock: clock)
                        var wrong: [String]
                        do {
                            wrong = try await life.harmed(point.stretch, point.call, number: point.number, fault)
                        } catch {
                            wrong = ["\(error)"]
                        }
                        if wrong.isEmpty {
                            tally.survive(point.kind)
                        } else {
                            Issue.record(
                                "\(point.kind) \(point.number), \(fault), \(point.call.path): \(wrong.joined(separator: "; "))")
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        for (kind, lives) in Dictionary(grouping: lives, by: \.0.kind).sorted(by: { $0.key < $1.key }) {
            print("crash points: \(kind): \(tally[kind]) of \(lives.count)")
        }
        print("crash points: \(tally.all) of \(lives.count)")
        #expect(lives.count > 10)
    }

    @Test(
        "After kill -9 at any durable or outgoing call messages arrive; duplicates have one id and are recorded (faults 1, 2, 5)",
        .enabled(if: Strace.mayAttach, "strace may not attach here"))
    func killed() async throws {
        var points = try await Self.points(.opening, "mail")
        for channel in ["mail", "hub"] { points += try await Self.points(.sending, channel) }
        for name in OneDelivery.durable + OneDelivery.outgoing { #expect(points.contains { $0.call.name == name }) }
        try await Self.live(points, [.kill])
    }

    @Test(
        "EIO and ENOSPC at any durable call lose nothing; no fsync is repeated, and sending waits for space (faults 16, 17, 20)",
        .enabled(if: Strace.mayAttach, "strace may not attach here"))
    func failing() async throws {
        let points = try await Self.points(.opening, "mail") + Self.points(.sending, "mail")
        let faults = ["EIO", "ENOSPC"].flatMap { error in
            [false, true].map { OneDelivery.Fault.error(error, forEver: $0) }
        }
        try await Self.live(points.filter { OneDelivery.durable.contains($0.call.name) }, faults)
    }

    @Test(
        "After an error at any call to the server, once or always, the delivery is retried and accepted once (faults 90, 102)",
        .enabled(if: Strace.mayAttach, "strace may not attach here"))
    func unreachable() async throws {
        let points = try await Self.points(.sending, "mail") + Self.points(.sending, "hub")
        let faults = [false, true].map { OneDelivery.Fault.error("ENETUNREACH", forEver: $0) }
        try await Self.live(points.filter { OneDelivery.outgoing.contains($0.call.name) }, faults)
    }

    @Test(
        "The intent is on the disk before a connection begins, and the outcome is written after it (faults 2, 5)",
        .enabled(if: Strace.mayAttach, "strace may not attach here"), arguments: ["mail", "hub"])
    func order(channel: String) async throws {
        let life = try OneDelivery(channel: channel, peer: try await Self.peer(channel), clock: try await ShiftedClock())
        let calls = try await life.unharmed(.sending)
        let connect = try #require(calls.firstIndex { $0.name == "connect" })
        let commits = calls.indices.filter { calls[$0].isCommit }
        #expect(commits.count { $0 < connect } >= 2, "the firing and the claim are committed")
        for commit in commits {
            let sync = calls[commit...].first { $0.name == "fdatasync" && $0.path.hasSuffix("-wal") }
            #expect(sync?.succeeded == true)
        }
        let lastCommit = try #require(commits.last { $0 < connect })
        let lastSync = try #require(calls[..<connect].lastIndex { $0.name == "fdatasync" && $0.path.hasSuffix("-wal") })
        #expect(lastCommit < lastSync && calls[lastSync].succeeded)
        #expect(commits.contains { $0 > connect }, "the outcome is committed")
    }
}
