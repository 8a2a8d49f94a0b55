import Foundation
import Support
import Synchronization

/// A scripted server of `Peers/`, on a free port of loopback. It ends with the test, however that goes.
struct Peer {
    /// What it says it saw; each line has some of these.
    struct Line: Decodable {
        let port: Int?
        let connection: Int?
        let opened: Bool?
        let command: String?
        let sender: String?
        let recipient: String?
        let target: String?
        let method: String?
        let headers: [String: String]?
        let data: String?

        var bytes: [UInt8] { data.flatMap { Data(base64Encoded: $0) }.map(Array.init) ?? [] }
    }

    let port: Int
    private let program: Subprocess

    init(_ script: String, _ arguments: [String] = []) async throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Peers/\(script)").path
        program = try Subprocess(["/usr/bin/python3", path] + arguments, input: .leash)
        try await program.hasPrinted("\n")
        port = Self.lines(program.output).compactMap(\.port).first ?? 0
    }

    var lines: [Line] { Self.lines(program.output) }
    var connections: Int { lines.count { $0.opened == true } }
    var mails: [Line] { lines.filter { $0.recipient != nil } }
    var requests: [Line] { lines.filter { $0.target != nil } }

    private static func lines(_ output: String) -> [Line] {
        output.split(separator: "\n").compactMap { try? JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
    }
}

/// What callbacks bring, to be waited for.
final class Collected<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])

    func add(_ value: Value) {
        values.withLock { $0.append(value) }
    }

    var all: [Value] { values.withLock { $0 } }

    /// All, once there are `count` of them.
    func first(_ count: Int = 1, within limit: Duration = .seconds(30)) async throws -> [Value] {
        guard await eventually(within: limit, { all.count >= count }) else {
            throw NotAllCame(description: "\(all.count) of \(count) came: \(all)")
        }
        return all
    }
}

struct NotAllCame: Error, CustomStringConvertible {
    let description: String
}
