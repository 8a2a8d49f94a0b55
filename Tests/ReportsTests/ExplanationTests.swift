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

    @Test("The occurrences that overlap the days are listed in the order of their first day")
    func occurrences() throws {
        let set = try Files().loaded.accepted.plans
        let found = OccurrenceReport.all(of: set, overlapping: Day("2027-03-15")!...Day("2028-03-01")!)
        #expect(found.map { "\($0.campaign) \($0.occurrence)" } == ["spring 2027", "autumn 2027", "spring 2028"])
    }
}
