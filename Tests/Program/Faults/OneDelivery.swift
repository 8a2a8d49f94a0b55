import Dates
import Foundation
import Ledgers
import ProgramHarness
import Scheduler
import Support
import Testing

/// Runs one delivery in the real program with a fault at one system call, and checks the result.
///
/// A fault is injected in one of two stretches:
///
/// - *opening*: The program starts for the first time and creates the ledger. Faults are injected
///   only at calls of the thread that creates the ledger.
/// - *sending*: An idle daemon gets an overdue reminder, sends it and is stopped. The loop's thread
///   writes the ledger, and one thread of libcurl communicates with the server.
///
/// The threads matter, because strace counts the calls of each thread separately.
final class OneDelivery {
    enum Stretch: String { case opening, sending }

    /// The fault that the test injects at a system call.
    enum Fault: Hashable {
        case kill
        case error(String, forEver: Bool)
    }

    let channel: String
    private let peer: ScriptedServer
    private let office: Office
    private let clock: ShiftedClock
    private let seen: Int
    private(set) var calls: [SystemCall] = []

    /// The calls that make data durable.
    static let durable = ["fdatasync", "fsync", "rename", "pwrite64"]
    /// The calls that send data to a server or connect to it.
    static let outgoing = ["connect", "sendto"]

    init(channel: String, peer: ScriptedServer, clock: ShiftedClock) throws {
        self.channel = channel
        self.peer = peer
        self.clock = clock
        seen = peer.lines.count
        office = try Office.plain(
            plan: OneDelivery.plan(isOverdue: false), smtp: peer.port, http: peer.port,
            recipients: "  - {id: an, email: an@example.vn, via: [\(channel)]}")
        // Sets `ehlo`, because without it the program looks up the machine's name, with calls that
        // are not part of the delivery.
        let settings = office.folder.text("remindd.yaml")
        try office.folder.write("remindd.yaml", settings.replacing("tls: off,", with: "tls: off, ehlo: remindd.example.vn,"))
    }

    /// Returns a plan with an overdue reminder, or with a reminder that is due next month.
    ///
    /// The deadline of the overdue reminder is days away.
    private static func plan(isOverdue: Bool) -> String {
        let today = Zone.utc.civil(at: Instant(seconds: Int64(time(nil)))).day
        let (start, end) = isOverdue ? (today - 1, today + 3) : (today + 30, today + 33)
        return """
            plan: trial
            title: Kế hoạch thử
            timezone: UTC
            notify: [an]
            campaigns:
              - {id: one, title: Việc, when: \(start) - \(end), remind: [{when: on the day, at: "00:00"}]}

            """
    }

    /// Thrown if a delivery fails although no fault was injected.
    private struct Unlived: Error, CustomStringConvertible {
        let description: String
    }

    // MARK: Running the delivery

    /// Runs the delivery without a fault and returns its system calls in order.
    ///
    /// For the opening, it returns only the durable calls of the thread that opens the ledger.
    func unharmed(_ stretch: Stretch) async throws -> [SystemCall] {
        let end = try await live(stretch, calls: OneDelivery.durable + OneDelivery.outgoing, injection: nil, isLasting: false)
        guard end == .exited(0), accepted == 1 else { throw Unlived(description: "\(end), accepted \(accepted) times") }
        guard stretch == .opening else {
            // Leaves out outgoing calls of threads that do not connect to the server. libcurl makes
            // such calls to wake its own thread.
            let speaker = calls.first { $0.name == "connect" }?.thread
            return calls.filter { !OneDelivery.outgoing.contains($0.name) || $0.thread == speaker }
        }
        // Leaves out outgoing calls, because any thread may make them. For example, the program
        // checks whether a daemon replies on the control socket.
        let opening = calls.first { OneDelivery.durable.contains($0.name) }?.thread
        return calls.filter { $0.thread == opening && OneDelivery.durable.contains($0.name) }
    }

    /// Runs the delivery with `fault` at the `number`th call `call`, then starts the program again.
    ///
    /// The second start has no fault and is 20 minutes later. Returns the problems that are found
    /// after the second start; empty if there are none.
    func harmed(_ stretch: Stretch, _ call: SystemCall, number: Int, _ fault: Fault) async throws -> [String] {
        var complaints: [String] = []
        let when = "when=\(number)"
        switch fault {
        case .kill:
            let end = try await live(
                stretch, calls: [call.name], injection: "\(call.name):signal=SIGKILL:\(when)", isLasting: false)
            if end != .killed(signal: SIGKILL) { complaints.append("it was not killed: \(String(describing: end))") }
        case .error(let error, let forEver):
            let end = try await live(
                stretch, calls: OneDelivery.durable + OneDelivery.outgoing + ["ftruncate"],
                injection: "\(call.name):error=\(error):\(when)\(forEver ? "+" : "")", isLasting: forEver)
            complaints += judge(end, error, stretch)
        }
        if wasSentTo, try !intentIsKept() { complaints.append("sent without an intent in the ledger") }
        return try await complaints + judgeTheEnd()
    }

    @discardableResult
    private func live(_ stretch: Stretch, calls: [String], injection: String?, isLasting: Bool) async throws -> Subprocess.End {
        let trace = office.folder.path("trace")
        let run = [Program.path, "run", "--config", office.configuration]
        let daemon: Subprocess
        var strace: Strace?
        switch stretch {
        case .opening:
            try office.writePlan(OneDelivery.plan(isOverdue: true))
            daemon = try Subprocess(Strace.command(calls: calls, injection: injection, into: trace) + run)
        case .sending:
            daemon = try Subprocess(run)
            let highWaterMark = HighWaterMark.path(ofLedger: office.ledger)
            let isAtRest = await eventually(within: .seconds(20)) { FileManager.default.fileExists(atPath: highWaterMark) }
            guard isAtRest else { throw Subprocess.TimedOut(description: "it does not start: \(daemon.errors)") }
            try office.writePlan(OneDelivery.plan(isOverdue: true))
            strace = try await Strace(daemon, calls: calls, injection: injection)
            daemon.send(SIGHUP)
        }
        try await settle(daemon)
        if isLasting, daemon.errors.contains(OneDelivery.full), let strace {
            try await heldThenResumed(daemon, strace)
        }
        daemon.send(SIGTERM)
        let end = try await daemon.finish(within: .seconds(30)).end
        try await strace?.ended()
        _ = await eventually(within: .seconds(2)) { !office.folder.text("trace").isEmpty || strace != nil }
        self.calls = strace?.calls ?? SystemCall.all(in: office.folder.text("trace"))
        return end
    }

    private static let full = "the ledger's disk is full"

    /// Waits until the delivery was attempted, the ledger's disk is full, or the program has ended.
    private func settle(_ daemon: Subprocess) async throws {
        let isSettled = await eventually(within: .seconds(15)) {
            let log = daemon.errors
            return !daemon.isRunning || log.contains(", attempt 1") || log.contains(OneDelivery.full)
        }
        guard isSettled else { throw Subprocess.TimedOut(description: "nothing became of it: \(daemon.errors)") }
        // If the disk was full for only one call, the daemon's next write, one second later,
        // succeeds. The daemon then records the outcomes.
        if daemon.errors.contains(OneDelivery.full) {
            _ = await eventually(within: .seconds(3)) { daemon.errors.contains("has space again") || !daemon.isRunning }
        }
        try await Task.sleep(for: .milliseconds(30))
    }

    /// Checks that nothing new is sent while the disk is full, and that sending then resumes.
    ///
    /// Sending must resume by itself within ten seconds after there is space (fault 16).
    private func heldThenResumed(_ daemon: Subprocess, _ strace: Strace) async throws {
        let before = sent
        try await Task.sleep(for: .milliseconds(500))
        #expect(sent == before, "something was sent while the disk was full")
        try await strace.detach()
        let goesOn = await eventually(within: .seconds(10)) {
            daemon.errors.contains("has space again") && daemon.errors.contains("delivered 2")
        }
        #expect(goesOn, "it does not go on: \(daemon.errors)")
    }

    // MARK: Checking the result

    /// The lines that the server has printed about this delivery.
    private var lines: ArraySlice<ScriptedServer.Line> { peer.lines.dropFirst(seen) }
    private var sent: Int { lines.count }
    private var wasSentTo: Bool { !lines.isEmpty }
    private var accepted: Int { lines.count { $0.accepted != nil || $0.status == 204 } }

    private func judge(_ end: Subprocess.End, _ error: String, _ stretch: Stretch) -> [String] {
        let hits = calls.indices.filter { calls[$0].isInjected }
        guard !hits.isEmpty else { return ["the fault never came"] }
        var complaints: [String] = []
        let syncs = hits.filter { calls[$0].name.hasSuffix("sync") && isLedger(calls[$0]) }
        let mustStop = !syncs.isEmpty || hits.contains { isLedger(calls[$0]) && (error == "EIO" || stretch == .opening) }
        if mustStop != (end != .exited(0)) { complaints.append("it ends with \(end)") }
        // After a failed sync, the kernel discards the dirty pages, and a second sync succeeds
        // without writing them. A second sync of the file is therefore a problem if the program
        // made no other call on the file in between. A sync after another write is allowed, because
        // SQLite rolls back a transaction that way.
        if let first = syncs.first,
            let next = calls[(first + 1)...].first(where: { $0.path == calls[first].path }), next.name.hasSuffix("sync")
        {
            complaints.append("\(next.name) again after a failed one")
        }
        return complaints
    }

    /// Returns whether the call is on the ledger, its log or journal, or is an fsync of its folder.
    ///
    /// Calls on the small files next to the ledger do not count, because the program can work
    /// without them. An fdatasync of the folder does not count either: SQLite makes it, and ignores
    /// its failure (os_unix.c, unixSync). remindd itself uses fsync.
    private func isLedger(_ call: SystemCall) -> Bool {
        call.path.contains(#/ledger\.sqlite(-wal|-journal)?$/#) || call.path == office.folder.path && call.name == "fsync"
    }

    /// Returns whether the attempt is still in the ledger after the fault.
    ///
    /// Reads a copy of the ledger.
    private func intentIsKept() throws -> Bool {
        let copy = try TemporaryFolder()
        for name in try FileManager.default.contentsOfDirectory(atPath: office.folder.path) where name.hasPrefix("ledger.sqlite")
        {
            try FileManager.default.copyItem(atPath: office.folder.path(name), toPath: copy.path(name))
        }
        let ledger = try SQLiteLedger.open(path: copy.path("ledger.sqlite"), mode: .daemon, now: .distantPast)
        defer { ledger.close() }
        return try ledger.history(HistoryFilter()).contains { $0.state == "in flight" || !$0.attempts.isEmpty }
    }

    /// Starts the program again 20 minutes later, and returns the problems that are found.
    ///
    /// By then, delayed retries are due too. The message must arrive. It may arrive twice only
    /// under one id and with an unknown outcome in the history.
    private func judgeTheEnd() async throws -> [String] {
        let daemon = try Subprocess([Program.path, "run", "--config", office.configuration], environment: clock.environment)
        let arrives = await eventually(within: .seconds(15)) { accepted > 0 && daemon.errors.contains("remindd ") }
        // Waits for a second copy of the message. If the server accepted the message before the
        // fault, the program may send it again immediately.
        try await Task.sleep(for: .milliseconds(150))
        daemon.send(SIGTERM)
        let end = try await daemon.finish(within: .seconds(30))
        var complaints = end.status == 0 ? [] : ["the next start ends with \(end.status): \(end.errors)"]
        guard arrives else { return complaints + ["lost: \(end.errors)"] }
        if accepted > 2 { complaints.append("sent \(accepted) times") }
        let ids = Set(lines.compactMap { $0.id ?? Self.messageID(in: $0.bytes) })
        if ids.count != 1 { complaints.append("under the names \(ids)") }
        let ledger = try SQLiteLedger.open(path: office.ledger, mode: .reader, now: .distantPast)
        defer { ledger.close() }
        let rows = try ledger.history(HistoryFilter())
        guard rows.count == 1, let row = rows.first else { return complaints + ["\(rows.count) rows in the history"] }
        if row.state != "delivered" { complaints.append("\(row.state) in the end, after \(accepted) acceptances: \(end.errors)") }
        if accepted == 2, !row.attempts.contains(where: { $0.outcome == .unknown }) {
            complaints.append("doubled without a word in the history")
        }
        return complaints
    }

    private static func messageID(in mail: [UInt8]) -> String? {
        String(decoding: mail, as: UTF8.self).split(separator: "\r\n").first { $0.hasPrefix("Message-ID:") }.map(String.init)
    }
}
