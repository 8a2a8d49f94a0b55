import Randomness
import Support
import Testing

@testable import Dates
@testable import Plans
@testable import Scheduler

@Suite("Plans and campaigns are found by their names")
struct PlanSetTests {
    /// Compares the two searches on random names.
    ///
    /// The names come from a small set, so many current and former names are duplicates.
    @Test("The name table finds the same positions as a linear search", arguments: UInt64(1)...20)
    func names(seed: UInt64) {
        var generator = RandomSource(seed: seed)
        let all = (0..<40).map { "n\($0)" }
        let plans = (0..<Int.random(in: 1...12, using: &generator)).map { _ in
            let campaigns = (0..<Int.random(in: 0...30, using: &generator)).map { _ in
                Campaign(
                    id: all.randomElement(using: &generator)!, title: "", when: .month(6), writtenWhen: "", leads: [],
                    formerly: (0..<Int.random(in: 0...2, using: &generator)).map { _ in all.randomElement(using: &generator)! })
            }
            return Plan(
                id: all.randomElement(using: &generator)!, title: "", source: .init(), zone: hanoi, language: .vi,
                campaigns: campaigns, formerly: [all.randomElement(using: &generator)!])
        }
        let set = PlanSet(plans: plans, workingDays: .mondayToFriday)
        for plan in all + ["", "n40"] {
            let found = first(plan, plans.map { ($0.id, $0.formerly) })
            #expect(set.plan(plan)?.id == found.map { plans[$0].id })
            for campaign in all {
                let expected = found.flatMap { place in
                    first(campaign, plans[place].campaigns.map { ($0.id, $0.formerly) }).map { [place, $0] }
                }
                #expect(set.position(plan: plan, campaign: campaign).map { [$0.plan, $0.campaign] } == expected)
            }
        }
    }

    private func first(_ name: String, _ names: [(id: String, formerly: [String])]) -> Int? {
        names.firstIndex { $0.id == name } ?? names.firstIndex { $0.formerly.contains(name) }
    }

    @Test("An empty set finds nothing")
    func empty() {
        #expect(PlanSet(plans: [], workingDays: .mondayToFriday).position(plan: "p", campaign: "c") == nil)
    }

    @Test("A campaign keeps its years, and has all plannable years if none are given")
    func years() {
        func campaign(_ years: ClosedRange<Int>) -> Campaign {
            Campaign(id: "c", title: "", when: .month(6), writtenWhen: "", years: years, leads: [])
        }
        #expect(campaign(2026...2031).years == 2026...2031)
        #expect(Campaign(id: "c", title: "", when: .month(6), writtenWhen: "", leads: []).years == Day.plannableYears)
    }
}
