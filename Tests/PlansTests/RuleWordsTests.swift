import Dates
import Support
import Testing

@testable import Plans

@Suite("Recurrence rules in words")
struct RuleWordsTests {
    /// Rules that a phrase describes, with the phrase in both languages.
    static let said: [(rule: String, english: String, vietnamese: String)] = [
        ("FREQ=YEARLY;BYMONTH=9;BYDAY=1MO", "first Monday of September", "thứ hai đầu tiên của tháng 9"),
        ("FREQ=YEARLY;BYMONTH=5;BYDAY=-1FR", "last Friday of May", "thứ sáu cuối cùng của tháng 5"),
        ("FREQ=YEARLY", "1/1", "ngày 1/1"), ("FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=28", "28/6", "ngày 28/6"),
        ("FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=-1", "last day of June", "ngày cuối tháng 6"),
        ("FREQ=MONTHLY;BYMONTHDAY=25", "day 25 of every month", "ngày 25 hằng tháng"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,15", "day 1 and 15 of every month", "ngày 1 và 15 hằng tháng"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "last day of every month", "ngày cuối hằng tháng"),
        ("FREQ=MONTHLY;BYDAY=1FR", "first Friday of every month", "thứ sáu đầu tiên hằng tháng"),
        (
            "FREQ=WEEKLY;BYDAY=WE,SA", "every Wednesday and Saturday from 2026-01-01",
            "thứ tư và thứ bảy hằng tuần bắt đầu từ ngày 1/1/2026"
        ),
        (
            "FREQ=WEEKLY;BYDAY=MO;UNTIL=20261231", "every Monday from 2026-01-01 until 2026-12-31",
            "thứ hai hằng tuần bắt đầu từ ngày 1/1/2026 đến ngày 31/12/2026"
        ),
        ("FREQ=WEEKLY;INTERVAL=2", "every 2 weeks from 2026-01-01", "2 tuần một lần từ 2026-01-01"),
        ("FREQ=DAILY;INTERVAL=40", "every 40 days from 2026-01-01", "40 ngày một lần từ 2026-01-01"),
    ]

    @Test("A rule is said by the phrase with the same days", arguments: said)
    func words(rule: String, english: String, vietnamese: String) throws {
        let when = try Recurrence(phrase: "rrule \(rule) from 2026-01-01")
        let words = try #require(when.inWords)
        #expect((words.phrase, words.vietnamesePhrase) == (english, vietnamese))
        #expect(try Recurrence(phrase: english) == words && Recurrence(phrase: vietnamese) == words)
        let days = Day("2026-01-01")!...Day("2040-12-31")!
        let starts = when.occurrences(overlapping: days, workingDays: .mondayToFriday).map(\.start)
        #expect(starts == words.occurrences(overlapping: days, workingDays: .mondayToFriday).map(\.start))
        #expect(starts.count > 10)
    }

    @Test(
        "A rule that no phrase describes has no words",
        arguments: [
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "FREQ=MONTHLY;BYDAY=MO", "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=1",
            "FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=MONTHLY;BYMONTHDAY=1;BYMONTH=3", "FREQ=MONTHLY;COUNT=3;BYMONTHDAY=1",
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "FREQ=YEARLY;BYMONTH=9", "FREQ=YEARLY;BYMONTH=3,9;BYMONTHDAY=1",
            "FREQ=YEARLY;BYMONTH=9;BYDAY=5MO", "FREQ=YEARLY;BYDAY=1MO", "FREQ=YEARLY;BYYEARDAY=100", "FREQ=YEARLY;COUNT=5",
            "FREQ=WEEKLY;INTERVAL=3;BYDAY=TU,SU", "FREQ=WEEKLY;COUNT=3", "FREQ=WEEKLY;BYMONTH=3", "FREQ=DAILY;COUNT=5",
            "FREQ=DAILY;BYDAY=MO", "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=28 from 2026-01-01 for 3 days",
        ])
    func unsaid(rule: String) throws {
        let when = try Recurrence(phrase: "rrule \(rule)\(rule.contains(" from ") ? "" : " from 2026-01-01")")
        #expect(when.inWords == nil)
    }

    @Test("A recurrence without a rule is its own words")
    func others() throws {
        for phrase in ["28/6", "late June", "lunar 15/8", "by 15/11", "every Monday"] {
            let when = try Recurrence(phrase: phrase)
            #expect(when.inWords == when)
        }
    }
}
