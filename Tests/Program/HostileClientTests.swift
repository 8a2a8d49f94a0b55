import Foundation
import ProgramHarness
import Support
import Testing

/// Tests the real program's control socket with the clients of `Tests/Endurance/hostile.py`.
///
/// `make hostile` measures the effect of the same clients on the release build.
@Suite("Hostile clients on the control socket", .serialized)
struct HostileClientTests {
    private struct Figures: Decodable {
        struct Single: Decodable {
            let what: String
            let status: Statuses
            let expected: Statuses
            let ms: Double?
            let cpu_ms: Double?
        }

        /// One HTTP status or a list of them, because `hostile.py` writes either.
        enum Statuses: Decodable, Equatable {
            case one(Int?)
            case several([Int])

            init(from decoder: any Decoder) throws {
                let value = try decoder.singleValueContainer()
                if let several = try? value.decode([Int].self) {
                    self = .several(several)
                } else {
                    self = .one(try value.decode(Int?.self))
                }
            }
        }

        let asked: Int
        let unanswered: Int
        /// The median time of a status request, in milliseconds.
        let status_ms: Double?
        /// The maximum time of a status request, in milliseconds.
        let status_ms_most: Double?
        let resident_mib: Double
        let stopped_after_ms: Int?
        let none_left_after_s: Double?
        let limit_s: Double?
        let requests: [Single]?
        let answers: [String: Int]?
        let cpu_ms_of_2_s: Double?
        let answers_again_after_ms: Int?
    }

    /// The factor by which a debug build may exceed the limits of the goals.
    ///
    /// A debug build uses ten times the processor time. The goals apply to the release build, on a
    /// machine without other work. docs/evidence/endurance.md has the figures of the release build.
    private static let factor = 10.0

    /// The arguments that reduce the number of clients; empty to run all clients.
    ///
    /// A debug build needs seconds to fill the buffers of two hundred clients, so a fifth of them
    /// is enough.
    private static func share(_ row: String) -> [String] { row == "never-read" ? ["--share", "5"] : [] }

    private static func office() throws -> Office {
        let noon = Noon()
        return try Office.plain(
            plan: noon.plan([("next", "Ngày hội", noon.at(minutes: 90))]), smtp: FreePort.next(), http: FreePort.next())
    }

    private static func run(_ row: String, _ office: Office, _ daemon: Subprocess, _ more: [String] = []) async throws -> Figures
    {
        let clients = try await Subprocess(
            ["/usr/bin/python3", PackageRoot.path("Tests/Endurance/hostile.py"), row, office.socket, "\(daemon.pid)"] + more
        ).finish(within: .seconds(90))
        print(clients.output, terminator: "")
        #expect(clients.status == 0, "\(clients.errors)")
        return try JSONDecoder().decode(Figures.self, from: Data(clients.output.utf8))
    }

    @Test(
        "Despite hostile clients status answers, memory stays under 64 MiB, and SIGTERM takes 2 s at most (faults 119, 161, 162, 163)",
        arguments: ["slow-heads", "slow-bodies", "no-bodies", "idle", "never-read", "large", "refused", "at-once", "order"])
    func beside(row: String) async throws {
        let office = try Self.office()
        let daemon = try await Program.daemon(office)
        let found = try await Self.run(row, office, daemon, ["--stop"] + Self.share(row))
        let ended = try await daemon.finish(within: .seconds(10))
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(found.stopped_after_ms ?? .max <= 2_000)
        #expect(found.resident_mib <= 64)
        #expect(found.status_ms_most ?? .infinity <= 100 * Self.factor, "with \(found.unanswered) of \(found.asked) unanswered")
        for single in found.requests ?? [] {
            #expect(single.status == single.expected, "\(single.what)")
            #expect(single.ms ?? 0 <= 100 * Self.factor && single.cpu_ms ?? 0 <= 50 * Self.factor, "\(single.what)")
        }
        if row == "at-once" {
            #expect(found.answers?.keys.allSatisfy { ["200", "503"].contains($0) } == true)
            #expect(found.answers?.values.reduce(0, +) == 1_000)
        }
    }

    @Test("Connections of clients that are slow, silent or do not read are closed at their time limit (fault 164)")
    func closed() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for row in ["slow-heads", "slow-bodies", "no-bodies", "idle", "never-read"] {
                group.addTask {
                    let office = try Self.office()
                    let daemon = try await Program.daemon(office)
                    let found = try await Self.run(row, office, daemon, Self.share(row))
                    // Allows five more seconds, because of other work on the machine.
                    #expect(found.none_left_after_s ?? .infinity <= (found.limit_s ?? 0) + 5, "\(row)")
                    #expect(try await Program.stop(daemon).status == 0)
                }
            }
            try await group.waitForAll()
        }
    }

    @Test(
        "Clients that hold every file descriptor do not make the daemon spin, and it answers when they have gone (fault 114)"
    )
    func descriptors() async throws {
        let office = try Self.office()
        let daemon = try Subprocess(["prlimit", "--nofile=36:36", Program.path, "run", "--config", office.configuration])
        #expect(await eventually(within: .seconds(10)) { FileManager.default.fileExists(atPath: office.socket) })
        let found = try await Self.run("descriptors", office, daemon)
        #expect(found.cpu_ms_of_2_s ?? .infinity <= 50 * Self.factor)
        #expect(found.answers_again_after_ms ?? .max <= Int(1_500 * Self.factor))
        #expect(daemon.errors.contains("the control socket takes no connection for a moment: Too many open files"))
        #expect(try await Program.stop(daemon).status == 0)
    }

    @Test("A file at the path of the socket stays unchanged, and reminders are sent all the same (fault 165)")
    func fileInTheWay() async throws {
        let peer = try await ScriptedServer("receiver.py")
        let noon = Noon()
        let office = try Office.plain(
            plan: noon.plan([("late", "Ngày hội", noon.at(minutes: -2))], notify: "desk"), smtp: FreePort.next(), http: peer.port)
        try office.folder.write("control.sock", "what somebody wrote\n")
        let daemon = try await Program.daemon(office)
        try await daemon.hasPrinted("it is a file, not a socket: it is not touched")
        #expect(await peer.sees { $0.contains { $0.status == 204 } })
        let status = try await Program.run(["status", "--config", office.configuration])
        #expect(status.status == 1 && status.errors.contains("is a file, not a socket"), "\(status.errors)")
        #expect(try await Program.stop(daemon).status == 0)
        #expect(office.folder.text("control.sock") == "what somebody wrote\n")
    }
}
