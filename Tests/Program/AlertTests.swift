import Dates
import Foundation
import ProgramHarness
import Scheduler
import Support
import Testing

/// Checks that the real daemon alerts its operators to failures, through a channel that works.
@Suite("Alerts", .serialized)
struct AlertTests {
    private struct AlertBody: Decodable {
        struct Content: Decodable {
            struct Fact: Decodable {
                let kind: String
                let text: String
            }
            let recipient: String
            let subject: String
            let text: String
            let facts: [Fact]
        }
        let type: String
        let data: Content
    }

    private static func bulletins(_ peer: ScriptedServer) -> [AlertBody] {
        peer.lines.compactMap { try? JSONDecoder().decode(AlertBody.self, from: Data($0.bytes)) }.filter {
            $0.type == "alert" || $0.type == "weekly"
        }
    }

    private static func office(
        plan: String, smtp: UInt16, http: UInt16, path: String = "remind", people: String, more: String = "", zone: String
    ) throws -> Office {
        try .small(
            plan: plan,
            channels: """
                  mail: {email: {server: "smtp://127.0.0.1:\(smtp)", tls: off, from: "Nhắc việc <nhac@example.vn>"}}
                  hub: {webhook: {url: "http://127.0.0.1:\(http)/\(path)", allow_networks: [127.0.0.0/8]}}
                """,
            recipients: people, more: "plans: plans/\ntimezone: \(zone)\nalerts: {to: [admin]}\n\(more)")
    }

    @Test("One alert names both dead deliveries of a reminder, uses a working channel and explains how to resend (fault 57)")
    func dead() async throws {
        let mail = try await ScriptedServer("mail.py")
        let hub = try await ScriptedServer("receiver.py")
        let noon = Noon()
        let office = try Self.office(
            plan: noon.plan([("late", "Ngày hội", noon.at(minutes: -2))], notify: "an, binh, chi"), smtp: mail.port,
            http: hub.port,
            people: """
                  - {id: an, email: never@example.vn, via: [mail]}
                  - {id: binh, name: Lê Bình, email: never@example.com, via: [mail]}
                  - {id: chi, email: chi@example.vn, via: [mail]}
                  - {id: admin, name: Quản trị, email: admin@example.vn, via: [mail, hub]}
                """, zone: noon.zone)
        let daemon = try await Program.daemon(office)
        #expect(await eventually(within: .seconds(30)) { !Self.bulletins(hub).isEmpty })
        try await Task.sleep(for: .seconds(2))
        let told = Self.bulletins(hub)
        #expect(told.count == 1)
        let alert = try #require(told.first).data
        #expect(alert.recipient == "admin")
        let day = "\(noon.today.dayOfMonth)/\(noon.today.month)/\(noon.today.year)"
        #expect(alert.subject == "[remindd] Không gửi được lời nhắc “Ngày hội” (\(day)) qua kênh mail")
        #expect(alert.facts.map(\.kind) == ["dead"])
        #expect(alert.text.contains("an") && alert.text.contains("Lê Bình (binh) <never@example.com>"), "\(alert.text)")
        #expect(alert.text.contains("plan.yaml:") && alert.text.contains("“đúng ngày”"), "\(alert.text)")
        #expect(alert.text.contains("550"))
        #expect(alert.text.contains("Gửi lại: remindd failed"))
        #expect(!mail.lines.contains { $0.recipient == "admin@example.vn" }, "the alert concerns mail, so it does not go by mail")
        #expect(try await Program.stop(daemon).status == 0)
        #expect(daemon.errors.contains("alert to admin by hub: delivered 204"), "the journal has the alert too: \(daemon.errors)")
    }

    @Test("The first 401 of a webhook raises one alert, and the alert is sent by mail (faults 69, 79)")
    func refused() async throws {
        let mail = try await ScriptedServer("mail.py")
        let hub = try await ScriptedServer("receiver.py")
        let noon = Noon()
        let office = try Self.office(
            plan: noon.plan([("late", "Ngày hội", noon.at(minutes: -2))], notify: "desk"), smtp: mail.port, http: hub.port,
            path: "status/401",
            people: """
                  - {id: desk, via: [hub]}
                  - {id: admin, name: Admin, email: admin@example.vn, language: en, via: [hub, mail]}
                """, zone: noon.zone)
        let daemon = try await Program.daemon(office)
        #expect(await mail.sees(within: .seconds(30)) { $0.contains { $0.accepted == "admin@example.vn" || $0.data != nil } })
        let letter = try #require(try await PythonMail.readAll(mail.lines.filter { $0.data != nil }.map(\.bytes)).first)
        #expect(letter.subject == "[remindd] The server of channel hub refuses remindd")
        #expect(letter.text?.contains("refused for now 401") == true, "\(letter.text ?? "")")
        #expect(letter.text?.contains("remindd send-test RECIPIENT --via hub") == true)
        #expect(try await Program.stop(daemon).status == 0)
        #expect(mail.lines.count { $0.data != nil } == 1)
    }

    @Test("Alerts report that the control socket cannot be opened and that it is back; due reminders are sent meanwhile")
    func noSocket() async throws {
        let hub = try await ScriptedServer("receiver.py")
        let noon = Noon()
        let office = try Self.office(
            plan: noon.plan([("late", "Ngày hội", noon.at(minutes: -2))], notify: "admin"), smtp: FreePort.next(), http: hub.port,
            people: "  - {id: admin, via: [hub]}", zone: noon.zone)
        let text = try String(contentsOfFile: office.configuration, encoding: .utf8)
        try office.folder.write(
            "remindd.yaml", text.replacingOccurrences(of: "socket: control.sock", with: "socket: missing/control.sock"))
        let daemon = try await Program.daemon(office)
        #expect(await eventually(within: .seconds(30)) { !Self.bulletins(hub).isEmpty })
        let first = try #require(Self.bulletins(hub).first).data
        #expect(first.subject == "[remindd] Không mở được cổng lệnh (socket) của remindd")
        #expect(first.facts.map(\.kind) == ["control socket"])
        #expect(first.text.contains("missing/control.sock: "), "\(first.text)")
        #expect(hub.lines.contains { $0.bytes.contains("reminder.due".utf8) }, "due reminders are sent meanwhile")
        try FileManager.default.createDirectory(atPath: office.folder.path("missing"), withIntermediateDirectories: false)
        #expect(await eventually(within: .seconds(40)) { Self.bulletins(hub).count == 2 })
        #expect(Self.bulletins(hub).last?.data.subject == "[remindd] Đã mở lại được cổng lệnh (socket) của remindd")
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test("status no longer reports a failing channel that a reload has removed")
    func channelTakenOut() async throws {
        let mail = try await ScriptedServer("mail.py")
        let hub = try await ScriptedServer("receiver.py")
        let noon = Noon()
        let office = try Self.office(
            plan: noon.plan([("late", "Ngày hội", noon.at(minutes: -2))], notify: "desk"), smtp: mail.port, http: hub.port,
            path: "status/401",
            people: """
                  - {id: desk, email: desk@example.vn, via: [hub]}
                  - {id: admin, email: admin@example.vn, language: en, via: [mail]}
                """, zone: noon.zone)
        let daemon = try await Program.daemon(office)
        #expect(await mail.sees(within: .seconds(30)) { $0.contains { $0.data != nil } })
        let before = try await Program.run(["status", "--config", office.configuration])
        #expect(before.output.contains("channel hub refuses remindd"), "\(before.output) \(before.errors)")
        let text = try String(contentsOfFile: office.configuration, encoding: .utf8)
        try office.folder.write(
            "remindd.yaml",
            text.split(separator: "\n").filter { !$0.hasPrefix("  hub:") }.joined(separator: "\n")
                .replacingOccurrences(of: "via: [hub]", with: "via: [mail]") + "\n")
        let reload = try await Program.run(["reload", "--config", office.configuration])
        #expect(reload.status == 0, "\(reload.errors)")
        let after = try await Program.run(["status", "--config", office.configuration])
        #expect(!(after.output + after.errors).contains("hub"), "\(after.output)")
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test("A refused reload raises an alert with file, line and column; weekly summary and heartbeat are sent (fault 104)")
    func reloadWeeklyHeartbeat() async throws {
        let hub = try await ScriptedServer("receiver.py")
        let noon = Noon()
        let weekday = "\(noon.today.weekday)".capitalized
        let soon = noon.nextMinute(atLeast: 15).replacingOccurrences(of: "\"", with: "")
        let plan = noon.plan([("today", "Ngày hội", noon.at(minutes: 30))], notify: "desk")
        let office = try Self.office(
            plan: plan, smtp: FreePort.next(), http: hub.port,
            people: """
                  - {id: desk, via: [hub]}
                  - {id: admin, via: [hub]}
                """,
            more: """
                heartbeat: {url: "http://127.0.0.1:\(hub.port)/beat", every: 10 seconds}

                """, zone: noon.zone)
        let text = try String(contentsOfFile: office.configuration, encoding: .utf8)
        try office.folder.write(
            "remindd.yaml",
            text.replacingOccurrences(of: "alerts: {to: [admin]}", with: "alerts: {to: [admin], weekly: \(weekday) \(soon)}"))
        let daemon = try await Program.daemon(office)
        #expect(await hub.sees(within: .seconds(10)) { $0.contains { $0.told == "/beat" } })
        try office.writePlan(plan.replacingOccurrences(of: "    when:", with: "    wen:"))
        daemon.send(SIGHUP)
        #expect(await eventually(within: .seconds(30)) { Self.bulletins(hub).contains { $0.data.facts[0].kind == "reload" } })
        let refused = try #require(Self.bulletins(hub).first { $0.data.facts[0].kind == "reload" }).data
        #expect(refused.subject == "[remindd] Không nạp được tệp mới, vẫn dùng bản cũ")
        #expect(refused.text.contains("plans/plan.yaml:9:5: error: "), "\(refused.text)")
        #expect(refused.text.contains("remindd check"))

        #expect(await eventually(within: .seconds(90)) { Self.bulletins(hub).contains { $0.type == "weekly" } })
        let weekly = try #require(Self.bulletins(hub).first { $0.type == "weekly" }).data
        #expect(weekly.subject == "[remindd] Tuần này: vẫn chạy")
        #expect(weekly.facts.map(\.kind) == ["sent", "failed", "coming"])
        #expect(weekly.text.contains("“Ngày hội”: đúng ngày → desk"), "\(weekly.text)")
        #expect(hub.lines.count { $0.told == "/beat" } >= 2)
        #expect(try await Program.stop(daemon).status == 0)
        #expect(Self.bulletins(hub).count { $0.type == "weekly" } == 1)
    }

    @Test("A group that a reload leaves without members raises one alert")
    func emptiedGroup() async throws {
        let hub = try await ScriptedServer("receiver.py")
        let noon = Noon()
        let office = try Self.office(
            plan: noon.plan([("today", "Ngày hội", noon.at(minutes: 30))], notify: "schools"), smtp: FreePort.next(),
            http: hub.port, people: "  - {id: admin, via: [hub]}\ngroups:\n  spare: []\n  schools: {file: schools.csv}\n",
            zone: noon.zone)
        try office.folder.write("schools.csv", "id,via\na,hub\n")
        let daemon = try await Program.daemon(office)
        try office.folder.write("schools.csv", "id,via\n")
        for _ in 0..<2 {
            let reload = try await Program.run(["reload", "--config", office.configuration])
            #expect(reload.status == 0, "\(reload.errors)")
        }
        #expect(await eventually(within: .seconds(30)) { !Self.bulletins(hub).isEmpty })
        try await Task.sleep(for: .seconds(2))
        #expect(Self.bulletins(hub).map(\.data.subject) == ["[remindd] Nhóm schools không còn ai"])
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test("If files are broken at a start, the accepted copy is used and an alert sent; without it the start fails (fault 111)")
    func acceptedCopy() async throws {
        let hub = try await ScriptedServer("receiver.py")
        let noon = Noon()
        let good = noon.plan([("today", "Ngày hội", noon.at(minutes: -1))], notify: "desk")
        let office = try Self.office(
            plan: good, smtp: FreePort.next(), http: hub.port,
            people: """
                  - {id: desk, via: [hub]}
                  - {id: admin, via: [hub]}
                """, zone: noon.zone)
        let broken = good.replacingOccurrences(of: "    when:", with: "    wen:")
        try office.writePlan(broken)
        let refused = try await Program.run(["run", "--config", office.configuration])
        #expect(refused.status == 65, "\(refused.errors)")

        try office.writePlan(good)
        var daemon = try await Program.daemon(office)
        #expect(await hub.sees { $0.count == 2 }, "the line with the port, and one reminder")
        #expect(try await Program.stop(daemon).status == 0)

        // The daemon accepts a second campaign. Then the test deletes the plan folder, and writes a
        // configuration that is not valid YAML.
        try office.writePlan(
            noon.plan([("today", "Ngày hội", noon.at(minutes: -1)), ("next", "Việc sau", noon.at(minutes: 60))], notify: "desk"))
        daemon = try await Program.daemon(office)
        #expect(try await Program.stop(daemon).status == 0)
        let soon = noon.plan(
            [("today", "Ngày hội", noon.at(minutes: -1)), ("next", "Việc sau", noon.at(minutes: -1))], notify: "desk")
        try office.writePlan(soon)
        daemon = try await Program.daemon(office)
        #expect(await hub.sees { $0.count == 3 })
        #expect(try await Program.stop(daemon).status == 0)
        try FileManager.default.removeItem(atPath: office.folder.path + "/plans")
        let configuration = try String(contentsOfFile: office.configuration, encoding: .utf8)
        try office.folder.write("remindd.yaml", configuration + "\n  : [broken\n")
        daemon = try await Program.daemon(office)
        #expect(daemon.errors.contains("the last accepted state stays in use"), "\(daemon.errors)")
        #expect(daemon.errors.contains("1 plan with 2 campaigns"))
        #expect(
            await eventually(within: .seconds(30)) { Self.bulletins(hub).contains { $0.data.facts[0].kind == "accepted copy" } })
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test("If over a fifth of the campaigns is gone at a start, the accepted copy is used; the log names --confirm (fault 107)")
    func tooManyGone() async throws {
        let hub = try await ScriptedServer("receiver.py")
        let noon = Noon()
        let two = [("a", "Một", noon.at(minutes: 60)), ("b", "Hai", noon.at(minutes: 60))]
        let office = try Self.office(
            plan: noon.plan(two, notify: "desk"), smtp: FreePort.next(), http: hub.port,
            people: """
                  - {id: desk, via: [hub]}
                  - {id: admin, via: [hub]}
                """, zone: noon.zone)
        var daemon = try await Program.daemon(office)
        #expect(try await Program.stop(daemon).status == 0)
        try office.writePlan(noon.plan([two[0]], notify: "desk"))
        daemon = try await Program.daemon(office)
        #expect(daemon.errors.contains("1 of 2 campaigns are gone (trial/b); if that is meant: remindd reload --confirm"))
        #expect(daemon.errors.contains("1 plan with 2 campaigns"))
        #expect(try await Program.stop(daemon).status == 0)
    }
}
