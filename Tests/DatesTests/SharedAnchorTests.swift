import Randomness
import Support
import Testing

@testable import Dates
@testable import Plans
@testable import Scheduler

/// Tests two occurrences of a campaign that exceptions put on one day.
///
/// A lead that counts from that day is a single reminder, because its identity is the same for both
/// occurrences.
@Suite("Two occurrences with one anchor")
struct SharedAnchorTests {
    private static func day(_ text: String) -> Day { Day(text)! }

    private static func set(_ exceptions: [String: Campaign.Exception], _ when: Recurrence = .everyMonth(day: 25)) -> PlanSet {
        let leads: [(LeadRule, [String])] = [
            (.before(7, .days), ["a"]), (.onTheDay, ["a"]), (.weekly(.tuesday), ["a"]), (.afterEnd(3, .days), ["a"]),
        ]
        return PlanSet(plans: [plan(when, leads, exceptions: exceptions)], workingDays: .mondayToFriday)
    }

    @Test("Finding 16: the reminder comes once, under the name that sorts first, in a query and in a simulation")
    func once() {
        let moved = Self.day("2027-05-25")
        let set = Self.set(["2027-04": .dates(start: moved, end: moved)])
        let may = hanoi.startOfDay(Self.day("2027-05-01"))...hanoi.startOfDay(Self.day("2027-05-31"))
        let found = set.reminders(dues: may).map { "\($0.reminder.key.lead) \($0.reminder.occurrence)" }
        #expect(found == ["lead-0 2027-04", "lead-1 2027-04", "lead-2 2027-04", "lead-3 2027-04"])
        let accepted = ActiveConfiguration(plans: set, directory: people("a"), catchUp: .latest, contact: nil)
        let simulated = accepted.simulate(from: Self.day("2027-05-18"), to: Self.day("2027-05-18"))
        #expect(simulated.map(\.scheduled.reminder.key.anchor) == [moved])
    }

    @Test("Finding 16: of two overlapping windows, the first to start gets the weekdays that both contain")
    func windows() {
        let exceptions: [String: Campaign.Exception] = [
            "2027-04": .dates(start: Self.day("2027-05-03"), end: Self.day("2027-05-16")),
            "2027-05": .dates(start: Self.day("2027-05-10"), end: Self.day("2027-05-30")),
        ]
        let set = Self.set(exceptions)
        let may = hanoi.startOfDay(Self.day("2027-05-01"))...hanoi.startOfDay(Self.day("2027-06-01"))
        let weekly = set.reminders(dues: may).filter { $0.lead == 2 }
            .map { "\($0.reminder.key.anchor) \($0.reminder.occurrence)" }
        #expect(weekly == ["2027-05-04 2027-04", "2027-05-11 2027-04", "2027-05-18 2027-05", "2027-05-25 2027-05"])
    }

    @Test("Finding 16: an identity belongs to the same single occurrence in every span", arguments: UInt64(1)...40)
    func property(seed: UInt64) {
        var generator = RandomSource(seed: seed)
        var exceptions: [String: Campaign.Exception] = [:]
        for month in 1...9 where Bool.random(using: &generator) {
            let start = Self.day("2027-01-01") + Int.random(in: 0...250, using: &generator)
            exceptions["2027-0\(month)"] = .dates(start: start, end: start + Int.random(in: 0...40, using: &generator))
        }
        let set = Self.set(exceptions)
        let whole = set.reminders(dues: hanoi.startOfDay(Self.day("2026-06-01"))...hanoi.startOfDay(Self.day("2028-06-01")))
        let byKey = Dictionary(grouping: whole, by: \.reminder.key)
        #expect(byKey.values.allSatisfy { $0.count == 1 }, "seed \(seed)")
        for _ in 0..<60 {
            let from = hanoi.startOfDay(Self.day("2026-12-01") + Int.random(in: 0...400, using: &generator))
            let dues = from...(from + .days(Int64.random(in: 1...40, using: &generator)))
            #expect(set.reminders(dues: dues) == whole.filter { dues.contains($0.reminder.due) }, "seed \(seed)")
        }
        for dates in set.plans[0].campaigns[0].occurrences(
            overlapping: Self.day("2027-01-01")...Self.day("2027-12-31"), workingDays: set.workingDays)
        {
            let campaign = set.plans[0].campaigns[0]
            let own = campaign.leads.flatMap { lead in
                campaign.anchors(of: lead, in: dates, workingDays: set.workingDays).map { "\(lead.id) \($0)" }
            }
            let expected = whole.filter { $0.reminder.occurrence == dates.name }
                .map { "\($0.reminder.key.lead) \($0.reminder.key.anchor)" }
            #expect(own.sorted() == expected.sorted(), "seed \(seed), \(dates.name)")
        }
    }
}
