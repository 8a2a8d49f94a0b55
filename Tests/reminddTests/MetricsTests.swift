import Dates
import Foundation
import ProgramHarness
import Scheduler
import Support
import Testing

@testable import Monitoring
@testable import remindd

/// Tests metrics, health and readiness on the control socket.
///
/// curl makes the requests, and Prometheus' promtool checks the metrics.
@Suite("Metrics, health and readiness", .serialized)
struct MetricsTests {
    static func get(_ office: Office, _ path: String) async throws -> (status: String, type: String, body: String) {
        let curl = try requires("curl")
        let answer = try await Subprocess.run([
            curl, "--silent", "--show-error", "--max-time", "20", "--unix-socket", office.socket, "--write-out",
            "\n%{http_code}\n%{content_type}", "http://remindd\(path)",
        ])
        #expect(answer.status == 0, "\(answer.errors)")
        let lines = answer.output.components(separatedBy: "\n")
        return (lines[lines.count - 2], lines[lines.count - 1], lines.dropLast(2).joined(separator: "\n"))
    }

    static func value(_ sample: String, in text: String) -> Double? {
        text.components(separatedBy: "\n").first { $0.hasPrefix(sample + " ") }.flatMap { Double($0.dropFirst(sample.count + 1)) }
    }

    @Test("Metrics pass promtool, have the right counts, name no recipient, and show a failing channel")
    func metrics() async throws {
        let mail = try await ScriptedServer("mail.py")
        let noon = Noon()
        let office = try Office.plain(
            plan: noon.plan(
                [("late", "Ngày hội", noon.at(minutes: -2)), ("next", "Ngày mai", noon.at(minutes: 90))], notify: "an, lost, desk"
            ),
            smtp: mail.port, http: FreePort.next(),
            recipients: """
                  - {id: an, email: an@example.vn, via: [mail]}
                  - {id: lost, email: never@example.vn, via: [mail]}
                  - {id: desk, via: [hub]}
                """)
        let daemon = try await Program.daemon(office)
        #expect(await mail.sees { $0.contains { $0.data != nil } && $0.contains { $0.refused == 550 } })
        let attempted = "remindd_attempts_total{channel=\"hub\",outcome=\"not sent\",code=\"\"}"
        var text = ""
        #expect(
            await eventually(within: .seconds(20)) {
                text = (try? await Self.get(office, "/metrics").body) ?? ""
                return Self.value(attempted, in: text) ?? 0 >= 1
            }, "\(text)")
        let answer = try await Self.get(office, "/metrics")
        #expect(answer.status == "200")
        #expect(answer.type == "text/plain; version=0.0.4; charset=utf-8")

        let check = try await Subprocess.run([requires("promtool"), "check", "metrics"], input: Array(answer.body.utf8))
        #expect(check.status == 0, "\(check.output)\(check.errors)")
        #expect(check.output + check.errors == "", "promtool has advice")

        for (sample, wanted) in [
            ("remindd_build_info{version=\"\(Version.number)\"}", 1), ("remindd_plans", 1), ("remindd_campaigns", 2),
            ("remindd_recipients", 3),
            ("remindd_reminders_total{state=\"fired\"}", 1), ("remindd_reminders_total{state=\"missed\"}", 0),
            ("remindd_deliveries_queued_total", 3),
            ("remindd_attempts_total{channel=\"mail\",outcome=\"delivered\",code=\"250\"}", 1),
            ("remindd_deliveries_total{channel=\"mail\",state=\"delivered\",reason=\"accepted\"}", 1),
            ("remindd_deliveries_total{channel=\"mail\",state=\"dead\",reason=\"refused\"}", 1),
            ("remindd_deliveries_total{channel=\"hub\",state=\"delivered\",reason=\"accepted\"}", 0),
            ("remindd_delivery_lateness_seconds_count{channel=\"mail\"}", 1),
            // The delivery is two to three minutes late, because a plan's times are whole minutes.
            ("remindd_delivery_lateness_seconds_bucket{channel=\"mail\",le=\"60\"}", 0),
            ("remindd_delivery_lateness_seconds_bucket{channel=\"mail\",le=\"300\"}", 1),
            ("remindd_delivery_lateness_seconds_bucket{channel=\"mail\",le=\"+Inf\"}", 1),
            ("remindd_config_last_reload_successful", 1), ("remindd_clock_held", 0), ("remindd_ledger_full", 0),
            ("remindd_breaker_open{channel=\"mail\"}", 0),
        ] {
            #expect(Self.value(sample, in: answer.body) == Double(wanted), "\(sample)")
        }
        let next = try #require(Self.value("remindd_next_due_timestamp_seconds", in: answer.body))
        #expect(abs(next - Date().timeIntervalSince1970 - 5_400) < 120)
        #expect(Self.value("process_resident_memory_bytes", in: answer.body) ?? 0 > 1e6)
        for word in ["an@example.vn", "never@example.vn", "\"an\"", "\"lost\"", "Ngày"] {
            #expect(!answer.body.contains(word), "\(word) is named")
        }

        #expect(try await Self.get(office, "/readyz").body == "ready\n")
        try office.writePlan("nothing like a plan")
        let refused = try await Program.run(["reload", "--config", office.configuration])
        #expect(refused.status == 65)
        let health = try await Self.get(office, "/healthz")
        #expect(health.status == "503")
        #expect(health.body.contains("reload"), "\(health.body)")
        #expect(
            Self.value("remindd_config_last_reload_successful", in: try await Self.get(office, "/metrics").body) == 0)
        #expect(try await Self.get(office, "/readyz").status == "200")
        #expect(try await Self.get(office, "/nothing").status == "404")
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test("An idle daemon is healthy and ready, and a daemon whose ledger is a restored copy is not ready")
    func states() async throws {
        let noon = Noon()
        let office = try Office.plain(
            plan: noon.plan([("next", "Ngày mai", noon.at(minutes: 90))]), smtp: FreePort.next(), http: FreePort.next())
        var daemon = try await Program.daemon(office)
        #expect(try await Self.get(office, "/healthz").body == "ok\n")
        #expect(try await Self.get(office, "/readyz").status == "200")
        #expect(try await Program.stop(daemon).status == 0)

        try office.folder.write(
            "ledger.sqlite.witness", "generation 99 looked_until \(Int64(Date().timeIntervalSince1970 * 1_000))\n")
        daemon = try await Program.daemon(office)
        let ready = try await Self.get(office, "/readyz")
        #expect(ready.status == "503")
        #expect(ready.body.contains("remindd release"))
        #expect(Self.value("remindd_ledger_held", in: try await Self.get(office, "/metrics").body) == 1)
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test("A restart keeps the dead delivery in metrics, health, status and systemd's line, until it is sent again")
    func deadAfterRestart() async throws {
        let mail = try await ScriptedServer("mail.py")
        let noon = Noon()
        let plan = noon.plan(
            [("late", "Ngày hội", noon.at(minutes: -2)), ("next", "Ngày mai", noon.at(minutes: 90))], notify: "an, lost")
        let people = """
              - {id: an, name: Nguyễn Thị An, email: an@example.vn, via: [mail]}
              - {id: lost, email: never@example.vn, via: [mail]}
            """
        let office = try Office.plain(plan: plan, smtp: mail.port, http: FreePort.next(), recipients: people)
        var daemon = try await Program.daemon(office)
        #expect(await mail.sees { $0.contains { $0.data != nil } && $0.contains { $0.refused == 550 } })
        #expect(
            await eventually(within: .seconds(20)) {
                (try? await Self.get(office, "/healthz").status) == "503"
            })
        #expect(try await Program.stop(daemon).status == 0)

        daemon = try await Program.daemon(office)
        let metrics = try await Self.get(office, "/metrics").body
        for (name, wanted) in [("dead", 1), ("unknown", 0), ("to_retry", 1)] {
            #expect(Self.value("remindd_deliveries_\(name)", in: metrics) == Double(wanted), "\(name)")
        }
        #expect(Self.value("remindd_deliveries_total{channel=\"mail\",state=\"dead\",reason=\"refused\"}", in: metrics) == 0)
        let health = try await Self.get(office, "/healthz")
        #expect(health.status == "503")
        #expect(health.body == "deliveries that can still be sent again (1 dead): remindd failed\n")
        #expect(try await Self.get(office, "/readyz").status == "200")
        let status = try await Program.run(["status", "--config", office.configuration]).output
        #expect(status.contains("failed        1 can still be sent again: look at remindd failed"), "\(status)")
        #expect(status.contains("“Ngày mai” (\(noon.written)) → Nguyễn Thị An, lost\n"), "\(status)")
        let json = try await Program.run(["status", "--format", "json", "--config", office.configuration]).output
        #expect(json.contains("\"to_retry\":1,\"next\":[{") && json.contains("\"title\":\"Ngày mai\""), "\(json)")

        let configuration = try String(contentsOfFile: office.configuration, encoding: .utf8)
        try office.folder.write("remindd.yaml", configuration.replacingOccurrences(of: "never@", with: "lost@"))
        let reload = try await Program.run(["reload", "--config", office.configuration])
        #expect(reload.status == 0, "\(reload.errors)")
        let retry = try await Program.run(["failed", "retry", "--campaign", "late", "--config", office.configuration])
        #expect(retry.status == 0, "\(retry.errors)")
        #expect(
            await eventually(within: .seconds(20)) { (try? await Self.get(office, "/healthz").body) == "ok\n" })
        let after = try await Self.get(office, "/metrics").body
        #expect(Self.value("remindd_deliveries_dead", in: after) == 0)
        #expect(try await Program.stop(daemon).status == 0)
    }
}
