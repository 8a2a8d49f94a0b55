import Dates
import Foundation
import Ledgers
import ProgramHarness
import Scheduler
import Support
import Testing

/// Tests how the daemon stops while a mail server is slow.
@Suite("Stopping", .serialized)
struct StoppingTests {
    private static func office(_ peer: ScriptedServer, seconds: Int) throws -> Office {
        let noon = Noon()
        return try Office.plain(
            plan: noon.plan([("trial", "Việc", noon.at(minutes: -1))], notify: "an"), smtp: peer.port, http: FreePort.next(),
            recipients: "  - {id: an, email: slow\(seconds)@example.vn, via: [mail]}")
    }

    @Test("After SIGTERM the daemon waits for the answer to a mail in flight, records it and exits with 0 (fault 9)")
    func waits() async throws {
        let peer = try await ScriptedServer("mail.py")
        let office = try Self.office(peer, seconds: 4)
        let daemon = try await Program.daemon(office)
        #expect(await peer.sees { $0.contains { $0.data != nil } })
        let clock = ContinuousClock()
        let began = clock.now
        let ended = try await Program.stop(daemon)
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(clock.now - began > .seconds(2))
        #expect(try await Program.history(office).map(\.state) == ["delivered"])
    }

    @Test("A second SIGTERM ends the daemon at once; the next start sends a marked duplicate under the same id (faults 4, 10)")
    func second() async throws {
        let peer = try await ScriptedServer("mail.py")
        let office = try Self.office(peer, seconds: 5)
        let daemon = try await Program.daemon(office)
        #expect(await peer.sees { $0.contains { $0.data != nil } })
        daemon.send(SIGTERM)
        try await Task.sleep(for: .milliseconds(500))
        #expect(daemon.isRunning)
        let clock = ContinuousClock()
        let began = clock.now
        let ended = try await Program.stop(daemon)
        #expect(clock.now - began < .seconds(1))
        #expect(ended.status == 128 + SIGTERM)
        #expect(try await Program.history(office).map(\.state) == ["in flight"])

        let next = try await Program.daemon(office)
        try await next.hasPrinted("delivered 250")
        #expect(try await Program.stop(next).status == 0)
        let history = try await Program.history(office)
        #expect(history.first?.attempts.map(\.outcome) == ["unknown", "delivered"])
        let mails = try await PythonMail.readAll(peer.lines.filter { $0.data != nil }.map(\.bytes))
        #expect(Set(mails.compactMap { $0.header("Message-ID") }).count == 1)
        #expect(mails.count == 2)
        #expect(mails.last?.text?.contains("có thể đến hai lần") == true)
    }

    @Test("If the server never answers, a stop exits with 0 after 20 seconds, and the mail counts as unknown (fault 9)")
    func gives_up() async throws {
        let peer = try await ScriptedServer("mail.py")
        let office = try Self.office(peer, seconds: 300)
        let daemon = try await Program.daemon(office)
        #expect(await peer.sees { $0.contains { $0.data != nil } })
        let clock = ContinuousClock()
        let began = clock.now
        let ended = try await Program.stop(daemon)
        #expect(ended.status == 0, "\(ended.errors)")
        #expect((.seconds(19)..<(.seconds(25))).contains(clock.now - began))
        let history = try await Program.history(office)
        #expect(history.first?.attempts.map(\.outcome) == ["unknown"])
        #expect(history.first?.state == "pending")
    }
}
