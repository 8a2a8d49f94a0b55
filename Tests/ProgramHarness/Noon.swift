import Foundation
import Scheduler
import Support
import Testing

@testable import JSON

/// A moment near noon, whatever the time: a zone of whole hours is chosen so that a test that runs at midnight does not
/// meet two days.
struct Noon {
    /// Such as `Etc/GMT-7`; the sign is POSIX's.
    let zone: String
    let today: Day
    /// East of Greenwich.
    private let hours: Int
    private let minutes: Int
    private let second: Int

    /// Now.
    init() {
        let seconds = Int(time(nil))
        hours = 12 - seconds / 3_600 % 24
        zone = hours == 0 ? "Etc/GMT" : "Etc/GMT\(hours > 0 ? "-" : "+")\(abs(hours))"
        let local = seconds + hours * 3_600
        today = Day(number: local / 86_400)
        minutes = local % 86_400 / 60
        second = local % 60
    }

    /// The time of day so many minutes from now: `"12:07"`, with its quotes.
    func at(minutes ahead: Int) -> String {
        let (hour, minute) = ((minutes + ahead) / 60, (minutes + ahead) % 60)
        return "\"\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)\""
    }

    /// The next full minute that is at least `seconds` away, as `at` has it.
    func nextMinute(atLeast seconds: Int) -> String {
        at(minutes: 60 - second > seconds ? 1 : 2)
    }

    /// `15/04/2027`.
    var written: String {
        let (year, month, day) = today.fields
        return "\(day < 10 ? "0" : "")\(day)/\(month < 10 ? "0" : "")\(month)/\(year)"
    }

    /// An instant by this zone's wall clock.
    func instant(_ day: Day, second: Int) -> Instant {
        Instant(seconds: Int64(day.number) * 86_400 + Int64(second - hours * 3_600))
    }

    /// A plan whose campaigns are all today; of each, `at` as `at(minutes:)` gives it.
    func plan(_ campaigns: [(id: String, title: String, at: String)], notify: String = "an, desk", id: String = "trial") -> String
    {
        let entries = campaigns.map { campaign in
            """
              - id: \(campaign.id)
                title: \(JSONText.quoted(campaign.title))
                when: \(today)
                remind: [{when: on the day, at: \(campaign.at)}]

            """
        }
        return "plan: \(id)\ntitle: Kế hoạch thử\ntimezone: \(zone)\nnotify: [\(notify)]\ncampaigns:\n" + entries.joined()
    }
}

/// A scripted server of `Peers/`, on a free port of loopback. It ends with the test, however that goes.
struct ScriptedPeer {
    /// What it says it saw; each line has some of these.
    struct Line: Decodable {
        let port: UInt16?
        let refused: Int?
        let recipient: String?
        let accepted: String?
        let id: String?
        let status: Int?
        let head: String?
        let at: Double?
        let told: String?
        let data: String?

        var bytes: [UInt8] { data.flatMap { Data(base64Encoded: $0) }.map(Array.init) ?? [] }
    }

    let port: UInt16
    private let program: Subprocess

    /// - Parameter entrance: what stands before its command, to have it run elsewhere.
    init(
        _ script: String, _ arguments: [String] = [], environment: [String: String] = [:], behind entrance: [String] = []
    ) async throws {
        program = try Subprocess(
            entrance + ["/usr/bin/python3", PackageRoot.path("Tests/reminddTests/Peers/\(script)")] + arguments,
            input: .leash, environment: environment)
        try await program.hasPrinted("\n")
        port = Self.lines(program.output).first?.port ?? 0
    }

    var lines: [Line] { Self.lines(program.output) }

    /// Waits until what it saw is as wanted; says whether it was.
    func sees(within limit: Duration = .seconds(20), _ wanted: ([Line]) -> Bool) async -> Bool {
        await eventually(within: limit) { wanted(lines) }
    }

    private static func lines(_ output: String) -> [Line] {
        output.split(separator: "\n").compactMap { try? JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
    }
}

extension Program {
    /// A daemon that has read its files and holds its ledger.
    static func daemon(
        _ office: Office, _ more: [String] = [], environment: [String: String] = [:]
    ) async throws -> Subprocess {
        let daemon = try Subprocess(
            [path, "run", "--config", office.configuration] + more, environment: environment)
        try await daemon.hasPrinted("notice: remindd ")
        // It says so a moment before it takes signals.
        try await Task.sleep(for: .milliseconds(200))
        return daemon
    }

    /// Asks it to stop and gives what it left.
    static func stop(_ daemon: Subprocess) async throws -> Subprocess.Finished {
        daemon.send(SIGTERM)
        return try await daemon.finish()
    }

    /// The lines of `history --format json`.
    static func history(_ office: Office, _ more: [String] = []) async throws -> [HistoryLine] {
        let history = try await run(["history", "--config", office.configuration, "--format", "json"] + more)
        #expect(history.status == 0, "\(history.errors)")
        return try history.lines.map { try JSONDecoder().decode(HistoryLine.self, from: Data($0.utf8)) }
    }
}

/// One line of `history --format json`.
struct HistoryLine: Decodable {
    struct Attempt: Decodable {
        let at: String
        let outcome: String
        let code: Int?
        let reply: String
    }

    let delivery: String?
    let plan: String
    let campaign: String
    let occurrence: String
    let lead: String
    let anchor: String
    let recipient: String?
    let channel: String?
    let due: String
    let state: String
    let late: Bool
    let attempts: [Attempt]
}

extension Office {
    /// One plan of its own, plain channels, two readers.
    static func plain(plan: String, smtp: UInt16, http: UInt16, recipients: String = Office.twoPeople) throws -> Office {
        try small(plan: plan, channels: plainChannels(smtp: smtp, http: http), recipients: recipients, more: "plans: plans/\n")
    }

    /// The bytes of its ledger.
    var ledgerBytes: [UInt8] { FileManager.default.contents(atPath: ledger).map(Array.init) ?? [] }

    func writePlan(_ text: String) throws { try folder.write("plans/plan.yaml", text) }
}
