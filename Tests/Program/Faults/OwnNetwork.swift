import Foundation
import Support

/// A network namespace for one test (ip-netns(8)). Only root can make it.
///
/// The namespace has its own loopback interface, its own host names, and addresses that drop all
/// packets.
final class OwnNetwork: Sendable {
    static let mayMake = getuid() == 0

    private let name: String
    /// The folder with files that `ip netns exec` mounts over the files in /etc.
    private var etc: String { "/etc/netns/\(name)" }

    /// The address of one end of a pair of interfaces in the namespace.
    static let reachable = "10.9.0.1"
    /// An address that belongs to no interface. Packets to it are lost without an error.
    static let swallowed = "10.9.0.2"
    /// An IPv6 address that belongs to no interface. Packets to it are lost without an error.
    static let swallowed6 = "fd00:9::2"

    init() async throws {
        name = "remindd-\(getpid())-\(UInt32.random(in: .min ... .max))"
        try await Self.ip("netns", "add", name)
        try FileManager.default.createDirectory(atPath: etc, withIntermediateDirectories: true)
        for (file, text) in [
            ("resolv.conf", "nameserver 127.0.0.1\noptions timeout:30 attempts:1\n"), ("nsswitch.conf", "hosts: files dns\n"),
            ("hosts", "127.0.0.1 localhost\n"),
        ] { try Data(text.utf8).write(to: URL(fileURLWithPath: "\(etc)/\(file)")) }
        let dead = ["lladdr", "02:00:00:00:00:99", "dev", "near", "nud", "permanent"]
        for step in [
            ["link", "set", "lo", "up"], ["link", "add", "near", "type", "veth", "peer", "name", "far"],
            ["link", "set", "near", "up"], ["link", "set", "far", "up"],
            ["address", "add", "\(Self.reachable)/24", "dev", "near"],
            ["address", "add", "fd00:9::1/64", "dev", "near", "nodad"],
            ["neighbour", "add", Self.swallowed] + dead, ["neighbour", "add", Self.swallowed6] + dead,
        ] { try await ip(step) }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: etc)
        guard let deletion = try? Subprocess(["ip", "netns", "delete", name]) else { return }
        var status: Int32 = 0
        waitpid(deletion.pid, &status, 0)
    }

    /// Runs `ip` in the namespace.
    func ip(_ arguments: [String]) async throws { try await Self.ip(["-n", name] + arguments) }

    private static func ip(_ arguments: String...) async throws { try await ip(arguments) }

    private static func ip(_ arguments: [String]) async throws {
        let ended = try await Subprocess.run(["ip"] + arguments)
        guard ended.status == 0 else { throw Subprocess.NotStarted(description: "ip \(arguments): \(ended.errors)") }
    }

    /// The command prefix that runs a command in the namespace.
    var entrance: [String] { ["ip", "netns", "exec", name] }

    func run(_ command: [String]) async throws -> Subprocess.Finished {
        try await Subprocess.run(entrance + command, within: .seconds(60))
    }

    /// Changes the addresses of a host name.
    ///
    /// The file is overwritten in place, because it is mounted over /etc/hosts for programs that
    /// are already running.
    func name(_ host: String, is addresses: String...) throws { try name(host, are: addresses) }

    func name(_ host: String, are addresses: [String]) throws {
        let text = "127.0.0.1 localhost\n" + addresses.map { "\($0) \(host)\n" }.joined()
        let file = FileHandle(forWritingAtPath: "\(etc)/hosts")
        try file?.truncate(atOffset: 0)
        try file?.write(contentsOf: Data(text.utf8))
        try file?.close()
    }
}
