import Foundation
import ProgramHarness
import Support
import Testing

/// Tests the alert rules of Prometheus and the dashboard of Grafana in config/monitoring.
@Suite("Files for Prometheus and Grafana")
struct MonitoringFilesTests {
    private static let rules = PackageRoot.path("config/monitoring/remindd.rules.yml")
    private static let dashboard = PackageRoot.path("config/monitoring/grafana-dashboard.json")

    private static func promtool(_ arguments: [String]) async throws {
        let check = try await Subprocess.run([requires("promtool")] + arguments)
        #expect(check.status == 0, "\(check.output)\(check.errors)")
    }

    /// Returns the values of all members `expr` in a JSON value.
    private static func expressions(in value: Any) -> [String] {
        if let list = value as? [Any] { return list.flatMap(expressions) }
        guard let object = value as? [String: Any] else { return [] }
        return (object["expr"] as? String).map { [$0] } ?? [] + object.values.flatMap(expressions)
    }

    private static func ownExpressions() throws -> [String] {
        let json = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: dashboard)))
        return expressions(in: json)
    }

    @Test("promtool accepts the alert rules, and every expression of the dashboard")
    func syntax() async throws {
        try await Self.promtool(["check", "rules", Self.rules])
        let expressions = try Self.ownExpressions()
        #expect(expressions.count > 15)
        let folder = try TemporaryFolder()
        let recorded = expressions.enumerated().map { number, expression in
            let valid = expression.replacing("$__rate_interval", with: "5m").replacing("$job", with: "remindd")
            return "      - {record: 'panel:\(number)', expr: '\(valid)'}\n"
        }
        let file = try folder.write("panels.yml", "groups:\n  - name: panels\n    rules:\n" + recorded.joined())
        try await Self.promtool(["check", "rules", file])
    }

    @Test("Alerts fire for a dead delivery, a paused channel and a stopped daemon, and none fires while all is well")
    func alerts() async throws {
        let folder = try TemporaryFolder()
        let labels = "instance='office', job='remindd'"
        let test = """
            rule_files: ['\(Self.rules)']
            evaluation_interval: 1m
            tests:
              - interval: 1m
                input_series:
                  - {series: "remindd_build_info{\(labels)}", values: '1x200'}
                  - {series: "remindd_looked_until_timestamp_seconds{\(labels)}", values: '0+60x200'}
                  - {series: "remindd_deliveries_to_retry{\(labels)}", values: '0x60 1x140'}
                  - {series: "remindd_deliveries_total{\(labels), channel='mail', state='dead', reason='refused'}", values: '0x60 1x140'}
                  - {series: "remindd_breaker_open{\(labels), channel='mail'}", values: '0x60 1x140'}
                  - {series: "remindd_clock_held{\(labels)}", values: '0x200'}
                  - {series: "remindd_campaigns{\(labels)}", values: '3x200'}
                  - {series: "remindd_next_due_timestamp_seconds{\(labels)}", values: '100000x200'}
                alert_rule_test:
            \(Self.names.map { "      - {eval_time: 50m, alertname: \($0), exp_alerts: []}" }.joined(separator: "\n"))
                  - eval_time: 90m
                    alertname: ReminddDeliveriesFailed
                    exp_alerts:
                      - exp_labels: {severity: warning, instance: office, job: remindd}
                        exp_annotations:
                          summary: 1 reminders did not arrive and can still be sent again
                          description: "Run: remindd failed; correct the address or the channel; remindd failed retry ID"
                  - eval_time: 90m
                    alertname: ReminddChannelPaused
                    exp_alerts:
                      - exp_labels: {severity: warning, instance: office, job: remindd, channel: mail}
                        exp_annotations:
                          summary: Channel mail fails and is paused
                          description: "Run: remindd status; remindd send-test RECIPIENT --via mail"
                  - eval_time: 90m
                    alertname: ReminddDeliveriesLost
                    exp_alerts:
                      - exp_labels: {severity: warning, instance: office, job: remindd, channel: mail}
                        exp_annotations:
                          summary: Channel mail gave up deliveries in the last hour
                          description: "Run: remindd failed"
              - interval: 1m
                input_series: [{series: "up{\(labels)}", values: '1x30'}]
                alert_rule_test:
                  - eval_time: 20m
                    alertname: ReminddDown
                    exp_alerts:
                      - exp_labels: {severity: critical}
                        exp_annotations:
                          summary: remindd does not answer
                          description: "Nobody has read the metrics of remindd for ten minutes. Run: systemctl status remindd"

            """
        try await Self.promtool(["test", "rules", try folder.write("test.yml", test)])
    }

    private static let names = [
        "ReminddDown", "ReminddNotEvaluating", "ReminddClockHeld", "ReminddLedgerFull", "ReminddLedgerHeld",
        "ReminddChannelPaused", "ReminddDeliveriesFailed", "ReminddDeliveriesLost", "ReminddRemindersMissed",
        "ReminddRemindersToNobody", "ReminddDeliveriesLate", "ReminddDeliveriesWaiting", "ReminddReloadRefused",
        "ReminddFilesNotReloaded", "ReminddTroubles", "ReminddNothingToCome",
    ]

    @Test("Every metric and every state that the rules and the dashboard name is in the output of the program")
    func names() async throws {
        let rules = try String(contentsOfFile: Self.rules, encoding: .utf8)
        #expect(Self.names.allSatisfy { rules.contains("alert: \($0)\n") })
        #expect(rules.components(separatedBy: "- alert: ").count - 1 == Self.names.count)
        let noon = Noon()
        let office = try Office.plain(
            plan: noon.plan([("next", "Ngày mai", noon.at(minutes: 90))]), smtp: FreePort.next(), http: FreePort.next())
        let daemon = try await Program.daemon(office)
        let metrics = try await MetricsTests.get(office, "/metrics").body
        #expect(try await Program.stop(daemon).status == 0)
        // A family whose series begin with the first attempt has only its TYPE line.
        let known = Set(metrics.matches(of: /(?m)^(?:# TYPE )?([a-z_]+)/).map(\.output.1))
        let text = try Self.ownExpressions().joined(separator: "\n") + rules
        let named = Set(text.matches(of: /\b(?:remindd|process)_[a-z_]+/).map(\.output))
        #expect(named.count >= 20)
        #expect(named.subtracting(known).isEmpty)
        let states = Set(text.matches(of: /state="([a-z ]+)"/).map(\.output.1))
        #expect(states.count >= 3)
        for state in states { #expect(metrics.contains("state=\"\(state)\""), "\(state)") }
    }
}
