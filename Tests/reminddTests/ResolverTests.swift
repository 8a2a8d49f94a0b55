import Foundation
import Support
import Testing

@testable import remindd

/// The real program in a network where every name is ours and every address is on this machine.
@Suite("Names that stand for forbidden addresses (inputs 61 to 64, 66 to 68)")
struct ResolverTests {
    private static let isRoot = getuid() == 0

    /// Names of `Peers/resolver.py` that stand for what no webhook may reach.
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
        "No connection: by any of them, by an alias, by a mapped address; and a redirect is not followed",
        .enabled(if: isRoot, "needs root for a network of its own"))
    func unreachable() async throws {
        let seen = try await Self.connections(to: Self.forbidden.map { ($0, "[]") })
        #expect(seen.isEmpty, "\(seen)")
        print("\(Self.forbidden.count) names that stand for forbidden addresses: \(seen.values.reduce(0, +)) connections")
    }

    @Test(
        "Of a public and a private address only the public one is tried; a name that changes its mind gains nothing; allow_networks opens one range only",
        .enabled(if: isRoot, "needs root for a network of its own"))
    func rebinding() async throws {
        let names =
            [("both.a.test", "[]")] + Array(repeating: ("then.a.test", "[]"), count: 4) + [
                ("10-0-0-1.a.test", "[10.0.0.0/8]"), ("192-168-1-1.a.test", "[10.0.0.0/8]"),
                ("169-254-169-254.a.test", "[169.254.0.0/16]"),
            ]
        let seen = try await Self.connections(to: names)
        // `both` once, `then` by its first answer; the redirect that each gets, to 127.0.0.1, is not followed.
        #expect(seen["127.0.0.1"] == nil && seen["192.168.1.1"] == nil && seen["169.254.169.254"] == nil, "\(seen)")
        #expect(seen["10.0.0.1"] == 1)
        #expect((seen["93.184.216.34"] ?? 0) >= 1, "\(seen)")
    }

    /// One channel each; `send-test` goes through all of them.
    private static func connections(to names: [(name: String, networks: String)]) async throws -> [String: Int] {
        let channels = names.enumerated().map { index, entry in
            "  c\(index): {webhook: {url: \"http://\(entry.name):8088/x\", insecure: true, allow_networks: \(entry.networks)}}"
        }
        let via = names.indices.map { "c\($0)" }.joined(separator: ", ")
        let folder = try TemporaryFolder()
        try folder.write(
            "remindd.yaml",
            "plans: []\nchannels:\n\(channels.joined(separator: "\n"))\nrecipients:\n  - {id: desk, via: [\(via)]}\n")
        let peer = PackageRoot.path("Tests/reminddTests/Peers/resolver.py")
        let run = try await Subprocess.run(
            ["/usr/bin/python3", peer, Program.path, "send-test", "desk", "--config", folder.path("remindd.yaml")],
            within: .seconds(120))
        let answers = run.output.split(separator: "\n")
        #expect(answers.count == names.count + 1, "\(run.output)\n\(run.errors)")
        return try JSONDecoder().decode([String: Int].self, from: Data((answers.last ?? "{}").utf8))
    }
}
