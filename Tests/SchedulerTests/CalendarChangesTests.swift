import Support
import Testing

@testable import Dates
@testable import Plans
@testable import Scheduler

@Suite("Changes of events in calendars")
struct CalendarChangesTests {
    private let now = at("2027-03-01", "08:00")

    private func campaign(
        _ id: String = "c", _ title: String = "Ngày hội", _ phrase: String = "28/6", formerly: [String] = [],
        exceptions: [String: Campaign.Exception] = [:], details: EventDetails = EventDetails(),
        years: ClosedRange<Int> = 2027...2027
    ) throws -> Campaign {
        Campaign(
            id: id, title: title, when: try Recurrence(phrase: phrase), writtenWhen: phrase, exceptions: exceptions, years: years,
            leads: [], formerly: formerly, details: details)
    }

    private func state(_ campaigns: [Campaign], plan: String = "p", formerly: [String] = []) -> ActiveConfiguration {
        accepted(
            [
                Plan(
                    id: plan, title: "Kế hoạch", source: .init(), zone: hanoi, language: .vi, campaigns: campaigns,
                    formerly: formerly)
            ], people("a"))
    }

    /// Returns the changes as strings such as `changed c/2027 2027-06-28 Ngày hội`.
    private func changes(_ old: ActiveConfiguration, _ new: ActiveConfiguration) -> [String] {
        new.calendarChanges(from: old, now: now).map { change in
            let former = change.formerKey == change.key ? "" : " from \(change.formerKey.campaign)/\(change.formerKey.occurrence)"
            let event = change.event
            let more = [event.time, event.place, event.isGone ? "gone" : ""].filter { !$0.isEmpty }.map { " " + $0 }.joined()
            return "\(change.kind) \(change.key.campaign)/\(change.key.occurrence)\(former) \(event.start) \(event.title)\(more)"
        }
    }

    @Test("An edit that keeps dates, times, places and titles changes no event")
    func unchanged() throws {
        let old = try state([campaign("c", "Ngày hội", "28/6"), campaign("w", "Ngày làm việc", "first working day of April")])
        let new = try state([campaign("c", "Ngày hội", "28 June"), campaign("w", "Ngày làm việc", "first working day of April")])
        #expect(changes(old, new) == [])
    }

    @Test("Another date, title, time or place changes the event")
    func changed() throws {
        let old = try state([campaign()])
        #expect(try changes(old, state([campaign("c", "Ngày hội", "29/6")])) == ["changed c/2027 2027-06-29 Ngày hội"])
        #expect(try changes(old, state([campaign("c", "Hội làng")])) == ["changed c/2027 2027-06-28 Hội làng"])
        let details = EventDetails(time: EventTime(stored: "14:00-16:30"), place: "Hội trường A")
        #expect(
            try changes(old, state([campaign(details: details)]))
                == ["changed c/2027 2027-06-28 Ngày hội 14:00 - 16:30 Hội trường A"])
        let moved = Campaign.Exception.dates(start: Day("2027-07-01")!, end: Day("2027-07-01")!)
        #expect(try changes(old, state([campaign(exceptions: ["2027": moved])])) == ["changed c/2027 2027-07-01 Ngày hội"])
    }

    @Test("A removed occurrence is gone, and a new one may have returned")
    func gone() throws {
        let (some, none) = (try state([campaign()]), try state([campaign(exceptions: ["2027": .none])]))
        #expect(changes(some, none) == ["changed c/2027 2027-06-28 Ngày hội gone"])
        #expect(changes(none, some) == ["returned c/2027 2027-06-28 Ngày hội"])
        #expect(changes(some, state([])) == ["changed c/2027 2027-06-28 Ngày hội gone"])
        #expect(changes(state([]), some) == ["returned c/2027 2027-06-28 Ngày hội"])
    }

    @Test("A renamed campaign keeps its events, and so does a phrase that names its occurrence otherwise")
    func renamed() throws {
        let old = try state([campaign()])
        let renamed = try state([campaign("new", formerly: ["c"])])
        #expect(changes(old, renamed) == ["renamed new/2027 from c/2027 2027-06-28 Ngày hội"])
        let once = try state([campaign("c", "Ngày hội", "2027-06-28")])
        #expect(changes(old, once) == ["changed c/once from c/2027 2027-06-28 Ngày hội"])
        let uids = [renamed, once].map { $0.calendarChanges(from: old, now: now)[0].uid }
        #expect(Set(uids).count == 1, "the id is that of the first name")
        let planned = try state([campaign()], plan: "q", formerly: ["p"])
        #expect(changes(old, planned) == ["renamed c/2027 from c/2027 2027-06-28 Ngày hội"])
    }

    @Test("Occurrences from last year to the third year to come are compared")
    func span() throws {
        let (old, new) = (try state([campaign(years: 2020...2040)]), try state([campaign("c", "Hội làng", years: 2020...2040)]))
        let found = new.calendarChanges(from: old, now: now).map(\.key.occurrence)
        #expect(found == ["2026", "2027", "2028", "2029", "2030"])
    }
}
