import Foundation
import Support
import Testing

/// A folder with a configuration, as an administrator would set it up.
package struct Office {
    package let folder: TemporaryFolder

    package init(folder: TemporaryFolder) { self.folder = folder }

    package var configuration: String { folder.path("remindd.yaml") }
    package var ledger: String { folder.path("ledger.sqlite") }
    package var socket: String { folder.path("control.sock") }

    /// Makes an office with the shipped sample configuration and its five plans.
    ///
    /// The office sends to these ports on the loopback interface.
    package static func sample(smtp: UInt16, http: UInt16) throws -> Office {
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

    /// Makes a small office. By default, one recipient gets mail and one gets webhook requests.
    package static func small(plan: String, channels: String, recipients: String = Office.twoPeople, more: String = "") throws
        -> Office
    {
        let folder = try TemporaryFolder()
        try folder.write("plans/plan.yaml", plan)
        try folder.write(
            "remindd.yaml",
            "ledger: sqlite:ledger.sqlite\nsocket: control.sock\n\(more)channels:\n\(channels)\nrecipients:\n\(recipients)\n")
        return Office(folder: folder)
    }

    package static let twoPeople = """
          - {id: an, name: Nguyễn Thị An, email: an@example.vn, via: [mail]}
          - {id: desk, via: [hub]}
        """

    package static func plainChannels(smtp: UInt16, http: UInt16) -> String {
        """
          mail: {email: {server: "smtp://127.0.0.1:\(smtp)", tls: off, from: "Nhắc việc <nhac@example.vn>"}}
          hub: {webhook: {url: "http://127.0.0.1:\(http)/remind", allow_networks: [127.0.0.0/8]}}
        """
    }
}

extension Office {
    /// Makes an office with one plan and channels without TLS. By default, it has two recipients.
    package static func plain(plan: String, smtp: UInt16, http: UInt16, recipients: String = Office.twoPeople) throws -> Office {
        try small(plan: plan, channels: plainChannels(smtp: smtp, http: http), recipients: recipients, more: "plans: plans/\n")
    }

    /// The bytes of the ledger's main file.
    package var ledgerBytes: [UInt8] { FileManager.default.contents(atPath: ledger).map(Array.init) ?? [] }

    package func writePlan(_ text: String) throws { try folder.write("plans/plan.yaml", text) }
}
