import Dates
import Foundation
import Ledgers
import ProgramHarness
import Scheduler
import Support
import Testing

/// Tests the start, end, resumption and retries of rehearsals, and the destinations they refuse.
@Suite("Rehearsals", .serialized)
struct RehearsalTests {
    private static let plan = """
        plan: trial
        title: Kế hoạch thử
        notify: [an, desk]
        rest_days: send
        campaigns:
          - {id: may, title: Tháng Năm, when: 10/5, remind: [20 days before, 7 days before, on the day]}

        """

    private static func rehearse(
        _ office: Office, from: String, until: String, ledger: String? = nil, within limit: Duration = .seconds(60)
    ) async throws -> Subprocess.Finished {
        try await Program.run(
            [
                "run", "--config", office.configuration, "--clock", from, "--until", until, "--speed", "1000000", "--ledger",
                ledger ?? office.ledger,
            ], within: limit)
    }

    static let elsewhere = [
        "  mail: {email: {server: \"smtp://mail.example.vn:587\", from: nhac@example.vn}}",
        "  mail: {email: {server: \"smtp://127.0.0.1:25\", tls: off, from: nhac@example.vn}}",
        "  mail: {webhook: {url: \"https://hub.example.vn/remind\"}}",
        "  mail: {webhook: {url: \"http://127.0.0.1:443/remind\", allow_networks: [127.0.0.0/8]}}",
        "  mail: {webhook: {url: \"http://127.0.0.1:8088/\", proxy: \"http://proxy.example.vn:3128\", allow_networks: [127.0.0.0/8]}}",
    ]

    @Test("A rehearsal refuses, with 78, destinations beyond loopback, below port 1024 or behind a proxy", arguments: elsewhere)
    func refused(channel: String) async throws {
        let office = try Office.small(
            plan: Self.plan.replacing("an, desk", with: "an"), channels: channel,
            recipients: "  - {id: an, email: an@example.vn, via: [mail]}", more: "plans: plans/\n")
        let run = try await Self.rehearse(office, from: "2027-05-02T00:00:00+07:00", until: "2027-05-03T00:00:00+07:00")
        #expect(run.status == 78)
        #expect(run.errors.contains("a rehearsal sends to loopback only"), "\(run.errors)")
        #expect(run.errors.contains("channel mail"))
        #expect(!FileManager.default.fileExists(atPath: office.ledger))
    }

    @Test("A reload of a rehearsal refuses destinations beyond loopback")
    func reloadRefused() async throws {
        let peer = try await ScriptedServer("receiver.py")
        let office = try Office.plain(plan: Self.plan, smtp: FreePort.next(), http: peer.port)
        let daemon = try await Program.daemon(
            office, ["--clock", "2027-05-02T07:00:00+07:00", "--ledger", office.ledger])
        let settings = office.folder.text("remindd.yaml")
        try office.folder.write(
            "remindd.yaml",
            settings.replacingOccurrences(of: "http://127.0.0.1:\(peer.port)/", with: "https://hub.example.vn/"))
        daemon.send(SIGHUP)
        try await daemon.hasPrinted("reload")
        #expect(daemon.errors.contains("reload refused"), "\(daemon.errors)")
        daemon.send(SIGTERM)
        _ = try await daemon.finish()
    }

    @Test("A new rehearsal supersedes reminders that were due before, ends past --until with 0, and resumes where it stopped")
    func resumes() async throws {
        let peer = try await ScriptedServer("receiver.py")
        let office = try Office.plain(
            plan: Self.plan, smtp: FreePort.next(), http: peer.port,
            recipients: "  - {id: an, via: [hub]}\n  - {id: desk, via: [hub]}")
        let start = "2027-04-25T00:00:00+07:00"
        var run = try await Self.rehearse(office, from: start, until: "2027-05-04T00:00:00+07:00")
        #expect(run.status == 0, "\(run.errors)")
        var history = try await Program.history(office, ["--ledger", office.ledger])
        #expect(
            history.map { "\($0.lead) \($0.state)" }.sorted() == [
                "20 days before superseded", "7 days before delivered", "7 days before delivered",
            ])
        #expect(history.allSatisfy { $0.delivery?.hasPrefix("rehearsal-") ?? ($0.recipient == nil) })

        run = try await Self.rehearse(office, from: start, until: "2027-05-11T00:00:00+07:00")
        #expect(run.status == 0, "\(run.errors)")
        history = try await Program.history(office, ["--ledger", office.ledger])
        #expect(history.count == 5)
        #expect(history.count { $0.lead == "on the day" && $0.state == "delivered" && !$0.late } == 2)
        let received = peer.lines.compactMap(\.id)
        #expect(received.count == 4)
        #expect(Set(received).count == 4)
        #expect(peer.lines.compactMap(\.head).allSatisfy { $0.lowercased().contains("x-remindd-rehearsal: ") })

        let simulated = try await Program.run([
            "simulate", "--config", office.configuration, "--from", "2027-04-25", "--to", "2027-05-10", "--format", "json",
        ])
        #expect(simulated.lines.count == 4)
    }

    @Test(
        "A retry comes when a busy or greylisting server asks, under one id; a permanent refusal is final (faults 55, 57, 76, 80)"
    )
    func retries() async throws {
        let mail = try await ScriptedServer("mail.py")
        let hub = try await ScriptedServer("receiver.py")
        let office = try Office.small(
            plan: Self.plan.replacing("an, desk", with: "grey, gone, late, desk"),
            channels: Office.plainChannels(smtp: mail.port, http: hub.port).replacing("/remind", with: "/busy/2/3600"),
            recipients: """
                  - {id: grey, email: later1@example.vn, via: [mail]}
                  - {id: late, email: dot2@example.vn, via: [mail]}
                  - {id: gone, email: never@example.vn, via: [mail]}
                  - {id: desk, via: [hub]}
                """, more: "plans: plans/\n")
        let run = try await Self.rehearse(office, from: "2027-05-02T12:00:00+07:00", until: "2027-05-04T00:00:00+07:00")
        #expect(run.status == 0, "\(run.errors)")
        let rows = try await Program.history(office, ["--ledger", office.ledger]).filter { $0.recipient != nil }
        let byRecipient = Dictionary(uniqueKeysWithValues: rows.map { ($0.recipient!, $0) })

        let desk = try #require(byRecipient["desk"])
        #expect(desk.state == "delivered")
        #expect(desk.attempts.map(\.code) == [503, 503, 204])
        #expect(desk.attempts.map(\.outcome) == ["refused for now", "refused for now", "delivered"])
        #expect(Set(hub.lines.compactMap(\.id)) == [desk.delivery])
        let times = try desk.attempts.map { try #require(Instant(rfc3339: $0.at)) }
        #expect(times[1] - times[0] >= .seconds(3_600) && times[1] - times[0] < .seconds(3_660))

        let grey = try #require(byRecipient["grey"])
        #expect(grey.attempts.map(\.code) == [450, 250])
        let greyTimes = try grey.attempts.map { try #require(Instant(rfc3339: $0.at)) }
        #expect(greyTimes[1] - greyTimes[0] >= .minutes(5))

        let late = try #require(byRecipient["late"])
        #expect(late.attempts.map(\.code) == [451, 451, 250])
        let tries = mail.lines.filter { $0.data != nil && $0.recipient == "dot2@example.vn" }.map(\.bytes)
        let mails = try await PythonMail.readAll(tries)
        #expect(mails.count == 3)
        #expect(Set(mails.compactMap { $0.header("Message-ID") }) == ["<\(late.delivery!)@example.vn>"])
        #expect(Set(mails.compactMap { $0.header("References") }).count == 1)
        #expect(Set(mails.compactMap(\.date)).count == 3, "Date is the time of the attempt")

        let gone = try #require(byRecipient["gone"])
        #expect(gone.state == "dead")
        #expect(gone.attempts.map(\.code) == [550])
        #expect(gone.attempts.map(\.outcome) == ["refused for good"])
        #expect(gone.attempts.first?.reply.contains("never@") == false, "no address in a reply")
    }
}
