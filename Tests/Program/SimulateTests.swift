import Dates
import Foundation
import ProgramHarness
import Support
import Testing

/// Checks the grouped text of `simulate`, its filters and its default days.
@Suite("The command simulate")
struct SimulateTests {
    private static func sample() throws -> Office { try Office.sample(smtp: 2_525, http: 8_088) }

    private static func ask(_ arguments: [String], _ office: Office) async throws -> Subprocess.Finished {
        let answer = try await Program.run(arguments + ["--config", office.configuration])
        #expect(answer.status == 0, "\(arguments): \(answer.errors)")
        return answer
    }

    @Test("`simulate` groups its text by month and day in 80 columns, with every title in full and every recipient")
    func agenda() async throws {
        let office = try Self.sample()
        let span = ["simulate", "--from", "1/5/2027", "--to", "30/6/2027"]
        let rows = try Line.all(try await Self.ask(span + ["--format", "json"], office).output)
        let text = try await Self.ask(span, office)
        #expect(text.lines.allSatisfy { $0.count <= 80 })
        #expect(text.lines.filter { !$0.hasPrefix(" ") } == ["May 2027", "June 2027", "\(rows.count) messages."])
        let days = text.lines.filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }
        #expect(days.count == Set(rows.map { $0["due"].prefix(10) }).count && days.first == "  Tuesday 04/05")
        let words = text.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for row in rows {
            #expect(words.contains("\(row["due"].dropFirst(11).prefix(5)) \(row["title"]) "), "\(row["title"])")
            #expect(words.contains("\(row["plan"])/\(row["campaign"]): ") && words.contains(row["recipient"]))
        }
    }

    @Test("`simulate --recipient` and `--campaign` give the rows of the whole that belong to the recipient or the campaign")
    func filters() async throws {
        let office = try Self.sample()
        let span = ["simulate", "--from", "2027-01-01", "--to", "2027-12-31", "--format", "json"]
        let all = try await Self.ask(span, office).lines
        let own = try await Self.ask(span + ["--recipient", "quang-ninh-women"], office).lines
        #expect(own.count > 20 && own == all.filter { $0.contains("\"recipient\":\"quang-ninh-women\"") })
        let one = try await Self.ask(span + ["--campaign", "drowning-prevention"], office).lines
        #expect(one.count > 10 && one == all.filter { $0.contains("\"campaign\":\"drowning-prevention\"") })
        let both = try await Self.ask(
            span + ["--campaign", "drowning-prevention", "--recipient", "quang-ninh-women"], office
        ).lines
        #expect(both == own.filter(one.contains) && !both.isEmpty)
    }

    @Test("A recipient whose address belongs to an earlier recipient has no rows of their own")
    func sharedAddress() async throws {
        let noon = Noon()
        let office = try Office.plain(
            plan: noon.plan([("trial", "Việc", noon.at(minutes: 30))], notify: "an, dung"), smtp: 2_525, http: 8_088,
            recipients: """
                  - {id: an, email: chung@example.vn, via: [mail]}
                  - {id: dung, email: chung@example.vn, via: [mail]}
                """)
        let span = ["simulate", "--from", "2027-01-01", "--to", "2027-12-31", "--format", "json", "--recipient"]
        #expect(try await Self.ask(span + ["dung"], office).output.isEmpty)
    }

    @Test("Without days, `simulate` shows today and the 30 days after it; with a first day, the 30 days after that")
    func defaultSpan() async throws {
        let office = try Office.plain(
            plan: "plan: p\ntitle: P\nremind: [on the day]\nnotify: [an]\ncampaigns:\n"
                + "  - {id: c, title: C, when: every 1 days from 2026-01-01}\n", smtp: 2_525, http: 8_088)
        let today = try Line.all(try await Self.ask(["simulate", "--format", "json"], office).output)
        #expect(today.count == 31)
        let first = try #require(today.first)["anchor"]
        #expect(abs((Day(first) ?? Day(number: 0)) - Day(number: (Int(time(nil)) + 7 * 3_600) / 86_400)) <= 1)
        let march = try Line.all(try await Self.ask(["simulate", "--from", "1/3/2027", "--format", "json"], office).output)
        #expect(march.map { $0["anchor"] }.first == "2027-03-01" && march.map { $0["anchor"] }.last == "2027-03-31")
        let last = try Line.all(try await Self.ask(["simulate", "--from", "2199-12-20", "--format", "json"], office).output)
        #expect(last.map { $0["anchor"] }.last == "2199-12-31")
    }
}
