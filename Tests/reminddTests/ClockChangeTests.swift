import Foundation
import ProgramHarness
import Support
import Testing

@testable import Config
@testable import Dates
@testable import Plans
@testable import Scheduler
@testable import remindd

/// Tests the warnings about zones, and about times that local clocks skip or show twice.
@Suite("Clock changes and zones in plans")
struct ClockChangeTests {
    /// Returns the warnings of `check` about clock changes.
    ///
    /// The check is made at 00:00 of `day` in the configuration's zone.
    private static func warnings(_ plan: String, on day: Day) throws -> [String] {
        let office = try Office.small(
            plan: plan, channels: Office.plainChannels(smtp: 2_525, http: 8_088), more: "plans: plans/\n")
        let places = SourceMap()
        let loader = Loader(places: places)
        let loaded = try #require(loader.load(configuration: office.configuration))
        #expect(!loader.problems.hasErrors, "a time in a gap or a fold is accepted")
        CheckReport(loaded: loaded, places: places, problems: loader.problems, now: loaded.configuration.timezone.startOfDay(day))
            .inspect()
        return loader.problems.all.filter { $0.message.contains("clocks") }.map(\.description)
    }

    private static func plan(_ campaigns: String, zone: String = "Europe/Berlin") -> String {
        "plan: p\ntitle: P\ntimezone: \(zone)\nrest_days: send\nnotify: [an, desk]\ncampaigns:\n\(campaigns)"
    }

    @Test("A time in a gap or a fold is accepted, and check names the instant once for each lead")
    func warned() throws {
        let found = try Self.warnings(
            Self.plan(
                """
                  - {id: spring, title: A, when: 28/3, at: "02:30", remind: [1 day before, on the day, 1 day after the end]}
                  - {id: spring-eve, title: A, when: 29/3, at: "02:00", remind: [1 day before]}
                  - {id: autumn, title: B, when: 31/10, remind: [on the day at 02:59, {id: later, when: on the day, at: "03:00"}]}
                  - {id: weekly, title: C, when: October, at: "02:00", remind: [every Sunday during]}
                  - {id: once-a-year, title: D, when: every 1 days from 2027-03-01, at: "02:15", remind: [on the day]}

                """), on: Day(2027, 1, 1)!)
        func line(_ campaign: String, _ lead: String, _ words: String, _ instant: String) -> String {
            "campaign \(campaign), \"\(lead)\": \(words); it goes out at \(instant)"
        }
        let wanted = [
            line("autumn", "on the day", "02:59 comes twice on 2027-10-31, the clocks go back", "2027-10-31T02:59:00+02:00"),
            line(
                "once-a-year", "on the day", "there is no 02:15 on 2027-03-28, the clocks go forward", "2027-03-28T03:00:00+02:00"
            ),
            line("spring", "on the day", "there is no 02:30 on 2027-03-28, the clocks go forward", "2027-03-28T03:00:00+02:00"),
            line(
                "spring-eve", "1 day before", "there is no 02:00 on 2027-03-28, the clocks go forward",
                "2027-03-28T03:00:00+02:00"),
            line(
                "weekly", "every Sunday during", "02:00 comes twice on 2027-10-31, the clocks go back",
                "2027-10-31T02:00:00+02:00"),
        ]
        #expect(found.map { String($0.drop { $0 != " " }.dropFirst(" warning: ".count)) }.sorted() == wanted)
        #expect(found.allSatisfy { $0.contains(#/plan\.yaml:\d+:\d+: warning: campaign /#) }, "\(found)")
    }

    @Test("The warning about a gap across midnight names the intended day")
    func overMidnight() throws {
        let plan = Self.plan("  - {id: a, title: A, when: 20/4, remind: [3 weeks before at 23:30]}\n", zone: "America/Nuuk")
        // Nuuk's clocks went from 23:00 of Saturday 28 March 2026 to 00:00 of Sunday 29 March.
        let moved = plan.replacing("20/4", with: "18/4")
        #expect(try Self.warnings(plan, on: Day(2026, 1, 1)!) == [])
        let found = try Self.warnings(moved, on: Day(2026, 1, 1)!)
        #expect(found.count == 1)
        #expect(
            found.first?.hasSuffix(
                "there is no 23:30 on 2026-03-28, the clocks go forward; it goes out at 2026-03-29T00:00:00-01:00") == true)
    }

    @Test("check does not warn in zones without clock changes, or at hours that no change touches")
    func silent() throws {
        let campaigns = "  - {id: a, title: A, when: every 1 days from 2026-03-01, at: \"02:30\", remind: [on the day]}\n"
        #expect(try Self.warnings(Self.plan(campaigns, zone: "Asia/Ho_Chi_Minh"), on: Day(2026, 1, 1)!) == [])
        #expect(try Self.warnings(Self.plan(campaigns.replacing("02:30", with: "08:00")), on: Day(2026, 1, 1)!) == [])
    }

    @Test("The built program warns of a time in a gap and exits with 0")
    func program() async throws {
        let office = try Office.small(
            plan: Self.plan("  - {id: a, title: A, when: every 1 days from 2026-01-01, at: \"02:30\", remind: [on the day]}\n"),
            channels: Office.plainChannels(smtp: 2_525, http: 8_088), more: "plans: plans/\n")
        let answer = try await Program.run(["check", "--config", office.configuration])
        #expect(answer.status == 0)
        #expect(answer.errors.contains("the clocks go"), "\(answer.errors)")
    }

    @Test(
        "Only names in the system's own list are zones",
        arguments: [
            "GMT+25", "Mars/Base", "../../etc/passwd", "/etc/localtime", "", "asia/ho_chi_minh", "Asia", "posix/Europe/Berlin",
            "UTC+7",
        ])
    func refused(name: String) {
        guard case .failure(.unknown) = SystemZones().zone(name) else {
            Issue.record("\(name) is taken for a zone")
            return
        }
    }

    @Test("EST has the offset that tzdata has for it, not that of New York")
    func abbreviation() throws {
        let zone = try SystemZones().zone("EST").get()
        for month in 1...12 { #expect(zone.offset(at: zone.startOfDay(Day.first(ofMonth: month, year: 2027))) == -5 * 3_600) }
    }
}
