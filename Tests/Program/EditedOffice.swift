import Foundation
import Ledgers
import ProgramHarness
import Support
import Testing

@testable import Dates
@testable import Plans
@testable import Scheduler

/// The body of a request to a webhook.
struct HookCall: Decodable {
    struct Content: Decodable {
        let recipient: String
        let lead: String
        let subject: String
        let start: String
        let end: String
        let late: Bool
    }

    let type: String
    let data: Content

    /// A summary such as `an: 30 days before 2027-06-01 to 2027-06-30`.
    var words: String { "\(data.recipient): \(data.lead) \(data.start) to \(data.end)" }
}

extension ScriptedServer {
    var hooks: [HookCall] {
        lines.compactMap { line in
            line.status == 204 ? try? JSONDecoder().decode(HookCall.self, from: Data(line.bytes)) : nil
        }
    }

    func hears(within limit: Duration = .seconds(30), _ wanted: ([HookCall]) -> Bool) async -> Bool {
        await eventually(within: limit) { wanted(hooks) }
    }
}

/// An office whose plan, lists and channels can be changed while its daemon runs.
struct EditedOffice {
    let office: Office
    let port: UInt16
    /// The first day of the campaign.
    ///
    /// It is 20 days ahead, so the lead `30 days before` is due immediately.
    let start: Day

    init(port: UInt16, recipients: Int, rate: String? = nil) throws {
        self.port = port
        start = Zone.utc.civil(at: Instant(seconds: Int64(time(nil)))).day + 20
        office = try Office.small(plan: "", channels: "  {}", recipients: "  []", more: "plans: plans/\n")
        try list(recipients)
        try configure(["hub": port], rate: rate)
        try plan()
    }

    /// Writes the file of recipients with the first `count` recipients.
    func list(_ count: Int, via: String = "hub") throws {
        let rows = (0..<count).map { "r\($0),\(via)\n" }.joined()
        try office.folder.write("all.csv", "id,via\n" + rows)
    }

    /// Writes a configuration with these channels. The values are ports on the loopback interface.
    func configure(_ channels: [String: UInt16], rate: String? = nil, more: String = "") throws {
        let lines = channels.sorted { $0.key < $1.key }.map { name, port in
            let limit = rate.map { ", rate: \($0)" } ?? ""
            return """
                  \(name): {webhook: {url: "http://127.0.0.1:\(port)/remind", allow_networks: [127.0.0.0/8]\(limit)\(more)}}

                """
        }
        try office.folder.write(
            "remindd.yaml",
            "ledger: sqlite:ledger.sqlite\nsocket: control.sock\nplans: plans/\nchannels:\n\(lines.joined())"
                + "recipients: []\ngroups: {all: {file: all.csv}}\n")
    }

    /// Writes a plan with the campaign and nine other campaigns that are always the same.
    ///
    /// - Parameters:
    ///   - when: the campaign's dates; nil to remove the campaign, and `.some(nil)` to use its
    ///     first dates.
    func plan(
        when: String?? = .some(nil), lead: String = "30 days before", campaign: String = "c", more: String = "",
        notify: String = "all"
    ) throws {
        let phrase: String? =
            switch when {
            case .some(.none): "\(start) - \(start + 10)"
            case .some(.some(let phrase)): phrase
            case .none: nil
            }
        let others = (1...9).map { "  - {id: other-\($0), title: Việc \($0), when: 2099-01-0\($0)}\n" }.joined()
        let own = phrase.map { "  - {id: \(campaign), title: Trại hè, when: \"\($0)\"\(more)}\n" } ?? ""
        try office.writePlan(
            "plan: p\ntitle: Kế hoạch\ntimezone: UTC\nlanguage: vi\nnotify: [\(notify)]\nremind: [\(lead)]\nrest_days: send\ncampaigns:\n\(own)\(others)"
        )
    }

    func takeOut() throws { try plan(when: nil) }

    @discardableResult
    func reload(_ more: [String] = ["--confirm"]) async throws -> Subprocess.Finished {
        try await Program.run(["reload", "--config", office.configuration] + more)
    }

    /// Returns the output of `check`.
    func check(_ more: [String] = []) async throws -> String {
        let check = try await Program.run(["check", "--config", office.configuration] + more)
        #expect(check.status == 0, "\(check.errors)")
        return check.output
    }

    /// Returns the recipient and the state of each delivery in `history`, such as `r1 delivered`.
    func states() async throws -> [String] {
        try await Program.history(office, ["--limit", "100000"]).filter { $0.recipient != nil }.map {
            "\($0.recipient!) \($0.state)"
        }
    }
}
