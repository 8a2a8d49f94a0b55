import Dates
import Reports
import Scheduler
import Testing

@Suite("Explanations and occurrences")
struct ExplanationTests {
    @Test("An explanation has the dates and the reminders in the order of their due times")
    func explanation() throws {
        let text = Files.plan.replacing("[7 days before]", with: "[on the day, 7 days before]")
        let set = try Files(plan: text).loaded.accepted.plans
        let (plan, campaign) = (set.plans[0], set.plans[0].campaigns[0])
        let dates = try #require(campaign.firstOccurrence(notOverOn: Day("2027-01-01")!, workingDays: set.workingDays))
        let explanation = Explanation(plan: plan, campaign: campaign, dates: dates, workingDays: set.workingDays)
        #expect(explanation.occurrence == "2027" && !explanation.isVietnamese)
        #expect((explanation.dates.start, explanation.dates.end) == (Day("2027-03-01")!, Day("2027-03-15")!))
        #expect(explanation.reminders.map(\.lead) == ["7 days before", "on the day"])
        #expect(explanation.reminders[0].due.rfc3339 == "2027-02-22T08:00:00+07:00")
        #expect(explanation.reminders[0].shift == nil && explanation.dates.exception == nil)
    }

    @Test(
        "A recurrence rule is said in words, or by its next dates if no phrase has the same days",
        arguments: [
            ("FREQ=YEARLY;BYMONTH=9;BYDAY=1MO", "thứ hai đầu tiên của tháng 9"),
            ("FREQ=YEARLY;BYMONTH=9;BYDAY=5MO", "30/09/2030, 29/09/2031, 29/09/2036, …"),
            ("FREQ=DAILY;COUNT=3;INTERVAL=500", "16/05/2027, 27/09/2028"),
            ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "29/01/2027, 26/02/2027, 31/03/2027, …"),
        ])
    func rule(rule: String, words: String) throws {
        let campaign = "{id: spring, title: Spring fair, when: \"rrule \(rule) from 2026-01-01\"}"
        let text = Files.plan.replacing("{id: spring, title: Spring fair, when: 1/3-15/3}", with: campaign)
            .replacing("language: en", with: "language: vi")
        let set = try Files(plan: text).loaded.accepted.plans
        let dates = try #require(
            set.plans[0].campaigns[0].firstOccurrence(notOverOn: Day("2027-01-01")!, workingDays: set.workingDays))
        let explanation = Explanation(
            plan: set.plans[0], campaign: set.plans[0].campaigns[0], dates: dates, workingDays: set.workingDays)
        #expect(explanation.localPhrase == words && explanation.phrase.hasPrefix("rrule "))
    }

    @Test("The occurrences that overlap the days are listed in the order of their first day")
    func occurrences() throws {
        let set = try Files().loaded.accepted.plans
        let found = OccurrenceReport.all(of: set, overlapping: Day("2027-03-15")!...Day("2028-03-01")!)
        #expect(found.map { "\($0.campaign) \($0.occurrence)" } == ["spring 2027", "autumn 2027", "spring 2028"])
    }
}
