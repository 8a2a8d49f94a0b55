import Foundation
import Support
import Testing

/// The built program, as a user runs it.
enum Program {
    /// Beside the test bundle, where the package manager puts every product.
    static let path: String = {
        var folder = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
        for _ in 0..<4 {
            let candidate = folder.appendingPathComponent("remindd").path
            if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
            folder.deleteLastPathComponent()
        }
        return PackageRoot.path(".build/debug/remindd")
    }()

    static func run(_ arguments: [String], within limit: Duration = .seconds(60), in folder: String? = nil) async throws
        -> Subprocess.Finished
    {
        try await Subprocess.run([path] + arguments, in: folder, within: limit)
    }

    static func start(_ arguments: [String]) throws -> Subprocess {
        try Subprocess([path] + arguments)
    }
}

/// A folder with a configuration in it, as an administrator has one.
struct Office {
    let folder: TemporaryFolder

    var configuration: String { folder.path("remindd.yaml") }
    var ledger: String { folder.path("ledger.sqlite") }
    var socket: String { folder.path("control.sock") }

    /// The shipped sample with its five plans, sending to these loopback ports.
    static func sample(smtp: UInt16, http: UInt16) throws -> Office {
        let folder = try TemporaryFolder()
        for name in ["plans", "recipients", "working-days"] {
            try FileManager.default.copyItem(atPath: PackageRoot.path("config/\(name)"), toPath: folder.path(name))
        }
        let sample = try String(contentsOfFile: PackageRoot.path("config/remindd.yaml"), encoding: .utf8)
        let server = "smtp://127.0.0.1:2525"
        let url = "http://127.0.0.1:8088/remind"
        #expect(sample.components(separatedBy: server).count == 2)
        #expect(sample.components(separatedBy: url).count == 2)
        try folder.write(
            "remindd.yaml",
            sample.replacingOccurrences(of: server, with: "smtp://127.0.0.1:\(smtp)")
                .replacingOccurrences(of: url, with: "http://127.0.0.1:\(http)/remind") + "\nsocket: control.sock\n")
        return Office(folder: folder)
    }

    /// A small office: one plan, one reader by mail and one by webhook.
    static func small(plan: String, channels: String, recipients: String = Office.twoPeople, more: String = "") throws -> Office {
        let folder = try TemporaryFolder()
        try folder.write("plans/plan.yaml", plan)
        try folder.write(
            "remindd.yaml",
            "ledger: sqlite:ledger.sqlite\nsocket: control.sock\n\(more)channels:\n\(channels)\nrecipients:\n\(recipients)\n")
        return Office(folder: folder)
    }

    static let twoPeople = """
          - {id: an, name: Nguyễn Thị An, email: an@example.vn, via: [mail]}
          - {id: desk, via: [hub]}
        """

    static func plainChannels(smtp: UInt16, http: UInt16) -> String {
        """
          mail: {email: {server: "smtp://127.0.0.1:\(smtp)", tls: off, from: "Nhắc việc <nhac@example.vn>"}}
          hub: {webhook: {url: "http://127.0.0.1:\(http)/remind", allow_networks: [127.0.0.0/8]}}
        """
    }
}

/// One line of `--format json`, by its keys.
struct Line: Decodable {
    let values: [String: String]

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        var values: [String: String] = [:]
        for key in container.allKeys {
            if let text = try? container.decode(String.self, forKey: key) { values[key.stringValue] = text }
        }
        self.values = values
    }

    subscript(_ key: String) -> String { values[key] ?? "" }

    static func all(_ output: String) throws -> [Line] {
        try output.split(separator: "\n").map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
    }
}
