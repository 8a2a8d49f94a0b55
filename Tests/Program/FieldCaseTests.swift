import Foundation
import ProgramHarness
import Support
import Testing

/// Tests mailings to scripted servers that behave like servers in the field.
@Suite("Servers as they are in the field", .serialized)
struct FieldCaseTests {
    /// Returns an office with one due reminder, which is sent to `addresses`.
    private static func office(
        _ addresses: [String], port: UInt16, mail: String = "", more: String = "", admin: String = ""
    ) throws -> Office {
        let noon = Noon()
        let ids = addresses.map { $0.split(separator: "@")[0] }
        let people = zip(ids, addresses).map { "  - {id: \($0), email: \($1), via: [mail]}" } + [admin].filter { !$0.isEmpty }
        return try .small(
            plan: noon.plan([("today", "Tháng hành động", noon.at(minutes: -1))], notify: ids.joined(separator: ", ")),
            channels: """
                  mail: {email: {server: "smtp://127.0.0.1:\(port)", tls: off, from: "Nhắc việc <nv@cq.example.vn>"\(mail)}}
                """, recipients: people.joined(separator: "\n"), more: more)
    }

    /// Returns the time at which the server accepted each address.
    ///
    /// The times are in seconds since the first line of the server's log.
    private static func accepted(_ peer: ScriptedServer) -> [String: Double] {
        let began = peer.lines.first?.at ?? 0
        return Dictionary(
            peer.lines.compactMap { line in line.accepted.map { ($0, (line.at ?? 0) - began) } },
            uniquingKeysWith: { first, _ in first })
    }

    @Test("Under greylisting by recipient, forty recipients have their mail within seven minutes (field case 01)")
    func greylisting() async throws {
        let clock = try await FastClock(factor: 60)
        let peer = try await ScriptedServer("mail_policies.py", ["--greylist", "4.9"])
        let office = try Self.office((0..<40).map { "u\($0)@cq.example.vn" }, port: peer.port)
        let daemon = try await Program.daemon(office, environment: clock.environment)
        let all = await eventually(within: .seconds(40)) { Self.accepted(peer).count == 40 }
        let took = (Self.accepted(peer).values.max() ?? .infinity) * 60
        #expect(all && took <= 7 * 60, "\(Self.accepted(peer).count) of 40, the last after \(Int(took)) s of the fast clock")
        #expect(!daemon.errors.contains("paused"), "\(daemon.errors)")
        _ = try await Program.stop(daemon)
        let attempts = try await Program.history(office).map(\.attempts.count)
        #expect(attempts.allSatisfy { $0 == 2 }, "\(attempts)")
        print("field case 01: 40 of 40 greylisted readers after \(Int(took)) s")
    }

    @Test("If a server refuses the EHLO name at RCPT, no delivery becomes dead; all are sent after a fix (field case 02)")
    func helo() async throws {
        let peer = try await ScriptedServer("mail_policies.py", ["--helo", "vanphong.cq.example.vn"])
        let addresses = (0..<6).map { "u\($0)@cq.example.vn" }
        let office = try Self.office(addresses, port: peer.port, mail: ", ehlo: vanphong")
        let daemon = try await Program.daemon(office)
        #expect(await eventually(within: .seconds(20)) { daemon.errors.contains("paused for a while") })
        try await Task.sleep(for: .seconds(3))
        let before = try await Program.history(office)
        #expect(before.allSatisfy { $0.state == "pending" }, "\(before.map(\.state))")
        let tries = peer.lines.count { $0.refused == 504 }
        #expect(tries <= 6)
        let told = try await Program.run(["send-test", "u0", "--config", office.configuration])
        #expect(told.status == 1 && told.output.contains("not tried"), "\(told.output)\(told.errors)")
        #expect(told.output.contains("channels.mail.ehlo"), "\(told.output)")
        #expect(peer.lines.count { $0.refused == 504 } == tries)

        let text = try String(contentsOfFile: office.configuration, encoding: .utf8)
        try office.folder.write(
            "remindd.yaml", text.replacingOccurrences(of: "ehlo: vanphong", with: "ehlo: vanphong.cq.example.vn"))
        let reload = try await Program.run(["reload", "--config", office.configuration])
        #expect(reload.status == 0, "\(reload.errors)")
        // The refused deliveries wait a quarter of an hour, but become due when one delivery
        // succeeds.
        #expect(await eventually(within: .seconds(20)) { Self.accepted(peer).count == 6 }, "\(Self.accepted(peer))")
        _ = try await Program.stop(daemon)
    }

    @Test("Eight insiders behind twelve refused outsiders get their mail within a minute (field case 03)")
    func outsiders() async throws {
        let peer = try await ScriptedServer("mail_policies.py", ["--outsiders", "partner.example.com"])
        let outside = (10..<22).map { "u\($0)@partner.example.com" }
        let inside = (22..<30).map { "u\($0)@cq.example.vn" }
        let office = try Self.office(outside + inside, port: peer.port)
        let daemon = try await Program.daemon(office)
        #expect(await eventually(within: .seconds(30)) { Self.accepted(peer).count == 8 })
        let took = Self.accepted(peer).values.max() ?? .infinity
        #expect(took < 60)
        try await Task.sleep(for: .seconds(1))
        _ = try await Program.stop(daemon)
        let rows = try await Program.history(office)
        #expect(rows.count { $0.state == "delivered" } == 8)
        #expect(rows.allSatisfy { $0.attempts.count == 1 }, "\(rows.map { ($0.recipient, $0.state, $0.attempts.count) })")
        let dead = rows.count { $0.state == "dead" }
        print("field case 03: 8 insiders after \(took) s; of 12 outsiders \(dead) dead at once")
        #expect(dead >= 4)
    }

    @Test(
        "A relay with three connections gets a hundred mails within two minutes, in at most five attempts each (field case 04)",
        arguments: ["0.2", "0"]
    )
    func threeConnections(slow: String) async throws {
        let peer = try await ScriptedServer("mail_policies.py", ["--connections", "3", "--slow", slow])
        let office = try Self.office((0..<100).map { "u\($0)@cq.example.vn" }, port: peer.port)
        let daemon = try await Program.daemon(office)
        let all = await eventually(within: .seconds(120)) { Self.accepted(peer).count == 100 }
        let took = Self.accepted(peer).values.max() ?? .infinity
        #expect(all, "\(Self.accepted(peer).count) of 100")
        _ = try await Program.stop(daemon)
        let attempts = try await Program.history(office).map(\.attempts.count)
        #expect(attempts.allSatisfy { $0 <= 5 }, "\(attempts)")
        let refused = peer.lines.count { $0.refused == 421 }
        print(
            "field case 04: 100 of 100 after \(took) s, \(refused) connections refused, at most \(attempts.max() ?? 0) attempts")
        #expect(refused < 20)
    }

    @Test("If a webhook refuses some deliveries with 422 or 409, the others go at once (finding 12)")
    func pickyWebhook() async throws {
        for status in [409, 422] {
            let peer = try await ScriptedServer("receiver.py")
            let noon = Noon()
            let ids = (0..<8).map { "bad\($0)" } + (0..<12).map { "good\($0)" }
            let office = try Office.small(
                plan: noon.plan([("today", "Tháng hành động", noon.at(minutes: -1))], notify: ids.joined(separator: ", ")),
                channels: """
                      hub: {webhook: {url: "http://127.0.0.1:\(peer.port)/picky/\(status)", allow_networks: [127.0.0.0/8]}}
                    """, recipients: ids.map { "  - {id: \($0), via: [hub]}" }.joined(separator: "\n"))
            let daemon = try await Program.daemon(office)
            #expect(await eventually(within: .seconds(10)) { peer.lines.count { $0.status == 204 } == 12 })
            #expect(!daemon.errors.contains("paused"), "\(daemon.errors)")
            _ = try await Program.stop(daemon)
            let rows = try await Program.history(office)
            #expect(rows.count { $0.state == "delivered" } == 12)
            #expect(rows.count { $0.state == "pending" } == 8, "the first such answer may be temporary: \(rows.map(\.state))")
        }
    }

    @Test("A webhook's 410 stops its channel; `otherwise` takes over at once, and a reload tries the channel again (finding 15)")
    func gone() async throws {
        let hub = try await ScriptedServer("receiver.py")
        let mail = try await ScriptedServer("mail.py")
        let noon = Noon()
        let ids = (0..<30).map { "u\($0)" }
        let office = try Office.small(
            plan: noon.plan([("today", "Tháng hành động", noon.at(minutes: -1))], notify: ids.joined(separator: ", ")),
            channels: Office.plainChannels(smtp: mail.port, http: hub.port).replacing("/remind", with: "/status/410"),
            recipients: ids.map { "  - {id: \($0), email: \($0)@cq.example.vn, via: [hub], otherwise: [mail]}" }
                .joined(separator: "\n"))
        let daemon = try await Program.daemon(office)
        #expect(await eventually(within: .seconds(20)) { Set(mail.lines.compactMap(\.accepted)).count == 30 })
        let asked = hub.lines.count { $0.status == 410 }
        #expect(asked <= 16, "only requests in flight at the first answer: \(asked)")
        let reload = try await Program.run(["reload", "--config", office.configuration])
        #expect(reload.status == 0, "\(reload.errors)")
        _ = try await Program.stop(daemon)
        #expect(mail.lines.count { $0.accepted != nil } == 30)
        print("410: \(asked) requests, then 30 of 30 by mail")
    }

    @Test("After a refused login, mailing, alerts and send-test together log in only once in a quarter of an hour (finding 8)")
    func login() async throws {
        let peer = try await ScriptedServer("mail_policies.py", ["--login"])
        let folder = try TemporaryFolder()
        try folder.write("password", "geheim\n")
        chmod(folder.path("password"), 0o600)
        let admins = (1...5).map { "  - {id: admin\($0), email: admin\($0)@example.vn, via: [mail]}" }
        let office = try Self.office(
            ["an@example.vn", "binh@example.vn"], port: peer.port,
            mail: ", username: nv, password: {file: \(folder.path("password"))}",
            more: "alerts: {to: [admin1, admin2, admin3, admin4, admin5]}\n", admin: admins.joined(separator: "\n"))
        let daemon = try await Program.daemon(office)
        #expect(await eventually(within: .seconds(20)) { daemon.errors.contains("paused for a while") })
        let first = peer.lines.count { $0.told == "AUTH" }
        #expect(first == 1, "the first login is tried alone")
        try await Task.sleep(for: .seconds(15))
        let told = try await Program.run(["send-test", "an", "--config", office.configuration])
        #expect(
            told.output.contains("not tried") && told.output.contains("channels.mail.username and password"), "\(told.output)")
        #expect(peer.lines.count { $0.told == "AUTH" } == first)
        #expect(try await Program.history(office).allSatisfy { $0.state == "pending" })
        _ = try await Program.stop(daemon)
    }

    @Test("One alert names all ten dead deliveries of a reminder, with names, title, date and line (finding 5)")
    func namesAll() async throws {
        let peer = try await ScriptedServer("mail_policies.py", ["--unknown", "x"])
        let hub = try await ScriptedServer("receiver.py")
        let addresses = (0..<10).flatMap { ["x\($0)@cq.example.vn", "u\($0)@cq.example.vn"] }
        let noon = Noon()
        let ids = addresses.map { String($0.split(separator: "@")[0]) }
        let people = zip(ids, addresses).map { "  - {id: \($0), name: \"Đơn vị \($0)\", email: \($1), via: [mail]}" }
        let office = try Office.small(
            plan: noon.plan([("today", "Tháng hành động", noon.at(minutes: -1))], notify: ids.joined(separator: ", ")),
            channels: """
                  mail: {email: {server: "smtp://127.0.0.1:\(peer.port)", tls: off, from: "Nhắc việc <nv@cq.example.vn>"}}
                  hub: {webhook: {url: "http://127.0.0.1:\(hub.port)/remind", allow_networks: [127.0.0.0/8]}}
                """, recipients: (people + ["  - {id: admin, via: [hub]}"]).joined(separator: "\n"),
            more: "alerts: {to: [admin]}\n")
        let daemon = try await Program.daemon(office)
        #expect(await hub.sees(within: .seconds(30)) { $0.contains { $0.data != nil } })
        let body = try #require(hub.lines.first { $0.data != nil })
        let text = String(decoding: body.bytes, as: UTF8.self)
        for number in 0..<10 { #expect(text.contains("Đơn vị x\(number) (x\(number))"), "\(text)") }
        #expect(text.contains("Tháng hành động") && text.contains("plan.yaml:"), "\(text)")
        #expect(!text.contains("Đơn vị u"))
        _ = try await Program.stop(daemon)
        #expect(try await Program.history(office).count { $0.state == "delivered" } == 10)
    }
}
