import Foundation
import ProgramHarness
import Support
import Testing

/// Runs the real program in a network namespace of its own.
///
/// The test defines all names. All addresses are on this machine.
@Suite("Names that resolve to forbidden addresses")
struct ResolverTests {
    private static let isRoot = getuid() == 0

    /// Names in `resolver.py` with addresses that no webhook may reach.
    static let forbidden = [
        "127-0-0-1.a.test", "127-0-0-53.a.test", "127-255-255-254.a.test", "0-0-0-0.a.test", "10-0-0-1.a.test",
        "10-255-255-254.a.test",
        "100-64-0-1.a.test", "169-254-169-254.a.test", "172-16-0-1.a.test", "172-31-255-254.a.test", "192-0-0-1.a.test",
        "192-0-2-1.a.test",
        "192-168-1-1.a.test", "198-18-0-1.a.test", "198-51-100-1.a.test", "203-0-113-1.a.test", "224-0-0-1.a.test",
        "240-0-0-1.a.test",
        "255-255-255-255.a.test", "0--1.aaaa.test", "0--0.aaaa.test", "fd00--1.aaaa.test", "fd00-ec2--254.aaaa.test",
        "fe80--1.aaaa.test",
        "fec0--1.aaaa.test", "2001-db8--1.aaaa.test", "2002-7f00-1--1.aaaa.test", "64-ff9b--7f00-1.aaaa.test", "100--1.aaaa.test",
        "ff02--1.aaaa.test", "mapped.aaaa.test", "alias.a.test", "127-0-0-1.A.TEST", "127-0-0-1.a.xn--bcher-kva.test",
    ]

    @Test(
        "The program connects to no forbidden address, by name, alias or mapped address, and follows no redirect",
        .enabled(if: isRoot, "needs root for a network of its own"))
    func unreachable() async throws {
        let public6 = "2606-4700--6810-1.aaaa.test"
        let net = try await Self.run((Self.forbidden + [public6]).map { Self.hook($0, "[]") })
        // The program connects only to the public address.
        #expect(net.seen == ["2606:4700::6810:1": 1], "\(net.seen)")
        for (name, answer) in zip(Self.forbidden, net.answers) {
            #expect(answer.contains("is private or reserved, and allow_networks does not hold it"), "\(name): \(answer)")
        }
        print("\(Self.forbidden.count) names that stand for forbidden addresses: \(net.seen.count - 1) connected to")
    }

    @Test(
        "Only public addresses of a name are tried, a changed answer is checked again, and allow_networks opens one range",
        .enabled(if: isRoot, "needs root for a network of its own"))
    func rebinding() async throws {
        let channels = [
            Self.hook("both.a.test", "[]"), Self.hook("then.a.test", "[]"), Self.hook("10-0-0-1.a.test", "[10.0.0.0/8]"),
            Self.hook("192-168-1-1.a.test", "[10.0.0.0/8]"), Self.hook("169-254-169-254.a.test", "[169.254.0.0/16]"),
        ]
        let net = try await Self.run(channels, times: 2)
        // In both runs, the program connects to `both.a.test` and to the address in 10.0.0.0/8. It
        // connects to `then.a.test` only while the name has its first, public address. It does not
        // follow the redirect to 127.0.0.1.
        #expect(net.seen == ["93.184.216.34": 2, "10.0.0.1": 2, "151.101.1.69": 1], "\(net.seen)")
        #expect(net.asked["then.a.test"] == 2, "\(net.asked)")
        #expect(net.answers[1].contains("302") && net.answers[channels.count + 1].contains("allow_networks does not hold it"))
    }

    @Test(
        "Unencrypted mail goes only to this machine and to allow_networks, whatever address the relay's name has",
        .enabled(if: isRoot, "needs root for a network of its own"))
    func inClear() async throws {
        let net = try await Self.run([
            Self.relay("93-184-216-34.a.test", "[10.0.0.0/8]"), Self.relay("192-168-1-1.a.test", "[10.0.0.0/8]"),
            Self.relay("10-0-0-1.a.test", "[10.0.0.0/8]"),
        ])
        #expect(net.seen == ["10.0.0.1": 1], "\(net.seen)")
        for answer in net.answers.prefix(2) { #expect(answer.contains("without TLS mail goes to"), "\(answer)") }
    }

    private static func hook(_ name: String, _ networks: String) -> String {
        "{webhook: {url: \"http://\(name):8088/x\", insecure: true, allow_networks: \(networks)}}"
    }

    private static func relay(_ name: String, _ networks: String) -> String {
        "{email: {server: \"smtp://\(name):8088\", tls: off, from: a@example.vn, allow_networks: \(networks)}}"
    }

    /// The output of `resolver.py`, and the result lines of `send-test` (`answers`).
    ///
    /// `seen` is the number of connections to each address. `asked` is the number of queries for
    /// each name whose address changes.
    private struct Net: Decodable {
        let seen: [String: Int]
        let asked: [String: Int]
        var answers: [String] = []

        private enum CodingKeys: CodingKey {
            case seen, asked
        }
    }

    /// Runs `send-test` `times` times, through all channels. Returns the results in order.
    private static func run(_ channels: [String], times: Int = 1) async throws -> Net {
        let named = channels.enumerated().map { "  c\($0): \($1)" }.joined(separator: "\n")
        let via = channels.indices.map { "c\($0)" }.joined(separator: ", ")
        let folder = try TemporaryFolder()
        try folder.write(
            "remindd.yaml",
            "plans: []\nchannels:\n\(named)\nrecipients:\n  - {id: desk, email: desk@example.vn, via: [\(via)]}\n")
        let peer = PackageRoot.path("Tests/Servers/resolver.py")
        let sends = Array(repeating: "'\(Program.path)' send-test desk --config '\(folder.path("remindd.yaml"))'", count: times)
        let run = try await Subprocess.run(
            ["/usr/bin/python3", peer, "/bin/sh", "-c", sends.joined(separator: "; ")], within: .seconds(120))
        // Leaves out lines with hints, which are indented.
        let lines = run.output.split(separator: "\n").map(String.init).filter { !$0.hasPrefix(" ") }
        #expect(lines.count == channels.count * times + 1, "\(run.output)\n\(run.errors)")
        var net = try JSONDecoder().decode(Net.self, from: Data((lines.last ?? "{}").utf8))
        net.answers = Array(lines.dropLast())
        return net
    }
}
