import Dates
import Foundation
import ProgramHarness
import Scheduler
import Support
import Testing

/// Makes name lookups and connections fail in a network namespace (faults 71, 96 to 102).
@Suite("Faults of names and networks", .serialized, .enabled(if: OwnNetwork.mayMake, "only root can make a network of its own"))
struct NetworkFaultTests {
    private static let everywhere = "[127.0.0.0/8, 10.9.0.0/24, \"fd00:9::/64\"]"

    private static func hub(_ host: String, _ port: UInt16) -> String {
        "{webhook: {url: \"http://\(host):\(port)/remind\", insecure: true, allow_networks: \(everywhere)}}"
    }

    private static func daemon(
        _ office: Office, _ network: OwnNetwork, environment: [String: String] = [:]
    ) async throws -> Subprocess {
        let daemon = try Subprocess(
            network.entrance + [Program.path, "run", "--config", office.configuration], environment: environment)
        try await daemon.hasPrinted("notice: remindd ")
        return daemon
    }

    private static func office(_ channel: String, recipients: String = "  - {id: desk, via: [hub]}", more: String = "") throws
        -> Office
    {
        let noon = Noon()
        return try Office.small(
            plan: noon.plan([("one", "Việc", noon.at(minutes: -1))], notify: "desk"), channels: channel,
            recipients: recipients, more: "plans: plans/\n\(more)")
    }

    /// Runs `send-test` once through `channel`. Returns its output and its duration.
    private static func sendTest(_ channel: String, _ network: OwnNetwork) async throws -> (said: String, seconds: Double) {
        let office = try Self.office(
            "  hub: \(channel)", recipients: "  - {id: desk, email: desk@example.vn, via: [hub]}")
        let clock = ContinuousClock()
        let began = clock.now
        let sent = try await network.run([Program.path, "send-test", "desk", "--config", office.configuration])
        return (sent.output + sent.errors, (clock.now - began) / .seconds(1))
    }

    @Test("If an IPv6 address is silent and an IPv4 address answers, the IPv4 address is used within two seconds (fault 99)")
    func eyeballs() async throws {
        let network = try await OwnNetwork()
        let peer = try await ScriptedServer("receiver.py", environment: ["PEER_ADDRESS": ""], behind: network.entrance)
        try network.name("both.test", is: OwnNetwork.swallowed6, OwnNetwork.reachable)
        let (said, seconds) = try await Self.sendTest(Self.hub("both.test", peer.port), network)
        #expect(said.contains("delivered 204"), "\(said)")
        #expect(seconds < 2)
    }

    @Test("One attempt tries at most eight addresses of a name, by mail and by webhook (finding 31)")
    func manyAddresses() async throws {
        let network = try await OwnNetwork()
        try network.name("many.test", are: (2...61).map { "127.0.0.\($0)" })
        let mail =
            "{email: {server: \"smtp://many.test:8088\", tls: off, allow_networks: \(Self.everywhere), from: a@example.vn}}"
        for channel in [mail, Self.hub("many.test", 8_088)] {
            let office = try Self.office(
                "  hub: \(channel)", recipients: "  - {id: desk, email: desk@example.vn, via: [hub]}")
            let trace = office.folder.path("trace")
            let sent = try await network.run(
                ["strace", "-f", "-qq", "-yy", "-e", "trace=connect", "-o", trace, Program.path, "send-test", "desk", "--config"]
                    + [office.configuration])
            #expect(sent.output.contains("not sent"), "\(sent.output)\(sent.errors)")
            // Counts only TCP sockets. To sort the addresses, glibc also connects a datagram socket
            // to each address.
            let tries = office.folder.text("trace").split(separator: "\n").count {
                $0.contains("htons(8088)") && $0.contains("<TCP")
            }
            #expect((1...8).contains(tries), "\(tries)")
        }
    }

    @Test(
        "A connection to an address that drops packets is given up after ten seconds, by mail and by webhook (fault 100)")
    func swallowed() async throws {
        let network = try await OwnNetwork()
        let mail =
            "{email: {server: \"smtp://\(OwnNetwork.swallowed):2525\", tls: off, allow_networks: \(Self.everywhere), from: a@example.vn}}"
        async let byMail = Self.sendTest(mail, network)
        async let byHook = Self.sendTest(Self.hub(OwnNetwork.swallowed, 8_088), network)
        for (said, seconds) in try await [byMail, byHook] {
            #expect(said.contains("not sent"), "\(said)")
            #expect((9..<13).contains(seconds), "\(seconds)")
        }
    }

    @Test(
        "If the resolver fails or is silent, deliveries end in seconds as not sent, and lookup threads are limited (fault 97)")
    func silentResolver() async throws {
        let network = try await OwnNetwork()
        let names = try await ScriptedServer("names.py", ["/nonexistent"], behind: network.entrance)
        let failed = try await Self.sendTest(Self.hub("servfail.test", 8_088), network)
        #expect(failed.said.contains("not sent") && failed.seconds < 8, "\(failed)")
        let silent = try await Self.sendTest(Self.hub("silent.test", 8_088), network)
        #expect(silent.said.contains("not sent"), "\(silent)")
        #expect((4..<8).contains(silent.seconds), "a lookup has five seconds: \(silent)")
        #expect(names.lines.contains { $0.told == "silent.test" })

        let people = (0..<60).map { "r\($0)" }
        let noon = Noon()
        let office = try Office.small(
            plan: noon.plan([("one", "Việc", noon.at(minutes: -1))], notify: people.joined(separator: ", ")),
            channels: "  hub: \(Self.hub("silent.test", 8_088))",
            recipients: people.map { "  - {id: \($0), via: [hub]}" }.joined(separator: "\n"), more: "plans: plans/\n")
        let daemon = try await Self.daemon(office, network)
        var most = 0
        for _ in 0..<60 {
            most = max(most, (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(daemon.pid)/task"))?.count ?? 0)
            try await Task.sleep(for: .milliseconds(100))
        }
        #expect((10..<40).contains(most), "\(most) threads")
        print("60 deliveries to a silent resolver: \(most) threads at most")
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test("If a name no longer resolves, an alert is sent after an hour; deliveries are retried until they arrive (fault 96)")
    func noSuchName() async throws {
        let network = try await OwnNetwork()
        let folder = try TemporaryFolder()
        try folder.write("gone", "")
        let names = try await ScriptedServer("names.py", [folder.path("gone")], behind: network.entrance)
        let peer = try await ScriptedServer("receiver.py", behind: network.entrance)
        let clock = try await ShiftedClock()
        let office = try Self.office(
            "  hub: \(Self.hub("nx.test", peer.port))\n  sure: \(Self.hub("127.0.0.1", peer.port))",
            recipients: "  - {id: desk, via: [hub]}\n  - {id: admin, via: [sure]}", more: "alerts: {to: [admin]}\n")
        let daemon = try await Self.daemon(
            office, network,
            environment: clock.environment.merging(["WATCHDOG_USEC": "1000000", "SHIFTED_BOOT_CLOCK": "1"]) { $1 })
        try await daemon.hasPrinted("not sent")
        #expect(names.lines.contains { $0.told == "nx.test" })
        try await Task.sleep(for: .seconds(1))
        #expect(peer.lines.count { $0.status == 204 } == 0)
        clock.set(seconds: 3_700)
        #expect(await peer.sees(within: .seconds(30)) { $0.contains { $0.status == 204 } }, "the alert: \(daemon.errors)")
        let alert = String(decoding: peer.lines.first { $0.data != nil }?.bytes ?? [], as: UTF8.self)
        #expect(alert.contains("\"type\":\"alert\"") && alert.contains("hub"), "\(alert)")
        unlink(folder.path("gone"))
        clock.set(seconds: 3 * 3_600)
        try await daemon.hasPrinted("delivered 204: trial/one")
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test("Each connection looks up the name anew, so that it finds a mail server that has moved (fault 71)")
    func movedServer() async throws {
        let network = try await OwnNetwork()
        let peer = try await ScriptedServer(
            "mail.py", environment: ["PEER_ADDRESS": "0.0.0.0", "PEER_PORT": "2525"], behind: network.entrance)
        try network.name("relay.test", is: "127.0.0.2")
        let office = try Self.office(
            "  hub: {email: {server: \"smtp://relay.test:2525\", tls: off, allow_networks: \(Self.everywhere), from: a@example.vn}}",
            recipients: "  - {id: desk, email: move@example.vn, via: [hub]}")
        let daemon = try await Self.daemon(office, network)
        #expect(await peer.sees { $0.contains { $0.data != nil } })
        try network.name("relay.test", is: "127.0.0.3")
        try await daemon.hasPrinted("delivered 250")
        #expect(peer.lines.filter { $0.data != nil }.compactMap(\.told) == ["127.0.0.2", "127.0.0.3"])
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test("While a network link is down, deliveries stay pending; they are sent when the link is up again (fault 101)")
    func linkDown() async throws {
        let network = try await OwnNetwork()
        let peer = try await ScriptedServer("receiver.py", environment: ["PEER_ADDRESS": "0.0.0.0"], behind: network.entrance)
        try await network.ip(["link", "set", "lo", "down"])
        let office = try Self.office("  hub: \(Self.hub("127.0.0.1", peer.port))")
        let daemon = try await Self.daemon(office, network)
        try await daemon.hasPrinted("not sent")
        #expect(peer.lines.allSatisfy { $0.status == nil })
        try await network.ip(["link", "set", "lo", "up"])
        #expect(await peer.sees(within: .seconds(10)) { $0.contains { $0.status == 204 } })
        #expect(try await Program.stop(daemon).status == 0)
        #expect(try await Program.history(office).first?.attempts.map(\.outcome) == ["not sent", "delivered"])
    }

    @Test(
        "If there are only two local ports, deliveries that get none are sent later over an open connection (fault 102)"
    )
    func fewPorts() async throws {
        let network = try await OwnNetwork()
        let peer = try await ScriptedServer("receiver.py", environment: ["PEER_ADDRESS": "0.0.0.0"], behind: network.entrance)
        let limited = try await network.run(["sh", "-c", "echo 40000 40001 > /proc/sys/net/ipv4/ip_local_port_range"])
        #expect(limited.status == 0, "\(limited.errors)")
        let people = (0..<6).map { "r\($0)" }
        let noon = Noon()
        let office = try Office.small(
            plan: noon.plan([("one", "Việc", noon.at(minutes: -1))], notify: people.joined(separator: ", ")),
            channels: "  hub: \(Self.hub("127.0.0.1", peer.port))",
            recipients: people.map { "  - {id: \($0), via: [hub]}" }.joined(separator: "\n"), more: "plans: plans/\n")
        let daemon = try await Self.daemon(office, network)
        #expect(await peer.sees(within: .seconds(30)) { $0.count { $0.status == 204 } == people.count })
        #expect(try await Program.stop(daemon).status == 0)
        let history = try await Program.history(office)
        #expect(history.allSatisfy { $0.state == "delivered" }, "\(history) \(peer.lines)")
        #expect(history.contains { $0.attempts.first?.outcome == "not sent" }, "all six found a port")
        #expect(Set(peer.lines.compactMap(\.id)).count == people.count && peer.lines.compactMap(\.id).count == people.count)
    }
}
