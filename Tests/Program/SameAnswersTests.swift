import Foundation
import ProgramHarness
import Support
import Testing

/// Compares `simulate`, `explain` and the daemon, for two calendars on which they once differed.
@Suite("simulate, explain and the daemon agree")
struct SameAnswersTests {
    private struct Answers {
        let office: Office
        let mail: ScriptedServer

        init(plan: String, workingDays: String? = nil) async throws {
            mail = try await ScriptedServer("mail.py")
            office = try Office.small(
                plan: plan, channels: Office.plainChannels(smtp: mail.port, http: FreePort.next()),
                more: "plans: plans/\n" + (workingDays == nil ? "" : "working_days: days.yaml\n"))
            if let workingDays { try office.folder.write("days.yaml", workingDays) }
        }

        func ask(_ arguments: String...) async throws -> String {
            let answer = try await Program.run(arguments + ["--config", office.configuration])
            #expect(answer.status == 0, "\(arguments): \(answer.errors)")
            return answer.output
        }

        /// Returns the occurrence, the lead and the due time of each row of `simulate`.
        func simulated(_ from: String, _ to: String) async throws -> [String] {
            let output = try await ask("simulate", "--from", from, "--to", to, "--format", "json")
            return try Line.all(output).map { "\($0["occurrence"]) \($0["lead"]) \($0["due"])" }
        }

        /// Returns the occurrence, the lead and the due time of each delivery in a rehearsal.
        func rehearsed(_ from: String, _ to: String) async throws -> [String] {
            let run = try await Program.run(
                [
                    "run", "--clock", "\(from)T00:00:01+07:00", "--until", "\(to)T23:59:00+07:00", "--speed", "10000000",
                    "--ledger", office.ledger, "--config", office.configuration,
                ], within: .seconds(120))
            #expect(run.status == 0, "\(run.errors.suffix(2_000))")
            return try await Program.history(office, ["--ledger", office.ledger]).filter { $0.state == "delivered" }
                .map { "\($0.occurrence) \($0.lead) \($0.due)" }
        }
    }

    @Test("Finding 13: `60 working days before`, at one a week, is one day for every command and the daemon (fault 144)")
    func sparse() async throws {
        let rest = "weekly_rest: [Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday]"
        let answers = try await Answers(
            plan:
                "plan: p\ntitle: P\nnotify: [an]\ncampaigns:\n  - {id: c, title: C, when: 28/6, remind: [60 working days before]}\n",
            workingDays: "calendar: market\n\(rest)\n")
        let due = "2027-05-10T08:00:00+07:00"
        #expect(try await answers.ask("explain", "c", "--on", "2028-06-01", "--format", "json").contains("\"due\":\"\(due)\""))
        let row = "2028 60 working days before \(due)"
        #expect(try await answers.simulated("2027-05-10", "2027-05-10") == [row])
        #expect(try await answers.simulated("2027-01-01", "2027-12-31") == [row])
        #expect(try await answers.rehearsed("2027-05-01", "2027-05-20") == [row])
        #expect(await answers.mail.sees { $0.count { $0.accepted != nil } == 1 })
    }

    @Test(
        "Finding 16: two occurrences with one anchor are one reminder in simulate and in the mail, and check warns (fault 145)"
    )
    func oneAnchor() async throws {
        let answers = try await Answers(
            plan: """
                plan: p
                title: P
                notify: [an]
                remind: [7 days before]
                rest_days: send
                campaigns:
                  - {id: c, title: C, when: day 25 of every month, except: {2027-04: 2027-05-25}}

                """)
        let row = "2027-04 7 days before 2027-05-18T08:00:00+07:00"
        #expect(try await answers.simulated("2027-05-18", "2027-05-18") == [row])
        #expect(try await answers.simulated("2027-05-01", "2027-05-31") == [row])
        #expect(try await answers.rehearsed("2027-05-01", "2027-05-31") == [row])
        #expect(await answers.mail.sees { $0.count { $0.accepted != nil } == 1 })
        let check = try await Program.run(["check", "--config", answers.office.configuration])
        #expect(check.errors.contains("two occurrences of campaign c come on 2027-05-25, 2027-04 and 2027-05"), "\(check.errors)")
    }
}
