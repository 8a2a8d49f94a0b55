import Dates
import Foundation
import ProgramHarness
import Scheduler
import Support
import Testing

@testable import JSON

/// Rehearses a year of the five plans with a real Postfix and a real nginx.
@Suite("A whole year", .serialized)
struct WholeYearTests {
    private static let start = "2027-01-01T00:00:00+07:00"
    private static let end = "2028-01-01T00:00:00+07:00"

    private static func rehearse(_ office: Office) -> [String] {
        [
            "run", "--config", office.configuration, "--clock", start, "--until", end, "--speed", "10000000", "--ledger",
            office.ledger,
        ]
    }

    /// Returns the rows that `simulate` predicts for the year.
    private static func promised(_ office: Office) async throws -> [Line] {
        let simulated = try await Program.run([
            "simulate", "--config", office.configuration, "--from", "2027-01-01", "--to", "2027-12-31", "--format", "json",
        ])
        #expect(simulated.status == 0, "\(simulated.errors)")
        return try Line.all(simulated.output)
    }

    private static func id(_ row: Line) -> String {
        let key = ReminderKey(plan: row["plan"], campaign: row["campaign"], lead: row["lead"], anchor: Day(row["anchor"])!)
        return DeliveryID(reminder: key, recipient: row["recipient"], channel: row["channel"], rehearsal: true).text
    }

    private static func mailID(_ mail: PythonMail) -> String {
        String((mail.header("Message-ID") ?? "").dropFirst().prefix { $0 != "@" })
    }

    @Test("A rehearsed year sends every row of `simulate` exactly once, and each message has the row's subject")
    func year() async throws {
        let postfix = try await Postfix.start()
        let nginx = try await Nginx.start()
        let office = try Office.sample(smtp: postfix.plainPort, http: nginx.port)
        let promised = try await Self.promised(office)
        #expect(promised.count > 200)

        let run = try await Program.run(Self.rehearse(office), within: .seconds(300))
        #expect(run.status == 0, "\(run.errors.suffix(2_000))")

        let byMail = promised.filter { $0["channel"] == "mail" }
        let byHook = promised.filter { $0["channel"] == "hub" }
        #expect(await postfix.mail.holds(byMail.count))
        let requests = try nginx.requests()
        #expect(requests.map(\.webhookID).sorted() == byHook.map(Self.id).sorted())

        var subjects: [String: String] = [:]
        for message in try postfix.mail.messages() {
            let mail = try await PythonMail.read(message)
            #expect(subjects.updateValue(mail.subject ?? "", forKey: Self.mailID(mail)) == nil, "one copy each")
            #expect(mail.defects.isEmpty)
        }
        #expect(subjects.count == byMail.count)
        for row in byMail { #expect(subjects[Self.id(row)] == row["subject"]) }
        for row in byHook {
            let body = try #require(requests.first { $0.webhookID == Self.id(row) }?.body)
            #expect(body.contains(JSONText.quoted(row["subject"])))
        }

        let history = try await Program.run(
            ["history", "--config", office.configuration, "--ledger", office.ledger, "--limit", "100000", "--format", "json"])
        let delivered = try Line.all(history.output).filter { $0["state"] == "delivered" }
        #expect(delivered.count == promised.count)
        try await postfix.stop()
        try await nginx.stop()
    }

    @Test("After kill -9 at twenty random moments of a year nothing is lost, and duplicates have the same id (faults 1–5)")
    func killed() async throws {
        let postfix = try await Postfix.start()
        let nginx = try await Nginx.start()
        let office = try Office.sample(smtp: postfix.plainPort, http: nginx.port)
        let promised = try await Self.promised(office).map(Self.id)

        var kills = 0
        var finished: Subprocess.Finished?
        while finished == nil {
            let daemon = try Program.start(Self.rehearse(office))
            if kills < 20 {
                try await Task.sleep(for: .milliseconds(Int.random(in: 60...400)))
                daemon.send(SIGKILL)
                let end = try await daemon.finish()
                if case .killed = end.end { kills += 1 } else { finished = end }
            } else {
                finished = try await daemon.finish(within: .seconds(300))
            }
        }
        #expect(finished?.status == 0, "\(finished?.errors.suffix(2_000) ?? "")")
        #expect(kills == 20, "the year was over after \(kills) kills")

        let byMail = try await postfix.mail.messages().asyncMap { Self.mailID(try await PythonMail.read($0)) }
        let received = byMail + (try nginx.requests().map(\.webhookID))
        #expect(Set(received) == Set(promised), "lost, or never promised")
        let doubles = received.count - Set(received).count
        print("kill -9 × \(kills): \(promised.count) promised, \(received.count) received, \(doubles) doubled by id")
        try await postfix.stop()
        try await nginx.stop()
    }
}

/// Writes strings as JSON.
enum JSONText {
    static func quoted(_ text: String) -> String {
        "\"" + text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"") + "\""
    }
}

extension Sequence {
    func asyncMap<T>(_ transform: (Element) async throws -> T) async rethrows -> [T] {
        var result: [T] = []
        for element in self { result.append(try await transform(element)) }
        return result
    }
}
