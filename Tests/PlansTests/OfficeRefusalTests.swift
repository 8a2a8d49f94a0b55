import Testing

@testable import Dates
@testable import Plans

/// Tests refusals of phrases in the way of official documents.
@Suite("Refused phrases of documents")
struct OfficeRefusalTests {
    @Test(
        "A `when` phrase is refused with its reason",
        arguments: [
            ("every Monday from 2026-01-05, 2026-01-06", "a list has only days and windows with years"),
            ("by 2026-04-15 - 2026-04-30", nil),
            ("rrulex 2026-01-01", nil),
            ("rrule FREQ=YEARLY;BYMONTH=9;BYDAY=1MO from 2026-01-01 for 0 days", "an occurrence of a rule lasts 1 to 366 days"),
            ("rrule FREQ=YEARLY;BYMONTH=9;BYDAY=1MO from 2026-01-01 for 3 weeks", "an occurrence of a rule lasts 1 to 366 days"),
            ("3/10/2025 (tức ngày 12/8 xyz)", nil),
            ("3/10/2025 (tức ngày 12/8 âm lịch năm)", nil),
            ("last day of 6", "the month is a name here"),
            ("ngày cuối 6", nil),
            ("fifth Monday of every month", "not every month has a fifth one"),
            ("Monday of every month", "which Monday is not said"),
            ("rằm tháng 7 - rằm tháng 8 dương lịch", nil),
            ("dương lịch rằm tháng 7 - rằm tháng 8", nil),
            ("rằm tháng 8 năm 2300", nil),
            ("lunar 15/8 2300", nil),
            ("tháng 4/2026 đến tháng 9", "this window has a year on one side only"),
            ("tháng 9/2027 đến tháng 4/2026", "this window ends before it starts"),
            ("từ tháng 9 đến tháng 4/1970", nil),
            ("every Monday from 2026-05-01 until 2026-04-01", "this series ends before it starts"),
            ("day 1 and 15 of every quarter", "a quarter takes one day; take two campaigns"),
            ("ngày 31 tháng cuối quý II", "June has no day 31"),
            ("ngày 29 tháng giữa quý I", nil),
            ("ngày 29 tháng thứ hai quý I", nil),
            ("tháng 6 (tức ngày 12/8 âm lịch)", nil),
            ("thứ hai hằng tuần (tức ngày 12/8 âm lịch)", nil),
            ("năm 2300", nil),
        ] as [(String, String?)])
    func when(phrase: String, reason: String?) {
        let refusal = #expect(throws: PhraseRefusal.self) { try Recurrence(phrase: phrase) }
        if let reason { #expect(refusal?.message.contains(reason) == true, "\(refusal?.message ?? "")") }
    }

    @Test("A list that is too long is refused before its dates are read")
    func longList() {
        let list = String(repeating: "2026-01-01, ", count: 30_000)
        let refusal = #expect(throws: PhraseRefusal.self) { try Recurrence(phrase: list) }
        #expect(refusal?.message == "a list has at most 5000 dates", "\(refusal?.message ?? "")")
    }

    @Test(
        "A daily lead counts days or weeks", arguments: ["every day from 2 months before", "every day from 2 days after the end"])
    func daily(phrase: String) {
        #expect(throws: PhraseRefusal.self) { try LeadPhrase(phrase: phrase) }
    }
}
