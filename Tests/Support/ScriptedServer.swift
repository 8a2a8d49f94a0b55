import Foundation

/// A scripted server of `Tests/Servers` on a free loopback port.
///
/// It ends when the test ends, even if the test process dies.
public struct ScriptedServer: Sendable {
    /// One line of the server's output. A property is nil if the line has no such value.
    public struct Line: Decodable, Sendable {
        public let port: UInt16?
        /// The number of the connection that the line is about.
        public let connection: Int?
        /// Whether the line reports that the connection was opened.
        public let opened: Bool?
        public let command: String?
        public let method: String?
        public let target: String?
        public let headers: [String: String]?
        public let head: String?
        public let id: String?
        public let status: Int?
        public let sender: String?
        public let recipient: String?
        public let accepted: String?
        public let refused: Int?
        public let told: String?
        public let at: Double?
        public let data: String?

        /// The body of a mail or a request; empty if the line has no body.
        public var bytes: [UInt8] { data.flatMap { Data(base64Encoded: $0) }.map(Array.init) ?? [] }
    }

    public let port: UInt16
    private let program: Subprocess

    /// - Parameters:
    ///   - script: the name of a file in `Tests/Servers`.
    ///   - entrance: the words to put before the server's command to run it in another network.
    public init(
        _ script: String, _ arguments: [String] = [], environment: [String: String] = [:], behind entrance: [String] = []
    ) async throws {
        program = try Subprocess(
            entrance + ["/usr/bin/python3", PackageRoot.server(script)] + arguments, input: .leash, environment: environment)
        try await program.hasPrinted("\n")
        port = Self.lines(program.output).first?.port ?? 0
    }

    public var lines: [Line] { Self.lines(program.output) }
    public var connections: Int { lines.count { $0.opened == true } }
    public var mails: [Line] { lines.filter { $0.recipient != nil } }
    public var requests: [Line] { lines.filter { $0.target != nil } }

    /// Waits until the lines fulfil a condition. Returns false if `limit` has passed before.
    public func sees(within limit: Duration = .seconds(20), _ wanted: ([Line]) -> Bool) async -> Bool {
        await eventually(within: limit) { wanted(lines) }
    }

    private static func lines(_ output: String) -> [Line] {
        output.split(separator: "\n").compactMap { try? JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
    }
}
