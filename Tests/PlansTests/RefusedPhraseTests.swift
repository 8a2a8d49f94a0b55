import Support
import Testing

@testable import Dates
@testable import Diagnostics
@testable import Plans
@testable import Scheduler

/// Tests phrases without a valid meaning. They are refused with message and offset, without a trap.
@Suite("Refused phrases")
struct RefusedPhraseTests {
    @Test(
        "A `when` phrase that names no day is refused",
        arguments: [
            "lunar last day of 13", "âm lịch ngày cuối 13", "lunar 13", "1/6 - last day of June", "lunar 0/8", "âm lịch 0/8",
            "28/6 29/6",
            "28/6 xyz", "June x", "lunar first working day of 4", "first working day of tháng giêng", "lunar first day of 8",
            "Monday", "lunar first Monday of 9", "first Monday of tháng giêng", "June 1900", "Q2 2300",
            "Q2 năm 2300",
            "rrule", "rrule from 2026-01-01", "first Monday of", "5th of", "28 of 6",
        ])
    func when(phrase: String) {
        #expect(throws: PhraseRefusal.self) { try Recurrence(phrase: phrase) }
    }

    @Test(
        "A `remind` phrase that names no lead is refused",
        arguments: [
            "07:30 xyz", "at 07:30", "lúc 07:30 abc", "thứ hai", "thứ hai hằng", "every Monday x", "every Monday",
            "on the day at",
            "on the day at pm", "on the day at 13 pm", "on the day at x", "on the day at 25:00", "1 day",
        ])
    func lead(phrase: String) {
        #expect(throws: PhraseRefusal.self) { try LeadPhrase(phrase: phrase) }
    }

    @Test("An invalid exception is refused, with a hint only if its dates can be computed")
    func exceptions() {
        #expect(throws: PhraseRefusal.self) { try ExceptionPhrase(phrase: "2026-13-45") }
        let far = #expect(throws: PhraseRefusal.self) { try ExceptionPhrase(phrase: "28/6", year: 3_000) }
        #expect(far?.hints.isEmpty == true)
        let working = #expect(throws: PhraseRefusal.self) {
            try ExceptionPhrase(phrase: "first working day of April", year: 2_026)
        }
        #expect(working?.hints.isEmpty == true)
        #expect(throws: PhraseRefusal.self) { try Recurrence(phrase: "day 25 of every month").exceptionKey("abcd-04") }
        for length in [300, 10_000] {
            let long = String(repeating: "x", count: length)
            #expect(Spelling.nearest(to: long, among: [long]) == nil)
            #expect(Spelling.Words([long]).nearest(to: long) == nil)
        }
    }

    @Test("A campaign that has no leads or is over has no next due time")
    func never() throws {
        let early = Day(1_970, 1, 6)!
        func plans(_ leads: [Lead]) -> PlanSet {
            let campaign = Campaign(
                id: "c", title: "C", when: .once(from: early, to: early), writtenWhen: "", leads: leads)
            return PlanSet(
                plans: [Plan(id: "p", title: "P", source: .init(), zone: .utc, language: .en, campaigns: [campaign])],
                workingDays: .mondayToFriday)
        }
        #expect(Agenda(plans: plans([]), after: .distantPast).nextDue == nil)
        let lead = Lead(id: "l", rule: .onTheDay, at: TimeOfDay("08:00")!, notify: [])
        #expect(plans([lead]).first((0, 0), lead: 0, notOverOn: Day(2_030, 1, 1)!) == nil)
    }
}
