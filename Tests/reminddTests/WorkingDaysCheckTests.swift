import ProgramHarness
import Testing

@testable import Config
@testable import Dates
@testable import Plans
@testable import Scheduler
@testable import remindd

@Suite("Working days in check")
struct WorkingDaysCheckTests {
    @Test("check warns only of reminders that count working days of a year without an official calendar")
    func warning() throws {
        func warnings(_ campaign: String) throws -> [String] {
            let office = try Office.small(
                plan: "plan: p\ntitle: P\nnotify: [an]\ncampaigns:\n  - {id: c, title: C, \(campaign)}\n",
                channels: Office.plainChannels(smtp: 2_525, http: 8_088), more: "plans: plans/\n")
            let places = SourceMap()
            let loader = Loader(places: places)
            let loaded = try #require(loader.load(configuration: office.configuration))
            let now = loaded.configuration.timezone.startOfDay(Day(2026, 6, 1)!)
            CheckReport(loaded: loaded, places: places, problems: loader.problems, now: now).inspect()
            return loader.problems.all.map(\.message.description).filter { $0.contains("official") }
        }
        let doubtful = ["reminders that count working days fall in 2027, for which no official working calendar is loaded"]
        #expect(try warnings("when: 28/4, remind: [5 working days before]") == doubtful)
        #expect(try warnings("when: 28/4, rest_days: next working day, remind: [on the day]") == doubtful)
        #expect(try warnings("when: first working day of April, remind: [on the day]") == doubtful)
        #expect(try warnings("when: 28/4, remind: [on the day]") == [])
        #expect(try warnings("when: 28/10, remind: [5 working days before]") == [])
        #expect(try warnings("when: 28/10, years: 2026, rest_days: next working day, remind: [on the day]") == [])
    }
}
